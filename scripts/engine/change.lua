-- Creating, changing and deleting objects: one transaction with all that belongs to it, logs
-- included. Reading is engine/read.lua, bodies are engine/input.lua.
local body = require "engine.input"
local border = require "engine.guard"
local change_log = require "engine.log"
local child = require "engine.part"
local destination = require "engine.destination"
local json = require "json"
local reading = require "engine.read"
local reference = require "engine.kind"
local sql = require "engine.sql"
local store = require "store"

local crud = {
  rows = reading.rows, stream = reading.stream, count = reading.count, find = reading.find,
  text = reading.text, get = reading.get,
}

local function failure(code, reason, message, field)
  return nil, { code = code, reason = reason, message = message, field = field }
end

-- The owner of a new row.
local function owner(model, ctx)
  if not model.tenant then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    return { id = 0, code = "", name = "" }
  end
  if ctx.global then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    if model.scope ~= "tenant+global" then
      return failure("invalid", "tenant_required", model.title .. " has no global level.")
    end
    return { id = 0, code = "", name = "" }
  end
  if not ctx.tenant then
    return failure("invalid", "tenant_required", "A tenant is required.")
  end
  return ctx.tenant
end

local function may_write(ctx)
  if ctx.key and ctx.key.read_only then
    return failure("denied", "read_only_api_key", "A full API key is required.")
  end
  return true
end

--- The refusal of If-Match.
function crud.changed_since()
  return { code = "conflict", reason = "precondition_failed", status = 412,
    message = "The object has changed since." }
end

local function copy(fields)
  local out = {}
  for name, value in pairs(fields) do out[name] = value end
  return out
end

local function apply_children(tx, change, sent)
  for _, decl in ipairs(change.model.children) do
    local ok, err = child.apply(tx, decl, change, sent.children[decl.name])
    if not ok then return nil, err end
  end
  return true
end

local function apply_destinations(tx, change, sent)
  for _, key in ipairs(sql.sorted(sent.destinations)) do
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

-- "already exists: table.column": which field of the body another row has already.
local function conflict(model, err)
  if err and err.code == "conflict" and not err.reason then
    local column = tostring(err.message):match("%.([%w_]+)$")
    local known = column and reading.describe(model)
    local field = known and known.by_name[column] and body.public_name(model, column) or nil
    return nil, { code = "conflict", reason = "already_exists", field = field,
      message = ("%s already exists%s."):format(model.title, field and " with this " .. field or "") }
  end
  return nil, err
end

-- What follows the commit. It cannot fail the change any more: that is done.
local function committed(change)
  local model = change.model
  if model.committed and not change.ctx.dry_run then model.committed(change) end
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

-- What can only be known with the tenant: that ids name its rows, and values stay inside it.
local function within(tx, change, sent)
  local model, tenant = change.model, change.tenant
  local free, taken = alone(tx, change, sent)
  if not free then return nil, taken end
  local ok, err = reference.check(tx, model, change.values, tenant.id, sent.names)
  if not ok then return nil, err end
  return border.check(change.ctx, model.columns, change.values, tenant, nil, sent.names)
end

-- What follows the statement itself, the same for create and update.
local function finish(tx, change, sent)
  local ok, err = apply_children(tx, change, sent)
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

local function create_in(tx, model, ctx, prepared)
  local sent, tenant = prepared.sent, prepared.tenant
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
  change.id = done.id
  change.row, err = load(tx, model, done.id)
  if not change.row then return nil, err end
  ok, err = finish(tx, change, sent)
  if not ok then return conflict(model, err) end
  return change
end

local function prepare(model, ctx, given)
  if type(given) ~= "table" then
    return failure("invalid", "invalid_json", "The body must be a JSON object.")
  end
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local tenant
  tenant, err = owner(model, ctx)
  if not tenant then return nil, err end
  local described
  described, err = reading.describe(model)
  if not described then return nil, err end
  local fields = copy(given)
  if model.normalize then
    ok, err = model.normalize(ctx, fields, nil, tenant)
    if not ok then return nil, err end
  end
  local sent
  sent, err = body.read(model, described, fields)
  if not sent then return nil, err end
  for name, value in pairs(model.defaults or {}) do
    if sent.values[name] == nil then sent.values[name] = value end
  end
  if not model.before then
    ok, err = body.check_required(model, sent.values)
    if not ok then return nil, err end
  end
  return { sent = sent, tenant = tenant, fields = fields }
end

-- Runs a change; with ctx.dry_run everything is done and then taken back.
local function run(ctx, work)
  if not ctx.dry_run then return store.transaction(work) end
  local result
  local _, err = store.transaction(function(tx)
    local failed
    result, failed = work(tx)
    if result == nil then return nil, failed end
    return nil, { code = "refused", message = "dry run", reason = "dry_run" }
  end)
  if result ~= nil and err and err.reason == "dry_run" then return result end
  return nil, err
end

local function shown_row(model, ctx, change)
  if ctx.dry_run then
    local row = change.row
    for name in pairs(model.secret_set) do
      if not ctx.secrets then row[name] = nil end
    end
    for name in pairs(model.hidden_set) do row[name] = nil end
    for name, is_secret in pairs(model.sensitive and not ctx.secrets and model.sensitive(row) or {}) do
      if is_secret then row[name] = nil end
    end
    row.id, row.name = change.id, model.label and row[model.label] or nil
    return row
  end
  local reader = { key = { global = true }, tenant = change.tenant_id ~= 0 and change.tenant or nil,
    secrets = ctx.secrets }
  return reading.find(model, reader, change.id)
