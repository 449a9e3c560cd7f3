-- .../deleteRecord: queues, menus, rooms and applications are deleted in the older API.
local prefixed = require "mikopbx.lib.prefixed"
local shapes = require "mikopbx.lib.shapes"
local store = require "store"

local KINDS = {
  callQueue = { "call-queues", "QUEUE", require "model.queue" },
  ivrMenu = { "ivr-menu", "IVR", require "model.ivr" },
  conferenceRoom = { "conference-rooms", "CONFERENCE", require "model.conferenceroom" },
  -- by hand: of custom destinations only these are applications
  dialplanApplication = { "dialplan-applications", "DIALPLAN", require "model.customdestination",
    "SELECT cu_id FROM cu_customs JOIN ct_customtypes ON ct_id = cu_ct_id AND ct_code = 'STEPS' WHERE cu_id = ? AND cu_te_id = ?" },
}

local actions = {}
for name, kind in pairs(KINDS) do
  actions[name] = { access = "write", verb = "POST /" .. kind[1] .. "/deleteRecord", result = shapes.record({ id = "text" }),
    body = { id = { max = 40, document = { required = true }, example = kind[2] .. "-0000001A" } } }
end

local removals = route { family = "removals", summary = "Queues, menus, rooms and applications are deleted.", actions = actions }

local function remove(kind, req)
  local id, there, err = prefixed.id(kind[2], req.params.id or ""), true, nil
  if kind[4] then there, err = store.value(kind[4], { id, req.ctx.tenant.id }) end
  if err then return nil, err end
  local done = nil
  if there then done, err = kind[3].delete(req.ctx, id) end
  if done then return { id = tostring(req.params.id) } end
  if err and err.code ~= "not_found" then return nil, err end
  return nil, { code = "invalid", message = ("Record with id %s does not exist"):format(tostring(req.params.id or ""):sub(1, 40)) }
end

for name, kind in pairs(KINDS) do
  removals[name] = function(req) return remove(kind, req) end
end

return removals
