-- openapi/lib/document.lua: the document at its four addresses, made from what is loaded.
local PATH = "/mirtapbx/openapi.php"

test("the four addresses answer the document without a key", function(t)
  for _, path in ipairs({ "", "?spec=1", "/openapi.json", "/swagger.json" }) do
    local res = t.http:get(PATH .. path)
    t.equal(res.status, 200, path)
    t.equal(res.json.openapi, "3.0.3")
    t.equal(res.json.servers[1].url, PATH)
  end
end)

test("each of the mounts names itself", function(t)
  t.equal(t.http:get("/pbx/openapi.php").json.servers[1].url, "/pbx/openapi.php")
  t.equal(t.http:get("/openapi.php/swagger.json").json.servers[1].url, "/openapi.php")
end)

test("the compatibility form and the document's own addresses are in it", function(t)
  local paths = t.http:get(PATH .. "/openapi.json").json.paths
  local words = {}
  for _, word in ipairs(paths["/"].get.parameters[1].schema.enum) do words[word] = true end
  t.truthy(words.extension and words.phonebookentry)
  for _, method in ipairs({ "get", "post", "put", "patch", "delete" }) do t.truthy(paths["/"][method].responses["405"], method) end
  t.equal(paths["/swagger.json"].get.security, {})
end)

test("commands of OpenAPI have bodies, refusals and results", function(t)
  local dial = t.http:get("/openapi.json").json.paths[PATH .. "/dial"].post
  t.equal(dial.operationId, "createDial")
  t.equal(dial.requestBody.content["application/json"].schema.required, { "dest", "source" })
  t.truthy(dial.responses["502"] and dial.responses["422"])
  t.truthy(dial.responses["200"].content["application/json"].schema.properties.Response)
end)

test("a report names its other addresses and its other formats", function(t)
  local paths = t.http:get("/openapi.json").json.paths
  local list = paths[PATH .. "/cdrs"].get
  t.equal(list["x-aliases"], { "/cdr", "/call", "/calls" })
  t.truthy(paths[PATH .. "/cdrs/{id}"].get)
  t.equal(paths[PATH .. "/calls"], nil)
  for _, media in ipairs({ "application/json", "text/xml", "text/plain" }) do
    t.truthy(list.responses["200"].content[media], media)
  end
  t.equal(paths[PATH .. "/ailogs/export"].get.responses["200"].content["application/json"], nil)
end)
