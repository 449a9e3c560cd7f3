-- Holds answers against the documents of the host that gave them: handler tests check every answer they get
-- with it. Answers of openapi.php are held against the document of that dialect, all others against the host's own.
local json = require "json"
local schemas = require "testing.schemas"
local xml = require "xml"

local conformance = {}

local MOUNTS = { "/mirtapbx/openapi.php", "/pbx/openapi.php", "/openapi.php" }
local METHODS = { get = true, post = true, put = true, patch = true, delete = true }

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

-- The object whose operations these are, of all or of one: {many, one}.
local function object_of(known, operations)
  for _, object in pairs(known.objects) do
    if object.many == operations or object.one == operations then return object end
  end
end

-- ?object=did&action=list is asked like the path of that object, under any of its names.
local function compatible(known, method, query)
  local named = known.fixed["/" .. query.object:lower()]
  local asked = named and object_of(known, named)
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
  local object = object_of(known, operations)
  if not object then return operations[method], operations end
  local one = {}
  for it, operation in pairs(object.one) do one[it] = it ~= "post" and operation or nil end
  return one[method] or object.many[method], one
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
  -- A part of a file is what the whole is.
  if status == 206 then status = 200 end
  local answer = operation.responses[tostring(status)] or operation.responses[tostring(status):sub(1, 1) .. "XX"]
  return answer and schemas.resolve(document, answer)
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
  return schemas.check(document, { ["$ref"] = "#/components/schemas/Error" }, response.json)
end

local function check_headers(declared, response)
  for name, header in pairs(declared.headers or {}) do
    local value = response.headers[name:lower()]
    if header.required and not value then return "header " .. name .. " is missing" end
    if value and header.schema.type == "integer" and not value:find("^%d+$") then return "header " .. name .. ": " .. value end
  end
end

local function is_among(list, text)
  for _, it in ipairs(list or {}) do
    if it == text then return true end
  end
  return false
end

local function check_json(document, content, body, value)
  if next(content.schema) == nil then return nil end
  local problem = value == nil and "no JSON: " .. body:sub(1, 60) or schemas.check(document, content.schema, value)
  -- Where the text itself is said as well, it need be no JSON.
  if problem and content["x-bare"] and not schemas.check(document, content.schema, body) then return nil end
  return problem
end

-- JSON as the argument of a function is that of the other media type.
local function check_jsonp(document, declared, body)
  local argument = body:match("^[%a_$][%w_$.]*%((.*)%);$")
  if not argument then return "no JSONP: " .. body:sub(1, 60) end
  return check_json(document, declared.content["application/json"], argument, (json.decode(argument)))
end

local function check_body(document, declared, response)
  if not declared.content then
    return response.body ~= "" and "a body where none is declared" or nil
  end
  local media = (response.headers["content-type"] or ""):match("^[^;%s]+") or "none"
  local content = declared.content[media] or declared.content["*/*"]
  if not content then return "content type " .. media .. " is not declared" end
  if is_among(declared["x-texts"], response.body) then return nil end
  if media == "text/xml" and content.schema.type ~= "string" then
    local root, err = xml.decode(response.body)
    if not root then return "no XML: " .. err.message end
    return schemas.check_xml(document, content.schema, root)
  end
  if media == "application/javascript" and declared.content["application/json"] then
    return check_jsonp(document, declared, response.body)
  end
  if media ~= "application/json" then return nil end
  return check_json(document, content, response.body, response.json)
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

---- all other families: addresses as they stand in the document

