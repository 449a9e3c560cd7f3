-- engine/version.lua: what If-Match holds on to.
local context = require "support.context"
local did = require "model.did"
local version = require "engine.version"

test("a version stays until the object or its destinations change", function(t)
  local ctx = context(t)
  local it = did.create(ctx, { number = "3900001" })
  local first = version.of(did, it.di_id)
  t.equal(version.of(did, it.di_id), first)
  did.update(ctx, it.di_id, { comment = "new" })
  local second = version.of(did, it.di_id)
  t.not_equal(second, first)
  t.sql("INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord) "
    .. "VALUES (?, 'DID', ?, 'SPECIAL', 1, 0)", { ctx.tenant.id, it.di_id })
  t.not_equal(version.of(did, it.di_id), second)
  t.equal(version.changed_since().status, 412)
end)
