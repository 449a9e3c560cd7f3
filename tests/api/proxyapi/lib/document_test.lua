-- proxyapi/lib/document.lua: each request has an entry that can be sent.
test("each request of ProxyAPI says what it is", function(t)
  local paths = t.http:get("/openapi.json").json.paths
  local set = paths["/mirtapbx/proxyapi.php/DND/set"].get
  t.equal(set.operationId, "proxyapiDndSet")
  t.contains(set.summary, ": set")
  local names = {}
  for _, it in ipairs(set.parameters) do names[it.name or "tenant"] = it end
  t.equal(names.reqtype.schema.enum, { "DND" })
  t.truthy(names.callback and names.format and names.number)
  for _, media in ipairs({ "text/html", "application/json", "text/xml", "text/csv", "application/javascript" }) do
    t.truthy(set.responses["200"].content[media], media)
  end
  t.truthy(paths["/mirtapbx/proxyapi.php/MANAGEDB/did/add"] and paths["/mirtapbx/proxyapi.php/INFO/VERSION"])
  -- As it stands in the document it can be sent.
  local query = { key = t.key, tenant = "DEMO", reqtype = "INFO", info = "VERSION", format = "json" }
  local plain = t.http:get("/mirtapbx/proxyapi.php", { query = query })
  t.equal(plain.status, 200)
  t.equal(t.http:get("/mirtapbx/proxyapi.php/INFO/VERSION", { query = query }).body, plain.body)
  t.not_equal(plain.body, "")
end)
