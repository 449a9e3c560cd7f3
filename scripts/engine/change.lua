-- Changes: a list of steps that happen together or not at all. Each is prepared outside; then one
-- transaction with the logs in it; what Asterisk is told comes after the commit.
local copy = require("lib.value").merged
local log = require "log"
local reading = require "engine.read"
local sql = require "engine.sql"
local step = require "engine.step"
local store = require "store"
local version = require "engine.version"

local change = {
  rows = reading.rows, stream = reading.stream, count = reading.count, find = reading.find,
  flat = reading.flat, get = reading.get,
}

-- What an earlier step of the list makes under the id that this one names.
local function made_before(list, it)
  for i = #list, 1, -1 do
    local earlier = list[i]
    if earlier.model == it[1] and earlier.new_id and earlier.new_id == it[3] then return earlier end
  end
end

-- Prepares a step, then those its model wants along, which are of the same tenant.
local function prepare(list, ctx, it, place)
  local prepared, err = step.prepare(ctx, it, it[2] ~= "create" and made_before(list, it))
  if not prepared then return nil, err end
  prepared.place = place
  list[#list + 1] = prepared
  for _, more in ipairs(prepared.along or {}) do
    local inner = copy(ctx)
    inner.tenant, inner.global = prepared.tenant, nil
    local ok
    ok, err = prepare(list, inner, more, place)
    if not ok then return nil, err end
  end
  return prepared
end

local function at(place, err)
  err = copy(err)
  err.step = place
  return nil, err
end

local function apply(tx, list, first)
  local made = {}
  for i, prepared in ipairs(list) do
    for column, place in pairs(prepared.ids or {}) do prepared.sent.values[column] = made[first[place]].id end
    local done, err = prepared.apply(tx, prepared)
    if not done then return at(prepared.place, err) end
    made[i] = done
  end
  return made
end

-- Runs a change; with ctx.dry_run everything is done and then taken back.
local function transaction(ctx, work)
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

-- The row in hand, without what this caller may not see.
local function shown(ctx, done)
  local model, row = done.model, done.row
  for name in pairs(model.secret_set) do
    if not ctx.secrets then row[name] = nil end
  end
  for name in pairs(model.hidden_set) do row[name] = nil end
  for name, is_secret in pairs(model.sensitive and not ctx.secrets and model.sensitive(row) or {}) do
    if is_secret then row[name] = nil end
  end
  row.id, row.name = done.id, model.label and row[model.label] or nil
  return row
end

local function answer(ctx, done)
  if done.action ~= "delete" then return shown(ctx, done) end
  local model = done.model
  local out = { deleted = not ctx.dry_run, id = done.id, object = model.name, dry_run = ctx.dry_run }
  if model.number_column then out.number = tostring(done.row[model.number_column] or "") end
  return out
end

--- Makes all the steps or none: `{ model, "create", fields }`, `{ model, "update", which, fields }`,
--- `{ model, "delete", which }`. A step may hold `annexes` (name to values: a dialect's own part of the
--- object), a create `unless` (columns of a row that makes it needless), a delete `unless_used` (what
--- something depends on stays), and `ids`: columns that take the id of what an earlier step made, by
--- its place. A create with `id` makes the row under an id that `change.reserve` gave, and later steps
--- may name it. `also(tx)` is done in the same transaction, after the steps. Returns one result per step:
--- the row, or what a delete answers. An error carries `step`, the place of what went wrong. The third result
--- is what went wrong after the commit, when `committed` of a model said so; it has been logged.
function change.run(ctx, steps, also)
  local list, first = {}, {}
  for i, it in ipairs(steps) do
    -- What the client has seen is about the first object.
    if i == 1 and ctx.seen then
      it = copy(it)
      it.seen = ctx.seen
    end
    first[i] = #list + 1
    local prepared, err = prepare(list, ctx, it, i)
    if not prepared then return at(i, err) end
  end
  local made, err = transaction(ctx, function(tx)
    if ctx.mark and not ctx.dry_run then
      local marked, failed = ctx.mark(tx)
      if not marked then return nil, failed end
    end
    local made, err = apply(tx, list, first)
    if not made or not also then return made, err end
    local ok
    ok, err = also(tx)
    return ok and made, err
  end)
  if not made then return nil, err end
  -- What comes now cannot undo it any more.
  local untold
  for _, done in ipairs(made) do
    if done.model.committed and not done.skipped and not ctx.dry_run then
      local ok, failed = done.model.committed(done)
      if not ok and failed then
        untold = failed
        log.info("a change is made, but Asterisk was not told", { object = done.model.name, id = done.id,
          error = failed.message })
      end
    end
  end
  local results = {}
  for i, place in ipairs(first) do results[i] = answer(ctx, made[place]) end
  return results, nil, untold
end

-- What a row must hold to be there at all.
local function blank(model)
  local described, err = reading.describe(model)
  if not described then return nil, err end
  local values = {}
  for _, column in ipairs(described.list) do
    if column.not_null and column.name ~= model.id then values[column.name] = column.kind == "text" and "" or 0 end
  end
  return values
end

--- Ids that no row of these models has or will get: what is made later can be named before.
function change.reserve(models)
  local rows = {}
  for i, model in ipairs(models) do
    local err
    rows[i], err = blank(model)
    if not rows[i] then return nil, err end
  end
  return store.transaction(function(tx)
    local ids = {}
    for i, model in ipairs(models) do
      local text, params = sql.insert(model.table, rows[i])
      local done, err = tx:exec(text, params)
      if not done then return nil, err end
      ids[i] = done.id
      text, params = sql.delete(model.table, { [model.id] = done.id })
      done, err = tx:exec(text, params)
      if not done then return nil, err end
    end
    return ids
  end)
end

local function one(ctx, it)
  local results, err, untold = change.run(ctx, { it })
  if not results then return nil, err end
  return results[1], nil, untold
end

function change.create(model, ctx, fields) return one(ctx, { model, "create", fields }) end

function change.update(model, ctx, which, fields) return one(ctx, { model, "update", which, fields }) end

function change.delete(model, ctx, which) return one(ctx, { model, "delete", which }) end

--- All or none. An error carries `index`, the place of the bad item from 0.
function change.create_all(model, ctx, list)
  local steps = {}
  for i, fields in ipairs(list) do steps[i] = { model, "create", fields } end
  local rows, err = change.run(ctx, steps)
  if rows then return rows end
  if err.step then
    err.index = err.step - 1
    err.message = ("item %d: %s"):format(err.index, err.message)
  end
  return nil, err
end

--- What ctx.seen must hold for a change of the object to be refused once another one came first.
function change.version(model, ctx, which)
  local row, err = reading.find(model, ctx, which)
  if not row then return nil, err end
  return version.of(model, row[model.id])
end

return change
