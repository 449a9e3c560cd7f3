-- lib.crud: the tenant's border, transactions and logs, by way of short numbers.
local change = require "engine.change"
local context = require "support.context"
local shortnumber = require "model.shortnumber"

test("rows of another tenant are not there", function(t)
  local demo, other = context(t, "DEMO"), context(t, "OTHER")
  local row = shortnumber.create(demo, { number = "1", destnumber = "111" })
  t.equal(row.sn_te_id, demo.tenant.id)
  t.equal(#shortnumber.rows(other), 0)
  for _, name in ipairs({ "find", "delete" }) do
    local _, err = shortnumber[name](other, row.sn_id)
    t.equal(err.code, "not_found", name)
  end
  local _, err = shortnumber.update(other, row.sn_id, { destnumber = "9" })
  t.equal(err.code, "not_found")
  t.equal(shortnumber.find(demo, row.sn_id).sn_destnumber, "111")
end)

test("id and owner cannot be moved by a body", function(t)
  local demo, other = context(t, "DEMO"), context(t, "OTHER")
  local row = shortnumber.create(demo, { number = "2", sn_te_id = other.tenant.id, sn_id = 4711 })
  t.equal(row.sn_te_id, demo.tenant.id)
  t.not_equal(row.sn_id, 4711)
  shortnumber.update(demo, row.sn_id, { sn_te_id = other.tenant.id })
  t.equal(shortnumber.find(demo, row.sn_id).sn_te_id, demo.tenant.id)
end)

test("a caller without a tenant and without a global key gets nothing", function(t)
  local ctx = context(t, "DEMO", {})
  ctx.tenant = nil
  local _, err = shortnumber.rows(ctx)
  t.equal(err.code, "denied")
  _, err = shortnumber.create(ctx, { number = "3" })
  t.equal(err.reason, "tenant_required")
end)

test("a read-only key changes nothing", function(t)
  local ctx = context(t, "DEMO", { key = { id = 1, global = true, read_only = true } })
  local _, err = shortnumber.create(ctx, { number = "4" })
  t.equal(err.reason, "read_only_api_key")
end)

test("several at once: all or none, and where it went wrong", function(t)
  local demo = context(t, "DEMO")
  local _, err = shortnumber.create_all(demo, { { number = "51" }, { comment = "no number" } })
  t.equal(err.index, 1)
  t.equal(err.reason, "missing_required_field")
  t.equal(#t.sql("SELECT 1 FROM sn_shortnumbers WHERE sn_number = '51'"), 0)
  t.equal(#shortnumber.create_all(demo, { { number = "51" }, { number = "52" } }), 2)
end)

test("a dry run answers and changes nothing, not even the log", function(t)
  local ctx = context(t, "DEMO", { dry_run = true })
  local before = #t.sql("SELECT 1 FROM lg_processlogs")
  t.equal(shortnumber.create(ctx, { number = "6" }).sn_number, "6")
  t.equal(#t.sql("SELECT 1 FROM sn_shortnumbers WHERE sn_number = '6'"), 0)
  t.equal(#t.sql("SELECT 1 FROM lg_processlogs"), before)
end)

test("sorting and filters take declared columns only", function(t)
  local demo = context(t, "DEMO")
  local _, err = shortnumber.rows(demo, { sort = "sn_number; DROP TABLE x" })
  t.equal(err.reason, "invalid_sort")
  _, err = shortnumber.rows(demo, { where = { ["1=1 --"] = 1 } })
  t.equal(err.reason, "invalid_filter")
end)

test("an id can be had before its row, and later steps may name it", function(t)
  local demo = context(t, "DEMO")
  local ids = change.reserve({ shortnumber, shortnumber })
  t.not_equal(ids[1], ids[2])
  t.equal(#t.sql("SELECT 1 FROM sn_shortnumbers WHERE sn_id IN (?, ?)", ids), 0)
  local other = shortnumber.create(demo, { number = "61" })
  t.truthy(other.sn_id > ids[2])
  local rows = change.run(demo, {
    { shortnumber, "create", { number = "62", destnumber = "1" }, id = ids[1] },
    { shortnumber, "update", ids[1], { destnumber = "2" } },
    { shortnumber, "create", { number = "63" }, id = ids[2] },
    { shortnumber, "delete", ids[2] },
  })
  t.equal(rows[2].sn_destnumber, "2")
  t.equal(shortnumber.find(demo, ids[1]).sn_destnumber, "2")
  t.equal(#t.sql("SELECT 1 FROM sn_shortnumbers WHERE sn_id = ?", { ids[2] }), 0)
end)

test("what is done in the same transaction takes the steps back with it", function(t)
  local demo = context(t, "DEMO")
  local _, err = change.run(demo, { { shortnumber, "create", { number = "64" } } },
    function() return nil, { code = "conflict", message = "no" } end)
  t.equal(err.message, "no")
  t.equal(#t.sql("SELECT 1 FROM sn_shortnumbers WHERE sn_number = '64'"), 0)
end)
