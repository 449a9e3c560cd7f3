-- What a step of a change does inside the transaction: the statement, what belongs to the object, and
-- the logs. engine/step.lua has prepared it.
local body = require "engine.input"
local border = require "engine.guard"
local change_log = require "engine.log"
local child = require "engine.part"
local destination = require "engine.destination"
local failure = require("lib.failure").of
local json = require "json"
local reading = require "engine.read"
local reference = require "engine.kind"
local sql = require "engine.sql"
local turn = require "engine.turn"
local value_of = require "lib.value"
local version = require "engine.version"

local apply = {}

local function apply_children(tx, change, sent, annexes)
  for _, decl in ipairs(change.model.children) do
    local ok, err = child.apply(tx, decl, change, sent.children[decl.name])
    if not ok then return nil, err end
  end
  for _, decl in ipairs(change.model.annexes) do
    local ok, err = child.apply(tx, decl, change, annexes[decl.name])
    if not ok then return nil, err end
  end
  return true
end

local function apply_destinations(tx, change, sent)
  for _, key in ipairs(value_of.names(sent.destinations)) do
    local items = sent.destinations[key]
    local ok, changed = destination.replace(tx, change.tenant_id, key, change.id, items, sent.names[key])
    if not ok then return nil, changed end
    if changed then
      change.touched = true
      local tags = {}
      for i, item in ipairs(items) do tags[i] = destination.tag(item.type, item.id) end
      local err
      ok, err = change_log.process(tx, change.ctx, {
        object = "destination", id = key .. "-" .. change.id, action = "replace",
        tenant_id = change.tenant_id, detail = table.concat(tags, ","),
      })
      if not ok then return nil, err end
    end
  end
  return true
end

local function load(tx, model, id)
  return tx:row(("SELECT * FROM %s WHERE %s = ?"):format(sql.name(model.table), sql.name(model.id)),
    { id })
end

-- Which field of the body another row has already.
local function conflict(model, err)
  if err and err.code == "conflict" and not err.reason then
    local known = err.column and reading.describe(model)
    local field = known and known.by_name[err.column] and body.public_name(model, err.column) or nil
    return nil, { code = "conflict", reason = "already_exists", field = field,
      message = ("%s already exists%s."):format(model.title, field and " with this " .. field or "") }
  end
  return nil, err
end

-- Of two objects with one number calls would find one only.
local function alone(tx, change, sent)
  local model = change.model
  local value = change.values[model.unique or ""]
  if type(value) ~= "string" or value == "" then return true end
  local id, err = tx:value(("SELECT %s FROM %s WHERE %s = ? AND %s = ? AND %s <> ?"):format(
    sql.name(model.id), sql.name(model.table), sql.name(model.tenant), sql.name(model.unique),
    sql.name(model.id)), { change.tenant_id, value, change.id or 0 })
  if err then return nil, err end
  if not id then return true end
  return nil, { code = "conflict", reason = "already_exists", field = sent.names[model.unique],
    message = ("%s %s already exists."):format(model.title, value) }
end

-- What asks for nothing.
local NOTHING = { [""] = true, no = true, off = true, none = true, ["0"] = true, [0] = true, [json.null] = true }

-- A word that nothing follows is not taken: whoever sends it would wait for its effect.
local function has_effect(change, sent)
  for column in pairs(change.model.unfollowed_set) do
    local value, field = change.values[column], sent.names[column]
    if field and value ~= nil and not NOTHING[value] then
      return failure("invalid", "invalid_field", field .. ": not supported, nothing would follow it", field)
    end
  end
  return true
end

-- What can only be known with the tenant: that ids name its rows, and values stay inside it.
local function within(tx, change, sent)
  local model, tenant = change.model, change.tenant
  local free, taken = alone(tx, change, sent)
  if not free then return nil, taken end
  local ok, err = has_effect(change, sent)
  if not ok then return nil, err end
  ok, err = reference.check(tx, model, change.values, tenant.id, sent.names)
  if not ok then return nil, err end
  return border.check(change.ctx, model.columns, change.values, tenant, nil, sent.names)
end

-- What follows the statement itself, the same for create and update.
local function finish(tx, change, sent, annexes)
  local ok, err = apply_children(tx, change, sent, annexes)
  if not ok then return nil, err end
  ok, err = apply_destinations(tx, change, sent)
  if not ok then return nil, err end
  if change.model.after then
    ok, err = change.model.after(tx, change)
    if not ok then return nil, err end
  end
  -- A body that says what is there already changes nothing.
  if change.action == "update" and not next(change.values) and not change.touched then return true end
  local secrets = change.model.secret_set
  if change.model.sensitive then secrets = change.model.sensitive(change.row) end
  return change_log.write(tx, change.ctx, {
    object = change.model.name, id = change.id, action = change.action,
    tenant_id = change.tenant_id,
    detail = change_log.detail(change.values, secrets),
    description = change.action .. " " .. change.model.name .. " " .. change.id,
  })
end

-- The row that makes a create needless, if there is one.
local function found(tx, prepared)
  if not prepared.unless then return nil end
  local model, where, params = prepared.model, value_of.merged(prepared.unless), {}
  if model.tenant then where[model.tenant] = prepared.tenant.id end
  local condition = sql.where(where, params)
  return tx:row(("SELECT * FROM %s WHERE %s"):format(sql.name(model.table), condition), params)
end

