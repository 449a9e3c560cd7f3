-- Changes of this dialect: they wait for /pbx/apply as the document has it, or with `kalliope.changes = "at once"` are
-- made when they are asked for, and /pbx/revert undoes what came since the last apply.
local change = require "engine.change"
local config = require "config"
local json = require "json"
local log = require "log"
local staged = require "model.staged"
local store = require "store"
local task = require "task"
local value_of = require "lib.value"
local view_of = require "kalliope.lib.view"

local journal = {}

-- How often something is tried while others change the journal, and the seconds by which each pause is longer.
local TRIES, PAUSE = 40, 0.005

local PENDING, UNDO = "pending", "undo"

--- True when changes are made as soon as they are asked for. The row in `ks_settings` is for a tenant without a
--- configuration file of its own.
local function at_once()
  local word, err = config.get("kalliope.changes", nil), nil
  if not word then word, err = store.value("SELECT ks_value FROM ks_settings WHERE ks_code = 'changes'") end
  if err then return nil, err end
  return word == "at once"
end

-- What waits, over the store. With `building` also the steps of it.
local function read(ctx, building)
  local view, steps = view_of.new(ctx), {}
  local list, err = staged.list(ctx, PENDING)
  if not list then return nil, err end
  view.mark, view.size = list.mark, #list
  for _, entry in ipairs(list) do
    local more
    more, err = view:play(entry, building)
    if not more then return nil, err end
    journal.append(steps, more)
  end
  return view, steps
end

--- Adds the steps of one change behind those of others.
function journal.append(steps, more)
  local base = #steps
  for i, step in ipairs(more) do
    if step.ids then
      local places = {}
      for column, place in pairs(step.ids) do places[column] = base + place end
      step = value_of.merged(step, { ids = places })
    end
    steps[base + i] = step
  end
end

--- The store as requests of this dialect see it.
function journal.view(ctx)
  local view, err = read(ctx, false)
  if not view then return nil, err end
  return view
end

local function blocked(err)
  if err.code == "unavailable" or err.code == "timeout" or err.code == "internal" then return nil, err end
  return nil, { code = "conflict", reason = "blocked", message = "a change that waits can no longer be made: " .. err.message }
end

-- Ids for what a change makes, so that later ones can name it.
local function reserve(kind, entry, record)
  local models, names = kind.reserved(entry.action, entry.values, record)
  if #models == 0 then return true end
  local ids, err = change.reserve(models)
  if not ids then return nil, err end
  for i, name in ipairs(names) do
    local holder = name == "id" and entry or name == "outside" and entry.values.failover or entry.values
    holder[name] = ids[i]
  end
  return true
end

local function record_of(view, entry)
  if entry.action == "create" then return nil end
  return view:record(entry.object, entry.id)
end

-- Where of the combined list a change went wrong: in an earlier one, or in which step of its own.
local function failed(err, first, own)
  if (err.step or 0) < first then return blocked(err) end
  err = value_of.merged(err)
  err.model = own[err.step - first + 1][1]
  return nil, err
end

-- Tries the change behind all that wait, and lets it wait with them.
local function stage(ctx, decide)
  local view, steps = read(ctx, true)
  if not view then return blocked(steps) end
  if view.size >= staged.MOST then
    return nil, { code = "conflict", message = ("%d changes wait already"):format(view.size) }
  end
  local entry, err = decide(view)
  if not entry then return nil, err end
  local record
  record, err = record_of(view, entry)
  if err then return nil, err end
  local ok
  ok, err = reserve(view_of.KINDS[entry.object], entry, record)
  if not ok then return nil, err end
  local first, own = #steps + 1
  own, err = view:play(entry, true)
  if not own then return nil, err end
  journal.append(steps, own)
  local trial = value_of.merged(ctx, { dry_run = true })
  ok, err = change.run(trial, steps)
  if not ok then return failed(err, first, own) end
  return staged.add(ctx, PENDING, view.mark, entry)
end

