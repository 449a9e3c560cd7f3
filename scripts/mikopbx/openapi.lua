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

return openapi
