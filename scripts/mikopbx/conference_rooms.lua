-- /conference-rooms: rooms several callers join.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"

return resource.of {
  path = "conference-rooms", word = "Conference room", summary = "Rooms several callers join.",
  prefix = "CONFERENCE", tag = "CONFERENCE", shape = shapes.room,
  model = require "model.conferenceroom", annex = "mk_rooms",
  names = { cr_name = "name", name = "name", cr_number = "extension", number = "extension", pin = "pinCode" },
  rules = {
    name = { max = 100 }, extension = { digits = true, max = 8 }, pinCode = { digits = true, max = 20, default = "" },
    description = { max = 500, default = "", lines = true },
  },
  required = { "name", "extension" },
  id = "cr_id", order = "cr_name, cr_id", orders = { name = "cr_name", extension = "cr_number" },
  search = { "cr_name", "cr_number", "mr_description" },
  select = [[SELECT cr_id, cr_number, cr_name, pin, mr_description FROM cr_conferencerooms
    LEFT JOIN meetme ON bookid = cr_bookid LEFT JOIN mk_rooms ON mr_cr_id = cr_id]],
  read = function(_, rows)
    local list = {}
    for i, row in ipairs(rows) do
      list[i] = { row_id = row.cr_id, name = row.cr_name or "", extension = row.cr_number or "", pinCode = row.pin or "",
        description = row.mr_description or "" }
    end
    return list
  end,
  changes = function(_, it)
    return { cr_name = it.name, cr_number = it.extension, pin = it.pinCode }, { mr_description = it.description }
  end,
  -- The PIN only to those who may write.
  shown = function(it, ctx)
    return json.ordered("id", it.id, "name", it.name, "extension", it.extension,
      "pinCode", ctx.secrets and it.pinCode or "", "description", it.description,
      "represent", mikopbx.represent("users", ("%s <%s>"):format(it.name, it.extension)))
  end,
}
