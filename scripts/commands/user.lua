-- `patchbay user`.
local change = require "engine.change"
local command = require "commands.lib.command"
local console = require "console"
local crypto = require "crypto"
local failure = require("lib.failure").of
local listing = require "commands.lib.listing"
local store = require "store"
local user = require "model.user"

command("user create", function(ctx, it)
  local password = it.password ~= "" and it.password or crypto.random(10)
  local made, err = change.create(user, ctx, { us_username = it.name, password = password,
    us_admin = it.admin and "on" or nil })
  if not made then return nil, err end
  if it.admin and it.name == "admin" then
    local done
    done, err = user.keep_administrator(password)
    if not done then return nil, err end
  end
  console.print(it.password ~= "" and ("user %s created, id %d\n"):format(it.name, made.us_id) or password .. "\n")
  return true
end)

command("user list", function(_, it)
  local rows, err = store.query([[SELECT us_id AS id, us_username AS name, CASE us_admin WHEN 'on' THEN 'yes' ELSE 'no' END
    AS admin, COALESCE(us_description, '') AS description FROM us_users ORDER BY us_username]], {}, { rows = 100000 })
  if not rows then return nil, err end
  return listing(rows, { "id", "name", "admin", "description" }, it.json)
end)

local function named(name)
  local row, err = store.row("SELECT us_id, us_admin FROM us_users WHERE us_username = ?", { name })
  if err then return nil, err end
  if not row then return failure("not_found", "not_found", "no such user: " .. name) end
  return row
end

command("user password", function(ctx, it)
  local row, err = named(it.name)
  if not row then return nil, err end
  local password = it.password ~= "" and it.password or crypto.random(10)
  local done
  done, err = change.update(user, ctx, row.us_id, { password = password })
  if not done then return nil, err end
  if it.name == "admin" and row.us_admin == "on" then
    done, err = user.keep_administrator(password)
    if not done then return nil, err end
  end
  console.print(it.password ~= "" and ("user %s has another password\n"):format(it.name) or password .. "\n")
  return true
end)

command("user delete", function(ctx, it)
  local row, err = named(it.name)
  if not row then return nil, err end
  local done
  done, err = change.delete(user, ctx, row.us_id)
  if not done then return nil, err end
  console.print(("user %s deleted\n"):format(it.name))
  return true
end)
