-- Keys with permissions by path, and the secret that signs tokens: what is kept of them.
local cache = require "cache"
local crypto = require "crypto"
local moment = require "lib.moment"
local sql = require "engine.sql"
local store = require "store"

local pathkey = {}

--- Keeps a new key, under an id where `ma_id` gives one; returns its id.
function pathkey.create(columns)
  local done, err = store.write(sql.insert("mk_apikeys", columns))
  if not done then return nil, err end
  return columns.ma_id or done.id
end

function pathkey.update(id, columns) return store.write(sql.update("mk_apikeys", columns, { ma_id = id })) end

function pathkey.delete(id) return store.write("DELETE FROM mk_apikeys WHERE ma_id = ?", { id }) end

--- Notes that a key was used: once a minute is enough to tell a used key from a forgotten one.
function pathkey.used(id)
  if not cache.claim("pathkey.used." .. id, "1", 60) then return end
  store.write("UPDATE mk_apikeys SET ma_last_used_at = ? WHERE ma_id = ?", { moment.now(), id })
end

--- The signing secret, made on first use and kept in the store so that all lanes share it.
function pathkey.secret()
  local text = "SELECT mx_value FROM mk_settings WHERE mx_code = 'jwt_secret'"
  local value, err = store.value(text)
  if err or value then return value, err end
  local made, problem = store.write("INSERT INTO mk_settings (mx_code, mx_value) VALUES ('jwt_secret', ?)",
    { crypto.random(32) })
  if not made and problem.code ~= "conflict" then return nil, problem end
  return store.value(text)
end

return pathkey
