-- Failover of Kalliope users and call groups over our destinations.
local destination = require "engine.destination"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local store = require "store"
local xml = require "xml"

local failover = {}

-- sp_specials of the seeds.
local HANGUP = "SPECIAL-1"

-- Type -> our destination type, and the column of its name.
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
  QUEUE = "FORWARD_TO_QUEUE_WITHOUT_CHECKTIME",
}
-- Where a destination's value and name come from.
local LOOKUPS = {
  EXT = "SELECT ex_number AS value, ex_name AS name FROM ex_extensions WHERE ex_id = ?",
  VOICEMAIL = "SELECT mailbox AS value, '' AS name FROM voicemail WHERE uniqueid = ?",
  IVR = "SELECT iv_id AS value, iv_name AS name FROM iv_ivrs WHERE iv_id = ?",
  CONDITION = "SELECT co_id AS value, co_name AS name FROM co_conditions WHERE co_id = ?",
  HUNTLIST = "SELECT hu_id AS value, hu_name AS name FROM hu_huntlists WHERE hu_id = ?",
  QUEUE = "SELECT qu_id AS value, qu_name AS name FROM qu_queues WHERE qu_id = ?",
}
-- The two that Kalliope names by number and not by id.
local BY_NUMBER = {
  EXT = "SELECT ex_id FROM ex_extensions WHERE ex_number = ? AND ex_te_id = ?",
  VOICEMAIL = "SELECT uniqueid FROM voicemail WHERE mailbox = ? AND te_id = ?",
}

--- A <failover> element as {given, tags}; nil when there is none. `own` is the number of a user who
--- gets a mailbox with this request: it may be named before it is there.
function failover.read(ctx, element, own)
  local it = element and xml.child(element, "failover")
  if not it then return nil end
  local kind = kalliope.given(it, "type")
  local target = xml.child(it, "destination")
  local given = {
    intro = kalliope.given(it, "intro"), type = kind, value = kalliope.given(target, "value"),
    name = kalliope.given(target, "name"), gateway_type = kalliope.given(target, "gateway_type"),
    gateway_id = kalliope.given(target, "gateway_id"),
    gateway_name = kalliope.given(target, "gateway_name"),
  }
  local tags = {}
  if not kind then return { given = {}, tags = tags } end
  if kind == "HANGUP" then tags[1] = HANGUP end
  local tag = TYPES[kind]
  if tag then
    local id = tonumber(given.value)
    if BY_NUMBER[tag] then
      local err
      id, err = store.value(BY_NUMBER[tag], { given.value or "", ctx.tenant.id })
      if err then return nil, err end
    end
    if tag == "VOICEMAIL" and not id and own and given.value == own then
      return { given = given, tags = { "SAMENUMBERVM" } }
    end
    if not id then
      return nil, { code = "invalid", message = "failover: no such destination" }
    end
    tags[1] = tag .. "-" .. id
  elseif kind ~= "HANGUP" and kind ~= "FORWARD_TO_EXTERNAL_NUMBER" then
    return nil, { code = "invalid", message = "failover: unknown type: " .. kind:sub(1, 40) }
  end
  return { given = given, tags = tags }
end

local function element(intro, kind, value, name, given)
  given = given or {}
  return { "failover", {
    { "intro", intro }, { "type", kind },
    { "destination", {
      { "name", name }, { "value", value }, { "gateway_type", given.gateway_type },
      { "gateway_id", given.gateway_id }, { "gateway_name", given.gateway_name },
    } },
  } }
end

--- The <failover> element of a source: from its destinations, else from what was given.
function failover.show(key, id, stored)
  local given = json.decode(stored or "{}") or {}
  local row, err = store.row(destination.select({ key }, id))
  if err then return nil, err end
  if not row then
    if given.type == "FORWARD_TO_EXTERNAL_NUMBER" then
      return element(given.intro, given.type, given.value, nil, given)
    end
    return element()
  end
  if row.de_type_dst == "SPECIAL" then return element(given.intro, "HANGUP") end
  local kind = BACK[row.de_type_dst]
  local text, target_id = LOOKUPS[row.de_type_dst], row.de_type_id_dst
  -- The box of one's own number.
  if row.de_type_dst == "SAMENUMBERVM" and key:match("^EXT%-") then
    text, target_id = LOOKUPS.EXT, id
  end
  if not kind or not text then return element(given.intro, kind) end
  local target
  target, err = store.row(text, { target_id })
  if err then return nil, err end
  target = target or {}
  local name = kind ~= "FORWARD_TO_VOICEMAIL" and target.name or nil
  return element(given.intro, kind, target.value and tostring(target.value), name)
end

return failover
