-- Wrong passwords of phones: how often from which address, as Asterisk's security events say. Only names that are a
-- phone's count: of others a guesser has as many as he likes.
local moment = require "lib.moment"
local store = require "store"

local authfailure = {}

local KEPT, MOST = 30 * 86400, 100

-- "IPV4/UDP/203.0.113.7/5060"
local function address_of(remote)
  return (remote or ""):match("^IPV[46]/%w+/([%x:.]+)/%d+$")
end

-- Extensions by what phones log in as: the peer's name, or the other one that is theirs.
local function owner_of(tx, account)
  return tx:value([[SELECT ex_id FROM ex_extensions WHERE ex_tech_id = ?
    UNION ALL SELECT ex_id FROM ln_logins JOIN ex_extensions ON ex_tech_id = ln_endpoint WHERE ln_name = ?]],
    { account, account })
end

-- The latest addresses alone are kept: with one too many, the oldest of the others goes.
local function forget_oldest(tx, id, address)
  local count, err = tx:value("SELECT count(*) FROM af_authfailures WHERE af_ex_id = ?", { id })
  if err or count <= MOST then return not err, err end
  local oldest
  oldest, err = tx:value("SELECT af_address FROM af_authfailures WHERE af_ex_id = ? AND af_address <> ? ORDER BY af_last LIMIT 1",
    { id, address })
  if err then return nil, err end
  return tx:exec("DELETE FROM af_authfailures WHERE af_ex_id = ? AND af_address = ?", { id, oldest })
end

local function add(tx, it, now)
  local id, err = owner_of(tx, it.account)
  if err or not id then return not err, err end
  local done
  done, err = tx:exec("UPDATE af_authfailures SET af_count = af_count + ?, af_new = af_new + ?, af_last = ?, af_remote = ? "
    .. "WHERE af_ex_id = ? AND af_address = ?", { it.count, it.count, now, it.remote, id, it.address })
  if not done then return nil, err end
  if done.changes > 0 then return true end
  done, err = tx:exec("INSERT INTO af_authfailures (af_ex_id, af_address, af_count, af_new, af_last, af_remote) "
    .. "VALUES (?, ?, ?, ?, ?, ?)", { id, it.address, it.count, it.count, now, it.remote })
  if not done then return nil, err end
  return forget_oldest(tx, id, it.address)
end

--- Adds security events ({AccountID, RemoteAddress}) to what is known.
function authfailure.note(events)
  local list, by_key = {}, {}
  for _, event in ipairs(events) do
    local account, address = event.AccountID or "", address_of(event.RemoteAddress)
    if account ~= "" and address then
      local key = account .. "\n" .. address
      local it = by_key[key]
      if not it then
        it = { account = account, address = address, count = 0 }
        by_key[key], list[#list + 1] = it, it
      end
      it.count, it.remote = it.count + 1, event.RemoteAddress:sub(1, 80)
    end
  end
  if #list == 0 then return true end
  local now = moment.now()
  return store.transaction(function(tx)
    for _, it in ipairs(list) do
      local ok, err = add(tx, it, now)
      if not ok then return nil, err end
    end
    return true
  end)
end

--- Forgets what is older than is kept.
function authfailure.prune()
  return store.write("DELETE FROM af_authfailures WHERE af_last < ?", { moment.now(-KEPT) })
end

--- Rows {address, count, last, remote} of an extension, the latest first; at most 100.
function authfailure.of(id)
  local rows, err = store.query("SELECT af_address AS address, af_count AS count, af_last AS last, af_remote AS remote "
    .. "FROM af_authfailures WHERE af_ex_id = ? ORDER BY af_last DESC, af_address", { id })
  if not rows then return nil, err end
  return rows:list()
end

--- Numbers of the tenant's phones that had failures since this was asked last.
function authfailure.take_new(ctx)
  return store.transaction(function(tx)
    local rows, err = tx:query("SELECT DISTINCT ex_id, ex_number FROM af_authfailures JOIN ex_extensions ON ex_id = af_ex_id "
      .. "WHERE af_new > 0 AND ex_te_id = ? ORDER BY ex_number", { ctx.tenant.id })
    if not rows then return nil, err end
    for row in rows:each() do
      local done
      done, err = tx:exec("UPDATE af_authfailures SET af_new = 0 WHERE af_ex_id = ? AND af_new > 0", { row.ex_id })
      if not done then return nil, err end
    end
    return rows:column("ex_number")
  end)
end

--- Forgets the failures of an extension.
function authfailure.clear(id)
  return store.write("DELETE FROM af_authfailures WHERE af_ex_id = ?", { id })
end

return authfailure