-- What takes a change back.
local function undo_of(entry, record)
  if entry.action == "create" then return { object = entry.object, action = "delete", id = entry.id } end
  if entry.action == "delete" then return { object = entry.object, action = "create", id = entry.id, values = record } end
  local values = {}
  for tag, value in pairs(entry.values) do
    local before = record[tag]
    if before == nil then before = type(value) == "boolean" and false or type(value) == "table" and json.object({}) or "" end
    values[tag] = before
  end
  if entry.object == "user" and record.box then values.box = record.box end
  -- The short number of a speed dial comes back as the same one.
  if entry.object == "contact" and record.short then values.short = record.short end
  for tag, value in pairs(record) do
    if entry.values.vm_enabled == false and tag:find("^vm_") then values[tag] = value end
  end
  return { object = entry.object, action = "update", id = entry.id, values = values }
end

local function make(ctx, decide)
  local view = view_of.new(ctx)
  local entry, err = decide(view)
  if not entry then return nil, err end
  local record
  record, err = record_of(view, entry)
  if err then return nil, err end
  local kind, own = view_of.KINDS[entry.object]
  local ok
  ok, err = reserve(kind, entry, record)
  if not ok then return nil, err end
  own, err = kind.steps(view, entry, record)
  if not own then return nil, err end
  local done
  done, err = change.run(ctx, own, function(tx) return staged.remember(tx, ctx, UNDO, undo_of(entry, record)) end)
  if not done then return failed(err, 1, own) end
  return true
end

-- Does what others who change the journal may get in the way of.
local function again(work, ctx, more)
  local done, err
  for try = 1, TRIES do
    done, err = work(ctx, more)
    if done ~= nil or err.reason ~= "journal_moved" then return done, err end
    task.sleep(PAUSE * try)
  end
  return nil, { code = "unavailable", message = "the changes that wait are never the same for long" }
end

--- Makes a change, or lets it wait. `decide(view)` returns it as {object, action, id, values}, or nil and why not;
--- it may be called again. An error tells in `model` which object it was about.
function journal.change(ctx, decide)
  local now, err = at_once()
  if now == nil then return nil, err end
  if now then return make(ctx, decide) end
  return again(stage, ctx, decide)
end

--- The same for the object that `find(view)` gives, with what `values(object)` says; where there is none the error has
--- `answer` 15.
function journal.change_one(ctx, object, action, find, values)
  return journal.change(ctx, function(view)
    local there, err = find(view)
    if err then return nil, err end
    if not there then return nil, { answer = 15 } end
    local given
    given, err = values(there)
    return given and { object = object, action = action, id = there.id, values = given }, err
  end)
end

--- Whether anything waits.
function journal.pending(ctx)
  local size, err = staged.size(ctx, PENDING)
  if not size then return nil, err end
  return size > 0
end

local function refused(what, err)
  if err.code == "unavailable" or err.code == "timeout" or err.code == "internal" then return nil, err end
  log.info(what, { error = err.message })
  return false
end

-- Makes steps and empties the journal they are of.
local function settle(ctx, kind, mark, steps, what)
  local done, err = change.run(ctx, steps, function(tx) return staged.take(tx, ctx, kind, mark) end)
  if done then return true end
  if err.reason == "journal_moved" then return nil, err end
  return refused(what, err)
end

local function apply(ctx)
  local view, steps = read(ctx, true)
  if not view then return refused("changes that wait cannot be applied", steps) end
  return settle(ctx, PENDING, view.mark, steps, "changes that wait cannot be applied")
end

--- Makes what waits, all of it or nothing; false when it cannot be made, and then it still waits. What was made at
--- once is kept from then on.
function journal.apply(ctx)
  local done, err = again(apply, ctx)
  if not done then return done, err end
  local cleared
  cleared, err = staged.clear(ctx, UNDO)
  if not cleared then return nil, err end
  return true
end

local function undo(ctx)
  local list, err = staged.list(ctx, UNDO)
  if not list then return nil, err end
  local view, steps = view_of.new(ctx), {}
  for i = #list, 1, -1 do
    if list[i].action == "lost" then
      return refused("too much was changed to be undone", { message = ("more than %d changes"):format(staged.MOST) })
    end
    local more
    more, err = view:play(list[i], true)
    if not more then return refused("changes cannot be undone", err) end
    journal.append(steps, more)
  end
  return settle(ctx, UNDO, list.mark, steps, "changes cannot be undone")
end

--- Drops what waits, and undoes what was made at once since the last apply; false when that cannot be undone.
function journal.revert(ctx)
  local cleared, err = staged.clear(ctx, PENDING)
  if not cleared then return nil, err end
  return again(undo, ctx)
end

return journal
