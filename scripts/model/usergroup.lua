-- Groups of panel users: who is in one, and which tenants those see who inherit (`inerith`, as on the wire).
local change_log = require "engine.log"
local guard = require "engine.guard"
local store = require "store"

local usergroup = {}

local function missing(what, id)
  return nil, { code = "not_found", message = ("%s: no such %s: %s"):format(what, what:gsub("id$", ""), tostring(id)) }
end

--- All groups: usergroupid and name.
function usergroup.list()
  return store.query("SELECT gr_id AS usergroupid, gr_name AS name FROM gr_usergroups ORDER BY gr_id", {},
    { rows = 100000 })
end

local function there(tx, id)
  local found, err = tx:value("SELECT gr_id FROM gr_usergroups WHERE gr_id = ?", { id })
  if err then return nil, err end
  if not found then return missing("usergroupid", id) end
  return true
end

--- Tenants of a group; not_found when there is no such group.
function usergroup.tenants(id)
  local found, err = there({ value = function(_, text, params) return store.value(text, params) end }, id)
  if not found then return nil, err end
  return store.query([[SELECT te_id, te_code, te_name FROM gt_usergrouptenants JOIN te_tenants ON te_id = gt_tenant_id
    WHERE gt_gr_id = ? ORDER BY te_id]], { id }, { rows = 100000 })
end

--- Users of a group, with `inerith`.
function usergroup.users(id)
  local found, err = there({ value = function(_, text, params) return store.value(text, params) end }, id)
  if not found then return nil, err end
  return store.query([[SELECT us_id, us_username, COALESCE(gu_inerith, '') AS inerith FROM gu_usergroupusers
    JOIN us_users ON us_id = gu_us_id WHERE gu_gr_id = ? ORDER BY us_id]], { id }, { rows = 100000 })
end

-- One change of a group that is there; `body(tx)` makes it.
local function change(ctx, id, action, description, body)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  return store.transaction(function(tx)
    local ok, err = true, nil
    if id then ok, err = there(tx, id) end
    if not ok then return nil, err end
    local made
    made, err = body(tx)
    if not made then return nil, err end
    ok, err = change_log.write(tx, ctx, {
      object = "usergroup", id = id or made, action = action, tenant_id = 0, description = description,
    })
    if not ok then return nil, err end
    return made
  end)
end

--- Makes a group; its id.
function usergroup.create(ctx, name)
  if type(name) ~= "string" or not name:find("%S") or #name > 191 or name:find("%c") then
    return nil, { code = "invalid", field = "name", message = "name: must be a text of at most 191 characters" }
  end
  return change(ctx, nil, "create", name, function(tx)
    local taken, err = tx:value("SELECT gr_id FROM gr_usergroups WHERE gr_name = ?", { name })
    if err then return nil, err end
    if taken then return nil, { code = "conflict", field = "name", message = "name: already taken: " .. name } end
    local done
    done, err = tx:exec("INSERT INTO gr_usergroups (gr_name) VALUES (?)", { name })
    return done and done.id, err
  end)
end

--- Removes a group with its memberships.
function usergroup.delete(ctx, id)
  return change(ctx, id, "delete", "delete", function(tx)
    for _, text in ipairs({ "DELETE FROM gt_usergrouptenants WHERE gt_gr_id = ?",
      "DELETE FROM gu_usergroupusers WHERE gu_gr_id = ?", "DELETE FROM gr_usergroups WHERE gr_id = ?" }) do
      local done, err = tx:exec(text, { id })
      if not done then return nil, err end
    end
    return true
  end)
end

--- Gives a group a tenant. One that it has already is no error.
function usergroup.add_tenant(ctx, id, tenant_id)
  return change(ctx, id, "update", "add tenant " .. tenant_id, function(tx)
    local found, err = tx:value("SELECT te_id FROM te_tenants WHERE te_id = ?", { tenant_id })
    if err then return nil, err end
    if not found then return missing("tenantid", tenant_id) end
    local done
    done, err = tx:exec("DELETE FROM gt_usergrouptenants WHERE gt_gr_id = ? AND gt_tenant_id = ?", { id, tenant_id })
    if not done then return nil, err end
    return tx:exec("INSERT INTO gt_usergrouptenants (gt_gr_id, gt_tenant_id) VALUES (?, ?)", { id, tenant_id })
  end)
end

function usergroup.remove_tenant(ctx, id, tenant_id)
  return change(ctx, id, "update", "remove tenant " .. tenant_id, function(tx)
    local done, err = tx:exec("DELETE FROM gt_usergrouptenants WHERE gt_gr_id = ? AND gt_tenant_id = ?",
      { id, tenant_id })
    if not done then return nil, err end
    if done.changes == 0 then return missing("tenantid", tenant_id) end
    return true
  end)
end

--- Puts a user into a group; one that is there already gets the new `inherits`.
function usergroup.add_user(ctx, id, user_id, inherits)
  return change(ctx, id, "update", "add user " .. user_id, function(tx)
    local found, err = tx:value("SELECT us_id FROM us_users WHERE us_id = ?", { user_id })
    if err then return nil, err end
    if not found then return missing("userid", user_id) end
    local done
    done, err = tx:exec("DELETE FROM gu_usergroupusers WHERE gu_gr_id = ? AND gu_us_id = ?", { id, user_id })
    if not done then return nil, err end
    return tx:exec("INSERT INTO gu_usergroupusers (gu_gr_id, gu_us_id, gu_inerith) VALUES (?, ?, ?)",
      { id, user_id, inherits and "on" or "" })
  end)
end

function usergroup.remove_user(ctx, id, user_id)
  return change(ctx, id, "update", "remove user " .. user_id, function(tx)
    local done, err = tx:exec("DELETE FROM gu_usergroupusers WHERE gu_gr_id = ? AND gu_us_id = ?", { id, user_id })
    if not done then return nil, err end
    if done.changes == 0 then return missing("userid", user_id) end
    return true
  end)
end

--- Tenants that a user sees: the user's own, and those of groups the user inherits from.
function usergroup.tenants_of_user(user_id)
  return store.query([[SELECT te_id, te_code, te_name FROM te_tenants
    WHERE te_id IN (SELECT ut_tenant_id FROM ut_usertenants WHERE ut_us_id = ?)
      OR te_id IN (SELECT gt_tenant_id FROM gu_usergroupusers JOIN gt_usergrouptenants ON gt_gr_id = gu_gr_id
        WHERE gu_us_id = ? AND gu_inerith = 'on') ORDER BY te_id]], { user_id, user_id }, { rows = 100000 })
end

return usergroup
