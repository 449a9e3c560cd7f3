-- Groups of panel users: who is in one, and which tenants those see who inherit (`inerith`, as on the wire).
local change_log = require "engine.log"
local guard = require "engine.guard"
local merged = require("lib.value").merged
local sql = require "engine.sql"
local store = require "store"

local usergroup = {}

local function missing(what, id)
  return nil, { code = "not_found", message = ("%s: no such %s: %s"):format(what, what:gsub("id$", ""), tostring(id)) }
end

local GROUPS, GROUP_NAMES = sql.listed({ "gr_id AS usergroupid", "gr_name AS name" })
local TENANTS, TENANT_NAMES = sql.listed({ "te_id", "te_code", "te_name" })
local USERS, USER_NAMES = sql.listed({ "us_id", "us_username", "COALESCE(gu_inerith, '') AS inerith" })
--- Columns of groups, of their tenants and of their users.
usergroup.COLUMNS, usergroup.TENANT_COLUMNS, usergroup.USER_COLUMNS = GROUP_NAMES, TENANT_NAMES, USER_NAMES

--- All groups.
function usergroup.list()
  return store.query("SELECT " .. GROUPS .. " FROM gr_usergroups ORDER BY gr_id", {}, { rows = 100000 })
end

local function there(value, id)
  local found, err = value("SELECT gr_id FROM gr_usergroups WHERE gr_id = ?", { id })
  if err then return nil, err end
  if not found then return missing("usergroupid", id) end
  return true
end

--- Tenants of a group; not_found when there is no such group.
function usergroup.tenants(id)
  local found, err = there(store.value, id)
  if not found then return nil, err end
  return store.query("SELECT " .. TENANTS .. [[ FROM gt_usergrouptenants JOIN te_tenants ON te_id = gt_tenant_id
    WHERE gt_gr_id = ? ORDER BY te_id]], { id }, { rows = 100000 })
end

--- Users of a group, with `inerith`.
function usergroup.users(id)
  local found, err = there(store.value, id)
  if not found then return nil, err end
  return store.query("SELECT " .. USERS .. [[ FROM gu_usergroupusers
    JOIN us_users ON us_id = gu_us_id WHERE gu_gr_id = ? ORDER BY us_id]], { id }, { rows = 100000 })
end

-- One change of a group that is there; `body(tx)` makes it.
local function change(ctx, id, action, description, body)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  return store.transaction(function(tx)
    local ok, err = true, nil
    if id then ok, err = there(function(...) return tx:value(...) end, id) end
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

-- What a group has: the table that keeps it, its columns, and the table whose rows it names.
local TENANT = { word = "tenant", table = "gt_usergrouptenants", group = "gt_gr_id", id = "gt_tenant_id",
  named = "te_tenants", named_id = "te_id" }
local USER = { word = "user", table = "gu_usergroupusers", group = "gu_gr_id", id = "gu_us_id",
  named = "us_users", named_id = "us_id" }

local function remove(tx, kind, id, it)
  return tx:exec(sql.delete(kind.table, { [kind.group] = id, [kind.id] = it }))
end

local function add_one(ctx, kind, id, it, more)
  return change(ctx, id, "update", ("add %s %s"):format(kind.word, it), function(tx)
    local found, err = tx:value(("SELECT %s FROM %s WHERE %s = ?"):format(kind.named_id, kind.named, kind.named_id), { it })
    if err then return nil, err end
    if not found then return missing(kind.word .. "id", it) end
    local done
    done, err = remove(tx, kind, id, it)
    if not done then return nil, err end
    return tx:exec(sql.insert(kind.table, merged(more, { [kind.group] = id, [kind.id] = it })))
  end)
end

local function remove_one(ctx, kind, id, it)
  return change(ctx, id, "update", ("remove %s %s"):format(kind.word, it), function(tx)
    local done, err = remove(tx, kind, id, it)
    if not done then return nil, err end
    if done.changes == 0 then return missing(kind.word .. "id", it) end
    return true
  end)
end

--- Gives a group a tenant. One that it has already is no error.
function usergroup.add_tenant(ctx, id, tenant_id) return add_one(ctx, TENANT, id, tenant_id) end

function usergroup.remove_tenant(ctx, id, tenant_id) return remove_one(ctx, TENANT, id, tenant_id) end

--- Puts a user into a group; one that is there already gets the new `inherits`.
function usergroup.add_user(ctx, id, user_id, inherits)
  return add_one(ctx, USER, id, user_id, { gu_inerith = inherits and "on" or "" })
end

function usergroup.remove_user(ctx, id, user_id) return remove_one(ctx, USER, id, user_id) end

--- Tenants that a user sees: the user's own, and those of groups the user inherits from.
function usergroup.tenants_of_user(user_id)
  return store.query([[SELECT te_id, te_code, te_name FROM te_tenants
    WHERE te_id IN (SELECT ut_tenant_id FROM ut_usertenants WHERE ut_us_id = ?)
      OR te_id IN (SELECT gt_tenant_id FROM gu_usergroupusers JOIN gt_usergrouptenants ON gt_gr_id = gu_gr_id
        WHERE gu_us_id = ? AND gu_inerith = 'on') ORDER BY te_id]], { user_id, user_id }, { rows = 100000 })
end

return usergroup
