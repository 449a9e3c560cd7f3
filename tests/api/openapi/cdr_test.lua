-- OpenAPI /cdrs.
local openapi = require "support.openapi"
local call, PATH = openapi.call, openapi.path

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

local function full(t, values)
  local names, places, list = {}, {}, {}
  for name, value in pairs(values) do
    names[#names + 1], places[#places + 1] = '"' .. name .. '"', "?"
    list[#list + 1] = value
  end
  t.sql(("INSERT INTO cdr (%s) VALUES (%s)"):format(table.concat(names, ", "), table.concat(places, ", ")), list)
end

test("every filter, alone and together, comma lists and path names", function(t)
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  full(t, { te_id = demo, start = "2026-02-01 10:00:00", src = "s1", dst = "d1", firstdst = "f1", lastdst = "l1-DEMO", realsrc = "r1",
    wherelanded = "w1", disposition = "ANSWERED", userfield = "[inbound]", uniqueid = "q.1", linkedid = "q.1", originateid = "0123456789abcd" })
  full(t, { te_id = demo, start = "2026-02-01 23:59:59", src = "s2", dst = "d2", firstdst = "f2", disposition = "BUSY",
    userfield = "[outbound]", uniqueid = "q.2", linkedid = "q.1" })
  local one = t.sql("SELECT ID FROM cdr WHERE uniqueid = 'q.1'")[1].ID
  local function found(query, day)
    local span = day == false and "" or "&start=2026-02-01&end=2026-02-01"
    return openapi.column(t, "/cdrs?tenant=DEMO" .. span .. "&" .. query, "uniqueid")
  end
  for query, expected in pairs({
    [""] = "q.1 q.2", ["id=" .. one] = "q.1", ["uniqueid=q.2,q.1"] = "q.1 q.2", ["linkedid=q.1"] = "q.1 q.2", ["linkedid=q.2"] = "",
    ["originateid=0123456789abcd"] = "q.1", ["src=s1"] = "q.1", ["src=s1,%20s2"] = "q.1 q.2", ["firstdst=f2"] = "q.2",
    ["disposition=BUSY"] = "q.2", ["disposition=BUSY,ANSWERED"] = "q.1 q.2", ["direction=IN"] = "q.1", ["direction=out"] = "q.2",
    ["direction=IN,OUT"] = "q.1 q.2", ["direction=OUT,IN"] = "q.1 q.2", ["phone=s1"] = "q.1", ["phone=d2"] = "q.2", ["phone=f1"] = "q.1",
    ["phone=l1"] = "q.1", ["phone=r1"] = "q.1", ["phone=w1"] = "q.1", ["src=s1&disposition=BUSY"] = "", ["limit=1"] = "q.1",
    ["limit=1&offset=1"] = "q.2", ["offset=1"] = "q.2",
  }) do
    t.equal(found(query), expected, query)
  end
  t.equal(found("uniqueid=q.1", false), "q.1", "an id needs no date")
  t.equal(found("src=s1", false), "", "today by default")
  for _, span in ipairs({ { "2026-02-01 10:00", "2026-02-01 10:00:00", "q.1" }, { "2026-02-01 10:00:01", "2026-02-01", "q.2" },
    { "2026-02-02", "2026-02-01", "" } }) do
    t.equal(found(("start=%s&end=%s"):format(span[1]:gsub(" ", "%%20"), (span[2]:gsub(" ", "%%20"))), false), span[3], span[1])
  end
  for _, name in ipairs({ "cdrs", "cdr", "call", "calls" }) do
    t.equal(call(t, "get", ("/%s/%d?tenant=DEMO"):format(name, one)).json[1].uniqueid, "q.1", name)
    t.equal(#call(t, "get", ("/%s/%d?tenant=OTHER"):format(name, one), nil, t.other_key).json, 0, "not another tenant's")
  end
  t.equal(call(t, "get", "/cdrs/999999?tenant=DEMO").json, {})
  for _, bad in ipairs({ "start=x", "end=2026-13-01", "direction=up", "limit=0", "offset=x" }) do
    local res = call(t, "get", "/cdrs?tenant=DEMO&" .. bad)
    t.equal(res.status, 400, bad)
    t.equal(res.json.error.field, bad:match("^%a+"))
  end
  local res = t.http:post(PATH .. "/cdrs?tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = {} })
  t.equal(res.status, 405)
  t.equal(res.headers.allow, "GET, OPTIONS")
  t.equal(call(t, "get", "?object=cdr&action=list&tenant=DEMO&uniqueid=q.1").json[1].uniqueid, "q.1")
end)

test("formats: 30 named fields, XML, a template with its type, and the tenant's own before the global one", function(t)
  record(t, { start = "2026-02-03 10:00:00", src = "1<2", dst = "3", userfield = "[local]", id = "f.1" })
  local day = "tenant=DEMO&start=2026-02-03&end=2026-02-03"
  local count = 0
  for _, value in pairs(call(t, "get", "/cdrs?" .. day).json[1]) do
    count = count + 1
    t.truthy(type(value) == "string" or type(value) == "userdata", "texts and nulls")
  end
  t.equal(count, 30)
  local res = call(t, "get", "/cdrs?format=xml&" .. day)
  t.matches(res.headers["content-type"], "^text/xml")
  t.contains(res.body, "<src>1&lt;2</src>")
  t.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body, td_contenttype) VALUES (0, 'both', 'global', 'text/html')")
  res = call(t, "get", "/cdrs?template=both&" .. day)
  t.equal(res.body, "global")
  t.matches(res.headers["content-type"], "^text/html")
  t.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) SELECT te_id, 'both', "
    .. "'{$start}|{row_loop}{$uniqueid},{$direction}{/row_loop}|{$end}' FROM te_tenants WHERE te_code = 'DEMO'")
  res = call(t, "get", "/cdrs?format=template&template=both&contenttype=application/x-own&" .. day)
  t.equal(res.body, "2026-02-03 00:00:00|f.1,LOCAL|2026-02-03 23:59:59")
  t.matches(res.headers["content-type"], "^application/x%-own")
  t.equal(call(t, "get", "/cdrs?format=template&template=both&contenttype=bad%0d%0aX:y&" .. day).status, 400)
  t.equal(call(t, "get", "/cdrs?format=template&" .. day).json.error.code, "template_not_found")
end)
