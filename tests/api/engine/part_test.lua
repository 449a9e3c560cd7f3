-- lib.child: rows of other tables follow their object.
local child = require "engine.part"
local condition = require "model.condition"
local conferenceroom = require "model.conferenceroom"
local context = require "support.context"

test("link columns are never taken from a body", function(t)
  conferenceroom.rows(context(t))
  local meetme = conferenceroom.child_by_name.meetme
  t.equal(child.column(meetme, "confno"), nil)
  t.equal(child.column(meetme, "bookid"), nil)
  t.equal(child.column(meetme, "pin").name, "pin")
end)

test("a list is replaced, another change leaves it alone", function(t)
  local ctx = context(t)
  local row = condition.create(ctx, { type = "WEEKTIME", extended_infos = { { param1 = "1" }, { param1 = "2" } } })
  local function count() return #t.sql("SELECT 1 FROM ce_conditions_extended WHERE ce_co_id = ?", { row.co_id }) end
  t.equal(count(), 2)
  condition.update(ctx, row.co_id, { name = "x" })
  t.equal(count(), 2)
  condition.update(ctx, row.co_id, { extended_infos = {} })
  t.equal(count(), 0)
end)

test("a bad item takes the whole change back", function(t)
  local ctx = context(t)
  local _, err = condition.create(ctx, { name = "bad", type = "HOURS", extended_infos = { { param1 = {} } } })
  t.equal(err.code, "invalid")
  t.equal(#t.sql("SELECT 1 FROM co_conditions WHERE co_name = 'bad'"), 0)
end)
