-- Login tokens of users and extensions: a password for once or until a time, kept as its digest.
local change_log = require "engine.log"
local check = require "lib.params"
local crypto = require "crypto"
local moment = require "lib.moment"
local store = require "store"

local token = {}

local USER = { table = "us_users", id = "us_id", prefix = "us", type = "USER" }
local EXTENSION = { table = "ex_extensions", id = "ex_id", prefix = "ex", type = "WEBPASSWORD" }

-- Users first, then the web user of an extension, then the name of its peer when it has no web user.
local SEARCH = {
  { USER, "SELECT us_id AS id, 0 AS te_id FROM us_users WHERE us_username = ?" },
  { EXTENSION, "SELECT ex_id AS id, ex_te_id AS te_id FROM ex_extensions WHERE ex_webuser = ?" },
  { EXTENSION, "SELECT ex_id AS id, ex_te_id AS te_id FROM ex_extensions WHERE ex_tech_id = ? "
    .. "AND coalesce(ex_webuser, '') = ''" },
}

--- Who a login name is: {id, te_id, kind}; not_found when nobody.
function token.target(name)
  if type(name) ~= "string" or name == "" then
    return nil, { code = "invalid", reason = "missing_user", field = "user", message = "Missing user." }
  end
  for _, item in ipairs(SEARCH) do
    local row, err = store.row(item[2], { name })
    if err then return nil, err end
    if row then return { id = row.id, te_id = row.te_id, kind = item[1] } end
  end
  return nil, { code = "not_found", reason = "user_not_found", message = "User not found." }
end

local function validity_of(text)
  if text == nil or text == "" then text = "ONCE" end
  if tostring(text):upper() == "ONCE" then return "ONCE" end
  local whole = check.datetime(tostring(text))
  if whole and whole > moment.now() then return whole end
  return nil, { code = "invalid", reason = "invalid_validity", field = "validity",
    message = "validity: must be ONCE or a time to come" }
end

local function write(ctx, target, digest, validity, action)
  local prefix = target.kind.prefix
  return store.transaction(function(tx)
    local done, err = tx:exec(("UPDATE %s SET %s_token = ?, %s_token_validity = ? WHERE %s = ?"):format(
      target.kind.table, prefix, prefix, target.kind.id), { digest, validity, target.id })
    if not done then return nil, err end
    return change_log.write(tx, ctx, {
      object = prefix == "us" and "user" or "extension", id = target.id, action = action,
      tenant_id = target.te_id, description = action,
    })
  end)
end

--- Makes a token. Returns the text, once, and the target's type.
function token.generate(ctx, user, validity)
  local target, err = token.target(user)
  if not target then return nil, err end
  local until_when
  until_when, err = validity_of(validity)
  if not until_when then return nil, err end
  if ctx.dry_run then return { dry_run = true, user = user, target_type = target.kind.type } end
  local text = crypto.random(24)
  local ok
  ok, err = write(ctx, target, crypto.sha256(text), until_when, "generate token")
  if not ok then return nil, err end
  return { token = text, user = user, target_type = target.kind.type }
end

--- Takes the token of a user away.
function token.reset(ctx, user)
  local target, err = token.target(user)
  if not target then return nil, err end
  if ctx.dry_run then return { dry_run = true, user = user, target_type = target.kind.type } end
  local ok
  ok, err = write(ctx, target, "", "", "reset token")
  if not ok then return nil, err end
  return { reset = true, user = user, target_type = target.kind.type }
end

-- Of two who bring the same token for once, the one whose statement finds it there.
local function redeem(ctx, target, digest)
  local prefix = target.kind.prefix
  return store.transaction(function(tx)
    local done, err = tx:exec(("UPDATE %s SET %s_token = '', %s_token_validity = '' WHERE %s = ? AND %s_token = ? "
      .. "AND %s_token_validity = 'ONCE'"):format(target.kind.table, prefix, prefix, target.kind.id, prefix, prefix),
      { target.id, digest })
    if not done then return nil, err end
    if done.changes == 0 then return false end
    done, err = change_log.write(tx, ctx, {
      object = prefix == "us" and "user" or "extension", id = target.id, action = "use token",
      tenant_id = target.te_id, description = "use token",
    })
    if not done then return nil, err end
    return true
  end)
end

--- True when a text is the valid token of a target; a token for once is used up by it.
function token.accept(ctx, target, text)
  local prefix = target.kind.prefix
  local row, err = store.row(("SELECT %s_token AS token, %s_token_validity AS validity FROM %s WHERE %s = ?")
    :format(prefix, prefix, target.kind.table, target.kind.id), { target.id })
  if not row then return nil, err end
  local digest = crypto.sha256(text or "")
  if (row.token or "") == "" or not crypto.equal(row.token, digest) then return false end
  if row.validity ~= "ONCE" then return row.validity > moment.now() end
  return redeem(ctx, target, digest)
end

return token
