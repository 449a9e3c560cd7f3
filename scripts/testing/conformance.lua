-- Holds answers of openapi.php against the document of the host that gave them: handler tests check
-- every answer they get with it.
local json = require "json"

local conformance = {}

local MOUNTS = { "/mirtapbx/openapi.php", "/pbx/openapi.php", "/openapi.php" }
local METHODS = { get = true, post = true, put = true, patch = true, delete = true }

---- schemas

local valid

local function resolve(document, schema)
  while schema["$ref"] do
    local kind, name = schema["$ref"]:match("^#/components/(%w+)/(%w+)$")
    schema = document.components[kind][name]
  end
  return schema
end

local function type_of(value)
  if value == json.null then return "null" end
  if type(value) == "table" then return json.is_array(value) and "array" or "object" end
  if type(value) == "number" and value == math.floor(value) then return "integer" end
  return type(value)
end

local function one_of(document, list, value, where, exactly)
  local fitting, first = 0, nil
  for _, schema in ipairs(list) do
    local problem = valid(document, schema, value, where)
    if not problem then fitting = fitting + 1 end
    first = first or problem
  end
  if fitting == 0 then return first end
  if exactly and fitting > 1 then return where .. ": fits more than one" end
end

local function is_in(list, value)
  for _, it in ipairs(list) do
    if it == value then return true end
  end
  return false
end

local function members(document, schema, value, where)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return where .. ": " .. name .. " is missing" end
  end
  for name, it in pairs(value) do
    local known = (schema.properties or {})[name]
    local problem
    if known then
      problem = valid(document, known, it, where .. "." .. name)
    elseif schema.additionalProperties == false then
      problem = where .. ": " .. name .. " is not declared"
    end
    if problem then return problem end
  end
end

local function items(document, schema, value, where)
  if schema.maxItems and #value > schema.maxItems then return where .. ": too long" end
  if schema.minItems and #value < schema.minItems then return where .. ": too short" end
  for i, it in ipairs(value) do
    local problem = schema.items and valid(document, schema.items, it, where .. "[" .. i - 1 .. "]")
    if problem then return problem end
  end
end

-- What is wrong with a value, or nil.
function valid(document, schema, value, where)
  schema = resolve(document, schema)
  local kind = type_of(value)
  if kind == "null" and schema.nullable then return nil end
  if schema.type and schema.type ~= kind and not (schema.type == "number" and kind == "integer") then
    return ("%s: %s instead of %s"):format(where, kind, schema.type)
  end
  if schema.enum and not is_in(schema.enum, value) then return where .. ": not one of the words: " .. tostring(value) end
  if schema.minimum and value < schema.minimum then return where .. ": too small" end
  if schema.maximum and value > schema.maximum then return where .. ": too big" end
  for _, part in ipairs(schema.allOf or {}) do
    local problem = valid(document, part, value, where)
    if problem then return problem end
  end
  local problem = schema.anyOf and one_of(document, schema.anyOf, value, where)
    or schema.oneOf and one_of(document, schema.oneOf, value, where, true)
  if problem then return problem end
  if kind == "object" then return members(document, schema, value, where) end
  if kind == "array" then return items(document, schema, value, where) end
end

--- What is wrong with `value` by a schema of `document`; nil when nothing is.
function conformance.schema(document, schema, value) return valid(document, schema, value, "answer") end

---- operations

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function query_of(text)
  local query = {}
  for name, value in (text or ""):gmatch("([^&=]+)=([^&]*)") do query[unescape(name)] = unescape(value) end
  return query
end

