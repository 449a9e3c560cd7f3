-- Do not disturb of an extension: the key the dialplan asks, the lamp, and the row.
local change_log = require "engine.log"
local extension = require "model.extension"
local guard = require "engine.guard"
local presence = require "model.presence"
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
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  local reply
  reply, err = presence.disturb(extension.peer(row), on)
  if not reply then return nil, err end
  local done
  done, err = remember(ctx, row, on)
  if not done then return nil, err end
  return true
end

return dnd
