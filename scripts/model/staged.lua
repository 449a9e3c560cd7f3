-- Changes a dialect keeps back until somebody applies them, and those it can undo: a journal per tenant.
local failure = require("lib.failure").of
local json = require "json"
local moment = require "lib.moment"
local object = require "engine.object"
local store = require "store"

local staged = object {
  name = "stagedchange", title = "Staged change", summary = "A change that waits to be applied.",
  table = "sg_stagedchanges", id = "sg_id", tenant = "sg_te_id",
  goes_with_tenant = true,
}

--- How many changes may wait in one journal.
staged.MOST = 500

local OF_JOURNAL = " FROM sg_stagedchanges WHERE sg_te_id = ? AND sg_dialect = ? AND sg_kind = ?"

local function journal_of(ctx, kind) return { ctx.tenant.id, ctx.actor, kind } end

-- Each addition gives a higher last id, and each removal a lower count.
local function mark_of(last, count) return ("%d/%d"):format(last or 0, count) end

--- The entries of a journal, oldest first: {object, id, action, values}; and its mark, which changes with it.
function staged.list(ctx, kind)
  local rows, err = store.query("SELECT sg_id, sg_object, sg_object_id, sg_action, sg_values" .. OF_JOURNAL
    .. " ORDER BY sg_id", journal_of(ctx, kind))
  if not rows then return nil, err end
  local list, last = {}, 0
  for row in rows:each() do
    last = row.sg_id
    list[#list + 1] = { object = row.sg_object, id = row.sg_object_id, action = row.sg_action,
      values = json.decode(row.sg_values or "{}") or {} }
  end
  list.mark = mark_of(last, #list)
  return list
end

--- How many changes a journal holds.
function staged.size(ctx, kind) return store.value("SELECT count(*)" .. OF_JOURNAL, journal_of(ctx, kind)) end

-- Refuses when somebody changed the journal since it was read.
local function same(tx, ctx, kind, mark)
  local row, err = tx:row("SELECT max(sg_id) AS last, count(*) AS n" .. OF_JOURNAL, journal_of(ctx, kind))
  if not row then return nil, err end
  if mark_of(row.last, row.n) == mark then return true end
  return failure("conflict", "journal_moved", "The changes that wait have changed meanwhile.")
end

local function note(tx, ctx, kind, entry)
  return tx:exec("INSERT INTO sg_stagedchanges (sg_te_id, sg_dialect, sg_kind, sg_object, sg_object_id, sg_action, "
    .. "sg_values, sg_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", { ctx.tenant.id, ctx.actor, kind, entry.object,
    entry.id, entry.action, json.encode(json.object(entry.values or {})), moment.now() })
end

--- Adds an entry, if the journal is still the one with this mark.
function staged.add(ctx, kind, mark, entry)
  return store.transaction(function(tx)
    local ok, err = same(tx, ctx, kind, mark)
    if not ok then return nil, err end
    return note(tx, ctx, kind, entry)
  end)
end

--- Adds an entry in a transaction of the caller's. One that is full ends with the entry `lost`: not all is remembered.
function staged.remember(tx, ctx, kind, entry)
  local size, err = tx:value("SELECT count(*)" .. OF_JOURNAL, journal_of(ctx, kind))
  if not size then return nil, err end
  if size > staged.MOST then return true end
  return note(tx, ctx, kind, size < staged.MOST and entry or { object = "", id = 0, action = "lost" })
end

--- Empties a journal in a transaction of the caller's, if it is still the one with this mark.
function staged.take(tx, ctx, kind, mark)
  local ok, err = same(tx, ctx, kind, mark)
  if not ok then return nil, err end
  return tx:exec("DELETE" .. OF_JOURNAL, journal_of(ctx, kind))
end

--- Empties a journal.
function staged.clear(ctx, kind) return store.write("DELETE" .. OF_JOURNAL, journal_of(ctx, kind)) end

return staged
