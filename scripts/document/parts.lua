-- Components of an OpenAPI document: what many operations share is said once, and only what is used.
local schemas_of = require "document.schema"
local json = require "json"

local openapi_parts = {}

local object, ref, schema_of = schemas_of.object, schemas_of.ref, schemas_of.of

--- JSON content: a schema, and an example of it.
function openapi_parts.json(schema, example)
  return object({ ["application/json"] = object({ schema = schema, example = example }) })
end

--- A declared parameter (docs/api/route.lua) as a parameter object.
function openapi_parts.parameter(name, place, param, required)
  local needed = required or param.required
  return object({
    name = name, ["in"] = place, required = needed and true or nil, description = param.summary,
    schema = schema_of({
      type = param.type, enum = param.enum, max = param.max, min = param.min, default = param.default,
      example = param.example, pattern = param.pattern, required = needed,
    }),
  })
end

local parameter = openapi_parts.parameter

local function header(name, summary, pattern)
  return object({ name = name, ["in"] = "header", description = summary,
    schema = object({ type = "string", pattern = pattern }) })
end

local TENANT = { summary = "Tenant code or name; required with a tenant's key.", max = 191, example = "DEMO" }
local GLOBAL = { enum = { "1", "yes", "true", "on", "0", "no", "false", "off" },
  summary = "Act on the global level (administrator keys)." }
local ID = { type = "integer", min = 1, max = 999999999999999, summary = "Id of the object.", example = 1 }
local NUMBER = { type = "extension", summary = "Number, instead of id.", example = "100" }
local DRY_RUN = { type = "boolean", default = false, summary = "Check everything, change nothing." }

-- Parameters by the name of their component.
local PARAMETERS = {
  Tenant = parameter("tenant", "query", TENANT), TenantRequired = parameter("tenant", "query", TENANT, true),
  Global = parameter("global", "query", GLOBAL), DryRun = parameter("dry_run", "query", DRY_RUN),
  Id = parameter("id", "path", ID, true), IdQuery = parameter("id", "query", ID, true),
  IdOrNumber = parameter("id", "query", ID), Number = parameter("number", "path", NUMBER, true),
  NumberQuery = parameter("number", "query", NUMBER),
  IfMatch = header("If-Match", "Change only what still has this ETag."),
  IfNoneMatch = header("If-None-Match", "Answer 304 when the object still has this ETag."),
  IdempotencyKey = header("Idempotency-Key", "The same key and body answer the first result again.",
    "^[A-Za-z0-9_.:-]{1,80}$"),
}

-- Status: name of the component, what it means, and an example of the error.
local ERRORS = {
  ["400"] = { "BadRequest", "Something in the request is missing or wrong; `field` names it.",
    { code = "invalid_parameter", message = "limit: not a whole number: ten", field = "limit" } },
  ["401"] = { "Unauthorized", "No API key, or a wrong one.",
    { code = "missing_api_key", message = "Missing API key." } },
  ["403"] = { "Forbidden", "The key may not do this.",
    { code = "admin_required", message = "An administrator API key is required." } },
  ["404"] = { "NotFound", "No such object, tenant or path.",
    { code = "object_not_found", message = "Queue not found." } },
  ["405"] = { "MethodNotAllowed", "Not with this method; Allow names those that do.",
    { code = "method_not_allowed", message = "Supported methods are GET, POST, PUT, PATCH and DELETE." } },
  ["409"] = { "Conflict", "In conflict with what is there, or still used by another object.",
    { code = "object_in_use", message = "Used by DID-12." } },
  ["412"] = { "PreconditionFailed", "The object has changed since (If-Match).",
    { code = "precondition_failed", message = "The object has changed since." } },
  -- Before any handler is asked.
  ["413"] = { "TooLarge", "The body is larger than the host takes.",
    { code = "content_too_large", message = "request body larger than 8388608 bytes" } },
  ["422"] = { "KeyReused", "The Idempotency-Key belongs to another request.",
    { code = "idempotency_key_reused", message = "This Idempotency-Key belongs to another request." } },
  ["502"] = { "BadGateway", "Asterisk refused, or cannot be reached.",
    { code = "dial_failed", message = "Extension does not exist." } },
  ["504"] = { "GatewayTimeout", "Asterisk did not answer in time: whether the call was placed is not known.",
    { code = "dial_failed", message = "Asterisk did not answer in time." } },
  ["5XX"] = { "ServerError",
    "500 our own failing, which the log explains; 503 too busy; 504 took too long.",
    { code = "internal_error", message = "Internal error." } },
}

