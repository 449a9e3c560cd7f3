-- openapi/lib/object_paths.lua: the paths of an object, with their bodies, answers and examples.
local schemas = require "testing.schemas"
local trunk = require "support.trunk"
local PATH = "/mirtapbx/openapi.php"

local function fetch(t) return t.http:get(PATH .. "/openapi.json").json end

local function parameter_names(document, operation)
  local names = {}
  for _, it in ipairs(operation.parameters) do
    it = schemas.resolve(document, it)
    names[it.name] = it
  end
  return names
end

test("every form has its parameters and refusals", function(t)
  local it = fetch(t)
  local update = it.paths["/extensions/{id}"].patch
  t.equal(update.operationId, "updateExtension")
  local names = parameter_names(it, update)
  t.truthy(names.id.required and names.tenant and names.dry_run and names["If-Match"])
  for _, status in ipairs({ "200", "400", "401", "403", "404", "409", "412", "5XX" }) do
    t.truthy(update.responses[status], status)
  end
  names = parameter_names(it, it.paths["/dids"].get)
  for _, name in ipairs({ "limit", "offset", "sort", "fields", "tenant" }) do t.truthy(names[name], name) end
  names = parameter_names(it, it.paths["/dids"].post)
  t.truthy(names["Idempotency-Key"] and names.tenant.required)
  t.truthy(parameter_names(it, it.paths["/settings"].get).global)
  t.equal(parameter_names(it, it.paths["/dids"].get).global, nil)
  t.truthy(it.paths["/extension"].get.responses["409"], "a number of several tenants")
  t.truthy(it.paths["/extensions/number/{number}"].delete)
  t.equal(it.paths["/provisioningphones"].get["x-aliases"][1], "/phone")
  t.truthy(schemas.resolve(it, it.paths["/did"].get.responses["200"]).headers.ETag)
  t.truthy(schemas.resolve(it, it.paths["/dids"].get.responses["200"]).headers["X-Total-Count"])
end)

test("a body is one object or many, with an example", function(t)
  local it = fetch(t)
  local body = it.paths["/queues"].post.requestBody.content["application/json"]
  t.equal(body.schema, { ["$ref"] = "#/components/schemas/QueueCreateBody" })
  local either = schemas.resolve(it, body.schema).oneOf
  t.equal(either[1], { ["$ref"] = "#/components/schemas/QueueCreate" })
  t.equal(either[2].items, { ["$ref"] = "#/components/schemas/QueueCreate" })
  t.equal(body.example.queue.strategy, "ringall")
end)

test("the examples are taken, and answer what their examples say", function(t)
  local it = fetch(t)
  local headers = { ["X-API-Key"] = t.global_key }
  local made = {}
  local function make(plural)
    if plural == "flows" then t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:60-DEMO)" }) end
    if plural == "providers" then trunk.told(t, "contact", "trunk_carrier") end
    local example = it.paths["/" .. plural].post.requestBody.content["application/json"].example
    local res = t.http:post(PATH .. "/" .. plural .. "?tenant=DEMO", { headers = headers, json = example })
    t.equal(res.status, 201, plural .. ": " .. res.body)
    made[plural] = res.json.id
  end
  -- Those that others name come first.
  for _, plural in ipairs({ "campaigns", "phonebooks", "userprofiles" }) do make(plural) end
  for path, operations in pairs(it.paths) do
    local plural = path:match("^/(%w+)$")
    local create = plural and operations.post and operations.post.operationId:find("^create") and operations.get
      and operations.get.operationId:find("^list")
    if create and not made[plural] then make(plural) end
  end
  local answer = schemas.resolve(it, it.paths["/queue"].get.responses["200"]).content["application/json"].example
  local got = t.http:get(PATH .. "/queue?id=1&tenant=DEMO", { headers = { ["X-API-Key"] = t.key } }).json
  for name in pairs(answer) do t.not_equal(got[name], nil, name) end
  for name in pairs(got) do t.not_equal(answer[name], nil, name) end
end)

test("a generated client finds a name for each part of a body and an answer, and none twice", function(t)
  local it = fetch(t)
  local kinds = {}
  for kind, components in pairs(it.components) do
    for name in pairs(components) do
      local low = name:lower()
      t.truthy(not kinds[low], name .. " is in " .. kind .. " and in " .. tostring(kinds[low]))
      kinds[low] = kind
    end
  end
  for path, methods in pairs(it.paths) do
    for method, operation in pairs(methods) do
      local body = operation.requestBody
      local schema = body and body.content["application/json"] and body.content["application/json"].schema
      t.truthy(not (schema and (schema.oneOf or schema.anyOf)), method .. " " .. path .. " has a body without a name")
    end
  end
  local input = it.components.schemas.QueueInput.properties
  t.equal(input.members.items, { ["$ref"] = "#/components/schemas/QueueMembersItem" })
  t.equal(input.destinations, { ["$ref"] = "#/components/schemas/QueueDestinations" })
  local related = it.components.schemas.QueueRelated
  t.equal(related.properties.members.items, { ["$ref"] = "#/components/schemas/TextRow" })
  t.equal(related.additionalProperties, false)
  t.equal(it.components.schemas.ExtensionTechDetails.properties.items.type, "array")
  t.equal(it.components.schemas.Setting.allOf[2].properties.related.maxItems, 0)
end)
