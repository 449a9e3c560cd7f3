-- /openapi: the document of this API, made from the declarations that are loaded.
local document = require "document"
local json = require "json"
local operation = require "document.operation"
local parts = require "document.parts"
local reply = require "lib.reply"
local schemas_of = require "document.schema"
local shapes = require "mikopbx.lib.shapes"

local openapi = route {
  family = "openapi",
  summary = "The OpenAPI document of this API.",
  actions = {
    list = { access = "read", verb = "GET /openapi", refuses = true },
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

local function each_action(visit)
  for _, found in ipairs(routes.list("mikopbx")) do
    for name, action in pairs(found.actions) do
      for _, verb in ipairs(operation.verbs(action)) do
        local method, path = verb:match("^(%u+) (.*)$")
        visit(found, name, action, method, path)
      end
    end
  end
end

-- As version 3.1 says that a value may be null.
local function modern(value)
  if type(value) ~= "table" then return value end
  if value.nullable == true then
    value.nullable = nil
    if type(value.type) == "string" then value.type = json.array({ value.type, "null" }) end
  end
  for key, item in pairs(value) do value[key] = modern(item) end
  return value
end

local function specification()
  local book, surface = parts.new(false), nil
  for _, it in ipairs(routes.surfaces()) do
    if it.name == "mikopbx" then surface = it end
  end
  local ok, err = surface.describe(book, surface, routes.list("mikopbx"), surface.mounts[1])
  if not ok then return nil, err end
  book.schemas.PBXApiResult = schemas_of.plain(shapes.envelope(nil, false))
  local text
  text, err = document.text(book, { title = "MikoPBX REST API", server = "/", description = surface.description })
  if not text then return nil, err end
  local whole = modern(json.decode(text))
  -- Most refusals are results as well.
  table.insert(whole.components.schemas.MikopbxError.anyOf, 1, schemas_of.ref("PBXApiResult"))
  whole.openapi, whole.info.version = "3.1.0", "3.0.0"
  whole.info.license = { name = "MIT", identifier = "MIT" }
  whole.security = json.array({ { bearerAuth = json.array({}) } })
  return json.encode(whole)
end

function openapi.getSpecification()
  local body, err = document.once("mikopbx", specification)
  if not body then return nil, err end
  return reply.body(body, { type = "application/json", headers = { ["Access-Control-Allow-Origin"] = "*" } })
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
    for _, one in ipairs(it) do
      if not seen[one.name] then
        seen[one.name] = true
        actions[#actions + 1] = one.name
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

local function fields_of(rules)
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
      local fields = fields_of(one.action.params)
      for name, rule in pairs(fields_of(one.action.body)) do fields[name] = rule end
      operations[one.name] = json.object(fields)
    end
    resources[key] = json.object(operations)
  end
  return json.object(resources)
end

-- A route of the original without an action behind it.
function openapi.list()
  return nil, { code = "invalid", message = "Unknown action - getList in MikoPBX\\PBXCoreREST\\Lib\\OpenAPIManagementProcessor" }
end

-- The document is made of what is loaded whenever it is asked for.
function openapi.clearCache() return { message = "There is no cache to clear" } end

openapi.deleteCache = openapi.clearCache

return openapi
