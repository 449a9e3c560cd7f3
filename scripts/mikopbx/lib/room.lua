-- A conference room of MikoPBX and ours: how they are translated.
local change = require "engine.change"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local prefixed = require "mikopbx.lib.prefixed"
local rooms = require "model.conferenceroom"
local store = require "store"
local target = require "mikopbx.lib.target"

local room = {}

room.PREFIX = "CONFERENCE"
room.RULES = {
  name = { max = 100 }, extension = { digits = true, max = 8 }, pinCode = { digits = true, max = 20, default = "" },
  description = { max = 500, default = "", lines = true },
}
room.REQUIRED = { "name", "extension" }

local SELECT = [[SELECT cr_id, cr_number, cr_name, pin, mr_description FROM cr_conferencerooms
  LEFT JOIN meetme ON bookid = cr_bookid LEFT JOIN mk_rooms ON mr_cr_id = cr_id WHERE cr_te_id = ?]]

--- All rooms by name, or one.
function room.records(ctx, id)
  local text, bound = SELECT, { ctx.tenant.id }
  if id then text, bound[2] = text .. " AND cr_id = ?", id end
  local rows, err = store.query(text .. " ORDER BY cr_name, cr_id", bound, { rows = 100000 })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1] = { row_id = row.cr_id, id = prefixed.text(room.PREFIX, row.cr_id), name = row.cr_name or "",
      extension = row.cr_number or "", pinCode = row.pin or "", description = row.mr_description or "" }
  end
  return list
end

local function check(it)
  local bad = {}
  for _, name in ipairs(room.REQUIRED) do
    if (it[name] or "") == "" then bad[name] = "is required" end
  end
  if not bad.extension and #it.extension < 2 then bad.extension = "must have 2 to 8 digits" end
  if next(bad) then return nil, { code = "invalid", message = "validation failed", fields = bad } end
  return true
end

local NAMES = { cr_name = "name", name = "name", cr_number = "extension", number = "extension", pin = "pinCode" }

--- Cleaned fields; those of a create have their defaults.
function room.clean(values, creating) return fields.clean(room.RULES, values, creating) end

--- Creates a room of cleaned fields, or changes the one given as `before`.
function room.save(ctx, values, before)
  local it = {}
  for name, value in pairs(before or {}) do it[name] = value end
  for name, value in pairs(values) do it[name] = value end
  local ok, err = check(it)
  if not ok then return nil, err end
  ok, err = target.free(ctx, it.extension, before and "CONFERENCE-" .. ("%d"):format(before.row_id))
  if not ok then return nil, err end
  local changes = { cr_name = it.name, cr_number = it.extension, pin = it.pinCode }
  local own = { mk_rooms = { mr_description = it.description } }
  local made
  if before then made, err = change.run(ctx, { { rooms, "update", before.row_id, changes, annexes = own } })
  else made, err = change.run(ctx, { { rooms, "create", changes, annexes = own } }) end
  if not made then return prefixed.not_saved(err, NAMES) end
  local list
  list, err = room.records(ctx, made[1].cr_id)
  if not list then return nil, err end
  return list[1]
end

function room.delete(ctx, it) return rooms.delete(ctx, it.row_id) end

--- How the API shows a room. The PIN only to those who may write.
function room.shown(ctx, it)
  return json.ordered("id", it.id, "name", it.name, "extension", it.extension,
    "pinCode", ctx.secrets and it.pinCode or "", "description", it.description,
    "represent", mikopbx.represent("users", ("%s <%s>"):format(it.name, it.extension)))
end

return room
