-- `patchbay log`: who changed what, the newest last.
local command = require "commands.lib.command"
local listing = require "commands.lib.listing"
local store = require "store"

local SELECT = [[SELECT ul_id AS id, ul_date AS date, COALESCE(te_code, '') AS tenant, ul_user AS actor,
  ul_action AS action, ul_object AS object, ul_object_id AS object_id, COALESCE(ul_description, '') AS detail
  FROM ul_useractivitylogs LEFT JOIN te_tenants ON te_id = ul_te_id]]

command("log", function(_, it)
  local text, params = SELECT, {}
  if it.tenant ~= "" then text, params = text .. " WHERE te_code = ?", { it.tenant } end
  params[#params + 1] = it.limit
  local rows, err = store.query("SELECT * FROM (" .. text .. " ORDER BY ul_id DESC LIMIT ?) newest ORDER BY id", params,
    { rows = 100000 })
  if not rows then return nil, err end
  return listing(rows, { "id", "date", "tenant", "actor", "action", "object", "object_id", "detail" }, it.json)
end)
