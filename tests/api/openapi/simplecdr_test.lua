-- OpenAPI /simplecdrs.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("one row per call with the length of the talk", function(t)
  t.sql("INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_dialednum, sc_disposition, "
    .. "sc_duration, sc_billsec, sc_uniqueid, sc_whoanswered) SELECT te_id, '2026-01-02 10:00:00', 'IN', '39', '100', "
    .. "'ANSWERED', 30, 20, 'c.1', '100-DEMO' FROM te_tenants WHERE te_code = 'DEMO'")
  local path = "/simplecdrs?tenant=DEMO&start=2026-01-02&end=2026-01-02"
  local res = call(t, "get", path)
  t.equal(res.json[1].tenantcode, "DEMO")
  t.equal(res.json[1].sc_billsec, "20")
  t.equal(#call(t, "get", path .. "&mintalktime=20").json, 0, "strictly longer")
  t.equal(#call(t, "get", path .. "&minduration=29").json, 1)
  t.equal(#call(t, "get", path .. "&direction=OUT").json, 0)
  t.equal(#call(t, "get", "/simplecdrs?tenant=OTHER&start=2026-01-02&end=2026-01-02", nil, t.other_key).json, 0)
end)

test("a direction that is none is refused", function(t)
  local res = t.http:get("/mirtapbx/openapi.php/simplecdrs?tenant=DEMO&direction=sideways", { headers = { ["X-API-Key"] = t.key } })
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "direction")
end)
