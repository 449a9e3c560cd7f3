-- Do not disturb of an extension: the key the dialplan asks, the lamp, and the row.
local ami = require "ami"
local change_log = require "engine.log"
local extension = require "model.extension"
local store = require "store"

local dnd = {}

--- Whether an extension does not want to be disturbed.
function dnd.get(ctx, number)
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  return row.ex_dnd == "on"
end

local function remember(ctx, row, on)
  return store.transaction(function(tx)
    local done, err = tx:exec("UPDATE ex_extensions SET ex_dnd = ? WHERE ex_id = ?",
      { on and "on" or "", row.ex_id })
    if not done then return nil, err end
    return change_log.write(tx, ctx, {
      object = "extension", id = row.ex_id, action = "update", tenant_id = row.ex_te_id,
      detail = on and '{"ex_dnd":"on"}' or '{"ex_dnd":""}', description = "dnd " .. extension.peer(row),
    })
  end)
end

--- Switches it. Asterisk comes first: a row that says one thing while the phone does another would
--- not be noticed.
function dnd.set(ctx, number, on)
  if ctx.key and ctx.key.read_only then
    return nil, { code = "denied", reason = "read_only_api_key", message = "A full API key is required." }
  end
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  local peer = extension.peer(row)
  local reply
  if on then
    reply, err = ami.action("DBPut", { Family = "DND", Key = peer, Val = "on" })
  else
    reply, err = ami.action("DBDel", { Family = "DND", Key = peer })
    -- A key that is not there is as good as deleted.
    if not reply and err.code == "refused" then reply = {} end
  end
  if not reply then return nil, err end
  reply, err = ami.action("Setvar", {
    Variable = "DEVICE_STATE(Custom:DND" .. peer .. ")", Value = on and "BUSY" or "NOT_INUSE",
  })
  if not reply then return nil, err end
  local done
  done, err = remember(ctx, row, on)
  if not done then return nil, err end
  return true
end

return dnd