end

function crud.create(model, ctx, fields)
  local prepared, err = prepare(model, ctx, fields)
  if not prepared then return nil, err end
  local change
  change, err = run(ctx, function(tx) return create_in(tx, model, ctx, prepared) end)
  if not change then return nil, err end
  committed(change)
  return shown_row(model, ctx, change)
end

--- All or none. An error carries `index`, the place of the bad item from 0.
function crud.create_all(model, ctx, list)
  local prepared = {}
  local function at(index, err)
    err = copy(err)
    err.index = index - 1
    err.message = ("item %d: %s"):format(index - 1, err.message)
    return nil, err
  end
  for i, fields in ipairs(list) do
    local one, err = prepare(model, ctx, fields)
    if not one then return at(i, err) end
    prepared[i] = one
  end
  local changes, err = run(ctx, function(tx)
    local made = {}
    for i, one in ipairs(prepared) do
      local change, failed = create_in(tx, model, ctx, one)
      if not change then return at(i, failed) end
      made[i] = change
    end
    return made
  end)
  if not changes then return nil, err end
  local rows = {}
  for i, change in ipairs(changes) do
    committed(change)
    rows[i], err = shown_row(model, ctx, change)
    if not rows[i] then return nil, err end
  end
  return rows
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

local function query_of(tx)
  if not tx then return store.query, store.value end
  return function(text, params) return tx:query(text, params) end,
    function(text, params) return tx:value(text, params) end
end

-- Stays the same until somebody changes the object: every change writes the process log. Destinations
-- can be changed by their source alone.
local function version(model, id, tx)
  local query, value = query_of(tx)
  local places, params = { "?" }, { model.name }
  for _, decl in ipairs(model.children) do
    places[#places + 1] = "?"
    params[#params + 1] = decl.table
  end
  params[#params + 1] = tostring(id)
  local last, err = value(("SELECT max(lg_id) FROM lg_processlogs WHERE lg_object IN (%s) "
    .. "AND lg_object_id = ?"):format(table.concat(places, ", ")), params)
  if err then return nil, err end
  local parts = { tostring(last) }
  if #model.destination_list > 0 then
    local rows
    rows, err = query(destination.select(model.destination_list, id))
    if not rows then return nil, err end
    for row in rows:each() do parts[#parts + 1] = tostring(row.de_id) end
  end
  return table.concat(parts, ",")
end

--- What ctx.seen must hold for a change of the object to be refused once another one came first.
function crud.version(model, ctx, which)
  local row, err = reading.find(model, ctx, which)
  if not row then return nil, err end
  return version(model, row[model.id])
end

-- The row as it is inside the transaction, with the tenant condition once more: the first look was
-- outside of it.
local function locked(tx, model, ctx, id)
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
  if not ctx.seen then return row end
  local now
  now, err = version(model, id, tx)
  if not now then return nil, err end
  if now == ctx.seen then return row end
  return nil, crud.changed_since()
end

-- The id `which` names, seen by this caller.
local function locate(model, ctx, which)
  local found, err = reading.find(model, ctx, which)
  if not found then return nil, err end
  return found
end

local function update_in(tx, model, ctx, prepared)
  local row, err = locked(tx, model, ctx, prepared.id)
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
  elseif not next(sent.children) and not next(sent.destinations) and not change.touched then
    change.row = row
    return change
  end
  change.row, err = load(tx, model, prepared.id)
  if not change.row then return nil, err end
  ok, err = finish(tx, change, sent)
  if not ok then return conflict(model, err) end
  return change
end

function crud.update(model, ctx, which, given)
  if type(given) ~= "table" then
    return failure("invalid", "invalid_json", "The body must be a JSON object.")
  end
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local row
  row, err = locate(model, ctx, which)
  if not row then return nil, err end
  local tenant
  tenant, err = reading.tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  local described
  described, err = reading.describe(model)
  if not described then return nil, err end
  local fields = copy(given)
  if model.normalize then
    ok, err = model.normalize(ctx, fields, row, tenant)
    if not ok then return nil, err end
  end
  local sent
  sent, err = body.read(model, described, fields)
  if not sent then return nil, err end
  local prepared = { id = row[model.id], sent = sent, tenant = tenant, fields = fields }
  local change
  change, err = run(ctx, function(tx) return update_in(tx, model, ctx, prepared) end)
  if not change then return nil, err end
  committed(change)
  return shown_row(model, ctx, change)
end

local function delete_in(tx, model, ctx, id, tenant)
  local row, err = locked(tx, model, ctx, id)
  if not row then return nil, err end
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

function crud.delete(model, ctx, which)
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local row
  row, err = locate(model, ctx, which)
  if not row then return nil, err end
  local tenant
  tenant, err = reading.tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  ok, err = reading.describe(model)
  if not ok then return nil, err end
  local change
  change, err = run(ctx, function(tx) return delete_in(tx, model, ctx, row[model.id], tenant) end)
  if not change then return nil, err end
  committed(change)
  local answer = { deleted = not ctx.dry_run, id = row[model.id], object = model.name, dry_run = ctx.dry_run }
  if model.number_column then answer.number = tostring(change.row[model.number_column] or "") end
  return answer
end

return crud
