-- access/pathkey.lua: keys with permissions by path are kept, noted as used and forgotten.
local pathkey = require "access.pathkey"

test("a key is kept, changed, noted once a minute and deleted", function(t)
  local id = pathkey.create({ ma_hash = ("a"):rep(64), ma_created_at = "2026-01-01 00:00:00" })
  local function row() return t.sql("SELECT ma_description, ma_last_used_at FROM mk_apikeys WHERE ma_id = ?", { id })[1] end
  pathkey.update(id, { ma_description = "mine" })
  t.equal({ row().ma_description, row().ma_last_used_at }, { "mine" })
  pathkey.used(id)
  t.truthy(row().ma_last_used_at)
  t.sql("UPDATE mk_apikeys SET ma_last_used_at = NULL WHERE ma_id = ?", { id })
  pathkey.used(id)
  t.equal(row().ma_last_used_at, nil)
  local _, err = pathkey.create({ ma_hash = ("a"):rep(64), ma_created_at = "2026-01-01 00:00:00" })
  t.equal(err.code, "conflict")
  pathkey.delete(id)
  t.equal(row(), nil)
end)

test("the signing secret is made once", function(t)
  t.equal(pathkey.secret(), pathkey.secret())
end)
