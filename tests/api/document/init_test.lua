-- document/init.lua: the document of everything that is loaded.

local function names(value, found)
  if type(value) ~= "table" then return end
  for key, it in pairs(value) do
    if key == "$ref" then found[it:match("^#/components/(.*)$")] = true else names(it, found) end
  end
end

test("every component is used, and everything pointed to is there", function(t)
  for _, path in ipairs({ "/openapi.php/openapi.json", "/openapi.json" }) do
    local it = t.http:get(path).json
    local pointed = {}
    names(it, pointed)
    for name in pairs(pointed) do
      local kind, key = name:match("^(%w+)/(%w+)$")
      t.truthy(it.components[kind][key], name)
    end
    for _, kind in ipairs({ "schemas", "parameters", "responses" }) do
      for key in pairs(it.components[kind]) do t.truthy(pointed[kind .. "/" .. key], kind .. "/" .. key) end
    end
  end
end)

test("the host's own document holds every family", function(t)
  local res = t.http:get("/openapi.json")
  t.equal(res.status, 200)
  t.truthy(res.json.paths["/mirtapbx/openapi.php/extensions"])
  t.truthy(res.json.paths["/openapi.json"])
  t.truthy(res.json.paths["/rest/phonebook/contacts"])
  t.truthy(res.json.paths["/pbxcore/api/v3/employees"])
  t.contains(res.json.info.description, "**ProxyAPI** has one address")
end)

test("each family is a group of tags, and each way in has its scheme", function(t)
  local it = t.http:get("/openapi.json").json
  local found = {}
  for _, group in ipairs(it["x-tagGroups"]) do found[#found + 1] = group.name end
  t.equal(found, { "KalliopePBX", "MikoPBX REST v3", "MikoPBX, older REST", "OpenAPI", "ProxyAPI", "This host" })
  for _, operations in pairs(it.paths) do
    for _, operation in pairs(operations) do
      for _, way in ipairs(operation.security) do t.truthy(it.components.securitySchemes[next(way)], operation.operationId) end
    end
  end
end)
