-- `patchbay tenant`.
local change = require "engine.change"
local command = require "commands.lib.command"
local console = require "console"
local listing = require "commands.lib.listing"
local store = require "store"
local tenant = require "model.tenant"

command("tenant create", function(ctx, it)
  local made, err = change.create(tenant, ctx, { te_code = it.code, te_name = it.name ~= "" and it.name or it.code })
  if not made then return nil, err end
  console.print(("tenant %s created, id %d\n"):format(it.code, made.te_id))
  return true
end)

command("tenant list", function(_, it)
  local rows, err = store.query("SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants ORDER BY te_code",
    {}, { rows = 100000 })
  if not rows then return nil, err end
  return listing(rows, { "id", "code", "name" }, it.json)
end)
