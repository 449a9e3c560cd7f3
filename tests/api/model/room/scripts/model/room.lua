-- Meeting rooms of an integrator: extensions stand in one, calls go to one.
local object = require "engine.object"

return object {
  name = "room", title = "Meeting room", summary = "A room with a door.",
  table = "my_rooms", id = "ro_id", tenant = "ro_te_id", label = "ro_name",
  required = { "ro_name" },
  example = { name = "Library", seats = 12 },
  aliases = { name = "ro_name", seats = "ro_seats" },
  tags = { "ROOM" },
  destinations = { ["ROOM-FULL"] = { "full" } },
  named_by = { { object = "extension", columns = { room_id = "ex_my_ro_id" } } },
}
