-- What OpenAPI documents are put together from: a book of paths, tags and components. What many operations
-- share is said once, and only what is used.
local schemas_of = require "document.schema"
local json = require "json"
local same = require("lib.value").same

local parts = {}

local object, schema_of = schemas_of.object, schemas_of.of

--- JSON content: a schema, and an example of it.
function parts.json(schema, example)
  return object({ ["application/json"] = object({ schema = schema, example = example }) })
end

--- A declared parameter (docs/api/route.lua) as a parameter object.
function parts.parameter(name, place, param, required)
  local needed = required or param.required
  return object({
    name = name, ["in"] = place, required = needed and true or nil, description = param.summary,
    ["x-aliases"] = param.aliases and json.array(param.aliases) or nil,
    schema = schema_of({
      type = param.type, enum = param.enum, max = param.max, min = param.min, default = param.default,
      example = param.example, pattern = param.pattern, required = needed,
    }),
  })
end

--- How a tenant is named: `tenant` of a surface.
parts.TENANT = { summary = "Tenant code or name; required with a tenant's key.", max = 191, example = "DEMO" }

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
  ["4XX"] = { "Malformed", "The request is malformed or too long." },
  ["5XX"] = { "ServerError",
    "500 our own failing, which the log explains; 503 too busy; 504 took too long.",
    { code = "internal_error", message = "Internal error." } },
}

--- A header of an answer that is text.
function parts.text_header(description, required)
  return object({ description = description, required = required, schema = object({ type = "string" }) })
end

local ERROR_HEADERS = {
  ["401"] = { ["WWW-Authenticate"] = parts.text_header("`Bearer`.") },
  ["405"] = { Allow = parts.text_header("Methods that do.") },
}

--- How refusals look that have no shape of their own: `refusal` of a surface.
parts.REFUSAL = object({
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
})

local KEY_HEADER = { type = "apiKey", ["in"] = "header", name = "X-API-Key" }
--- A key of ours in the query: `security` of a surface, or a part of it.
parts.KEY_QUERY = { type = "apiKey", ["in"] = "query", name = "key" }
--- The three ways to send a key of ours.
parts.KEYS = { ApiKeyHeader = KEY_HEADER, Bearer = { type = "http", scheme = "bearer" }, ApiKeyQuery = parts.KEY_QUERY }

--- A name of several words as components are named: QueueMembers.
function parts.camel(text)
  return (("_" .. text):gsub("[^%w]+(%w?)", string.upper))
end
local camel = parts.camel

--- One document, empty at first: paths, tags and components. With `grouped` it holds several families,
--- whose tags and names are kept apart.
function parts.new(grouped)
  -- `order`: paths that come before the others, as they should be read.
  local book = { schemas = {}, parameters = {}, responses = {}, schemes = {}, paths = {}, order = {}, summaries = {},
    groups = {}, grouped = grouped, ids = {}, mounts = {} }

  -- What several mean by one name has the surface's name before it from the second on, and a number after
  -- it where that is not enough.
  local function keep(kind, name, value, surface)
    local wanted, count = name, 1
    while surface and book[kind][wanted] ~= nil and not same(book[kind][wanted], value) do
      wanted = camel(surface.name) .. name .. (count > 1 and count or "")
      count = count + 1
    end
    book[kind][wanted] = value
    return wanted
  end

  local function pointer(kind, name) return object({ ["$ref"] = "#/components/" .. kind .. "/" .. name }) end

  --- A parameter as a component, to be pointed to. Its name ends in Parameter: generators of clients make one type for
  --- each component of any kind, and some give up at two of one name.
  function book.parameter(name, it, surface)
    return pointer("parameters", keep("parameters", name .. "Parameter", it, surface))
  end

  --- A schema under a name of its own.
  function book.schema(name, it, surface) return pointer("schemas", keep("schemas", name, it, surface)) end

  --- An answer under a name of its own.
  function book.response(name, it, surface) return pointer("responses", keep("responses", name, it, surface)) end

  --- Any of what a surface declares as `security`.
  function book.security(surface)
    local list, names = json.array({}), {}
    for name in pairs(surface.security or {}) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do
      list[#list + 1] = object({ [keep("schemes", name, surface.security[name], surface)] = json.array({}) })
    end
    return list
  end

  --- Adds a refusal to `responses`, as the surface words it.
  function book.refusal(responses, status, surface, own_meaning)
    local shape = surface.refusal
    local name, meaning, example = unpack(ERRORS[status] or { "Status" .. status, "Refused." })
    local response = object({ description = own_meaning or meaning })
    if own_meaning then name = "Status" .. status end
    local usual = shape == parts.REFUSAL
    local prefix = usual and "" or camel(surface.name)
    if shape then
      response.headers = usual and ERROR_HEADERS[status] and object(ERROR_HEADERS[status]) or nil
      response.content = object()
      local types = surface.media or { "application/json" }
      for _, media in ipairs(types) do
        -- In the one type there is, else in those that can say it.
        local said = not types[2] or media == "application/json" or media == "text/xml"
        response.content[media] = object({ schema = said and book.schema(prefix .. "Error", schemas_of.plain(shape), surface)
          or object({ type = "string" }), example = usual and example and object({ error = object(example) }) or nil })
      end
    end
    responses[status] = book.response(prefix .. name, response, surface)
  end

  --- Adds the refusals of all these statuses.
  function book.refusals(responses, statuses, surface)
    for _, status in ipairs(statuses) do book.refusal(responses, status, surface) end
  end

  --- Adds an operation. The first one of a path and method stays.
  function book.put(path, method, it)
    book.paths[path] = book.paths[path] or object({})
    book.paths[path][method] = book.paths[path][method] or it
  end

  --- Says under which other addresses the paths of a surface's first one are.
  function book.mount(surface) book.mounts[surface.mounts[1]] = json.array({ unpack(surface.mounts, 2) }) end

  --- Says what a tag is about, once or more often.
  function book.tag(name, summary, group)
    local known = book.summaries[name]
    book.summaries[name] = known and known ~= summary and known .. "\n\n" .. summary or summary
    book.groups[name] = group
  end

  --- An operation's name that is not taken yet.
  function book.id(name)
    book.ids[name] = (book.ids[name] or 0) + 1
    return book.ids[name] == 1 and name or name .. book.ids[name]
  end

  return book
end

--- Other names of a path, for `x-aliases`.
function parts.aliases(names)
  local list = json.array({})
  for i, name in ipairs(names) do list[i] = "/" .. name end
  return list
end

return parts
