-- lib.openapi_document: the document at its four addresses, made from what is loaded.
local PATH = "/mirtapbx/openapi.php"

test("the four addresses answer the document without a key", function(t)
  for _, path in ipairs({ "", "?spec=1", "/openapi.json", "/swagger.json" }) do
    local res = t.http:get(PATH .. path)
    t.equal(res.status, 200, path)
    t.equal(res.json.openapi, "3.0.3")
    t.equal(res.json.servers[1].url, PATH)
  end
end)

test("paths, parameters, bodies and errors are there", function(t)
  local document = t.http:get(PATH .. "/openapi.json").json
  local operation = document.paths["/extensions/{id}"].patch
  t.equal(operation.parameters[1].name, "id")
  t.truthy(operation.requestBody)
  t.truthy(operation.responses["404"])
  t.truthy(document.components.schemas.ExtensionInput.properties.ex_name)
  t.equal(document.paths["/dial"].post.requestBody.content["application/json"].schema.properties.source.type, "string")
  local seen = {}
  for path, operations in pairs(document.paths) do
    for _, it in pairs(operations) do
      t.equal(seen[it.operationId], nil, path .. " " .. it.operationId)
      seen[it.operationId] = true
    end
  end
end)

test("the host's own document holds every family", function(t)
  local res = t.http:get("/openapi.json")
  t.equal(res.status, 200)
  t.truthy(res.json.paths[PATH .. "/extensions"])
  t.truthy(res.json.paths["/openapi.json"])
end)
