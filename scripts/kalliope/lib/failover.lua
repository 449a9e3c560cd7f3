-- Failover of Kalliope users and call groups over our destinations. A failover is {type, value, intro, gateway_*} as
-- it was given, or {type, tag, intro} as the store has it. A number outside is a custom destination of its own.
local condition = require "model.condition"
local custom = require "model.customdestination"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local mediafile = require "model.mediafile"
local store = require "store"
local xml = require "xml"

local failover = {}

-- sp_specials of the seeds.
local HANGUP = "SPECIAL-1"
local OUTSIDE = "FORWARD_TO_EXTERNAL_NUMBER"
-- What a type of gateway is here, and where its id and its name are.
local PROVIDER = { "cu_param2", "SELECT pr_name FROM pr_providers WHERE pr_id = ?" }
local GATEWAYS = {
  GATEWAY = PROVIDER, TRUNK = PROVIDER, VOIP_TERM = PROVIDER,
  BALANCER = { "cu_param3", "SELECT rp_name FROM rp_routingprofiles WHERE rp_id = ?" },
}

-- Type -> our destination type.
local TYPES = {
  FORWARD_TO_EXTEN = "EXT", FORWARD_TO_VOICEMAIL = "VOICEMAIL", FORWARD_TO_IVR = "IVR",
  FORWARD_TO_CHECKTIME = "CONDITION",
  FORWARD_TO_CALLGROUP_WITHOUT_CHECKTIME = "HUNTLIST",
  FORWARD_TO_CALLGROUP_WITH_CHECKTIME = "HUNTLIST",
  FORWARD_TO_QUEUE_WITHOUT_CHECKTIME = "QUEUE", FORWARD_TO_QUEUE_WITH_CHECKTIME = "QUEUE",
}
local BACK = {
  EXT = "FORWARD_TO_EXTEN", VOICEMAIL = "FORWARD_TO_VOICEMAIL",
  SAMENUMBERVM = "FORWARD_TO_VOICEMAIL", IVR = "FORWARD_TO_IVR",
  CONDITION = "FORWARD_TO_CHECKTIME", HUNTLIST = "FORWARD_TO_CALLGROUP_WITHOUT_CHECKTIME",
  QUEUE = "FORWARD_TO_QUEUE_WITHOUT_CHECKTIME", SPECIAL = "HANGUP",
}
-- Value and name of a target by its id.
local LOOKUPS = {
  EXT = "SELECT ex_number AS value, ex_name AS name FROM ex_extensions WHERE ex_id = ?",
  VOICEMAIL = "SELECT mailbox AS value, '' AS name FROM voicemail WHERE uniqueid = ?",
  IVR = "SELECT iv_id AS value, iv_name AS name FROM iv_ivrs WHERE iv_id = ?",
  CONDITION = "SELECT co_id AS value, co_name AS name FROM co_conditions WHERE co_id = ?",
  HUNTLIST = "SELECT hu_id AS value, hu_name AS name FROM hu_huntlists WHERE hu_id = ?",
  QUEUE = "SELECT qu_id AS value, qu_name AS name FROM qu_queues WHERE qu_id = ?",
}

-- Whether calls of a type go through the hours of what it leads to.
local function goes_by_hours(kind) return (kind or ""):find("_WITH_CHECKTIME$") ~= nil end

--- The <failover> of a request; nil when there is none, empty when it says none.
function failover.given(element)
  local it = element and xml.child(element, "failover")
  if not it then return nil end
  local kind, target = kalliope.given(it, "type"), xml.child(it, "destination")
  if not kind then return {} end
  local given = { intro = kalliope.given(it, "intro"), type = kind }
  for _, name in ipairs({ "value", "name", "gateway_type", "gateway_id", "gateway_name" }) do
    given[name] = kalliope.given(target, name)
  end
  return given
end

--- The failover of the store: its destination with what was given for it.
function failover.stored(tag, text, own_number)
  local given = json.decode(text or "{}") or {}
  if not tag then return {} end
  local kind = tag:match("^%u+")
  if kind == "CUSTOM" and given.type == OUTSIDE then
    given.tag, given.outside = tag, tonumber(tag:match("%d+$"))
    return given
  end
  -- Two of its types are one of our destinations; one of them goes by the hours of what it leads to.
  local same = TYPES[given.type or ""] == kind
  if kind == "CONDITION" and goes_by_hours(given.type) then
    local leads, err = condition.leads(tonumber(tag:match("%d+$")), TYPES[given.type], kalliope.id(given.value) or 0)
    if err then return nil, err end
    if leads then
      return { intro = given.intro, type = given.type, tag = tag, value = given.value,
        leads = ("%s-%d"):format(TYPES[given.type], kalliope.id(given.value)) }
    end
  end
  return { intro = given.intro, type = same and given.type or BACK[kind], tag = tag,
    value = kind == "SAMENUMBERVM" and own_number or nil }
end

local function wrong(problem, text)
  return nil, { code = "invalid", message = ("failover: %s: %s"):format(problem, tostring(text or ""):sub(1, 40)) }
end

-- The announcement that comes first: a media file of the tenant's or of everybody, by name or id. One that the store
-- has lost since is none.
local function intro_of(ctx, text, lost)
  if not text then return nil end
  local id, err = mediafile.named(ctx, text)
  if err then return nil, err end
  if id then return "MEDIAFILE-" .. id end
  if not lost then return wrong("no such announcement", text) end