-- Paths by their parts: what stands in the document, and the other names that x-aliases gives.
local function index(document)
  local found = { fixed = {}, patterns = {}, objects = {} }
  local function add(path, operations)
    if not path:find("{", 1, true) then
      found.fixed[path:lower()] = operations
      return
    end
    local pattern = "^" .. path:lower():gsub("[-.]", "%%%0"):gsub("{[^}]+}", "[^/]+") .. "$"
    found.patterns[#found.patterns + 1] = { pattern = pattern, operations = operations }
  end
  for path, operations in pairs(document.paths) do
    add(path, operations)
    local plural = path:match("^/(%w+)$")
    for _, alias in ipairs(operations.get and operations.get["x-aliases"] or {}) do
      add(alias, operations)
      -- An object by its id; reports say so themselves.
      for other, item in pairs(document.paths) do
        local rest = plural and other:match("^/" .. plural .. "(/{.*)$")
        if rest then add(alias .. rest, item) end
      end
    end
  end
  -- The singular with an id in the path is the plural with it.
  for name, operations in pairs(document.paths) do
    local id = operations.get and operations.get.operationId:match("^get(%u%w-)ByQuery$")
    if id then
      for other, item in pairs(document.paths) do
        if item.get and item.get.operationId == "get" .. id then add(name .. "/{id}", item) end
        if item.get and item.get.operationId == "get" .. id .. "ByNumber" then add(name .. "/number/{number}", item) end
        if item.get and item.get.operationId:find("^list" .. id .. "$") then found.objects[name:sub(2)] = { many = item, one = operations } end
        found.any = other
      end
    end
  end
  return found
end

local function selects(query) return query.id or query.objectid or query.number end

local WORDS = {
  list = { "many", "get" }, info = { "one", "get" }, get = { "one", "get" }, add = { "many", "post" },
  create = { "many", "post" }, update = { "one", "patch" }, modify = { "one", "patch" }, edit = { "one", "patch" },
  delete = { "one", "delete" }, remove = { "one", "delete" },
}
local BY_METHOD = { post = "create", put = "update", patch = "update", delete = "delete" }

-- ?object=did&action=list is asked like the path of that object.
local function compatible(known, method, query)
  local asked = known.objects[query.object:lower()]
  local word = query.action and query.action ~= "" and query.action:lower() or BY_METHOD[method]
    or (selects(query) and "get" or "list")
  local action = WORDS[word]
  if not asked then
    local command = "/" .. query.object:lower()
    local operations = known.fixed[command .. "/" .. word] or known.fixed[command]
    return operations and operations[method]
  end
  if not action then return nil end
  return asked[action[1]][action[2]]
end

--- The operation that a request is, and the operations of its path; nothing when the document has no
--- such path. `path` may carry a query.
function conformance.find(known, method, path, query_text)
  local below, inline = path:match("^([^?]*)%??(.*)$")
  local query = query_of(inline ~= "" and inline or query_text)
  if below == "" or below == "/" then
    if query.object then return compatible(known, method, query), known.fixed["/"] end
    return known.fixed["/openapi.json"].get, known.fixed["/openapi.json"]
  end
  below = below:gsub("/+$", ""):lower()
  local operations = known.fixed[below]
  if not operations then
    for _, it in ipairs(known.patterns) do
      if below:find(it.pattern) then operations = it.operations end
    end
  end
  if not operations then return nil, nil end
  if not selects(query) then return operations[method], operations end
  -- A plural or another name with ?id= is one object, and what has an id cannot be created.
  for _, object in pairs(known.objects) do
    if object.many == operations or object.one == operations then
      local one = {}
      for it, operation in pairs(object.one) do one[it] = it ~= "post" and operation or nil end
      return one[method] or object.many[method], one
    end
  end
  return operations[method], operations
end

---- answers

local function names(operations)
  local list = {}
  for method in pairs(operations) do
    if METHODS[method] then list[#list + 1] = method:upper() end
  end
  table.sort(list)
  return list
end

local function declared_answer(document, operation, status)
  local answer = operation.responses[tostring(status)] or operation.responses[tostring(status):sub(1, 1) .. "XX"]
  return answer and resolve(document, answer)
end

-- A refusal that no operation declares, because it is about the address: only its shape is checked.
local function refusal(document, response, operations)
  if response.status == 405 then
    local allow = response.headers.allow or ""
    if allow == "" then return "405 without Allow" end
    for _, method in ipairs(names(operations or {})) do
      if not allow:find(method, 1, true) then return "Allow leaves out " .. method .. ": " .. allow end
    end
  end
  return conformance.schema(document, { ["$ref"] = "#/components/schemas/Error" }, response.json)
end

local function check_headers(declared, response)
  for name, header in pairs(declared.headers or {}) do
    local value = response.headers[name:lower()]
    if header.required and not value then return "header " .. name .. " is missing" end
    if value and header.schema.type == "integer" and not value:find("^%d+$") then return "header " .. name .. ": " .. value end
  end
end

local function check_body(document, declared, response)
  if not declared.content then
    return response.body ~= "" and "a body where none is declared" or nil
  end
  local media = (response.headers["content-type"] or ""):match("^[^;%s]+") or "none"
  local content = declared.content[media] or declared.content["*/*"]
  if not content then return "content type " .. media .. " is not declared" end
  if media ~= "application/json" then return nil end
  if response.json == nil then return "no JSON: " .. response.body:sub(1, 60) end
  return conformance.schema(document, content.schema, response.json)
end

--- What is wrong with an answer to `method` `path` (below the mount) by `document`; nil when nothing is.
function conformance.check(document, known, method, path, query, response)
  if method == "OPTIONS" then return response.status ~= 204 and "OPTIONS is not 204" or nil end
  local operation, operations = conformance.find(known, method == "HEAD" and "get" or method:lower(), path, query)
  local declared = operation and declared_answer(document, operation, response.status)
  -- The compatibility form can be refused in more ways than the path it stands for.
  local form = operations == known.fixed["/"] and operations[method:lower()]
  if form and not declared then declared = declared_answer(document, form, response.status) end
  if method == "HEAD" then return not declared and response.status < 400 and "status is not declared" or nil end
  if not declared or response.status == 405 then
    local about_address = response.status == 404 or response.status == 405 or not operation and response.status >= 400
    if not about_address then return "status " .. response.status .. " is not declared" end
    return refusal(document, response, not form and operations or nil)
  end
  return check_headers(declared, response) or check_body(document, declared, response)
end

---- all answers of a test

local document, known

--- The part of a path below one of the dialect's mounts, or nil.
function conformance.below(path)
  for _, mount in ipairs(MOUNTS) do
    local rest = path:match("^" .. mount:gsub("%p", "%%%0") .. "(.*)$")
    if rest and (rest == "" or rest:find("^[/?]")) then return rest end
  end
end

--- Checks an answer of the host under test. `fetch` gets its document, once.
function conformance.answer(fetch, method, path, query, response)
  local below = conformance.below(path)
  if not below then return nil end
  if not document then
    document = fetch("/openapi.php/openapi.json")
    known = index(document)
  end
  return conformance.check(document, known, method, below, query, response)
end

conformance.index = index

return conformance
