-- How passwords of people are kept: in the column of the original as its unsalted digest, and beside it as a slow
-- salted hash, which is made when somebody logs in or changes the password. With `auth.unsalted = false` the column holds
-- a random text instead and the hash alone tells a right password.
local cache = require "cache"
local config = require "config"
local crypto = require "crypto"
local log = require "log"
local store = require "store"

local password = {}

-- Where each kind of login has its column and its hash.
password.USER = {
  name = "user", hash = "SELECT uh_hash FROM uh_userhashes WHERE uh_us_id = ?",
  remove = "DELETE FROM uh_userhashes WHERE uh_us_id = ?",
  add = "INSERT INTO uh_userhashes (uh_us_id, uh_hash) VALUES (?, ?)",
  kept = "UPDATE us_users SET us_password = ? WHERE us_id = ? AND us_password = ?",
}
password.EXTENSION = {
  name = "extension", hash = "SELECT eh_hash FROM eh_extensionhashes WHERE eh_ex_id = ?",
  remove = "DELETE FROM eh_extensionhashes WHERE eh_ex_id = ?",
  add = "INSERT INTO eh_extensionhashes (eh_ex_id, eh_hash) VALUES (?, ?)",
  kept = "UPDATE ex_extensions SET ex_webpassword = ? WHERE ex_id = ? AND ex_webpassword = ?",
}
-- Rows of ks_settings: the id is the code of what is kept.
password.SETTING = {
  name = "setting", hash = "SELECT ks_value FROM ks_settings WHERE ks_code = ? || '_hash'",
  remove = "DELETE FROM ks_settings WHERE ks_code = ? || '_hash'",
  add = "INSERT INTO ks_settings (ks_code, ks_value) VALUES (? || '_hash', ?)",
  kept = "UPDATE ks_settings SET ks_value = ? WHERE ks_code = ? AND ks_value = ?",
}

-- Longer ones are nobody's: nothing slow is made of them.
local LONGEST = 4096
-- So long one that was right is known without the slow way, for callers that send it with each request.
local PROVED = 300

local function unsalted() return config.get("auth.unsalted", true) end

-- Stands for what the column held when the hash was made, and for whether that was the digest.
local function mark(kept) return crypto.sha256("kept:" .. kept):sub(1, 32) end

--- What the column keeps of a new password, and the hash beside it.
function password.made(text)
  local kept = unsalted() and crypto.sha256(text) or crypto.random(32)
  local cost, salt = config.get("auth.password_cost", 15), crypto.random(16)
  local slow, err = crypto.scrypt(text:sub(1, LONGEST), salt, cost)
  if not slow then return nil, err end
  return { kept = kept, hash = ("%s:%d:%s:%s"):format(mark(kept), cost, salt, slow) }
end

--- Puts a hash into its place; for use in a transaction.
function password.keep(tx, kind, id, hash)
  local done, err = tx:exec(kind.remove, { id })
  if not done then return nil, err end
  return tx:exec(kind.add, { id, hash })
end

-- After a login with what the column has: the hash for the next one. What is not written does not stop the login:
-- the store may be read-only, and somebody may have changed the password meanwhile.
local function renew(kind, id, kept, text)
  local made, err = password.made(text)
  if made then
    if unsalted() then made.kept, made.hash = kept, mark(kept) .. made.hash:sub(33) end
    local done
    done, err = store.transaction(function(tx)
      local changed, failed = tx:exec(kind.kept, { made.kept, id, kept })
      if not changed then return nil, failed end
      if changed.changes == 0 then return true end
      return password.keep(tx, kind, id, made.hash)
    end)
    if done then return made.kept end
  end
  log.info("a password's slow hash is not kept", { kind = kind.name, error = err.message })
  return kept
end

-- Whether the hash is that of the text; what was proved is remembered under what nobody else can name.
local function proves(hash, text)
  local _, cost, salt, slow = hash:match("^(%x+):(%d+):(%x+):(%x+)$")
  if not slow then return false end
  local known = "proved:" .. crypto.sha256(hash .. text)
  if cache.get(known) then return true end
  local given, err = crypto.scrypt(text, salt, tonumber(cost))
  if not given then return nil, err end
  if not crypto.equal(given, slow) then return false end
  cache.put(known, "1", PROVED)
  return true
end

--- Whether `text` is the password of the row `id`, whose column holds `kept`: what it holds from now on, or false.
--- Without a row everything is nil, and it takes as long as with one that has no hash.
function password.check(kind, id, kept, text)
  kept = kept or ""
  local digest = crypto.sha256(text)
  -- Extensions were once given theirs in clear.
  local plain = crypto.equal(kept, digest)
  if kind == password.EXTENSION and not plain then plain = crypto.equal(kept, text) end
  local hash, err = store.value(kind.hash, { id or 0 })
  if err then return nil, err end
  if kept == "" or #text > LONGEST then return false end
  local current = hash and hash:sub(1, 32) == mark(kept)
  -- Where the digest is kept it is enough to know a wrong one by: guessers cost nobody a slow hash.
  if not plain and (unsalted() or not current) then return false end
  if not current then return renew(kind, id, kept, text) end
  local right
  right, err = proves(hash, text)
  if not right then return right, err end
  return kept
end

return password
