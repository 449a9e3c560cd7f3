-- access/keys.lua: keys and the tenants they act for.
local crypto = require "crypto"
local keys = require "access.keys"

test("keys of a tenant, of everybody, wrong and revoked ones", function(t)
  t.equal(keys.key(t.key, "127.0.0.1").global, false)
  t.equal(keys.key(t.read_key, "127.0.0.1").read_only, true)
  t.equal(keys.key(t.global_key, "127.0.0.1").global, true)
  local _, err = keys.key("wrong", "127.0.0.1")
  t.equal(err.reason, "invalid_api_key")
  _, err = keys.key("", "127.0.0.1")
  t.equal(err.reason, "missing_api_key")
  t.sql('UPDATE "keys" SET ak_revoked = \'2026-01-01 00:00:00\' WHERE ak_id = ?', { keys.key(t.read_key).id })
  _, err = keys.key(t.read_key, "127.0.0.1")
  t.equal(err.reason, "invalid_api_key")
end)

test("a key may be bound to addresses", function(t)
  t.sql('UPDATE "keys" SET ak_ip_filter = \'10.0.0.0/8\' WHERE ak_id = ?', { keys.key(t.global_read_key).id })
  local _, err = keys.key(t.global_read_key, "127.0.0.1")
  t.equal(err.reason, "api_ip_not_allowed")
  t.equal(keys.key(t.global_read_key, "10.1.2.3").read_only, true)
end)

test("a tenant's key acts for its own tenant alone", function(t)
  local function enter(text, tenant, options)
    local req = { peer = "127.0.0.1", id = "r" }
    local ok, err = keys.enter(req, "Test", text, tenant, options or {})
    return ok and req or nil, err
  end
  local _, err = enter(t.key, "OTHER")
  t.equal(err.reason, "invalid_api_key")
  _, err = enter(t.key, nil)
  t.equal(err.reason, "invalid_api_key")
  _, err = enter(t.global_key, "NOPE", { names = true })
  t.equal(err.reason, "tenant_not_found")
  _, err = enter(t.key, "%", { all = true })
  t.equal(err.reason, "invalid_api_key")
  t.equal(enter(t.global_key, "").tenant, nil)
  t.equal(enter(t.global_key, "%", { all = true }).ctx.actor, "Test")
end)

test("a right key is never refused for the wrong ones of its address", function(t)
  for _ = 1, 12 do keys.key("wrong", "198.51.100.1") end
  t.equal(keys.key(t.key, "198.51.100.1").global, false)
end)

test("a key that is used says when, written once in a while", function(t)
  local id = 970001 -- of no other test: who has been written lately is known to the whole host
  t.sql('INSERT INTO "keys" (ak_id, ak_hash, ak_label, ak_read_only, ak_created) '
    .. "VALUES (?, ?, 'used', 0, '2026-01-01')", { id, crypto.sha256("used") })
  t.equal(keys.key("used", "127.0.0.1").id, id)
  local function last() return t.sql('SELECT ak_last_used FROM "keys" WHERE ak_id = ?', { id })[1].ak_last_used end
  t.matches(last(), "^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d$")
  t.sql('UPDATE "keys" SET ak_last_used = NULL WHERE ak_id = ?', { id })
  keys.key("used", "127.0.0.1")
  t.falsy(last(), "not again within minutes")
end)
