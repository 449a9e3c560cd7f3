-- The OpenAPI 3.0.3 documents, made from what the scripts declare: one for the openapi.php dialect,
-- one for everything that is loaded.
local columns = require "lib.columns"
local json = require "json"
local resource = require "lib.resource"
local schemas_of = require "lib.openapi_schema"

local document = {}

local object, ref, schema_of = schemas_of.object, schemas_of.ref, schemas_of.of

local function parameter(name, place, param, required)
  return object({
    name = name, ["in"] = place, required = (required or param.required) and true or nil,
    description = param.summary, schema = schema_of({
      type = param.type, enum = param.enum, max = param.max, min = param.min,
      default = param.default, example = param.example, pattern = param.pattern,
      required = required or param.required,
    }),
  })
end

local function fields_schema(params)
  local properties, required = {}, json.array({})
  for name, param in pairs(params) do
    properties[name] = schema_of(param)
    if param.required then required[#required + 1] = name end
  end
  table.sort(required)
  return object({
    type = "object", properties = object(properties), required = #required > 0 and required or nil,
  })
end

local function schema_name(model)
  return model.name:sub(1, 1):upper() .. model.name:sub(2)
end

local function alias_of(model, column)
  local best
  for alias, target in pairs(model.aliases) do
    if target == column and (not best or #alias < #best) then best = alias end
  end
  return best
end

local function add_model_schemas(schemas, model)
  local described, err = columns.of(model.table)
  if not described then return nil, err end
  local name = schema_name(model)
  schemas[name .. "Row"] = schemas_of.row(model, described)
  if model.list_columns then
    local short = {}
    for _, item in ipairs(model.list_columns) do
      short[item[2]] = item[2] == "id" and object({ type = "integer" }) or schemas_of.nullable_text()
    end
    schemas[name .. "Short"] = object({ type = "object", properties = object(short) })
  end
  schemas[name] = object({
    allOf = json.array({
      ref(name .. "Row"),
      object({ type = "object", required = json.array({ "object", "related" }), properties = object({
        object = object({ type = "string", enum = json.array({ model.name }) }),
        related = object({ description = "Rows that belong to the object; an empty array when it has none.",
          oneOf = json.array({ object({ type = "object" }),
            object({ type = "array", maxItems = 0, items = object() }) }) }),
      }) }),
    }),
  })
  schemas[name .. "Input"], err = schemas_of.input(model, described)
  if not schemas[name .. "Input"] then return nil, err end
  schemas[name .. "Create"] = schemas_of.create(model, name .. "Input")
  return true
end

local function shared_schemas()
  local shared = schemas_of.destinations()
  local more = {
    Error = object({
      type = "object", required = json.array({ "error" }), properties = object({
        error = object({
          type = "object", required = json.array({ "code", "message" }), properties = object({
            code = object({ type = "string", example = "object_not_found" }),
            message = object({ type = "string", example = "Queue not found." }),
            field = object({ type = "string", description = "The parameter or field it is about." }),
            index = object({ type = "integer", description = "The bad item of a bulk create, from 0." }),
          }),
        }),
      }),
    }),
    Deleted = object({
      type = "object", required = json.array({ "deleted", "id" }), properties = object({
        deleted = object({ type = "boolean" }), id = object({ type = "integer" }),
        object = object({ type = "string" }), number = object({ type = "string" }),
      }),
    }),
    DryRun = object({
      type = "object", required = json.array({ "dry_run", "object" }), properties = object({
        dry_run = object({ type = "boolean" }), object = object({ type = "object" }),
      }),
    }),
  }
  for name, schema in pairs(more) do shared[name] = schema end
  return shared
end

---- operations

local ERRORS = {
  ["400"] = "Something in the request is missing or wrong; `field` names it.",
  ["401"] = "No API key, or a wrong one.",
  ["403"] = "The key may not do this.",
  ["404"] = "No such object, tenant or path.",
  ["405"] = "The path does not take this method; Allow names those it takes.",
  ["409"] = "In conflict with what is there, or still used by another object.",
  ["422"] = "The Idempotency-Key belongs to another request.",
  ["500"] = "Our own failing; the log has the details.",
  ["502"] = "Asterisk refused, or cannot be reached.",
  ["504"] = "Asterisk did not answer in time: whether the call was placed is not known.",
}

local function json_content(schema)
  return object({ ["application/json"] = object({ schema = schema }) })
end

local function error_responses(responses, codes)
  for _, code in ipairs(codes) do
    responses[code] = object({ description = ERRORS[code], content = json_content(ref("Error")) })
  end
end

local TENANT = { summary = "Tenant code or name; required with a tenant's key.", max = 191, example = "DEMO" }
local GLOBAL = { enum = { "1", "yes", "true", "on", "0", "no", "false", "off" }, summary = "Act on the global level (administrator keys)." }
local NUMBER = { type = "extension", summary = "Number, instead of id.", example = "100" }
local ID = { type = "integer", min = 1, max = 999999999999999, summary = "Id of the object.", example = 1 }

local SECURITY = {
  keys = json.array({ object({ ApiKeyHeader = json.array({}) }), object({ Bearer = json.array({}) }),
    object({ ApiKeyQuery = json.array({}) }) }),
  kalliope = json.array({ object({ Basic = json.array({}) }) }),
  mikopbx = json.array({ object({ Bearer = json.array({}) }) }),
  proxyapi = json.array({ object({ ApiKeyQuery = json.array({}) }) }),
  public = json.array({}),
}

local function sorted_names(map)
  local names = {}
  for name in pairs(map or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function header_parameter(name, summary, pattern)
  return object({ name = name, ["in"] = "header", description = summary,
    schema = object({ type = "string", pattern = pattern }) })
end

local function model_parameters(model, action, in_path, has_number, described)
  local list = json.array({})
  local function add(it) list[#list + 1] = it end
  if in_path == "id" then add(parameter("id", "path", ID, true)) end
  if in_path == "number" then add(parameter("number", "path", NUMBER, true)) end
  if not in_path and action ~= "list" and action ~= "create" then
    add(parameter("id", "query", ID, not has_number))
    if has_number then add(parameter("number", "query", NUMBER)) end
  end
  add(parameter("tenant", "query", TENANT, action == "create" and model.scope == "tenant" or nil))
  if model.scope == "tenant+global" then add(parameter("global", "query", GLOBAL)) end
  local declared = action == "list" and resource.list_params(model)
    or action ~= "get" and { dry_run = { type = "boolean", default = false,
      summary = "Check everything, change nothing." } } or {}
  for _, name in ipairs(sorted_names(declared)) do
    local it = parameter(name, "query", declared[name])
    if name == "sort" then it.schema = schemas_of.sort(model, described) end
    add(it)
  end
  if action == "update" or action == "delete" then
    add(header_parameter("If-Match", "Change only what still has this ETag."))
  elseif action == "get" then
    add(header_parameter("If-None-Match", "Answer 304 when the object still has this ETag."))
  elseif action == "create" then
    add(header_parameter("Idempotency-Key", "The same key and body answer the first result again.",
      "^[A-Za-z0-9_.:-]{1,80}$"))
  end
  return list
end

local function input_example(model)
  local out = {}
  for _, column in ipairs(model.required) do
    local rule = model.columns[column] or {}
    local value = rule.enum and rule.enum[1] or (column:find("_id$") and 1) or "Sample"
    if column:find("number$") or column == "mailbox" then value = "210" end
    if column:find("mac$") then value = "001122334455" end
    if column:find("_te_code$") or column == "te_code" then value = "SAMPLE" end
    out[alias_of(model, column) or column] = value
  end
  for name, value in pairs(model.create_schema and model.create_schema.example or {}) do out[name] = value end
  return object(out)
end

local ETAG_HEADER = { ETag = { description = "Changes with the object.", schema = { type = "string" } } }

local function result_schema(model, action)
  local name = schema_name(model)
  if action == "list" then
    return object({ type = "array", items = ref(model.list_columns and name .. "Short" or name .. "Row") })
  end
  if action == "delete" then return object({ oneOf = json.array({ ref("Deleted"), ref("DryRun") }) }) end
  if action == "get" then return ref(name) end
  return object({ oneOf = json.array({ ref(name), ref("DryRun") }) })
end

local TITLES = { list = "List", get = "Get", create = "Create", update = "Modify", replace = "Modify",
  delete = "Delete" }

local function model_operation(model, described, action, form, in_path, has_number)
  local declared_action = action == "replace" and "update" or action
  local responses = {}
  local success = json_content(result_schema(model, declared_action))
  if action == "create" then
    responses["201"] = object({ description = "Created.", headers = object(ETAG_HEADER),
      content = json_content(object({ oneOf = json.array({ ref(schema_name(model)),
        object({ type = "array", items = ref(schema_name(model)) }) }) })) })
    responses["200"] = object({ description = "What would be created (dry_run).",
      content = json_content(object({ oneOf = json.array({ ref("DryRun"),
        object({ type = "array", items = ref("DryRun") }) }) })) })
  else
    responses["200"] = object({ description = "Done.", content = success,
      headers = declared_action ~= "list" and declared_action ~= "delete" and object(ETAG_HEADER) or nil })
  end
  if action == "get" then responses["304"] = object({ description = "Not changed." }) end
  local codes = { "400", "401", "403", "404", "500" }
  if action ~= "list" and action ~= "get" then codes[#codes + 1] = "409" end
  error_responses(responses, codes)
  if action == "update" or action == "replace" or action == "delete" then
    responses["412"] = object({ description = "The object has changed since (If-Match).",
      content = json_content(ref("Error")) })
  elseif action == "create" then
    responses["422"] = object({ description = "The Idempotency-Key belongs to another request.",
      content = json_content(ref("Error")) })
  end
  local body
  if action == "create" then
    body = object({ required = true, content = object({ ["application/json"] = object({
      schema = object({ oneOf = json.array({ ref(schema_name(model) .. "Create"),
        object({ type = "array", minItems = 1, maxItems = 1000, items = ref(schema_name(model) .. "Create") }) }) }),
      example = input_example(model),
    }) }) })
  elseif declared_action == "update" then
    body = object({ content = json_content(object({ oneOf = json.array({ ref(schema_name(model) .. "Input"),
      object({ type = "array", maxItems = 0, items = object(),
        description = "An empty object, as PHP writes it." }) }) })) })
  end
  return object({
    operationId = action .. schema_name(model) .. (form or ""),
    summary = TITLES[action] .. ": " .. model.title:lower(), description = model.summary,
    tags = json.array({ model.title }), security = SECURITY.keys,
    parameters = model_parameters(model, declared_action, in_path, has_number, described),
    requestBody = body, responses = object(responses),
  })
end

local BY_ID = { get = "get", put = "replace", patch = "update", delete = "delete" }

local function item(model, described, form, in_path, has_number)
  local operations = {}
  for method, action in pairs(BY_ID) do
    operations[method] = model_operation(model, described, action, form, in_path, has_number)
  end
  return object(operations)
end

local function add_model_paths(paths, model, mount, described)
  local by_number = model.name == "extension"
  paths[mount .. "/" .. model.plural] = object({
    get = model_operation(model, described, "list"), post = model_operation(model, described, "create"),
  })
  paths[mount .. "/" .. model.plural .. "/{id}"] = item(model, described, nil, "id")
  local single = item(model, described, "ByQuery", nil, by_number)
  single.post = model_operation(model, described, "create", "BySingular")
  paths[mount .. "/" .. model.name] = single
  if by_number then
    paths[mount .. "/extensions/number/{number}"] = item(model, described, "ByNumber", "number")
  end
end

-- A table of JSON-schema-like names, or of Params, as declared by `result`.
local function declared_result(result)
  if not result then return object() end
  if result.type ~= nil and type(result.type) == "string" then return object(result) end
  local properties = {}
  for name, value in pairs(result) do
    properties[name] = type(value) == "table" and schema_of(value) or object()
  end
  return object({ type = "object", properties = object(properties) })
end

local function path_names(path)
  local names = {}
  for name in path:gmatch("{([^}]+)}") do names[#names + 1] = name end
  return names
end

local function merged_params(declared, action)
  local params = {}
  for name, param in pairs(declared.params or {}) do params[name] = param end
  for name, param in pairs(action.params or {}) do params[name] = param end
  return params
end

-- What handlers ask for themselves, because its absence has an error code of its own.
local REPORT = { format = false, direction = false }
local WORDS = { format = { "json", "template", "xml" }, direction = { "", "IN", "OUT", "IN,OUT", "OUT,IN", "LOCAL" } }
local NEEDED = {
  aianalysis = { uniqueid = true }, auth_token = { user = true, validity = true },
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
    elseif names[name] then
      out[name] = { min = 1, required = true }
      for key, value in pairs(param) do out[name][key] = value end
    end
  end
  return out
end

local function plain_parameters(declared, action, path, fixed)
  local list, in_path = json.array({}), {}
  local params = needed(declared, merged_params(declared, action))
  for _, name in ipairs(path_names(path)) do
    in_path[name] = true
    list[#list + 1] = parameter(name, "path", params[name] or {}, true)
  end
  for _, name in ipairs(sorted_names(fixed)) do
    list[#list + 1] = parameter(name, "query", { enum = { fixed[name] }, required = true })
  end
  if action.access ~= "public" and action.tenant ~= "none" and not params.tenant then
    list[#list + 1] = parameter("tenant", "query", TENANT, declared.surface == "openapi"
      and (action.tenant or "required") == "required")
  end
  for _, name in ipairs(sorted_names(params)) do
    if not in_path[name] and not (fixed and fixed[name]) then
      list[#list + 1] = parameter(name, "query", params[name])
    end
  end
  return list
end

local function identity(declared)
  return declared.object or declared.info or declared.reqtype or declared.family
end

-- Reports that answer something else when asked for another format.
local OTHER_MEDIA = {
  ailogs = { "text/csv" }, cdr = { "text/plain", "text/xml" }, simplecdr = { "text/plain", "text/xml" },
}
local MEDIA = { kalliope = "application/xml", proxyapi = "text/html" }

local function plain_operation(declared, name, action, method, path, fixed)
  local media = MEDIA[declared.surface] or "application/json"
  local content = { [media] = object({ schema = declared_result(action.result or declared.result) }) }
  for _, other in ipairs(OTHER_MEDIA[declared.object] or {}) do
    content[other] = object({ schema = object({ type = "string" }) })
  end
  local responses = { ["200"] = object({ description = "Done.", content = object(content) }) }
  if declared.object == "dial" and declared.surface == "openapi" then
    error_responses(responses, { "409", "422", "502", "504" })
  end
  if declared.surface ~= "proxyapi" and declared.surface ~= "kalliope" then
    error_responses(responses, action.access == "public" and { "400", "404", "500" }
      or { "400", "401", "403", "404", "500" })
  else
    responses["400"] = object({ description = ERRORS["400"] })
  end
  local body
  if action.body and method ~= "get" and method ~= "delete" then
    body = object({ content = json_content(fields_schema(needed(declared, action.body))),
      required = declared.surface == "openapi" and NEEDED[declared.object] ~= nil or nil })
  end
  local unique = (declared.surface .. "_" .. declared.file:gsub("%.lua$", "") .. "_" .. name .. "_" .. method
    .. "_" .. path):gsub("[^%w]+", "_")
  return object({
    operationId = unique, summary = action.summary or declared.summary,
    description = action.description or declared.description or declared.summary,
    tags = json.array({ declared.tags and declared.tags[1] or identity(declared) }),
    security = action.access == "public" and SECURITY.public or SECURITY[declared.surface] or SECURITY.keys,
    parameters = plain_parameters(declared, action, path, fixed), requestBody = body,
    responses = object(responses),
  })
end

local function verbs_of(action)
  if type(action.verb) == "table" then return action.verb end
  return action.verb and { action.verb } or {}
end

local function put_operation(paths, path, method, operation)
  paths[path] = paths[path] or object({})
  paths[path][method] = paths[path][method] or operation
end

local function add_plain_route(paths, declared, mount, only_first)
  for _, name in ipairs(sorted_names(declared.actions)) do
    local action = declared.actions[name]
    for index, verb in ipairs(verbs_of(action)) do
      local method, path = verb:match("^(%u+) (.*)$")
      if method and (index == 1 or not only_first) then
        method = method:lower()
        put_operation(paths, mount .. path, method,
          plain_operation(declared, name, action, method, mount .. path))
      end
    end
  end
end

-- ProxyAPI has one path; what it is asked for goes behind a #, which is never sent, so that each
-- request has an entry of its own.
local function add_proxyapi_route(paths, declared, mount)
  local fixed = {}
  if declared.info then fixed.reqtype, fixed.info = "INFO", declared.info end
  if declared.object then fixed.reqtype, fixed.object = "MANAGEDB", declared.object end
  if not fixed.reqtype then fixed.reqtype = declared.reqtype end
  for _, name in ipairs(sorted_names(declared.actions)) do
    local given = { action = name }
    for key, value in pairs(fixed) do given[key] = value end
    if next(declared.actions, next(declared.actions)) == nil then given.action = nil end
    local parts = {}
    for _, key in ipairs(sorted_names(given)) do parts[#parts + 1] = key .. "=" .. given[key] end
    local path = mount .. "#" .. table.concat(parts, "&")
    put_operation(paths, path, "get",
      plain_operation(declared, name, declared.actions[name], "get", path, given))
  end
end

---- whole documents

local function tags_of(paths)
  local seen, list = {}, json.array({})
  for _, operations in pairs(paths) do
    for _, operation in pairs(operations) do
      local tag = operation.tags[1]
      if not seen[tag] then
        seen[tag] = true
        list[#list + 1] = object({ name = tag, description = "Operations of " .. tag .. "." })
      end
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function finish(title, description, server, paths, schemas, with_basic)
  return json.encode(json.ordered(
    "openapi", "3.0.3",
    "info", json.ordered("title", title, "version", host.info().version, "description", description,
      "contact", object({ name = "Patchbay" }), "license", object({ name = "MIT", url = "https://opensource.org/licenses/MIT" })),
    "servers", json.array({ object({ url = server }) }),
    "tags", tags_of(paths),
    "paths", object(paths),
    "components", object({
      schemas = object(schemas),
      securitySchemes = object({
        ApiKeyHeader = object({ type = "apiKey", ["in"] = "header", name = "X-API-Key" }),
        ApiKeyQuery = object({ type = "apiKey", ["in"] = "query", name = "key" }),
        Bearer = object({ type = "http", scheme = "bearer" }),
        Basic = with_basic and object({ type = "http", scheme = "basic" }) or nil,
      }),
    })))
end

local function add_openapi(paths, schemas, list, mount)
  for _, declared in ipairs(list) do
    local model = resource.models[declared.object]
    if model then
      local ok, err = add_model_schemas(schemas, model)
      if not ok then return nil, err end
      add_model_paths(paths, model, mount, columns.of(model.table))
    else
      add_plain_route(paths, declared, mount, true)
    end
  end
  -- Columns that no body may name leave components that nothing refers to.
  local text = json.encode(object(schemas))
  for name, schema in pairs(schemas_of.shared()) do
    if text:find("schemas/" .. name .. '"', 1, true) or text:find("schemas\\/" .. name .. '"', 1, true) then
      schemas[name] = schema
    end
  end
  return true
end

-- Made once per generation: declarations do not change within one.
local made = {}

--- The document of the openapi.php dialect, as text. `mount` is the address it is served under.
function document.dialect(mount)
  if made[mount] then return made[mount] end
  local paths, schemas = {}, shared_schemas()
  local ok, err = add_openapi(paths, schemas, routes.list("openapi"), "")
  if not ok then return nil, err end
  made[mount] = finish("Patchbay OpenAPI", "Objects and commands of the PBX as JSON.", mount, paths, schemas)
  return made[mount]
end

--- The document of every loaded route, as text.
function document.everything()
  if made[1] then return made[1] end
  local paths, schemas = {}, shared_schemas()
  local mounts = {}
  for _, it in ipairs(routes.surfaces()) do mounts[it.name] = it.mounts[1] or "" end
  local others = {}
  for _, declared in ipairs(routes.list()) do
    if declared.surface ~= "openapi" then others[#others + 1] = declared end
  end
  local ok, err = add_openapi(paths, schemas, routes.list("openapi"), mounts.openapi or "")
  if not ok then return nil, err end
  for _, declared in ipairs(others) do
    if declared.surface == "proxyapi" then
      add_proxyapi_route(paths, declared, mounts.proxyapi or "")
    else
      add_plain_route(paths, declared, mounts[declared.surface] or "")
    end
  end
  made[1] = finish("Patchbay", "Every endpoint this host has loaded.", "/", paths, schemas, true)
  return made[1]
end

return document
