-- The paths of routes that are no objects: commands and reports of OpenAPI, and every other family.
local json = require "json"
local parts = require "document.parts"
local schemas_of = require "document.schema"

local openapi_route = {}

local object, schema_of = schemas_of.object, schemas_of.of

local function security(name) return json.array({ object({ [name] = json.array({}) }) }) end

-- What each family answers with, how it is asked who one is, and the refusals it has.
local FAMILIES = {
  openapi = { title = "OpenAPI", security = parts.keys, media = { "application/json" }, envelope = true,
    statuses = { "400", "401", "403", "404", "5XX" } },
  custom = { title = "This host", security = parts.keys, media = { "application/json" }, envelope = true,
    statuses = { "400", "401", "403", "404", "5XX" } },
  -- The original says what went wrong in an answer like any other.
  proxyapi = { title = "ProxyAPI", security = security("ApiKeyQuery"), statuses = { "4XX" },
    media = { "text/html", "application/json", "application/javascript", "text/xml", "text/csv" } },
  kalliope = { title = "KalliopePBX", security = security("Basic"), media = { "text/xml" },
    statuses = { "400", "401", "403", "404", "5XX" } },
  mikopbx = { title = "MikoPBX REST v3", security = security("Bearer"), media = { "application/json" },
    statuses = { "400", "401", "403", "404", "5XX" } },
  mikopbx_legacy = { title = "MikoPBX, older REST", security = security("Session"), media = { "application/json" },
    statuses = { "400", "401", "403", "404", "5XX" } },
}

--- The family of a surface; one that is not known is the integrator's own.
function openapi_route.family(surface) return FAMILIES[surface] or FAMILIES.custom end
local family_of = openapi_route.family

-- Parameters of every ProxyAPI request.
local PROXYAPI = {
  format = { enum = { "plain", "json", "xml", "csv" }, default = "plain", summary = "How the answer is written." },
  callback = { max = 64, pattern = "[A-Za-z_$][A-Za-z0-9_$.]*", summary = "JSONP: the function that is called with the JSON." },
}