local function text_header(description, required)
  return object({ description = description, required = required, schema = object({ type = "string" }) })
end

local ERROR_HEADERS = {
  ["401"] = { ["WWW-Authenticate"] = text_header("`Bearer`.") },
  ["405"] = { Allow = text_header("Methods that do.") },
}

--- Headers of answers, by name.
openapi_parts.headers = {
  ETag = text_header("Changes with the object."),
  Location = text_header("Path of what was created."),
  ["Idempotency-Replayed"] = text_header("`true` when this is the first answer again."),
  ["X-Total-Count"] = object({ description = "Rows without `limit` and `offset`; present with either.",
    schema = object({ type = "integer", minimum = 0 }) }),
}

local SCHEMAS = {
  Error = object({
    type = "object", required = json.array({ "error" }), properties = object({
      error = object({
        type = "object", required = json.array({ "code", "message" }), properties = object({
          code = object({ type = "string", description = "For programs; never changes." }),
          message = object({ type = "string", description = "For people." }),
          field = object({ type = "string", description = "The parameter or field it is about." }),
          index = object({ type = "integer", description = "The bad item of a bulk create, from 0." }),
        }),
      }),
    }),
  }),
  Deleted = object({
    type = "object", required = json.array({ "deleted", "id" }), properties = object({
      deleted = object({ type = "boolean", description = "False when it was only tried (dry_run)." }),
      dry_run = object({ type = "boolean" }), id = object({ type = "integer" }),
      object = object({ type = "string" }), number = object({ type = "string" }),
    }),
  }),
  DryRun = object({
    type = "object", required = json.array({ "dry_run", "object" }), properties = object({
      dry_run = object({ type = "boolean" }),
      object = object({ type = "object", additionalProperties = true, description = "The row as it would be." }),
    }),
  }),
}

--- The components of one document, empty at first.
function openapi_parts.new()
  -- `order`: paths that come before the others, as they should be read.
  local book = { schemas = {}, parameters = {}, responses = {}, order = {} }

  --- A parameter of the list above, to be pointed to.
  function book.parameter(name)
    book.parameters[name] = PARAMETERS[name] or error("no parameter " .. name, 2)
    return object({ ["$ref"] = "#/components/parameters/" .. name })
  end

  --- A schema of the list above.
  function book.schema(name)
    book.schemas[name] = SCHEMAS[name] or error("no schema " .. name, 2)
    return ref(name)
  end

  --- An answer under a name of its own.
  function book.response(name, response)
    book.responses[name] = response
    return object({ ["$ref"] = "#/components/responses/" .. name })
  end

  --- Adds the refusals of these statuses to `responses`.
  function book.errors(responses, statuses)
    for _, status in ipairs(statuses) do
      local name, description, example = unpack(ERRORS[status])
      responses[status] = book.response(name, object({
        description = description, headers = ERROR_HEADERS[status] and object(ERROR_HEADERS[status]),
        content = openapi_parts.json(book.schema("Error"), object({ error = object(example) })),
      }))
    end
  end

  return book
end

--- The three ways to send a key.
openapi_parts.keys = json.array({ object({ ApiKeyHeader = json.array({}) }),
  object({ Bearer = json.array({}) }), object({ ApiKeyQuery = json.array({}) }) })

--- Other names of a path, for `x-aliases`.
function openapi_parts.aliases(names)
  local list = json.array({})
  for i, name in ipairs(names) do list[i] = "/" .. name end
  return list
end

--- What an error status means, for families with errors of another shape.
function openapi_parts.meaning(status)
  local known = ERRORS[status]
  return known and known[2] or "The request is malformed or too long."
end

return openapi_parts
