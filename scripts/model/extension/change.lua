-- What happens around the statement that creates, changes or deletes an extension, and in Asterisk after it.
local crypto = require "crypto"
local json = require "json"
local limit = require "model.limit"
local moment = require "lib.moment"
local node = require "model.node"
local peer = require "model.peer"
local presence = require "model.presence"
local rows = require "model.extension.rows"
local sipname = require "model.sipname"
local sql = require "engine.sql"
local technology = require "model.extension.technology"

local around = {}

local peer_name = technology.peer_name

-- The old name is left, the new one must be nobody's.
local function named(tx, change, new)
  if change.before then
    local left, had = sipname.leave(tx, peer_name(change.before, change.tenant))
    if not left then return nil, had end
    change.identify = had
  end
  return sipname.own(tx, new, "number")
end

--- `before` of the object.
function around.before(tx, change)
  -- While the row of its technology is still there.
  if change.action == "delete" then return rows.remove(tx, change) end
  local values = change.values
  local creating = change.action == "create"
  change.touched = change.fields.virtual_items ~= nil or change.fields.realextensions ~= nil
  if creating and not sql.is_null(values.ex_number) and values.ex_number ~= "" then
    local ok, err = limit.check(tx, change, "te_maxextensions", "extensions")
    if not ok then return nil, err end
    values.ex_datecreation = values.ex_datecreation or moment.now()
    if technology.PHONES[values.ex_tech] then
      values.ex_tech_id = peer.name(values.ex_number, change.tenant.code)
    end
    if sql.is_null(values.ex_name) then values.ex_name = values.ex_number end
  end
  local login = values.ex_webpassword
  -- Kept as its digest, as for users; a digest is what a get answer shows.
  if type(login) == "string" and login ~= "" and not (#login == 64 and login:find("^%x+$")) then
    values.ex_webpassword = crypto.sha256(login)
  end
  local number = values.ex_number
  if number and number ~= json.null and not (change.before and change.before.ex_number == number) then
    local taken, err = tx:value("SELECT ex_id FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?",
      { change.tenant_id, number })
    if err then return nil, err end
    if taken and taken ~= change.id then
      return nil, { code = "conflict", reason = "extension_exists", field = "number",
        message = "Extension " .. number .. " already exists." }
    end
    if change.before and technology.PHONES[change.before.ex_tech] then
      values.ex_tech_id = peer.name(number, change.tenant.code)
    end
    return named(tx, change, peer.name(number, change.tenant.code))
  end
  return true
end

-- What a phone logs in as, where that is not the name of its peer. A new number does not change what was set by hand.
local function keep_login(tx, change)
  local given = change.body.children.auth and change.body.children.auth.username
  local renamed_peer = change.before and change.before.ex_number ~= change.row.ex_number
  if change.row.ex_tech ~= "PJSIP" or given == nil and not renamed_peer then return true end
  local name = peer_name(change.row, change.tenant)
  local username, err = tx:value("SELECT username FROM ps_auths WHERE id = ?", { name })
  if err then return nil, err end
  local kept, changed = sipname.keep(tx, name, username)
  if not kept then return nil, changed end
  change.identify = change.identify or changed
  return true
end

-- A phone that is switched off knows no digest that fits; its password stays for the day it is switched on again.
local function switched(tx, change)
  local word, name = change.values.ex_enabled, peer_name(change.row, change.tenant)
  local was = change.before and change.before.ex_enabled
  if word == "no" then
    local done, err = tx:exec("DELETE FROM ps_contacts WHERE endpoint = ?", { name })
    if not done then return nil, err end
    return tx:exec("UPDATE ps_auths SET auth_type = 'md5', md5_cred = ? WHERE id = ?",
      { crypto.md5(crypto.random(16)), name })
  end
  if word == nil or was ~= "no" then return true end
  return tx:exec("UPDATE ps_auths SET auth_type = 'userpass', md5_cred = NULL WHERE id = ?", { name })
end

--- `after` of the object.
function around.after(tx, change)
  if change.action == "delete" then return true end
  local ok, err
  if change.action == "create" then
    ok, err = tx:exec("INSERT INTO st_states (st_extension, st_state, st_timestamp, st_peername) "
      .. "SELECT ?, 'UNAVAILABLE', ?, ? WHERE NOT EXISTS (SELECT 1 FROM st_states WHERE st_extension = ?)",
      { peer_name(change.row, change.tenant), moment.now(),
        change.row.ex_tech .. "/" .. peer_name(change.row, change.tenant),
        peer_name(change.row, change.tenant) })
    if not ok then return nil, err end
    if not technology.PHONES[change.row.ex_tech] then
      local own = change.row.ex_tech == "CUSTOM" and "SELECT ce_id FROM ce_customextensions WHERE ce_ex_id = ?"
        or "SELECT ve_id FROM ve_virtualextensions WHERE ve_ex_id = ?"
      local tech_id
      tech_id, err = tx:value(own, { change.id })
      if err then return nil, err end
      change.row.ex_tech_id = tostring(tech_id)
      ok, err = tx:exec("UPDATE ex_extensions SET ex_tech_id = ? WHERE ex_id = ?",
        { change.row.ex_tech_id, change.id })
      if not ok then return nil, err end
    end
  else
    ok, err = rows.rename(tx, change)
    if not ok then return nil, err end
  end
  ok, err = keep_login(tx, change)
  if not ok then return nil, err end
  ok, err = switched(tx, change)
  if not ok then return nil, err end
  return rows.replace(tx, change)
end

--- `committed` of the object: what Asterisk keeps under the name goes with it, or goes over to the new one.
function around.committed(change)
  local row, old = change.row, change.before
  local ok, err = true, nil
  if change.identify then ok, err = node.identify_again() end
  if not ok then return nil, err end
  if change.action == "delete" then
    return presence.forget(peer_name(row, change.tenant), row.ex_dnd == "on")
  end
  if old and change.values.ex_enabled == "no" then
    local done, failed = node.look_again(peer_name(old, change.tenant))
    if not done then return nil, failed end
  end
  if not old or old.ex_number == row.ex_number then return true end
  ok, err = presence.forget(peer_name(old, change.tenant), row.ex_dnd == "on")
  if ok and row.ex_dnd == "on" then ok, err = presence.disturb(peer_name(row, change.tenant), true) end
  return ok, err
end

return around
