-- People who log in, what they may see and what they may hand out.
local change_log = require "engine.log"
local crypto = require "crypto"
local guard = require "engine.guard"
local json = require "json"
local object = require "engine.object"
local password = require "access.password"
local reference = require "engine.kind"
local store = require "store"
require "model.lookup"

local function link(name, names, table_name, prefix, column, kind, select)
  return {
    name = name, names = names, table = table_name, key = prefix .. "_us_id", id = prefix .. "_id",
    reference = { column = column, kind = kind }, select = select,
  }
end

local function restriction(name, kind, target, id, select, alias)
  return {
    name = name, names = { name, alias }, table = "ux_userrestrictions", key = "ux_us_id", id = "ux_id",
    fixed = { ux_type = kind }, reference = { column = "ux_type_id", kind = target },
    select = select .. (" JOIN ux_userrestrictions ON ux_type = '%s' AND ux_type_id = %s "):format(
      kind, id) .. "WHERE ux_us_id = ? ORDER BY ux_id",
  }
end

-- The slow hashes of changes that are on their way, by their fields.
local hashes = setmetatable({}, { __mode = "k" })

local function set_password(ctx, fields, value)
  if type(value) == "number" then value = ("%d"):format(value) end
  if type(value) ~= "string" or value == "" then
    fields.us_password = json.null
    return true
  end
  -- The legacy dialect sends the digest in us_password itself.
  if ctx.hashed_passwords and #value == 64 and value:find("^%x+$") then
    fields.us_password = value:lower()
    return true
  end
  local made, err = password.made(value)
  if not made then return nil, err end
  fields.us_password, hashes[fields] = made.kept, made.hash
  return true
end

local function after(tx, change)
  local hash = hashes[change.fields]
  if not hash then return true end
  return password.keep(tx, password.USER, change.id, hash)
end

-- password, _password and us_password are clear text; the *_hash names hold a digest.
local function normalize(ctx, fields, row)
  -- The digest as a get answer shows it, sent back, is no new password.
  if row and row.us_password and fields.us_password == row.us_password then fields.us_password = nil end
  local clear = fields.us_password or fields.password or fields._password
  local hash = fields.us_password_hash or fields.password_hash
  fields.password, fields._password, fields.password_hash, fields.us_password_hash = nil, nil, nil, nil
  if hash and hash ~= json.null then
    if type(hash) ~= "string" or not hash:find("^%x+$") or #hash ~= 64 then
      return nil, { code = "invalid", reason = "invalid_field", field = "password_hash",
        message = "password_hash: must be 64 hex digits" }
    end
    fields.us_password = hash:lower()
  elseif clear ~= nil then
    return set_password(ctx, fields, clear)
  end
  return true
end

local user = object {
  name = "user", summary = "A person who logs in.",
  paths = { "nuser", "nusers", "us_user", "us_users" },
  table = "us_users", id = "us_id", label = "us_username",
  required = { "us_username" },
  example = { username = "operator", password = "change-me", profile_id = 1 },
  columns = {
    us_username = { pattern = "[^%c]+", max = 191 }, us_email = { pattern = "[^%s]*" },
  },
  references = { userprofile = { "us_up_id" } },
  aliases = {
    username = "us_username", name = "us_description", description = "us_description",
    email = "us_email", profile_id = "us_up_id", userprofile_id = "us_up_id",
    use_ldap = "us_useldap", ip_filter = "us_ipfilter", two_factor_type = "us_2fatype",
    never_expire = "us_neverexpire", dynamic_ip = "us_dynamicip", force_change = "us_forcechange",
  },
  secrets = {
    "us_password", "us_2fatype", "us_2fa_param1", "us_2fa_param2", "us_2fa_param3", "us_resettoken",
    "us_token", "us_token_validity",
  },
  tenant_filter = "o.us_id IN (SELECT ut_us_id FROM ut_usertenants WHERE ut_tenant_id = ?)",
  children = {
    link("tenants", { "tenants", "tenant_ids" }, "ut_usertenants", "ut", "ut_tenant_id",
      "tenant", "SELECT te_id, te_code, te_name FROM ut_usertenants "
      .. "JOIN te_tenants ON te_id = ut_tenant_id WHERE ut_us_id = ? ORDER BY ut_id"),
    link("routing_profiles", { "routingprofiles", "routing_profiles", "routingprofile_ids" },
      "ur_userroutingprofiles", "ur", "ur_rp_id", "routingprofile",
      "SELECT rp.* FROM ur_userroutingprofiles JOIN rp_routingprofiles rp ON rp_id = ur_rp_id "
      .. "WHERE ur_us_id = ? ORDER BY ur_id"),
    link("allowed_userprofiles", { "allowed_userprofiles", "allowed_userprofile_ids" },
      "uu_userprofilesallowed", "uu", "uu_up_id", "userprofile",
      "SELECT up.* FROM uu_userprofilesallowed JOIN up_userprofiles up ON up_id = uu_up_id "
      .. "WHERE uu_us_id = ? ORDER BY uu_id"),
    restriction("client_rates", "CLIENTRATE", "clientrate", "cl_id",
      "SELECT cl_id, cl_te_id, cl_name FROM cl_clientrates", "clientrates"),
    restriction("queue_restrictions", "QUEUE", "queue", "qu_id",
      "SELECT qu_id, qu_te_id, qu_name FROM qu_queues"),
    restriction("extension_restrictions", "EXT", "extension", "ex_id",
      "SELECT ex_id, ex_te_id, ex_number, ex_name FROM ex_extensions"),
    restriction("provider_restrictions", "PROVIDER", "provider", "pr_id",
      "SELECT pr_id, pr_name FROM pr_providers"),
  },
  body = {
    password = { type = "string", nullable = true, maxLength = 1000, description = "Clear text; kept as its digest." },
    password_hash = { type = "string", pattern = "^[0-9A-Fa-f]{64}$", description = "SHA-256 of the password." },
  },
  annexes = { { name = "uh_userhashes", key = "uh_us_id" } },
  normalize = normalize, after = after,
  shown = { related = { profile = "row" } },
  related = function(_, row, add)
    return add:query("profile", "SELECT * FROM up_userprofiles WHERE up_id = ?",
      { row.us_up_id or 0 }, true)
  end,
}

