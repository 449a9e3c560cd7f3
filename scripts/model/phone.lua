-- What can be asked of a registered phone: to start anew, or to be forgotten.
local ami = require "ami"
local calls = require "calls"
local change_log = require "engine.log"
local guard = require "engine.guard"
local peers = require "model.peer"
local node = require "model.node"
local store = require "store"

local phone = {}

local MOST = 10000

-- Rows {peer, tech, te_id} of one phone (`peer` as NUMBER or NUMBER-TENANT) or, with "ALL", of every one that is
-- registered.
local function chosen(ctx, peer)
  local text, params = "SELECT ex_tech_id AS peer, ex_tech AS tech, ex_te_id AS te_id, ex_id FROM ex_extensions", {}
  local where = {}
  if ctx.tenant then where[1], params[1] = "ex_te_id = ?", ctx.tenant.id end
  local all = peer:upper() == "ALL"
  if not all then
    where[#where + 1] = "ex_tech_id = ?"
    local number = peers.number_of(ctx, peer)
    params[#params + 1] = ctx.tenant and peers.name(number, ctx.tenant.code) or peer
  end
  if where[1] then text = text .. " WHERE " .. table.concat(where, " AND ") end
  local rows, err = store.query(text .. " ORDER BY ex_te_id, ex_number", params, { rows = 1000000 })
  if not rows then return nil, err end
  local registered = {}
  for _, it in ipairs(calls.contacts(not all and rows[1] and rows[1].peer or nil)) do
    if it.status ~= "Removed" then registered[it.endpoint] = it end
  end
  local list = {}
  for row in rows:each() do
    row.contact = registered[row.peer]
    if not all or row.contact then list[#list + 1] = row end
    if #list > MOST then
      return nil, { code = "invalid", message = "peer: more than " .. MOST .. " phones: name a tenant" }
    end
  end
  if not all and #list == 0 then return nil, { code = "not_found", message = "Peer not found" } end
  return list
end

local function noted(ctx, row, action)
  return store.transaction(function(tx)
    return change_log.write(tx, ctx, {
      object = "extension", id = row.ex_id, action = action, tenant_id = row.te_id, description = action .. " " .. row.peer,
    })
  end)
end

local function each(ctx, peer, act)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  local list
  list, err = chosen(ctx, peer)
  if not list then return nil, err end
  local results = {}
  for i, row in ipairs(list) do
    local done, failed
    if row.tech ~= "PJSIP" then
      done, failed = nil, { code = "refused", message = row.tech .. " phones cannot be asked: Asterisk has no chan_sip" }
    else
      done, failed = act(row)
    end
    results[i] = { peer = row.peer, message = done ~= true and done or nil, error = failed }
  end
  return results
end

local function restart(ctx, row)
  local contacts = calls.contacts(row.peer)
  if #contacts == 0 then return nil, { code = "not_found", message = "Peer not registered" } end
  local reply, err = ami.action("PJSIPNotify",
    { Endpoint = row.peer, Variable = { "Event=check-sync;reboot=true", "Content-Length=0" } },
    { node = contacts[1].node ~= "" and contacts[1].node or nil })
  if not reply then return nil, err end
  local done
  done, err = noted(ctx, row, "reboot")
  if not done then return nil, err end
  return reply.message or reply.fields.Message or "NOTIFY sent"
end

--- Tells a phone (NUMBER, NUMBER-TENANT or ALL) to start anew. Returns a list of {peer, message | error}.
function phone.reboot(ctx, peer)
  return each(ctx, peer, function(row) return restart(ctx, row) end)
end

-- A contact that has run out is no contact: Asterisk removes it when it looks for it next, which it is asked to on
-- each node, and tells. It does not notice that a row is missing.
local function forget(ctx, row)
  local done, err = store.write("UPDATE ps_contacts SET expiration_time = 1 WHERE endpoint = ? AND expiration_time <> 1",
    { row.peer })
  if not done then return nil, err end
  if done.changes == 0 and not row.contact then return nil, { code = "not_found", message = "Peer not registered" } end
  local looked
  looked, err = node.look_again(row.peer)
  if not looked then return nil, err end
  done, err = noted(ctx, row, "unregister")
  if not done then return nil, err end
  return true
end

--- Forgets where a phone is: nobody reaches it until it registers again. As phone.reboot, without a message.
function phone.unregister(ctx, peer)
  return each(ctx, peer, function(row) return forget(ctx, row) end)
end

return phone
