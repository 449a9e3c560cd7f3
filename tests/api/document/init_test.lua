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

local function names(value, found)
  if type(value) ~= "table" then return end
  for key, it in pairs(value) do
    if key == "$ref" then found[it:match("^#/components/(.*)$")] = true else names(it, found) end
  end
end

test("every component is used, and everything pointed to is there", function(t)
  for _, path in ipairs({ PATH .. "/openapi.json", "/openapi.json" }) do
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
  t.truthy(res.json.paths[PATH .. "/extensions"])
  t.truthy(res.json.paths["/openapi.json"])
  t.truthy(res.json.paths["/rest/phonebook/contacts"])
  t.truthy(res.json.paths["/pbxcore/api/v3/employees"])
end)
