-- MikoPBX REST v3: /resource, /resource/{id}, /resource:method, /resource/{id}:method.
local access = require "mikopbx.lib.access"
local describe = require "mikopbx.lib.document"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local log = require "log"
local mikopbx = require "mikopbx.lib.envelope"
local operations = require "document.operation"
local params = require "lib.params"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local task = require "task"

local TYPE = "application/json"
local READING = { GET = true, HEAD = true }

-- Resources that exist; custom methods by "resource:name" and "resource/{}:name": HTTP method to {route, name}.
local resources, customs = {}, {}

local function index_action(found, name, verb)
  local method, resource, rest = verb:match("^(%u+) /([%w-]+)(.*)$")
  if not method then error(found.file .. ": " .. name .. ": not a verb of v3: " .. verb) end
  resources[resource] = true
  if not rest:find(":", 1, true) then return end
  local shape = resource .. rest:gsub("{%w+}", "{}")
  customs[shape] = customs[shape] or {}
  customs[shape][method] = { route = found, name = name }
end

local function loaded(list)
  for _, it in ipairs(list) do
    for name, action in pairs(it.actions) do
      for _, verb in ipairs(operations.verbs(action)) do index_action(it, name, verb) end
    end
  end
end

local function respond(status, text, extra)
  local body, tag = mikopbx.with_meta(text)
  local headers = {
    ["Access-Control-Allow-Origin"] = "*", ["E-Tag"] = tag,
    ["X-Content-Type-Options"] = "nosniff",
    ["Referrer-Policy"] = "strict-origin-when-cross-origin",
  }
  for name, value in pairs(extra or {}) do headers[name] = value end
  return { status = status, type = TYPE, headers = headers, body = body }
end

local function php(value) return json.encode(value, { php = true }) end

local function not_found(req)
  return respond(404, php(json.ordered("success", false,
    "messages", { error = { "Endpoint not found: " .. req.target } }, "data", json.null)))
end

local function bad_method(status, text)
  return respond(status, php(json.ordered("result", false, "messages", { error = { text } })))
end

