-- /openapi: the document of this API, made from the declarations that are loaded.
local json = require "json"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"

local openapi = route {
  family = "openapi",
  summary = "The OpenAPI document of this API.",
  actions = {
    getSpecification = { access = "read", verb = "GET /openapi:getSpecification",
      result = shapes.bare({ type = "object", additionalProperties = true }) },
    getSimplifiedPermissions = {
      access = "read", verb = "GET /openapi:getSimplifiedPermissions",
      result = shapes.record({ resources = { type = "object" }, action_descriptions = { type = "object" } }),
    },
    getDetailedPermissions = { access = "read", verb = "GET /openapi:getDetailedPermissions",
      result = shapes.record({ categories = { type = "object" } }) },
    getAclRules = { access = "read", verb = "GET /openapi:getAclRules",
      result = shapes.record(shapes.members("resources operations permissions", { type = "object" })) },
    getValidationSchemas = { access = "read", verb = "GET /openapi:getValidationSchemas",
      result = { type = "object" } },
    clearCache = { access = "write", verb = "POST /openapi:clearCache", result = shapes.message },
    deleteCache = { access = "write", verb = "DELETE /openapi:clearCache", result = shapes.message },
  },
}

local BASE = "/pbxcore/api/v3"

local function operation(found, name, action, path)
  local parameters = json.array({})
  for argument in path:gmatch("{(%w+)}") do
    parameters[#parameters + 1] = {
      name = argument, ["in"] = "path", required = true, schema = { type = "string" },
    }
  end
  local answer = {
    description = "The envelope with the result.",
    content = { ["application/json"] = {
      schema = { ["$ref"] = "#/components/schemas/PBXApiResult" },
    } },
  }
  return {
    operationId = found.family .. "_" .. name, summary = action.summary or found.summary,
    tags = { found.family }, parameters = parameters, responses = { ["200"] = answer },
    security = action.access == "public" and json.array({})
      or { { bearerAuth = json.array({}) } },
  }
end

local function each_action(visit)
  for _, found in ipairs(routes.list("mikopbx")) do
    for name, action in pairs(found.actions) do
      local method, path = action.verb:match("^(%u+) (.*)$")
      visit(found, name, action, method, path)
    end
  end
end

function openapi.getSpecification()
  local paths = {}
  each_action(function(found, name, action, method, path)
    local full = BASE .. path
    paths[full] = paths[full] or {}
    paths[full][method:lower()] = operation(found, name, action, path)
  end)
  local document = json.ordered("openapi", "3.1.0",
    "info", json.ordered("title", "MikoPBX REST API", "version", "3.0.0",
      "license", { name = "MIT", identifier = "MIT" }),
    "servers", { { url = "/" } },
    "paths", json.object(paths),
    "components", {
      schemas = { PBXApiResult = { type = "object", properties = {
        result = { type = "boolean" },
        data = { type = json.array({ "object", "array" }) },
        messages = { type = json.array({ "object", "array" }) },
      } } },
      securitySchemes = { bearerAuth = { type = "http", scheme = "bearer" } },
    },
    "security", { { bearerAuth = json.array({}) } })
  return reply.body(json.encode(document), { type = "application/json",
    headers = { ["Access-Control-Allow-Origin"] = "*" },
  })
end

function openapi.getSimplifiedPermissions()
  local resources = {}
  each_action(function(found, _, _, method, path)
    local key = "/api/v3/" .. path:match("^/([%w-]+)")
    local it = resources[key]
    if not it then
      it = {
        path = key, label = found.family, description = found.summary,
        available_actions = json.array({ "read", "write" }),
        endpoints = { read = json.array({}), write = json.array({}) },
      }
      resources[key] = it
    end
    table.insert(method == "GET" and it.endpoints.read or it.endpoints.write,
      method .. " " .. BASE .. path)
  end)
  return {
    resources = json.object(resources),
    action_descriptions = { read = "Read", write = "Read and change" },
  }
end

-- Resources by their path, with what each of their operations is called and needs.
local function each_resource(make)
  local resources = {}
  each_action(function(found, name, action, method, path)
    local key = "/api/v3/" .. path:match("^/([%w-]+)")
    resources[key] = resources[key] or make(found, key)
    local it = resources[key]
    it[#it + 1] = { name = name, method = method, path = path, action = action }
    table.sort(it, function(a, b) return a.path .. a.method < b.path .. b.method end)
  end)
  return resources
end

function openapi.getDetailedPermissions()
  local controllers = {}
  for key, it in pairs(each_resource(function(found) return { label = found.summary, name = found.family } end)) do
    local actions, seen = json.array({}), {}
    for _, operation_of in ipairs(it) do
      if not seen[operation_of.name] then
        seen[operation_of.name] = true
        actions[#actions + 1] = operation_of.name
      end
    end
    controllers["/pbxcore" .. key] = { name = it.name, label = it.label, actions = actions }
  end
  return { categories = { PBX_CORE_REST = { type = "REST", controllers = json.object(controllers) } } }
end

function openapi.getAclRules()
  local resources, operations, permissions = {}, {}, {}
  for key, it in pairs(each_resource(function(found) return { label = found.summary } end)) do
    resources[key] = it.label
    operations[key], permissions[key] = json.array({}), {}
    for i, one in ipairs(it) do
      operations[key][i] = one.method .. " " .. BASE .. one.path
      permissions[key][one.name] = one.action.access == "public" and "public"
        or one.method == "GET" and "read" or "write"
    end
    permissions[key] = json.object(permissions[key])
  end
  return { resources = json.object(resources), operations = json.object(operations),
    permissions = json.object(permissions) }
end

local TYPES = { integer = "integer", number = "number", boolean = "boolean", object = "object", list = "array" }

-- A parameter as a JSON schema; what only the document says counts as well.
local function schema_of(rule)
  local said = rule.document or {}
  local kind = rule.type or said.type or "string"
  local numeric = kind == "integer" or kind == "number"
  local low, high = rule.min or said.min, rule.max or said.max
  return {
    type = TYPES[kind] or "string",
    enum = rule.enum or said.enum, description = rule.summary,
    minimum = numeric and low or nil, maximum = numeric and high or nil,
    minLength = not numeric and low or nil, maxLength = not numeric and high or nil,
    required = (rule.required or said.required) and true or nil,
  }
end

local function schemas_of(rules)
  local out = {}
  for name, rule in pairs(rules or {}) do out[name] = schema_of(rule) end
  return out
end

--- What each operation takes, by resource and operation.
function openapi.getValidationSchemas()
  local resources = {}
  for key, it in pairs(each_resource(function() return {} end)) do
    local operations = {}
    for _, one in ipairs(it) do
      local fields = schemas_of(one.action.params)
      for name, rule in pairs(schemas_of(one.action.body)) do fields[name] = rule end
      operations[one.name] = json.object(fields)
    end
    resources[key] = json.object(operations)
  end
  return json.object(resources)
end

-- The document is made of what is loaded whenever it is asked for.
function openapi.clearCache() return { message = "There is no cache to clear" } end

openapi.deleteCache = openapi.clearCache

return openapi
