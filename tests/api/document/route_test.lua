-- document/route.lua: routes that are no objects, of every family.
local PATH = "/mirtapbx/openapi.php"

local function document(t) return t.http:get("/openapi.json").json end

test("commands of OpenAPI have bodies, refusals and results", function(t)
  local dial = document(t).paths[PATH .. "/dial"].post
  t.equal(dial.operationId, "createDial")
  t.equal(dial.requestBody.content["application/json"].schema.required, { "dest", "source" })
  t.truthy(dial.responses["502"] and dial.responses["422"])
  t.truthy(dial.responses["200"].content["application/json"].schema.properties.Response)
end)

test("a report names its other addresses and its other formats", function(t)
  local paths = document(t).paths
  local list = paths[PATH .. "/cdrs"].get
  t.equal(list["x-aliases"], { "/cdr", "/call", "/calls" })
  t.truthy(paths[PATH .. "/cdrs/{id}"].get)
  t.equal(paths[PATH .. "/calls"], nil)
  for _, media in ipairs({ "application/json", "text/xml", "text/plain" }) do
    t.truthy(list.responses["200"].content[media], media)
  end
  t.equal(paths[PATH .. "/ailogs/export"].get.responses["200"].content["application/json"], nil)
end)

test("each request of ProxyAPI says what it is", function(t)
  local paths = document(t).paths
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

test("every operation has a name of its own, a summary and a group", function(t)
  local it = document(t)
  local seen, grouped = {}, {}
  for _, group in ipairs(it["x-tagGroups"]) do
    for _, tag in ipairs(group.tags) do
      t.equal(grouped[tag], nil, tag)
      grouped[tag] = group.name
    end
  end
  for path, operations in pairs(it.paths) do
    for method, operation in pairs(operations) do
      local id = operation.operationId
      t.equal(seen[id], nil, path .. " " .. method .. " " .. id)
      t.matches(id, "^%l%w+$")
      seen[id] = true
      t.truthy(operation.summary and operation.summary ~= "", path)
      t.truthy(grouped[operation.tags[1]], operation.tags[1])
    end
  end
  t.equal(grouped["ProxyAPI: DND"], "ProxyAPI")
  t.equal(grouped.Queue, "OpenAPI")
end)
