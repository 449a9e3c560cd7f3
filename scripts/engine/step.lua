-- One step of a change: an object made, changed or deleted. What can be known outside of the
-- transaction, where waiting is allowed, is found out here; engine/apply.lua does the rest inside.
local apply = require "engine.apply"
local body = require "engine.input"
local border = require "engine.guard"
local child = require "engine.part"
local copy = require("lib.value").merged
local failure = require("lib.failure").of
local reading = require "engine.read"

local step = {}

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

-- Rows of annexes (a dialect's own part of the object), checked as children are.
local function read_annexes(model, given)
  local out = {}
  for name, values in pairs(given or {}) do
    local decl = model.annex_by_name[name]
    if not decl then error(("%s: no annex %s"):format(model.name, name), 0) end
    if next(values) ~= nil then
      local read, err = child.read(decl, values, name)
      if not read then return nil, err end
      out[name] = read
    end
  end
  return out
end

-- Sorts the body out, and adds what the model wants done along with it.
local function read_body(prepared, given, row)
  local model, tenant = prepared.model, prepared.tenant
  local described, err = reading.describe(model)
  if not described then return nil, err end
  local ok
  prepared.fields = copy(given)
  if model.normalize then
    ok, err = model.normalize(prepared.ctx, prepared.fields, row, tenant)
    if not ok then return nil, err end
  end
  prepared.sent, err = body.read(model, described, prepared.fields)
  if not prepared.sent then return nil, err end
  if not model.along then return prepared end
  prepared.along, err = model.along(prepared.ctx, prepared.sent, row, tenant)
  if not prepared.along then return nil, err end
  return prepared
end

local PREPARE = {}

function PREPARE.create(prepared, _, given)
  local model = prepared.model
  local err
  prepared.tenant, err = owner(model, prepared.ctx)
  if not prepared.tenant then return nil, err end
  local ok
  ok, err = read_body(prepared, given, nil)
  if not ok then return nil, err end
  local values = prepared.sent.values
  for name, value in pairs(model.defaults or {}) do
    if values[name] == nil then values[name] = value end
  end
  if not model.before and not prepared.ids then
    ok, err = body.check_required(model, values)
    if not ok then return nil, err end
  end
  if prepared.new_id then values[model.id] = prepared.new_id end
  prepared.apply = apply.create
  return prepared
end

-- The row that is meant, as this caller sees it; of what an earlier step makes, what is known of it by now.
local function locate(prepared, which, earlier)
  local model, ctx = prepared.model, prepared.ctx
  if earlier then
    prepared.id, prepared.tenant = earlier.new_id, earlier.tenant
    return earlier.sent.values
  end
  local row, err = reading.find(model, ctx, which)
  if not row then return nil, err end
  prepared.id = row[model.id]
  prepared.tenant, err = reading.tenant_of(model, ctx, row)
  if not prepared.tenant then return nil, err end
  return row
end

function PREPARE.update(prepared, which, given, earlier)
  local row, err = locate(prepared, which, earlier)
  if not row then return nil, err end
  local ok
  ok, err = read_body(prepared, given, row)
  if not ok then return nil, err end
  prepared.apply = apply.update
  return prepared
end

function PREPARE.delete(prepared, which, _, earlier)
  local row, err = locate(prepared, which, earlier)
  if not row then return nil, err end
  local described
  described, err = reading.describe(prepared.model)
  if not described then return nil, err end
  prepared.apply = apply.delete
  return prepared
end

--- Checks a step and all that can be known of it outside of the transaction. Its `apply(tx, prepared)`
--- makes it; `along` are the steps that its model wants made with it. `earlier` is the prepared create of what
--- the step names, when that is not there yet.
function step.prepare(ctx, it, earlier)
  local model, action = it[1], it[2]
  local prepared = { model = model, action = action, ctx = ctx, seen = it.seen, unless = it.unless,
    unless_used = it.unless_used, ids = it.ids, new_id = it.id }
  local given = action == "create" and it[3] or action == "update" and it[4] or {}
  if type(given) ~= "table" then
    return failure("invalid", "invalid_json", "The body must be a JSON object.")
  end
  local ok, err = border.may_write(ctx)
  if not ok then return nil, err end
  prepared.annexes, err = read_annexes(model, it.annexes)
  if not prepared.annexes then return nil, err end
  return PREPARE[action](prepared, action ~= "create" and it[3] or nil, given, earlier)
end

return step
