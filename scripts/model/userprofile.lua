-- Profiles of users: a name and a list of privileges.
local json = require "json"
local merged = require("lib.value").merged
local object = require "engine.object"

return object {
  name = "userprofile", title = "User profile", summary = "What a kind of user may do.",
  paths = { "user_profile", "user_profiles" },
  table = "up_userprofiles", id = "up_id", label = "up_name",
  required = { "up_name" },
  example = { name = "Helpdesk", description = "Helpdesk operators" },
  aliases = {
    name = "up_name", description = "up_description", reserved = "up_reserved",
    userpanel = "up_userpanel", user_panel = "up_userpanel",
    extension_user_profile = "up_userpanel",
  },
  children = {
    {
      name = "privileges", table = "up_privileges", key = "upp_up_id", id = "upp_id",
      columns = { ug_id = { pattern = "[%w_.:-]+", max = 80 } },
      items = { anyOf = json.array({
        { type = "integer", minimum = 0 },
        { type = "object", required = json.array({ "ug_id" }), properties = {
          ug_id = { type = "integer", minimum = 0 }, param1 = { type = "string" }, param2 = { type = "string" },
          param3 = { type = "string" }, param4 = { type = "string" }, param5 = { type = "string" } } },
      }) },
      item = function(_, _, item)
        if type(item) ~= "table" then return { ug_id = item } end
        local out = merged(item)
        out.ug_id = item.ug_id or item.id
        if out.ug_id == nil or out.ug_id == json.null then
          return nil, { code = "invalid", reason = "invalid_field", field = "privileges",
            message = "privileges: an item needs ug_id" }
        end
        return out
      end,
    },
  },
}
