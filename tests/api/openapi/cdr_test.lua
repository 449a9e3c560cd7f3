-- OpenAPI /cdrs.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

local function record(t, values)
  t.sql("INSERT INTO cdr (te_id, start, src, dst, userfield, disposition, uniqueid, linkedid, accountcode) "
    .. "SELECT te_id, ?, ?, ?, ?, 'ANSWERED', ?, ?, te_code FROM te_tenants WHERE te_code = ?",
    { values.start, values.src, values.dst, values.userfield, values.id, values.id, values.tenant or "DEMO" })
end

test("filters, ids and the tenant's border", function(t)
  record(t, { start = "2026-01-02 10:00:00", src = "100", dst = "101", userfield = "[local]", id = "a.1" })
  record(t, { start = "2026-01-02 11:00:00", src = "39", dst = "101", userfield = "[inbound]", id = "a.2" })
  record(t, { start = "2026-01-02 12:00:00", src = "100", dst = "39", userfield = "[outbound] x", id = "a.3" })
  record(t, { start = "2026-01-02 12:00:00", src = "100", dst = "39", userfield = "[outbound]", id = "b.1", tenant = "OTHER" })
  local function ids(query)
    local res = call(t, "get", "/cdrs?tenant=DEMO&" .. query)
    t.equal(res.status, 200, res.body)
    local list = {}
    for i, row in ipairs(res.json) do list[i] = row.uniqueid end
    return list
  end
  local day = "start=2026-01-02&end=2026-01-02"
  t.equal(ids(day), { "a.1", "a.2", "a.3" })
  t.equal(ids(day .. "&direction=IN,OUT"), { "a.2", "a.3" })
  t.equal(ids(day .. "&phone=101"), { "a.1", "a.2" })
  t.equal(ids(day .. "&src=39,7"), { "a.2" })
  t.equal(ids("uniqueid=a.3"), { "a.3" }, "an id is found on any day")
  t.equal(ids("uniqueid=b.1"), {})
  t.equal(ids(day .. "&limit=1&offset=1"), { "a.2" })
  t.equal(call(t, "get", "/cdrs?tenant=DEMO&start=yesterday").json.error.field, "start")
  t.equal(call(t, "get", "/cdrs?tenant=DEMO&format=pdf").json.error.code, "invalid_format")
  t.equal(#call(t, "get", "/cdrs?tenant=%25&" .. day, nil, t.global_key).json, 4)
  t.equal(call(t, "get", "/cdrs?tenant=%25&" .. day).status, 401)
end)

test("a stored template shapes the answer", function(t)
  record(t, { start = "2026-01-03 10:00:00", src = "100", dst = "101", userfield = "[local]", id = "t.1" })
  t.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'short', '<{row_loop}{$src}>{$dst};{/row_loop}>')")
  local res = call(t, "get", "/cdrs?tenant=DEMO&start=2026-01-03&end=2026-01-03&format=template&template=short")
  t.equal(res.body, "<100>101;>")
  t.equal(call(t, "get", "/cdrs?tenant=DEMO&format=template&template=none").json.error.code, "template_not_found")
end)
