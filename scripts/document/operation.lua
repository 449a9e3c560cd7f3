-- The operations of a document, made of what scripts and surfaces declare (docs/api/route.lua).
local json = require "json"
local merged = require("lib.value").merged
local parts = require "document.parts"
local schemas_of = require "document.schema"
local sorted_names = require("lib.value").names

local operation = {}

local object, schema_of = schemas_of.object, schemas_of.of

-- What the documents say of a parameter: some handlers check themselves, for an error of their own.
local function shown(params)
  local out = {}
  for name, param in pairs(params or {}) do
    out[name] = param
    if param.document then
      out[name] = {}
      for key, value in pairs(param) do out[name][key] = value end
      for key, value in pairs(param.document) do out[name][key] = value end
    end
  end
  return out
end

local function merged_params(surface, declared, action)
  local params = {}
  for _, list in ipairs({ surface.params or {}, declared.params or {}, action.params or {} }) do
    for name, param in pairs(shown(list)) do params[name] = param end
  end
  return params
end

-- Names in the paths of a route, by its declaration.
local in_paths = setmetatable({}, { __mode = "k" })

local function path_names(declared)
  if in_paths[declared] then return in_paths[declared] end
  local names = {}
  for _, action in pairs(declared.actions) do
    for _, verb in ipairs(operation.verbs(action)) do
      for name in verb:gmatch("{([^}]+)}") do names[name] = true end
    end
  end
  in_paths[declared] = names
  return names
end

-- A parameter that the route declares for its paths: where a path has none of it, it is not asked for.
local function only_in_paths(declared, action, name)
  return declared.params and declared.params[name] and not (action.params and action.params[name])
    and path_names(declared)[name]
end