-- The words that must be said for an operation: {names = {name, ...}, values = set, lower-case}.
local function words_of(document, operation)
  local wanted = {}
  for _, it in ipairs(operation.parameters) do
    it = schemas.resolve(document, it)
    if is_among(operation["x-words"], it.name) then
      local word = { names = { it.name }, values = {} }
      for _, alias in ipairs(it["x-aliases"] or {}) do word.names[#word.names + 1] = alias end
      for _, value in ipairs(it.schema.enum) do word.values[value:lower()] = true end
      wanted[#wanted + 1] = word
    end
  end
  return wanted
end

-- Of operations that words of the query tell apart the path says those words behind their one address.
local function add_worded(found, path, operations, operation)
  local address = path
  for _ = 1, #operation["x-words"] do address = address:match("^(.*)/[^/]*$") end
  found.worded[address] = found.worded[address] or {}
  table.insert(found.worded[address], { operations = operations, words = words_of(found.document, operation) })
end

--- The operations of a document by path, those without arguments first, and by words.
function conformance.paths(document)
  local found = { document = document, fixed = {}, patterns = {}, worded = {}, mounts = {} }
  for mount, others in pairs(document["x-mounts"] or {}) do
    for _, other in ipairs(others) do found.mounts[other] = mount end
  end
  for path, operations in pairs(document.paths) do
    if operations.get and operations.get["x-words"] then
      add_worded(found, path, operations, operations.get)
    elseif not path:find("{", 1, true) then
      found.fixed[path] = operations
    else
      local pattern = "^" .. path:gsub("[-.%%]", "%%%0"):gsub("{[^}]+}", "[^/:]+") .. "$"
      table.insert(found.patterns, { pattern = pattern, operations = operations })
    end
  end
  table.sort(found.patterns, function(a, b) return #a.pattern > #b.pattern end)
  return found
end

local function is_below(path, mount) return path == mount or path:sub(1, #mount + 1) == mount .. "/" end

local function says(values, words)
  for _, word in ipairs(words) do
    local said
    for _, name in ipairs(word.names) do said = said or values[name] end
    if not said or not word.values[said:lower()] then return false end
  end
  return true
end

-- The operations that these words mean, those that want the most words first; and some others of that address.
local function by_words(found, path, values)
  for address, list in pairs(found.worded) do
    if is_below(path, address) then
      local best
      for _, it in ipairs(list) do
        if says(values, it.words) and not (best and #best.words >= #it.words) then best = it end
      end
      return best and best.operations, list[1].operations
    end
  end
end

local function operations_of(found, path)
  if found.fixed[path] then return found.fixed[path] end
  for _, it in ipairs(found.patterns) do
    if path:find(it.pattern) then return it.operations end
  end
end

-- Nothing was asked that the document knows: then nothing is answered but the texts that stand for that.
local function unknown_words(found, operations, response)
  if response.status >= 300 then return nil end
  local texts = declared_answer(found.document, operations.get, 200)["x-texts"]
  return not is_among(texts, response.body) and "an answer to words that the document does not know" or nil
end

--- What is wrong with an answer by `conformance.paths(document)`; nil when nothing is, or when the document has
--- no such path. `asked` is what query and form say.
function conformance.check_path(found, method, path, response, asked)
  if method == "OPTIONS" then return nil end
  path = path:match("^[^?]*")
  for other, mount in pairs(found.mounts) do
    if is_below(path, other) then
      path = mount .. path:sub(#other + 1)
      break
    end
  end
  local operations, others = by_words(found, path, asked or {})
  if others and not operations then return method ~= "HEAD" and unknown_words(found, others, response) or nil end
  local worded = operations ~= nil
  operations = operations or operations_of(found, path)
  if not operations then return nil end
  local operation = operations[method == "HEAD" and "get" or method:lower()]
  if worded and method == "POST" then operation = operation or operations.get end
  local declared = operation and declared_answer(found.document, operation, response.status)
  if not declared then
    -- About the address, and not of an operation.
    if not operation and response.status >= 400 or response.status == 405 then return nil end
    -- Of a file that has not changed, or is shorter than what was asked for.
    if response.status == 304 or response.status == 416 then return nil end
    return "status " .. response.status .. " is not declared"
  end
  if method == "HEAD" then return nil end
  return check_headers(declared, response) or declared.content and check_body(found.document, declared, response) or nil
end

---- all answers of a test

local document, known, all

--- The part of a path below one of the dialect's mounts, or nil.
function conformance.below(path)
  for _, mount in ipairs(MOUNTS) do
    local rest = path:match("^" .. mount:gsub("%p", "%%%0") .. "(.*)$")
    if rest and (rest == "" or rest:find("^[/?]")) then return rest end
  end
end

local function asked_of(path, query, form)
  local asked = query_of(path:match("%?(.*)$"))
  for name, value in pairs(query_of(query)) do asked[name] = value end
  for name, value in pairs(form or {}) do asked[name] = tostring(value) end
  return asked
end

--- Checks an answer of the host under test. `fetch` gets its documents, each once.
function conformance.answer(fetch, method, path, query, response, form)
  local below = conformance.below(path)
  if not below then
    all = all or conformance.paths(fetch("/openapi.json"))
    return conformance.check_path(all, method, path, response, asked_of(path, query, form))
  end
  if not document then
    document = fetch("/openapi.php/openapi.json")
    known = index(document)
  end
  return conformance.check(document, known, method, below, query, response)
end

conformance.index = index

return conformance
