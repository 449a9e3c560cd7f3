-- Changes: a list of steps that happen together or not at all. Each is prepared outside; then one
-- transaction with the logs in it; what Asterisk is told comes after the commit.
local copy = require("lib.value").merged
local log = require "log"
local reading = require "engine.read"
local step = require "engine.step"
local store = require "store"
local version = require "engine.version"

local change = {
  rows = reading.rows, stream = reading.stream, count = reading.count, find = reading.find,
  text = reading.text, get = reading.get,
}

-- Prepares a step, then those its model wants along, which are of the same tenant.
local function prepare(list, ctx, it, place)
  local prepared, err = step.prepare(ctx, it)
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
--- its place. Returns one result per step: the row, or what a delete answers. An
--- error carries `step`, the place of what went wrong. The third result is what went wrong after
--- the commit, when `committed` of a model said so; it has been logged.
function change.run(ctx, steps)
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
  local made, err = transaction(ctx, function(tx) return apply(tx, list, first) end)
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
