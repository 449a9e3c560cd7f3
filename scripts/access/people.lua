-- People who log in: their passwords, how often one may be guessed, and what ends with a password.
-- Each host at a store counts for itself. The guesser alone is slowed: the right password of somebody whose address or
-- account others try goes on working.
local address = require "access.address"
local cache = require "cache"
local config = require "config"
local crypto = require "crypto"
local log = require "log"
local passwords = require "access.password"
local store = require "store"
local task = require "task"

local people = {}

-- Wrong ones within the window, after which
people.WINDOW = 300
local PAIR = 10      -- this address is refused for this account (settings.auth.failures),
local ADDRESS = 50   -- this address is refused for every account that it has not logged into before,
local ACCOUNT = 100  -- and addresses that have not logged into this account before are made to wait.
local FREE = 10      -- from here on each wrong answer of an address is held back a little longer
local LONGEST = 2
local MONTH = 30 * 86400

-- A name is any text of any length: what counts it is not.
local function names(name, peer)
  local account = crypto.sha256(tostring(name or ""):lower()):sub(1, 32)
  peer = peer or ""
  return {
    pair = ("login:pair:%s:%s"):format(peer, account), address = "login:address:" .. peer,
    account = "login:account:" .. account, known = ("login:known:%s:%s"):format(peer, account),
  }
end

local function most() return config.get("auth.failures", PAIR) end

-- Said once for each window, whatever comes.
local function too_many(counter, peer)
  if cache.count("told:" .. counter, people.WINDOW) == 1 then
    log.info("an address guesses passwords: it is refused", { address = peer })
  end
  return nil, {
    code = "denied", reason = "too_many_attempts", status = 429, retry_after = people.WINDOW,
    message = ("too many failed logins: wait %d seconds"):format(people.WINDOW),
  }
end

--- Whether `peer` may try a password of the account `name` now; else 429 with `retry_after`.
function people.may_try(name, peer)
  local counters = names(name, peer)
  if cache.counted(counters.pair, people.WINDOW) >= most() then return too_many(counters.pair, peer) end
  if cache.get(counters.known) then return true end
  if cache.counted(counters.address, people.WINDOW) >= ADDRESS then return too_many(counters.address, peer) end
  if cache.counted(counters.account, people.WINDOW) >= ACCOUNT then task.sleep(LONGEST) end
  return true
end

--- Counts a wrong one and holds the answer back; returns how many the address has left for the account.
function people.failed(name, peer)
  local counters = names(name, peer)
  local left = math.max(0, most() - cache.count(counters.pair, people.WINDOW))
  cache.count(counters.account, people.WINDOW)
  local count = cache.count(counters.address, people.WINDOW)
  local free = config.get("auth.free_failures", FREE)
  if count > free then task.sleep(math.min(LONGEST, (count - free) * 0.1)) end
  return left
end

--- Remembers that the address knows the account.
function people.succeeded(name, peer)
  local counters = names(name, peer)
  cache.remove(counters.pair)
  cache.put(counters.known, "1", MONTH)
end

--- Forgets what was counted, for who starts anew (tests).
function people.forget(name, peer)
  for _, counter in pairs(names(name, peer)) do cache.remove(counter) end
end

--- The us_users row of a name and a password. A wrong one is counted: err.left says how many more
--- this address may try.
function people.password(name, password, peer)
  local may, err = people.may_try(name, peer)
  if not may then return nil, err end
  local row
  row, err = store.row("SELECT * FROM us_users WHERE us_username = ?", { name or "" })
  if err then return nil, err end
  local kept
  kept, err = passwords.check(passwords.USER, row and row.us_id, row and row.us_password, password or "")
  if err then return nil, err end
  if not kept then
    return nil, { code = "unauthenticated", reason = "invalid_login", message = "authentication failed",
      left = people.failed(name, peer) }
  end
  people.succeeded(name, peer)
  row.us_password = kept
  if not address.allows(peer, row.us_ipfilter) then
    return nil, { code = "denied", reason = "api_ip_not_allowed", message = "this address may not log in" }
  end
  return row
end

--- Stands for the password a session or token was made with: another one when it is changed, whoever
--- changes it. Needs us_password of the row.
function people.mark(row)
  return crypto.sha256("password:" .. tostring(row.us_password or "")):sub(1, 32)
end

return people
