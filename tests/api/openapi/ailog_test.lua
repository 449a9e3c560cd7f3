-- OpenAPI /ailogs and its export.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("calls of AI destinations, listed and exported", function(t)
  t.sql("INSERT INTO ai_ailogs (ai_te_id, ai_uniqueid, ai_callerid, ai_start, ai_total_tokens) "
    .. "SELECT te_id, 'x.1', '39', '2026-01-02 10:00:00', 5 FROM te_tenants WHERE te_code = 'DEMO'")
  local day = "tenant=DEMO&start=2026-01-02&end=2026-01-02"
  t.equal(call(t, "get", "/ailogs?" .. day).json[1].ai_total_tokens, "5")
  t.equal(#call(t, "get", "/ailogs?callerid=7&" .. day).json, 0)
  local res = call(t, "get", "/ailogs/export?" .. day)
  t.matches(res.headers["content-type"], "^text/csv")
  t.matches(res.body, "^ai_id,ai_te_id,")
  t.equal(#call(t, "get", "/ailogs?tenant=OTHER&start=2026-01-02", nil, t.other_key).json, 0)
end)
