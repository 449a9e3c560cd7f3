-- Conditions: a question about the call or the time, with a way for yes and one for no.
local object = require "engine.object"
local store = require "store"

local destinations = {
  CONDITION = { "condition", "true", "yes", "destination" },
  NOTCONDITION = { "notcondition", "false", "no", "notdestination" },
}
for n = 1, 20 do
  destinations["CONDITION" .. n] = { "condition" .. n, "destination" .. n, "destinationmvv" .. n }
end

-- What the dialplan can ask (asterisk/extensions_conditions.conf): for the time and nothing else, and all the rest.
local TIMES = { "WEEKTIME", "PERIOD", "CALENDAR", "HOURS", "WEEKDAY", "DAYOFMONTH", "DATEEXACT", "DATELESSER", "DATEGREATER",
  "DATEBETWEEN", "MULTIPLEDESTINATIONOVERWEEKTIME" }
local TYPES = { unpack(TIMES) }
for word in ([[SIMPLECALLERID SIMPLECALLERIDNAME SIPHEADER CALLERIDINPHONEBOOK
    CALLERALREADYCALLEDIN CALLEDOUT VARIABLEVALUE MULTIPLEVARIABLEVALUES SYSTEMVARIABLEVALUE
    FEATURECODEPARAMETER SMSMESSAGE EXTENSIONSTATUS MULTIPLEEXTENSIONSSTATUS AGENTLOGGEDIN AGENTPAUSED
    QUEUECALLERSMORETHAN TENANTCHANNELSANY TENANTCHANNELSEXTERNAL DIDINBOUNDCHANNELS CUSTOMGROUPCHANNELS
    SPECIFICCHANNELRUNNING AUTHENTICATE RANDOMPINSCREENING AMD AGISCRIPT NEGATE GLOBALCONDITION
    ALLCONDITIONS ANYCONDITIONS]]):gmatch("%S+") do
  TYPES[#TYPES + 1] = word
end

local condition = object {
  name = "condition", summary = "A question that decides where a call goes.",
  table = "co_conditions", id = "co_id", tenant = "co_te_id", label = "co_name",
  required = { "co_type" },
  example = { name = "Open", type = "WEEKTIME" },
  columns = { co_type = { enum = TYPES, upper = true } },
  aliases = { name = "co_name", type = "co_type", timezone = "co_timezone" },
  tags = { "CONDITION" },
  annexes = { { name = "mk_offworktimes", key = "mw_co_id" } },
  destinations = destinations,
  children = {
    {
      name = "extended_infos", names = { "extended_infos", "ce_conditions_extended" },
      table = "ce_conditions_extended", key = "ce_co_id", id = "ce_id", tenant = "ce_te_id",
      prefix = "ce_",
    },
  },
}

local LEADING = [[SELECT min(co_id) FROM de_destinations JOIN co_conditions ON co_id = de_type_id_src
  WHERE de_type_dst = ? AND de_type_id_dst = ? AND de_type_src LIKE 'CONDITION%']]
local HOURS = LEADING .. " AND co_te_id = ? AND co_type IN ('" .. table.concat(TIMES, "', '") .. "')"

--- The hours of a group, queue or the like, TAG-ID: the id of the condition about the time that leads to it while it is
--- true, the first of several; nil without one.
function condition.hours_of(ctx, tag, id) return store.value(HOURS, { tag, id, ctx.tenant.id }) end

--- Whether the condition `co_id` leads to TAG-ID while it is true.
function condition.leads(co_id, tag, id)
  local found, err = store.value(LEADING .. " AND co_id = ?", { tag, id, co_id })
  return found ~= nil, err
end

return condition
