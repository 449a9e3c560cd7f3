-- Conditions: a question about the call or the time, with a way for yes and one for no.
local object = require "engine.object"

local destinations = {
  CONDITION = { "condition", "true", "yes", "destination" },
  NOTCONDITION = { "notcondition", "false", "no", "notdestination" },
}
for n = 1, 20 do
  destinations["CONDITION" .. n] = { "condition" .. n, "destination" .. n, "destinationmvv" .. n }
end

-- What the dialplan can ask (asterisk/extensions_conditions.conf).
local TYPES = {}
for word in ([[WEEKTIME PERIOD CALENDAR HOURS WEEKDAY DAYOFMONTH DATEEXACT DATELESSER DATEGREATER DATEBETWEEN
    MULTIPLEDESTINATIONOVERWEEKTIME SIMPLECALLERID SIMPLECALLERIDNAME SIPHEADER CALLERIDINPHONEBOOK
    CALLERALREADYCALLEDIN CALLEDOUT VARIABLEVALUE MULTIPLEVARIABLEVALUES SYSTEMVARIABLEVALUE
    FEATURECODEPARAMETER SMSMESSAGE EXTENSIONSTATUS MULTIPLEEXTENSIONSSTATUS AGENTLOGGEDIN AGENTPAUSED
    QUEUECALLERSMORETHAN TENANTCHANNELSANY TENANTCHANNELSEXTERNAL DIDINBOUNDCHANNELS CUSTOMGROUPCHANNELS
    SPECIFICCHANNELRUNNING AUTHENTICATE RANDOMPINSCREENING AMD AGISCRIPT NEGATE GLOBALCONDITION
    ALLCONDITIONS ANYCONDITIONS]]):gmatch("%S+") do
  TYPES[#TYPES + 1] = word
end

return object {
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