end

-- The destination of a type that leads inside.
local function inside(view, it, own)
  local tag = TYPES[it.type]
  if not tag then return wrong("unknown type", it.type) end
  local id, err
  if tag == "VOICEMAIL" and own and it.value == own then
    local me
    me, err = view:user(own)
    if err then return nil, err end
    if not me or not me.box then return "SAMENUMBERVM" end
  end
  if tag == "EXT" or tag == "VOICEMAIL" then id, err = view:id_of(tag, it.value or "") else id = kalliope.id(it.value) end
  if err then return nil, err end
  if not id then return wrong("no such destination", it.value) end
  if goes_by_hours(it.type) then
    local hours
    hours, err = condition.hours_of(view.ctx, tag, id)
    if err then return nil, err end
    if hours then return "CONDITION-" .. hours end
  end
  return ("%s-%d"):format(tag, id)
end

--- The destinations of a failover in place of that of `before`. `own` is the number of a user who gets a mailbox with
--- this change: it may be named before it is there.
function failover.tags(view, it, before, own)
  if not it.type and not it.tag then return {} end
  if it.type == OUTSIDE then it.outside = before and before.outside or it.outside end
  local intro, tag, err
  intro, err = intro_of(view.ctx, it.intro, it.tag)
  if err then return nil, err end
  if it.type == OUTSIDE then tag = "CUSTOM-" .. tostring(it.outside)
  elseif it.type == "HANGUP" then tag = HANGUP
  elseif it.tag then tag = it.tag
  else tag, err = inside(view, it, own) end
  if not tag then return nil, err end
  return intro and { intro, tag } or { tag }
end

-- What the custom destination of a number outside holds.
local function outside_fields(it)
  local number = (it.value or ""):gsub("[%s().-]", "")
  if not number:find("^%+?[%d*#]+$") then return wrong("not a number", it.value) end
  local fields = { cu_param1 = number, cu_param2 = "", cu_param3 = "" }
  -- Without a gateway by the rules of who has it.
  if not it.gateway_type and not it.gateway_id then return fields end
  local gateway = GATEWAYS[it.gateway_type or "GATEWAY"]
  if not gateway then return wrong("unknown type of gateway", it.gateway_type) end
  local id = kalliope.id(it.gateway_id)
  if not id then return wrong("no such gateway", it.gateway_id) end
  local name, err = store.value(gateway[2], { id })
  if err then return nil, err end
  if not name then return wrong("no such gateway", it.gateway_id) end
  it.gateway_name = name
  fields[gateway[1]] = ("%d"):format(id)
  return fields
end

local function makes(values, record)
  local it = values.failover
  return it and it.type == OUTSIDE and not (record and record.failover and record.failover.outside)
end

--- Adds the model whose id a change names for a number outside, before that is made.
function failover.reserved(models, names, values, record)
  if makes(values, record) then models[#models + 1], names[#names + 1] = custom, "outside" end
end

--- The steps of a change with those by which a number outside comes before them, or goes behind. `whose` says who has it.
function failover.around(steps, values, before, whose)
  local it, held = values.failover, before.failover and before.failover.outside
  if not it then return steps end
  if it.type ~= OUTSIDE then
    if held then steps[#steps + 1] = { custom, "delete", held, unless_used = true } end
    return steps
  end
  local fields, err = outside_fields(it)
  if not fields then return nil, err end
  if held then
    table.insert(steps, 1, { custom, "update", held, fields })
    return steps
  end
  local kind
  kind, err = store.value("SELECT ct_id FROM ct_customtypes WHERE ct_code = 'DIALOUTSIDE'")
  if not kind then return nil, err end
  fields.cu_name, fields.cu_ct_id = "Failover of " .. whose, kind
  table.insert(steps, 1, { custom, "create", fields, id = it.outside })
  return steps
end

-- Value and name of what a failover leads to, as this dialect shows it.
local function target_of(view, it)
  local tag, id = (it.leads or it.tag or ""):match("^(%u+)%-(%d+)$")
  id = tonumber(id)
  if not tag and it.type then
    tag = TYPES[it.type]
    if tag == "EXT" then
      local err
      id, err = view:id_of(tag, it.value or "")
      if err then return nil, err end
    else
      id = kalliope.id(it.value)
    end
  end
  if it.type == OUTSIDE or not id or tag == "SAMENUMBERVM" or (tag == "VOICEMAIL" and it.value) then return { value = it.value } end
  local known = view:shown(tag, id)
  if known then return known end
  if not LOOKUPS[tag] then return { value = it.value } end
  local found, err = store.row(LOOKUPS[tag], { id })
  if err then return nil, err end
  return found or {}
end

--- The <failover> element.
function failover.shown(view, it)
  it = it or {}
  local target, err = target_of(view, it)
  if not target then return nil, err end
  local boxed = it.type == "FORWARD_TO_VOICEMAIL" or it.type == OUTSIDE
  return { "failover", {
    { "intro", it.intro }, { "type", it.type },
    { "destination", {
      { "name", not boxed and target.name or nil }, { "value", target.value and tostring(target.value) },
      { "gateway_type", it.gateway_type }, { "gateway_id", it.gateway_id }, { "gateway_name", it.gateway_name },
    } },
  } }
end

return failover
