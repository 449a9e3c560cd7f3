-- The one administrator of the Kalliope dialect: HTTP Basic, the MD5 of the password as password.
local config = require "config"
local context = require "access.context"
local crypto = require "crypto"
local passwords = require "access.password"
local people = require "access.people"
local store = require "store"

local access = {}

local SETTING = "admin_password"

local function credentials(req)
  local text = (req.headers.authorization or ""):match("^[Bb]asic%s+(%S+)%s*$")
  local plain = text and crypto.unbase64(text)
  if not plain then return nil end
  return plain:match("^([^:]*):(.*)$")
end

local function tenant()
  local code = config.get("kalliope.tenant", nil)
  local text = "SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants "
  local row, err
  if code then row, err = store.row(text .. "WHERE te_code = ?", { code })
  else row, err = store.row(text .. "ORDER BY te_id LIMIT 1") end
  if err then return nil, err end
  if not row then return nil, { code = "internal", message = "there is no tenant to speak for" } end
  return row
end

--- Lets the administrator in: makes the request's context.
function access.enter(req)
  local function unauthenticated(message)
    return nil, { code = "unauthenticated", message = message }
  end
  local name, password = credentials(req)
  if not name then return unauthenticated("authentication required") end
  local may, err = people.may_try("kalliope " .. name, req.peer)
  if not may then return nil, err end
  local stored
  stored, err = store.value(
    "SELECT ks_value FROM ks_settings WHERE ks_code = ?", { SETTING })
  if err then return nil, err end
  local right
  right, err = passwords.check(passwords.SETTING, SETTING, stored, password:lower())
  if err then return nil, err end
  if not right or name ~= "admin" then
    people.failed("kalliope " .. name, req.peer)
    return unauthenticated("wrong user name or password")
  end
  people.succeeded("kalliope " .. name, req.peer)
  local own
  own, err = tenant()
  if not own then return nil, err end
  context.enter(req, "Kalliope", { label = "admin", read_only = false, global = false }, own, { secrets = true })
  return true
end

return access
