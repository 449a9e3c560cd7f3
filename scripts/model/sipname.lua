-- Names in SIP, each with one owner: peer names, and what a phone or trunk may log in as besides. And those
-- that are gone, which Asterisk needs for a while to take its leave of them (schema/0221_asterisk_names.sql).
local moment = require "lib.moment"
local node = require "model.node"
local sql = require "engine.sql"
local store = require "store"

local sipname = {}

local KEPT = 600

local function taken(name, field)
  field = field or "username"
  return nil, { code = "conflict", reason = "already_exists", field = field,
    message = field .. ": already taken: " .. name }
end

-- Who has a name: the endpoint that logs in as it, or the one that is called so.
local function owner_of(tx, name)
  local owner, err = tx:value("SELECT ln_endpoint FROM ln_logins WHERE ln_name = ?", { name })
  if owner or err then return owner, err end
  return tx:value("SELECT id FROM ps_endpoints WHERE id = ?", { name })
end

--- Lets an endpoint log in as `name` and as no other name but its own. Second result: whether that is new. A name
--- that is somebody else's is refused with `must`, and else left to them.
function sipname.keep(tx, endpoint, name, must)
  if sql.is_null(name) or name == "" or name == endpoint then name = nil end
  local owner, err
  if name then
    owner, err = owner_of(tx, name)
    if err then return nil, err end
    if owner == endpoint then return true, false end
    if owner and must then return taken(name) end
  end
  local gone
  gone, err = tx:exec("DELETE FROM ln_logins WHERE ln_endpoint = ?", { endpoint })
  if not gone then return nil, err end
  if not name or owner then return true, gone.changes > 0 end
  local done
  done, err = tx:exec("INSERT INTO ln_logins (ln_name, ln_endpoint) VALUES (?, ?)", { name, endpoint })
  if not done then return nil, err end
  return true, true
end

--- Gives an endpoint its peer name, unless somebody logs in as that.
function sipname.own(tx, endpoint, field)
  local owner, err = tx:value("SELECT ln_endpoint FROM ln_logins WHERE ln_name = ?", { endpoint })
  if err then return nil, err end
  if owner then return taken(endpoint, field) end
  return tx:exec("DELETE FROM gn_gonenames WHERE gn_name = ?", { endpoint })
end

--- Whether a name is nobody's yet.
function sipname.is_free(name)
  local found, err = store.value("SELECT 1 FROM ln_logins WHERE ln_name = ? UNION ALL "
    .. "SELECT 1 FROM ps_endpoints WHERE id = ?", { name, name })
  if err then return nil, err end
  return found == nil
end

--- Before the rows of a name go: what is left of it for a while. Second result: whether it had another name.
function sipname.leave(tx, name)
  local done, err = tx:exec("DELETE FROM gn_gonenames WHERE gn_name = ?", { name })
  if not done then return nil, err end
  done, err = tx:exec([[INSERT INTO gn_gonenames (gn_name, gn_username, gn_password, gn_time)
    SELECT id, username, "password", ? FROM ps_auths WHERE id = ?]],
    { moment.now(), name })
  if not done then return nil, err end
  done, err = tx:exec("DELETE FROM ln_logins WHERE ln_endpoint = ?", { name })
  if not done then return nil, err end
  return true, done.changes > 0
end

--- Tells the nodes once more of those that are gone.
function sipname.tell_gone()
  local rows, err = store.query("SELECT gn_name FROM gn_gonenames", {}, { rows = 10000 })
  if not rows then return nil, err end
  for _, name in ipairs(rows:column("gn_name")) do
    local ok
    ok, err = node.look_again(name)
    if not ok then return nil, err end
  end
  return true
end

--- Forgets who has been gone long enough.
function sipname.prune()
  return store.write("DELETE FROM gn_gonenames WHERE gn_time < ?",
    { moment.now(-KEPT) })
end

return sipname
