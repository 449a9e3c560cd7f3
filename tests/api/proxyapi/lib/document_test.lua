-- proxyapi/lib/document.lua: each request has an entry that can be sent.
local client = require "support.proxyapi"
local json = require "json"
local schemas = require "testing.schemas"

test("each request of ProxyAPI says what it is", function(t)
  local it = t.http:get("/openapi.json").json
  local paths = it.paths
  local set = paths["/mirtapbx/proxyapi.php/DND/set"].get
  t.equal(set.operationId, "proxyapiDndSet")
  t.contains(set.summary, ": set")
  local names = {}
  for _, one in ipairs(set.parameters) do
    one = schemas.resolve(it, one)
    names[one.name] = one
  end
  t.equal(names.reqtype.schema.enum, { "DND" })
  t.truthy(names.callback and names.format and names.number)
  for _, media in ipairs({ "text/html", "application/json", "text/xml", "text/csv", "application/javascript" }) do
    t.truthy(schemas.resolve(it, set.responses["200"]).content[media], media)
  end
  t.truthy(paths["/mirtapbx/proxyapi.php/MANAGEDB/did/add"] and paths["/mirtapbx/proxyapi.php/INFO/VERSION"])
  -- As it stands in the document it can be sent.
  local query = { key = t.key, tenant = "DEMO", reqtype = "INFO", info = "VERSION", format = "json" }
  local plain = t.http:get("/mirtapbx/proxyapi.php", { query = query })
  t.equal(plain.status, 200)
  t.equal(t.http:get("/mirtapbx/proxyapi.php/INFO/VERSION", { query = query }).body, plain.body)
  t.not_equal(plain.body, "")
end)

-- Whole rows of objects are hundreds of members, which readers of XML do not need to see.
local LONG = { get = true, add = true, update = true, updatebinary = true }

test("every request says what it answers, with an example of it", function(t)
  local it, seen = t.http:get("/openapi.json").json, 0
  for path, operations in pairs(it.paths) do
    local words = path:match("^/mirtapbx/proxyapi%.php/(.*)$")
    for method, operation in pairs(words and operations or {}) do
      local answer = schemas.resolve(it, operation.responses["200"])
      local as_json, as_xml = answer.content["application/json"], answer.content["text/xml"]
      t.contains(json.encode(answer["x-texts"]), "mistaken the security api key", words)
      if as_json.example ~= nil then
        seen = seen + 1
        t.equal(schemas.check(it, as_json.schema, as_json.example), nil, words)
        t.truthy(words:find("^MANAGEDB") or answer.content["text/html"].example and answer.content["text/csv"].example, words)
        t.truthy(as_xml.example ~= nil or LONG[words:match("%w+$")], words)
        if as_xml.example ~= nil then t.equal(schemas.check(it, as_xml.schema, as_xml.example), nil, words) end
      else
        local file = false
        for media in pairs(answer.content) do file = file or media:find("^audio/") ~= nil or media:find("^image/") ~= nil end
        t.truthy(file or as_json["x-bare"] or words == "HELP" or words == "INFO/VOICEMAILTRANSCRIPT", words)
      end
      if method == "post" then t.truthy(operations.get, words) end
    end
  end
  t.truthy(seen > 200, seen)
end)

test("a change may be sent as a form, and a file must be", function(t)
  local paths = t.http:get("/openapi.json").json.paths
  local form = paths["/mirtapbx/proxyapi.php/SETTING/set"].post
  t.equal(form.operationId, "proxyapiSettingSetByForm")
  t.equal(form.requestBody.content["application/x-www-form-urlencoded"].schema.required, { "code" })
  local file = paths["/mirtapbx/proxyapi.php/FAX/send"].post.requestBody.content["multipart/form-data"].schema
  t.equal(file.properties.filename.format, "binary")
  t.equal(paths["/mirtapbx/proxyapi.php/SETTING/get"].post, nil)
end)

-- A value for a parameter that must be sent.
local function value_of(name, schema, ids)
  return ids[name] or schema.example or schema.enum and schema.enum[1] or schema.type == "integer" and 1
    or schema.pattern and schema.pattern:find("9", 1, true) and "1" or "100"
end

test("what only reads answers as it says in every format, of rows and of none", function(t)
  local it = t.http:get("/openapi.json").json
  client.extension(t, "100", "Ada")
  local ids = { id = client.queue(t), objectid = nil }
  client.book(t)
  client.lit_flow(t)
  client.recording(t)
  client.message(t)
  client.channel(t, "100")
  client.contact(t, "100")
  local asked = 0
  local function ask(operation, with, format)
    local query = { key = t.global_key, tenant = "DEMO", format = format, callback = with.callback }
    for _, parameter in ipairs(operation.parameters) do
      parameter = schemas.resolve(it, parameter)
      if parameter.required then query[parameter.name] = tostring(value_of(parameter.name, parameter.schema, with)) end
    end
    query.tenant = query.tenant ~= "100" and query.tenant or "DEMO"
    asked = asked + 1
    local res = t.http:get(client.PATH, { query = query })
    t.equal(res.status, 200, operation.operationId)
    t.not_equal(res.body:find("Internal error", 1, true) ~= nil, true, operation.operationId .. " " .. tostring(format))
  end
  for path, operations in pairs(it.paths) do
    -- Reads have no form; the dawdling one is a test's own.
    if path:find("^/mirtapbx/proxyapi%.php/") and not operations.post and not path:find("DAWDLE") then
      for _, format in ipairs({ "plain", "json", "xml", "csv" }) do
        ask(operations.get, ids, format)
        ask(operations.get, { id = "999999", objectid = "999999" }, format)
      end
      ask(operations.get, { callback = "a.b" }, "json")
    end
  end
  t.truthy(asked > 500, asked)
end)
