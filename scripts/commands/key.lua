-- `patchbay key`.
local apikey = require "model.apikey"
local command = require "commands.lib.command"
local console = require "console"
local listing = require "commands.lib.listing"

command("key create", function(ctx, it)
  local key, err = apikey.create(ctx, { tenant = it.tenant ~= "" and it.tenant or nil, read_only = it.read_only,
    label = it.label })
  if not key then return nil, err end
  console.print(key .. "\n")
  return true
end)

command("key list", function(_, it)
  local rows, err = apikey.list()
  if not rows then return nil, err end
  return listing(rows, { "id", "tenant", "access", "key", "label", "created", "last_used", "revoked" }, it.json)
end)

command("key revoke", function(ctx, it)
  local done, err = apikey.revoke(ctx, it.id)
  if not done then return nil, err end
  console.print(("key %d revoked\n"):format(it.id))
  return true
end)