-- resource, id, custom method of a path below the mount.
local function split(subpath)
  local path = subpath:gsub("//+", "/"):gsub("/$", "")
  local resource, rest = path:match("^/([%w-]+)(.*)$")
  if not resource then return nil end
  local custom = rest:match(":(%a%w*)$")
  if custom then rest = rest:sub(1, -#custom - 2) end
  if rest == "" then return resource, nil, custom end
  local id = rest:match("^/([^/:]+)$")
  if not id then return nil end
  return resource, id, custom
end

local function fits(found, argument, id)
  local rule = argument and found.params and found.params[argument]
  return not rule or not rule.pattern or id:match("^" .. rule.pattern .. "$") ~= nil
end

-- What the router found. An id that ends in a custom method is one that this resource does not have.
local function matched(req, custom)
  if not req.route then return nil end
  local argument, id = next(req.args)
  if id and custom and id:sub(-#custom - 1) == ":" .. custom then return nil end
  return { route = req.route, name = req.action, argument = argument, id = id }
end

-- The operation of a request, or the answer that refuses it.
local function find(req)
  local resource, id, custom = split(req.subpath)
  if not resource or not resources[resource] then return nil, not_found(req) end
  local it = matched(req, custom)
  local of_one = custom and customs[resource .. "/{}:" .. custom]
  local of_all = custom and customs[resource .. ":" .. custom]
  -- A method of the collection also answers under an id, which then is only a parameter.
  local other = not it and id and of_all and of_all[req.method]
  if other then it = { route = other.route, name = other.name, id = id } end
  if it then
    if it.id and not fits(it.route, it.argument, it.id) then return nil, not_found(req) end
    it.argument, it.custom, it.resource = it.argument or "id", custom, resource
    return it
  end
  if custom and not id and of_one then
    return nil, bad_method(400, ("Method '%s' requires a resource ID"):format(custom))
  end
  if of_all or id and of_one then
    return nil, bad_method(405,
      ("Method '%s' is not allowed with HTTP %s"):format(custom, req.method))
  end
  return nil, not_found(req)
end

local NAMES = { POST = "create", PUT = "update", PATCH = "patch", DELETE = "delete" }

local function operation_of(req, found)
  if found.custom then return found.custom end
  if READING[req.method] then return found.id and "getRecord" or "getList" end
  return NAMES[req.method] or req.method:lower()
end

local function camel(text)
  return (("-" .. text):gsub("-(%a)", string.upper))
end

local function processor_of(resource, operation)
  return ("MikoPBX\\PBXCoreREST\\Lib\\%s\\%sAction::main"):format(camel(resource),
    operation:gsub("^%l", string.upper))
end

local function cleaned(value)
  if type(value) == "string" then return (value:match("^%s*(.-)%s*$")) end
  if type(value) ~= "table" then return value end
  for key, item in pairs(value) do value[key] = cleaned(item) end
  return value
end

-- Body and query as one; the query wins, the id of the path over both.
local function values_of(req, found)
  local values = {}
  local content = req.headers["content-type"] or ""
  local body = req.form
  if content:find("application/json", 1, true) then
    local decoded = json.decode(req.body)
    -- Broken JSON is an empty body to the original, too.
    body = type(decoded) == "table" and not json.is_array(decoded) and decoded or {}
  end
  for name, value in pairs(body or {}) do values[name] = cleaned(value) end
  for name, value in pairs(req.query) do values[name] = cleaned(value) end
  if found.id then values[found.argument] = found.id end
  return values
end

local function failed(err, operation, processor)
  if err.code == "internal" and not err.logged then log.error("request failed", { error = err.message }) end
  local status = mikopbx.status_of(err)
  local quiet = err.code == "unauthenticated" or err.code == "denied"
  return respond(status, mikopbx.envelope({
    result = false, data = err.data, messages = mikopbx.messages_of(err),
    operation = not quiet and operation or "", processor = not quiet and processor or "",
    status = not quiet and status or nil,
  }), err.retry_after and { ["Retry-After"] = tostring(err.retry_after) })
end

local function succeeded(value, operation, processor)
  local it = reply.read(value)
  if it.body then return reply.response(it, TYPE) end
  return respond(it.status or 200, mikopbx.envelope({
    result = not it.failed, data = it.value, messages = it.messages,
    operation = operation, processor = processor, status = it.status, reload = it.reload,
  }), it.headers)
end

local function enter(req, found, action)
  if action.access == "public" then return access.public(req) end
  local caller, err = access.caller(req)
  if not caller then return nil, err end
  return access.enter(req, caller, found.resource, not READING[req.method])
end

local function handle(req)
  local found, refused = find(req)
  if not found then return refused end
  local action = found.route.actions[found.name]
  req.route, req.action = found.route, found.name -- the host may end a read nobody waits for
  local operation = operation_of(req, found)
  local processor = processor_of(found.resource, operation)
  local response
  local entered, err = enter(req, found, action)
  if entered then
    req.params = values_of(req, found)
    -- Bodies are cleaned where they are read: each resource words its refusals itself.
    local given
    given, err = params.values(action.params, req.params, fields.READING)
    for name in pairs(given and action.params or {}) do req.params[name] = given[name] end
  end
  if entered and not err then
    if action.access ~= "read" then task.commit() end
    local value
    value, err = reply.ask(found.route[found.name], req)
    if not err then response = succeeded(value, operation, processor) end
  end
  response = response or failed(err, operation, processor)
  response.label = found.route.file:gsub("%.lua$", "") .. "." .. found.name
  response.note = req.caller and "caller=" .. tostring(req.caller.label) or nil
  return response
end

local function broken(_, err)
  if err.status then return failed(err, "", "") end
  return failed({ code = "internal", message = err.message,
    status = err.code == "timeout" and 504 or err.code == "unavailable" and 503 or 500 }, "", "")
end

return surface {
  name = "mikopbx",
  title = "MikoPBX REST v3",
  description = "REST API v3 of MikoPBX, with a bearer: a token of `auth:login` or an API key. docs/compat/mikopbx.md says what is "
    .. "served and where it differs.",
  mounts = { "/pbxcore/api/v3" },
  security = { bearerAuth = { type = "http", scheme = "bearer", bearerFormat = "JWT" } },
  media = { TYPE },
  statuses = { "400", "401", "403", "404", ["409"] = "In conflict with what is there.",
    ["405"] = "Not supported here.", ["422"] = "Something is missing, wrong or unknown; `messages` says what.",
    ["429"] = "Too many failed logins.", "5XX" },
  refusal = shapes.refusal,
  describe = describe(false),
  handle = handle,
  failed = broken,
  loaded = loaded,
}
