-- What `patchbay test` gives a test beside its host: settings and a web of its own.
local FETCH = "/fetch"

test("a test starts without settings", function(t)
  t.equal(t.http:get(FETCH).json, { url = "none" })
end)

test("settings are the test's own, and the web that they name", function(t)
  t.settings { fetch = { url = "https://crm.example/card" } }
  t.web:answer("https://crm.example/card", { status = 201, json = { name = "Ada" }, headers = { ["X-Of"] = "crm" } })
  t.equal(t.http:get(FETCH).json, { url = "https://crm.example/card", status = 201, of = "crm", body = '{"name":"Ada"}' })
  local asked = t.web:asked()
  t.equal({ #asked, asked[1].method, asked[1].url }, { 1, "GET", "https://crm.example/card?n=1" })
  -- the whole address goes before the one without its query, the newest before the older
  t.web:answer("https://crm.example/card?n=1", { body = "one" })
  t.equal(t.http:get(FETCH).json.body, "one")
  t.web:answer("https://crm.example/card?n=1", { error = "nobody there" })
  t.equal(t.http:get(FETCH).json.error, "unavailable")
  t.web:answer("https://crm.example/card?n=1", { error = "too slow", code = "timeout" })
  t.equal(t.http:get(FETCH).json.error, "timeout")
end)

test("the next test knows nothing of either", function(t)
  t.equal(t.http:get(FETCH).json, { url = "none" })
  t.equal(t.web:asked(), {})
end)
