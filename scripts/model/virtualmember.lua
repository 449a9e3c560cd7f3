-- Who a virtual extension rings: one member at a time, where extension.update replaces all.
local change_log = require "engine.log"
local extension = require "model.extension"
local guard = require "engine.guard"
local store = require "store"

local virtualmember = {}

local function fail(code, message)
  return nil, { code = code, reason = code, message = message }
end

--- The virtual extension of a number: {ex_id, ve_id, te_id}.
function virtualmember.which(ctx, number)
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  local ve_id
  ve_id, err = store.value("SELECT ve_id FROM ve_virtualextensions WHERE ve_ex_id = ?", { row.ex_id })
  if err then return nil, err end
  if not ve_id or row.ex_tech ~= "VIRTUAL" then return fail("not_found", "number: not a virtual extension: " .. number) end
  return { ex_id = row.ex_id, ve_id = ve_id, te_id = row.ex_te_id }
end

--- NUMBER-TENANT of the members in their order.
function virtualmember.list(virtual)
  local rows, err = store.query("SELECT ex_tech_id FROM vi_virtualextensionitems JOIN ex_extensions ON ex_id = vi_ex_id "
    .. "WHERE vi_ve_id = ? ORDER BY vi_order, vi_id", { virtual.ve_id })
  if not rows then return nil, err end
  return rows:column("ex_tech_id")
end

local function change(ctx, virtual, action, description, body)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  return store.transaction(function(tx)
    local done, err = body(tx)
    if not done then return nil, err end
    return change_log.write(tx, ctx, {
      object = "extension", id = virtual.ex_id, action = action, tenant_id = virtual.te_id, description = description,
    })
  end)
end

--- Adds an extension at the end.
function virtualmember.add(ctx, virtual, member)
  if member.ex_id == virtual.ex_id or member.ex_te_id ~= virtual.te_id then
    return fail("invalid", "extension: cannot be a member: " .. member.ex_number)
  end
  return change(ctx, virtual, "update", "add member " .. member.ex_number, function(tx)
    local there, err = tx:value("SELECT vi_id FROM vi_virtualextensionitems WHERE vi_ve_id = ? AND vi_ex_id = ?",
      { virtual.ve_id, member.ex_id })
    if err then return nil, err end
    if there then return fail("conflict", "extension: already a member: " .. member.ex_number) end
    local last
    last, err = tx:value("SELECT MAX(vi_order) FROM vi_virtualextensionitems WHERE vi_ve_id = ?", { virtual.ve_id })
    if err then return nil, err end
    return tx:exec("INSERT INTO vi_virtualextensionitems (vi_te_id, vi_ve_id, vi_ex_id, vi_order) VALUES (?, ?, ?, ?)",
      { virtual.te_id, virtual.ve_id, member.ex_id, (tonumber(last) or 0) + 1 })
  end)
end

function virtualmember.remove(ctx, virtual, member)
  return change(ctx, virtual, "update", "remove member " .. member.ex_number, function(tx)
    local done, err = tx:exec("DELETE FROM vi_virtualextensionitems WHERE vi_ve_id = ? AND vi_ex_id = ?",
      { virtual.ve_id, member.ex_id })
    if not done then return nil, err end
    if done.changes == 0 then return fail("not_there", "extension: not a member: " .. member.ex_number) end
    return true
  end)
end

function virtualmember.clear(ctx, virtual)
  return change(ctx, virtual, "update", "remove all members", function(tx)
    return tx:exec("DELETE FROM vi_virtualextensionitems WHERE vi_ve_id = ?", { virtual.ve_id })
  end)
end

return virtualmember
