-- engine/version.lua: what If-Match holds on to.
local did = require "model.did"
local version = require "engine.version"

test("a version stays until the object or its destinations change", function(t)
  local row = t.sql("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_code = 'DEMO'")[1]
  local ctx = { tenant = { id = row.te_id, code = row.te_code, name = row.te_name }, actor = "Test",
    key = { id = 1, global = false, read_only = false } }
  local it = did.create(ctx, { number = "3900001" })
  local first = version.of(did, it.di_id)
  t.equal(version.of(did, it.di_id), first)
  did.update(ctx, it.di_id, { comment = "new" })
  local second = version.of(did, it.di_id)
  t.not_equal(second, first)
  t.sql("INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord) "
    .. "VALUES (?, 'DID', ?, 'SPECIAL', 1, 0)", { row.te_id, it.di_id })
  t.not_equal(version.of(did, it.di_id), second)
  t.equal(version.changed_since().status, 412)
end)
