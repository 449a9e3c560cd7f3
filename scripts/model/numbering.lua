-- One numbering plan for each tenant: a number that phones dial is one object's. The kinds are those of the
-- view dialplan_number, by which the dialplan finds whose number it is.
local json = require "json"
local turn = require "engine.turn"

local numbering = {}

local NAMES = {
  EXT = "an extension", QUEUE = "a queue", CONFERENCE = "a conference room", HUNTLIST = "a hunt list",
  PAGING = "a paging group", FLOWSWITCH = "a flow", FEATURE = "a feature code", SHORTNUMBER = "a short number",
  IVR = "a menu", CUSTOM = "a custom destination",
}

local function free(tx, change, column, kind)
  local number = change.values[column]
  if change.action == "delete" or number == nil or number == json.null or number == "" then return true end
  if change.before and change.before[column] == number then return true end
  -- Two who take one number at once take it in turn.
  local ok, err = turn.take(tx, ("number %d %s"):format(change.tenant_id, tostring(number)))
  if not ok then return nil, err end
  local other
  other, err = tx:value("SELECT kind FROM dialplan_number WHERE id = ? AND kind <> ? LIMIT 1",
    { ("%d-%s"):format(change.tenant_id, number), kind })
  if err then return nil, err end
  if not other then return true end
  return nil, { code = "conflict", reason = "already_exists", field = column:match("_(%w+)$"),
    message = ("%s is the number of %s."):format(number, NAMES[other] or other) }
end

--- Has a model refuse a number in `column` that an object of another kind has. Returns the model.
function numbering.plan(model, column, kind)
  local before = model.before
  function model.before(tx, change)
    local ok, err = free(tx, change, column, kind)
    if not ok then return nil, err end
    if before then return before(tx, change) end
    return true
  end
  return model
end

return numbering