local function parameter_list(book, surface, declared, action, path, fixed)
  local list, in_path = json.array({}), {}
  local params = merged_params(surface, declared, action)
  for name in path:gmatch("{([^}]+)}") do
    in_path[name] = true
    list[#list + 1] = parts.parameter(name, "path", params[name] or {}, true)
  end
  for _, name in ipairs(sorted_names(fixed)) do
    list[#list + 1] = parts.parameter(name, "query", fixed[name], true)
  end
  if surface.tenant and action.access ~= "public" and action.tenant ~= "none" and not params.tenant then
    local required = (action.tenant or "required") == "required"
    list[#list + 1] = book.parameter(required and "TenantRequired" or "Tenant",
      parts.parameter("tenant", "query", surface.tenant, required), surface)
  end
  for _, name in ipairs(sorted_names(params)) do
    -- What is read of the body as well is said there.
    local in_body = action.body and action.body[name] and not params[name].required
    if not in_path[name] and not (fixed and fixed[name]) and not in_body and not only_in_paths(declared, action, name) then
      list[#list + 1] = parts.parameter(name, "query", params[name])
    end
  end
  return list
end

--- A JSON schema and its example: of one, or of a table of Params by name, as declared by `result`.
function operation.result(result)
  if not result then return object() end
  if type(result.type) == "string" or result.oneOf or result.anyOf or result.allOf then
    local schema = merged(result)
    schema.example = nil
    return schemas_of.plain(schema), result.example
  end
  local properties = {}
  for name, value in pairs(result) do
    properties[name] = type(value) == "table" and schema_of(value) or object()
  end
  return object({ type = "object", properties = object(properties) })
end

local function content_of(surface, declared, action, wrap)
  local schema, example = operation.result(action.result or declared.result)
  if wrap then schema, example = wrap(schema, example, declared, action) end
  local content = {}
  for _, media in ipairs(action.media or surface.media or { "application/json" }) do
    content[media] = (media == "application/json" or media == "text/xml" and wrap)
      and object({ schema = schema, example = example }) or object({ schema = object({ type = "string" }) })
  end
  return object(content)
end

-- Statuses of a list, and those that have a meaning of their own.
local function each_status(statuses, visit)
  for _, status in ipairs(statuses) do visit(status) end
  for status, meaning in pairs(statuses) do
    if type(status) == "string" then visit(status, meaning) end
  end
end

local function is_refusal(status) return status:find("^[45]") ~= nil end

local function response_map(book, surface, declared, action, has_body, options)
  local responses, answers = {}, {}
  each_status(action.statuses or {}, function(status, meaning)
    if not is_refusal(status) then answers[status] = meaning or "Done." end
  end)
  if not next(answers) then
    answers["200"] = "Done."
    -- What a surface answers when a handler has nothing to say.
    if not action.result and not declared.result then
      each_status(surface.statuses or {}, function(status, meaning)
        if not is_refusal(status) then answers[status] = meaning or "Done." end
      end)
    end
  end
  for status, meaning in pairs(answers) do
    local content = status ~= "204" and status ~= "304"
      and (options.content or content_of(surface, declared, action, options.answer)) or nil
    responses[status] = object({ description = meaning, content = content })
  end
  local function refuse(status, meaning)
    local needless = action.access == "public" and not meaning and (status == "401" or status == "403")
    if is_refusal(status) and not needless then book.refusal(responses, status, surface, meaning) end
  end
  each_status(surface.statuses or { "4XX", "5XX" }, refuse)
  each_status(action.statuses or {}, refuse)
  if has_body and surface.refusal then book.refusal(responses, "413", surface) end
  return responses
end

local function fields_schema(params)
  local properties, required = {}, json.array({})
  for name, param in pairs(params) do
    properties[name] = param.schema and schemas_of.plain(param.schema) or schema_of(param)
    if param.required then required[#required + 1] = name end
  end
  table.sort(required)
  return object({
    type = "object", properties = object(properties), required = #required > 0 and required or nil,
  }), #required > 0
end

-- Of what has an example, and then of what must be sent.
local function body_example(params, schema)
  local out, found = {}, false
  for name, param in pairs(params) do
    found = found or param.example ~= nil
    if param.example ~= nil then
      out[name] = param.example
    elseif param.required then
      out[name] = schemas_of.example(schema.properties[name])
    end
  end
  return found and object(out) or nil
end

-- A body of fields; `wrap` puts what a dialect has around them, and says as what it is sent.
local function body_of(declared, action, method, wrap)
  if not action.body or method == "get" or method == "delete" then return nil end
  local fields = shown(action.body)
  local schema, required = fields_schema(fields)
  local example, media = body_example(fields, schema), "application/json"
  if wrap then schema, example, media = wrap(schema, example, declared, action) end
  return object({ content = object({ [media] = object({ schema = schema, example = example }) }),
    required = required or nil })
end

-- The word that tells a route from the others of its surface.
local function identity(surface, declared)
  for _, word in ipairs(surface.words or { "family" }) do
    if declared[word] then return declared[word] end
  end
end

--- The words of a text as oneName.
function operation.camel(text)
  return (text:gsub("[^%w]+(%w?)", string.upper):gsub("^%u+", string.lower, 1))
end
local camel = operation.camel

local function upper_first(text) return text:sub(1, 1):upper() .. text:sub(2) end

--- Whether a script has one action, which then needs no name.
function operation.is_only(declared) return next(declared.actions, next(declared.actions)) == nil end

--- The tag of a route: its own or its word, in a document of several families after its family's.
function operation.tag(book, surface, declared, name)
  name = name or declared.tags and declared.tags[1] or identity(surface, declared)
  return book.grouped and (surface.title or surface.name) .. ": " .. name or name
end

--- The operation of an action at `path` below `mount`. options: id, tag, summary, `fixed`: parameters of the query that
--- tell it from others, `aliases`, `answer` and `body`: functions (schema, example, declared, action) that put a dialect's
--- frame around, `content`: that of an answer, made already, `finish(operation, responses)`.
function operation.make(book, surface, declared, name, method, mount, path, options)
  options = options or {}
  local action = declared.actions[name]
  local id = options.id or camel(surface.name) .. upper_first(method)
    .. upper_first(camel(path:gsub("{(%w+)}", "by_%1"):gsub("^/+", "")))
  local summary = options.summary or action.summary or declared.summary
  if not options.summary and not action.summary and not operation.is_only(declared) then
    summary = summary:gsub("%.$", "") .. ": " .. name
  end
  local body = body_of(declared, action, method, options.body)
  local responses = response_map(book, surface, declared, action, body ~= nil, options)
  local made = {
    operationId = book.id(id), summary = summary,
    description = action.description or declared.description or declared.summary,
    tags = json.array({ options.tag or operation.tag(book, surface, declared) }),
    security = action.access == "public" and json.array({}) or book.security(surface),
    parameters = parameter_list(book, surface, declared, action, mount .. path, options.fixed),
    requestBody = body, responses = object(responses), ["x-aliases"] = options.aliases,
    ["x-words"] = options.fixed and json.array(sorted_names(options.fixed)) or nil,
  }
  if options.finish then options.finish(made, responses) end
  return object(made)
end

--- The addresses of an action, as they are declared.
function operation.verbs(action)
  if type(action.verb) == "table" then return action.verb end
  return action.verb and { action.verb } or {}
end

--- Adds all addresses of `list`, the routes of a surface, below `mount`. options: as of `make`, for each.
function operation.add(book, surface, list, mount, options)
  for _, declared in ipairs(list) do
    for _, name in ipairs(sorted_names(declared.actions)) do
      for _, verb in ipairs(operation.verbs(declared.actions[name])) do
        local method, path = verb:match("^(%u+) (.*)$")
        method = method:lower()
        book.put(mount .. path, method, operation.make(book, surface, declared, name, method, mount, path, options))
      end
    end
    book.tag(operation.tag(book, surface, declared), declared.summary, surface.title or surface.name)
  end
  return true
end

return operation