--- What is shown of the tenants that a user was given.
user.TENANT_COLUMNS = { "te_id", "te_code", "te_name" }

--- Tenants that a user was given, in the order of their ids.
function user.tenants(ctx, id)
  local row, err = user.find(ctx, id)
  if not row then return nil, err end
  return store.query("SELECT " .. table.concat(user.TENANT_COLUMNS, ", ") .. " FROM ut_usertenants JOIN te_tenants ON te_id = ut_tenant_id "
    .. "WHERE ut_us_id = ? ORDER BY te_id", { row.us_id }, { rows = 100000 })
end

-- One tenant more or less, where an update replaces all: of two changes at once none is lost.
local function change_tenant(ctx, id, description, body)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local row, err = user.find(ctx, id)
  if not row then return nil, err end
  return store.transaction(function(tx)
    local done, failed = body(tx, row.us_id)
    if not done then return nil, failed end
    if done.changes == 0 then return true end
    return change_log.write(tx, ctx,
      { object = "user", id = row.us_id, action = "update", tenant_id = 0, description = description })
  end)
end

--- Gives a user a tenant. One that the user has already is no error.
function user.add_tenant(ctx, id, tenant_id)
  return change_tenant(ctx, id, "add tenant " .. tenant_id, function(tx, us_id)
    local there, err = reference.exists(tx, reference.kind("tenant"), tenant_id)
    if err then return nil, err end
    if not there then return reference.absent("tenants", "tenant", tenant_id) end
    return tx:exec("INSERT INTO ut_usertenants (ut_us_id, ut_tenant_id) SELECT us_id, te_id FROM us_users, te_tenants "
      .. "WHERE us_id = ? AND te_id = ? AND NOT EXISTS (SELECT 1 FROM ut_usertenants "
      .. "WHERE ut_us_id = us_id AND ut_tenant_id = te_id)", { us_id, tenant_id })
  end)
end

--- Takes a tenant from a user. One that the user has not is no error.
function user.remove_tenant(ctx, id, tenant_id)
  return change_tenant(ctx, id, "remove tenant " .. tenant_id, function(tx, us_id)
    return tx:exec("DELETE FROM ut_usertenants WHERE ut_us_id = ? AND ut_tenant_id = ?", { us_id, tenant_id })
  end)
end

--- Keeps the password of the administrator for the dialect that knows a single one, who logs in with its MD5.
function user.keep_administrator(text)
  return store.transaction(function(tx)
    local done, err = tx:exec("DELETE FROM ks_settings WHERE ks_code = 'admin_password'")
    if not done then return nil, err end
    return tx:exec("INSERT INTO ks_settings (ks_code, ks_value) VALUES ('admin_password', ?)",
      { crypto.sha256(crypto.md5(text)) })
  end)
end

return user
