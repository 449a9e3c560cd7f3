-- engine/turn.lua: transactions that take a turn of the same name change the same row first.
local context = require "support.context"
local did = require "model.did"
local store = require "store"
local turn = require "engine.turn"

local function taken(t) return t.sql("SELECT sum(tu_count) AS n FROM tu_turns")[1].n end

local function rows_after(t, name)
  store.transaction(function(tx) return turn.take(tx, name) end)
  local rows = {}
  for _, row in ipairs(t.sql("SELECT tu_id, tu_count FROM tu_turns")) do rows[row.tu_id] = row.tu_count end
  return rows
end

test("the same name is the same row, and another one hardly ever", function(t)
  local first = rows_after(t, "queue 1")
  local second = rows_after(t, "queue 1")
  local other = rows_after(t, "queue 2")
  local changed, elsewhere = 0, 0
  for id, count in pairs(second) do
    if count ~= first[id] then changed = changed + 1 end
    if other[id] ~= count and count == first[id] then elsewhere = elsewhere + 1 end
  end
  t.equal({ changed, elsewhere }, { 1, 1 })
end)

-- Symptom: of two clients with one If-Match at two nodes of a cluster both were told 200. Whoever came second had
-- read the version before the first one's change arrived, and wrote over it after.
test("whoever changes or deletes an object has its turn before looking at it", function(t)
  local ctx = context(t)
  local it = did.create(ctx, { number = "3900077" })
  local before = taken(t)
  t.truthy(did.update(ctx, it.di_id, { comment = "new" }))
  t.equal(taken(t), before + 1)
  t.truthy(did.delete(ctx, it.di_id))
  t.equal(taken(t), before + 2)
end)

test("a turn without its row is refused, not passed over", function(t)
  local done, err = store.transaction(function(tx)
    tx:exec("DELETE FROM tu_turns")
    return turn.take(tx, "queue 1")
  end)
  t.equal({ done, err.code }, { nil, "internal" })
end)