function apply.create(tx, prepared)
  local model, ctx, sent, tenant = prepared.model, prepared.ctx, prepared.sent, prepared.tenant
  local there, failed = found(tx, prepared)
  if failed then return nil, failed end
  if there then return { skipped = true, model = model, ctx = ctx, row = there, id = there[model.id] } end
  local change = { action = "create", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, values = sent.values, fields = prepared.fields, body = sent }
  if model.tenant then sent.values[model.tenant] = tenant.id end
  if model.before then
    local ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  local ok, err = body.check_required(model, sent.values)
  if not ok then return nil, err end
  ok, err = within(tx, change, sent)
  if not ok then return nil, err end
  local text, params = sql.insert(model.table, sent.values)
  local done
  done, err = tx:exec(text, params)
  if not done then return conflict(model, err) end
  change.id = prepared.new_id or done.id
  change.row, err = load(tx, model, change.id)
  if not change.row then return nil, err end
  ok, err = finish(tx, change, sent, prepared.annexes)
  if not ok then return conflict(model, err) end
  return change
end

local function only_changed(values, row)
  local changed = {}
  for name, value in pairs(values) do
    local current = row[name]
    if current == nil then current = json.null end
    if type(value) == "userdata" and value ~= json.null or current ~= value then
      changed[name] = value
    end
  end
  return changed
end

-- The row as it is inside the transaction, with the tenant condition once more: the first look was
-- outside of it. Nobody else changes the object until the transaction ends.
local function locked(tx, prepared)
  local model, ctx, id = prepared.model, prepared.ctx, prepared.id
  local mine, refused = turn.take(tx, ("%s %s"):format(model.name, tostring(id)))
  if not mine then return nil, refused end
  local where, params = { sql.name(model.id) .. " = ?" }, { id }
  local allowed, err = reading.scope(model, ctx, where, params)
  if not allowed then return nil, err end
  if model.tenant_filter and ctx.tenant and not model.tenant then
    where[2] = nil
    params[2] = nil
  end
  local row
  row, err = tx:row(("SELECT * FROM %s WHERE %s"):format(sql.name(model.table),
    table.concat(where, " AND ")), params)
  if err then return nil, err end
  if not row then return reading.not_found(model) end
  if not prepared.seen then return row end
  local now
  now, err = version.of(model, id, tx)
  if not now then return nil, err end
  if now == prepared.seen then return row end
  return nil, version.changed_since()
end

-- The row after the update, which need not be read again: values are as the columns take them.
local function merged(row, values)
  local out = value_of.merged(row)
  for name, value in pairs(values) do
    if type(value) == "userdata" then value = nil end
    out[name] = value
  end
  return out
end

function apply.update(tx, prepared)
  local model, ctx = prepared.model, prepared.ctx
  local row, err = locked(tx, prepared)
  if not row then return nil, err end
  local sent, tenant = prepared.sent, prepared.tenant
  local change = { action = "update", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, id = prepared.id, before = row, values = sent.values,
    fields = prepared.fields, body = sent }
  if model.before then
    local ok
    ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  for _, column in ipairs(model.required) do
    if sent.values[column] == json.null or sent.values[column] == "" then
      return failure("invalid", "missing_required_field",
        body.public_name(model, column) .. " must not be empty.", body.public_name(model, column))
    end
  end
  change.values = only_changed(sent.values, row)
  local ok
  ok, err = within(tx, change, sent)
  if not ok then return nil, err end
  if next(change.values) then
    local text, params = sql.update(model.table, change.values, { [model.id] = prepared.id })
    local done
    done, err = tx:exec(text, params)
    if not done then return conflict(model, err) end
  elseif not next(sent.children) and not next(sent.destinations) and not next(prepared.annexes)
    and not change.touched then
    change.row = row
    return change
  end
  change.row = merged(row, change.values)
  ok, err = finish(tx, change, sent, prepared.annexes)
  if not ok then return conflict(model, err) end
  return change
end

-- True when something still depends on the object.
local function in_use(tx, model, id)
  local free, err = destination.release(tx, model, id, true)
  if free then free, err = reference.release(tx, model, id, true) end
  if free then return false end
  if err.reason == "object_in_use" then return true end
  return nil, err
end

function apply.delete(tx, prepared)
  local model, ctx, id, tenant = prepared.model, prepared.ctx, prepared.id, prepared.tenant
  local row, err = locked(tx, prepared)
  if not row then return nil, err end
  if prepared.unless_used then
    local used
    used, err = in_use(tx, model, id)
    if used == nil then return nil, err end
    if used then return { skipped = true, model = model, ctx = ctx, row = row, id = id } end
  end
  local change = { action = "delete", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, id = id, row = row, values = {} }
  local ok
  if model.before then
    ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  ok, err = destination.release(tx, model, id)
  if not ok then return nil, err end
  ok, err = reference.release(tx, model, id)
  if not ok then return nil, err end
  if #model.destination_list > 0 then
    ok, err = destination.clear(tx, model.destination_list, id)
    if not ok then return nil, err end
  end
  for _, decl in ipairs(model.children) do
    ok, err = child.remove(tx, decl, change)
    if not ok then return nil, err end
  end
  for _, decl in ipairs(model.annexes) do
    ok, err = child.remove(tx, decl, change)
    if not ok then return nil, err end
  end
  local text, params = sql.delete(model.table, { [model.id] = id })
  ok, err = tx:exec(text, params)
  if not ok then return nil, err end
  if model.after then
    ok, err = model.after(tx, change)
    if not ok then return nil, err end
  end
  ok, err = change_log.write(tx, ctx, {
    object = model.name, id = id, action = "delete", tenant_id = tenant.id,
    description = "delete " .. model.name .. " " .. id,
  })
  if not ok then return nil, err end
  return change
end

return apply