local function sorted_names(map)
  local names = {}
  for name in pairs(map or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function merged_params(declared, action)
  local params = {}
  if declared.surface == "proxyapi" then
    for name, param in pairs(PROXYAPI) do params[name] = param end
  end
  for name, param in pairs(declared.params or {}) do params[name] = param end
  for name, param in pairs(action.params or {}) do params[name] = param end
  return params
end

-- What handlers ask for themselves, because its absence has an error code of its own.
local REPORT = { format = false, direction = false }
local WORDS = { format = { "json", "template", "xml" }, direction = { "", "IN", "OUT", "IN,OUT", "OUT,IN", "LOCAL" } }
local VALIDITY = { default = "ONCE", description = "ONCE, or until when: a time to come. Nothing, null and false are ONCE.",
  anyOf = json.array({
    { type = "string", nullable = true, maxLength = 40, pattern = "^([Oo][Nn][Cc][Ee]|" .. schemas_of.DATETIME .. ")?$" },
    { type = "boolean", enum = json.array({ false }) },
  }) }
local NEEDED = {
  aianalysis = { uniqueid = true }, auth_token = { user = true, validity = { schema = VALIDITY, example = "ONCE" } },
  dial = { source = true, dest = true }, cdr = REPORT, simplecdr = REPORT,
}

local function needed(declared, params)
  local names = declared.surface == "openapi" and NEEDED[declared.object]
  if not names then return params end
  local out = {}
  for name, param in pairs(params or {}) do
    out[name] = param
    if names[name] == false then
      out[name] = { enum = WORDS[name], default = param.default, summary = param.summary }
    elseif type(names[name]) == "table" then
      out[name] = names[name]
    elseif names[name] then
      out[name] = { min = 1, required = true }
      for key, value in pairs(param) do out[name][key] = value end
    end
  end
  return out
end

local function parameters_of(book, declared, action, path, fixed)
  local list, in_path = json.array({}), {}
  local params = needed(declared, merged_params(declared, action))
  for name in path:gmatch("{([^}]+)}") do
    in_path[name] = true
    list[#list + 1] = parts.parameter(name, "path", params[name] or {}, true)
  end
  for _, name in ipairs(sorted_names(fixed)) do
    list[#list + 1] = parts.parameter(name, "query", { enum = { fixed[name] } }, true)
  end
  if action.access ~= "public" and action.tenant ~= "none" and not params.tenant and declared.surface ~= "kalliope" then
    local required = declared.surface == "openapi" and (action.tenant or "required") == "required"
    list[#list + 1] = book.parameter(required and "TenantRequired" or "Tenant")
  end
  for _, name in ipairs(sorted_names(params)) do
    if not in_path[name] and not (fixed and fixed[name]) then
      list[#list + 1] = parts.parameter(name, "query", params[name])
    end
  end
  if declared.surface == "openapi" and action.access == "write" then list[#list + 1] = book.parameter("IdempotencyKey") end
  return list
end

-- A JSON schema, or a table of Params by name, as declared by `result`.
local function declared_result(result)
  if not result then return object() end
  if type(result.type) == "string" then
    local schema = {}
    for name, value in pairs(result) do schema[name] = value end
    schema.example = nil
    return object(schema), result.example
  end
  local properties = {}
  for name, value in pairs(result) do
    properties[name] = type(value) == "table" and schema_of(value) or object()
  end
  return object({ type = "object", properties = object(properties) })
end

-- Reports that answer something else when asked for another format; a template has the type it asks for.
local OTHER_MEDIA = {
  ailogs = { "text/csv" }, cdr = { "text/plain", "text/xml", "*/*" }, simplecdr = { "text/plain", "text/xml", "*/*" },
}

local function media_of(declared, name)
  if declared.surface ~= "openapi" then return family_of(declared.surface).media end
  if name == "export" then return OTHER_MEDIA[declared.object] end
  local list = { "application/json" }
  for i, other in ipairs(OTHER_MEDIA[declared.object] or {}) do list[i + 1] = other end
  return list
end

local function content_of(declared, name, action)
  local schema, example = declared_result(action.result or declared.result)
  local content = {}
  for _, media in ipairs(media_of(declared, name)) do
    content[media] = media == "application/json" and object({ schema = schema, example = example })
      or object({ schema = object({ type = "string" }) })
  end
  return object(content)
end

local function responses_of(book, declared, name, action, has_body)
  local family = family_of(declared.surface)
  local responses = { ["200"] = object({
    description = declared.surface == "proxyapi" and "Done, or what is wrong." or "Done.",
    content = content_of(declared, name, action),
  }) }
  for _, status in ipairs(family.statuses) do
    local public = action.access == "public" and (status == "401" or status == "403")
    if not public and family.envelope then
      book.errors(responses, { status })
    elseif not public then
      responses[status] = object({ description = parts.meaning(status) })
    end
  end
  if declared.surface == "openapi" and action.access == "write" then
    book.errors(responses, { "409", "422", "502", "504" })
  end
  if has_body and family.envelope then book.errors(responses, { "413" }) end
  return object(responses)
end

local function fields_schema(params)
  local properties, required = {}, json.array({})
  for name, param in pairs(params) do
    properties[name] = param.schema and object(param.schema) or schema_of(param)
    if param.required then required[#required + 1] = name end
  end
  table.sort(required)
  return object({
    type = "object", properties = object(properties), required = #required > 0 and required or nil,
  })
end

local function body_example(params)
  local out, found = {}, false
  for name, param in pairs(params) do
    if param.example ~= nil then out[name], found = param.example, true end
  end
  return found and object(out) or nil
end

local function body_of(declared, action, method)
  if not action.body or method == "get" or method == "delete" then return nil end
  local fields = needed(declared, action.body)
  return object({ content = parts.json(fields_schema(fields), body_example(fields)),
    required = declared.surface == "openapi" and NEEDED[declared.object] ~= nil or nil })
end

local function identity(declared)
  return declared.object or declared.info or declared.reqtype or declared.family
end

-- The words of a text as oneName.
local function camel(text)
  return (text:gsub("[^%w]+(%w?)", string.upper):gsub("^%u+", string.lower, 1))
end

local function upper_first(text) return text:sub(1, 1):upper() .. text:sub(2) end

-- listCdr, exportAilogs, createAuthToken; kalliopeGetPhonebookContactsById, proxyapiDndSet.
local function operation_id(declared, name, method, path, fixed)
  if declared.surface == "openapi" then
    local verb = declared.object == name and "" or name
    return camel(verb .. "_" .. declared.object) .. (path:find("{", 1, true) and "ById" or "")
  end
  if declared.surface == "proxyapi" then
    local object_name = fixed.object or fixed.info or ""
    return camel(table.concat({ "proxyapi", fixed.reqtype:lower(), object_name:lower(), fixed.action or "" }, "_"))
  end
  local text = path:gsub("{(%w+)}", "by_%1"):gsub("^.-/rest/", "/"):gsub("^/pbxcore/api/v3/", "/")
    :gsub("^/pbxcore/api/", "/")
  return camel(declared.surface) .. upper_first(method) .. upper_first(camel(text:gsub("^/+", "")))
end

local function only_action(declared)
  return next(declared.actions, next(declared.actions)) == nil
end

local function summary_of(declared, name, action, path)
  local text = action.summary or declared.summary
  if not action.summary and not only_action(declared) then
    text = text:gsub("%.$", "") .. ": " .. name
  end
  if declared.surface == "openapi" and path:find("{", 1, true) then text = text:gsub("%.$", "") .. " (by id)" end
  return text
end

-- The tag of a route. In the document of everything families do not share tags.
local function tag_of(declared, prefixed)
  local name = declared.tags and declared.tags[1] or identity(declared)
  if not prefixed or declared.surface == "openapi" then return name end
  if declared.info then name = "INFO " .. name end
  if declared.surface == "proxyapi" and declared.object then name = "MANAGEDB " .. name end
  return family_of(declared.surface).title .. ": " .. name
end

local function operation(book, declared, name, method, path, options)
  local action, fixed = declared.actions[name], options.fixed
  local taken = book.operation_ids or {}
  book.operation_ids = taken
  local id = operation_id(declared, name, method, path, fixed)
  taken[id] = (taken[id] or 0) + 1
  if taken[id] > 1 then id = id .. taken[id] end
  local summary = summary_of(declared, name, action, path)
  local body = body_of(declared, action, method)
  return object({
    operationId = id, summary = summary,
    description = action.description or declared.description or declared.summary,
    tags = json.array({ tag_of(declared, options.prefixed) }),
    security = action.access == "public" and json.array({}) or family_of(declared.surface).security,
    parameters = parameters_of(book, declared, action, path, fixed), requestBody = body,
    responses = responses_of(book, declared, name, action, body ~= nil), ["x-aliases"] = options.aliases,
  })
end

local function verbs_of(action)
  if type(action.verb) == "table" then return action.verb end
  return action.verb and { action.verb } or {}
end

local function put(paths, path, method, it)
  paths[path] = paths[path] or object({})
  paths[path][method] = paths[path][method] or it
end

-- OpenAPI commands have many names: those after the first, and their forms with an id, are aliases.
local function main_verbs(verbs)
  local first = verbs[1] and verbs[1]:match("^%u+ (/[^{]*)")
  local main, others = {}, {}
  for _, verb in ipairs(verbs) do
    local rest = verb:match("^%u+ (.*)$")
    if rest == first or rest:find("^" .. first:gsub("%p", "%%%0") .. "/?{") then
      main[#main + 1] = verb
    elseif not rest:find("{", 1, true) then
      others[#others + 1] = rest:sub(2)
    end
  end
  return main, #others > 0 and parts.aliases(others) or nil
end

local function add_verbs(book, paths, declared, mount, options)
  for _, name in ipairs(sorted_names(declared.actions)) do
    local verbs, aliases = verbs_of(declared.actions[name]), nil
    if declared.surface == "openapi" then verbs, aliases = main_verbs(verbs) end
    for index, verb in ipairs(verbs) do
      local method, path = verb:match("^(%u+) (.*)$")
      if method then
        method = method:lower()
        put(paths, mount .. path, method, operation(book, declared, name, method, mount .. path,
          { aliases = index == 1 and aliases or nil, prefixed = options.prefixed }))
      end
    end
  end
end

-- ProxyAPI has one address; what follows it in the path is not looked at, as PHP does not, so that each
-- request has an entry of its own that can be sent as it stands.
local function add_proxyapi(book, paths, declared, mount)
  local fixed = {}
  if declared.info then fixed.reqtype, fixed.info = "INFO", declared.info end
  if declared.object then fixed.reqtype, fixed.object = "MANAGEDB", declared.object end
  if not fixed.reqtype then fixed.reqtype = declared.reqtype end
  for _, name in ipairs(sorted_names(declared.actions)) do
    local given = { action = name }
    for key, value in pairs(fixed) do given[key] = value end
    if only_action(declared) then given.action = nil end
    local words = { mount, given.reqtype, given.info or given.object }
    words[#words + 1] = given.action
    local path = table.concat(words, "/")
    put(paths, path, "get", operation(book, declared, name, "get", path, { fixed = given, prefixed = true }))
  end
end

--- Adds the paths of a route below `mount` and answers its tag, which `prefixed` gives the family's name.
function openapi_route.add(book, paths, declared, mount, prefixed)
  if declared.surface == "proxyapi" then
    add_proxyapi(book, paths, declared, mount)
  else
    add_verbs(book, paths, declared, mount, { prefixed = prefixed })
  end
  return tag_of(declared, prefixed)
end

return openapi_route
