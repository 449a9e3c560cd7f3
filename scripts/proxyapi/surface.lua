-- The ProxyAPI dialect: one address, `reqtype` picks the script, every answer is HTTP 200.
local answer = require "proxyapi.lib.answer"
local keys = require "access.keys"
local check = require "lib.params"
local describe = require "proxyapi.lib.document"
local log = require "log"
local parts = require "document.parts"
local reply = require "lib.reply"
local shapes = require "proxyapi.lib.shapes"
local task = require "task"

local FORMATS = { plain = true, json = true, xml = true, csv = true }
local TEXT = "text/plain; charset=utf-8"
local CALLBACK = "^[A-Za-z_$][%w_$.]*$"

-- Filled once per generation: scripts by reqtype, by info and by MANAGEDB object.
local requests, reports, objects = {}, {}, {}

local function loaded(list)
  for _, it in ipairs(list) do
    if it.info then reports[it.info:lower()] = it
    elseif it.object then objects[it.object:lower()] = it
    elseif it.reqtype then
      for _, name in ipairs({ it.reqtype, unpack(it.aliases or {}) }) do requests[name:lower()] = it end
    end
  end
  local plurals = {}
  for name, it in pairs(objects) do plurals[name .. "s"] = it end
  for name, it in pairs(plurals) do objects[name] = objects[name] or it end
end

-- Body over query: clients post everything, some with leftovers in the address.
local function merged(req)
  local values = {}
  for name, value in pairs(req.query) do values[name] = value end
  for name, value in pairs(req.form or {}) do values[name] = value end
  return values
end

local function find_route(values)
  local reqtype = (values.reqtype or ""):lower()
  if reqtype == "info" then return reports[(values.info or ""):lower()] end
  if reqtype == "managedb" then return objects[(values.object or ""):lower()] end
  return requests[reqtype]
end

-- A script with one action has it without being asked for it by name.
local function find_action(found, values)
  local asked = (values.action or values.subreqtype or ""):lower()
  if found.actions[asked] then return asked end
  local only = next(found.actions)
  if next(found.actions, only) == nil then return only end
end

-- The plain answers are HTML to a browser, because they are to the original's: what callers and stored
-- names put into them runs nothing, loads nothing and is of no origin. Clients of the API do not look.
local POLICY = "sandbox; default-src 'none'"

local function guarded(response)
  if (response.type or ""):find("^text/html") then
    response.headers = response.headers or {}
    response.headers["Content-Security-Policy"] = POLICY
  end
  return response
end

-- An answer that cannot be made is none of this dialect's: a client would take its error for a row.
local function respond(it, req)
  local response, err = answer.encode(it, req.format, req.callback)
  if response then return guarded(response) end
  local busy = err.code == "unavailable"
  if not busy then log.error("the answer could not be made", { error = err.message }) end
  response = guarded(answer.encode(answer.failed(busy and err.message or "Internal error"), req.format, req.callback))
  response.status = busy and 503 or err.code == "timeout" and 504 or 500
  if busy then
    response.headers = response.headers or {}
    response.headers["Retry-After"] = "5"
  end
  return response
end

local function key_error(req)
  return guarded({ type = answer.TYPES[req.format], body = answer.KEY_ERROR })
end

-- The original never says what was wrong with a look-up: no bytes at all.
local function failure(err, req)
  if err.code == "unauthenticated" or err.code == "denied" then return key_error(req) end
  if err.code == "not_found" then return respond(answer.empty(), req) end
  if err.code == "internal" then
    if not err.logged then log.error("request failed", { error = err.message }) end
    return respond(answer.failed("Internal error"), req)
  end
  if err.code == "invalid" or err.code == "conflict" then
    return respond(answer.refused(err.message), req)
  end
  return respond(answer.failed(err.message), req)
end

-- Sets req.key, req.tenant and req.all_tenants; false means the key error.
local function authorise(req, values, found, action)
  local info = found and found.info and found.info:lower()
  local all = values.tenant == "%" and (info == "cdrs" or info == "simplecdrs")
  if not keys.enter(req, "ProxyAPI", values.key, values.tenant, { all = all }) then return false end
  req.all_tenants = all
  if not action then return true end
  if not keys.allow(req, action.access) then return false end
  return req.tenant ~= nil or req.all_tenants or (action.tenant or "required") ~= "required"
end

-- What the request and its action declare, as one list.
local function declared(found, action)
  local params = {}
  for name, it in pairs(found.params or {}) do params[name] = it end
  for name, it in pairs(action.params or {}) do params[name] = it end
  return params
end

-- What asks without meaning it changes nothing: OPTIONS of a browser, HEAD of whoever checks links.
local function wrong_method(method, action)
  if method == "GET" or method == "POST" then return nil end
  if method == "HEAD" and not (action and action.access ~= "read") then return nil end
  local allow = { Allow = action and action.access ~= "read" and "GET, POST" or "GET, HEAD, POST" }
  if method == "OPTIONS" then return { status = 204, headers = allow, body = "" } end
  return { status = 405, type = TEXT, headers = allow, body = "method not allowed\n" }
end

-- A script raised an error or ran out of time, or the transport refuses: still this dialect's answer.
local function failed(req, err)
  local format = (req.query.format or ""):lower()
  req.format = req.format or FORMATS[format] and format or "plain"
  local response = respond(answer.failed(err.status and err.message or "Internal error"), req)
  response.status = err.status
  return response
end

local function answered(value, req)
  local it = reply.read(value)
  if it.body then return reply.response(it, TEXT) end
  local response = respond(it.value or answer.empty(), req)
  response.status, response.headers = it.status or response.status, it.headers or response.headers
  return response
end

local function handle(req)
  local values = merged(req)
  req.values = values
  local format = (values.format or "plain"):lower()
  req.format = FORMATS[format] and format or "plain"
  local callback = values.callback
  if req.format == "json" and callback and #callback <= 64 and callback:match(CALLBACK) then
    req.callback = callback
  end

  local found = find_route(values)
  local name = found and find_action(found, values)
  local action = name and found.actions[name]
  local refused = wrong_method(req.method, action)
  if refused then return refused end
  req.route, req.action = found, name -- so that the host may end a read nobody waits for
  if not authorise(req, values, found, action) then return key_error(req) end
  if not action then return respond(answer.empty(), req) end

  local rules = declared(found, action)
  local params, bad = check.values(rules, values)
  if not params then
    -- A look-up that can find nothing says nothing, but no calls and no such day must not look alike.
    local rule = rules[bad.field]
    local dated = rule and (rule.type == "datetime" or rule.type == "date") and bad.reason == "invalid_parameter"
    return respond(dated and answer.failed(bad.message) or answer.empty(), req)
  end
  req.params = params
  if action.access ~= "read" then task.commit() end

  local it, err = reply.ask(found[name], req)
  local response = err and failure(err, req) or answered(it, req)
  response.label = found.file:gsub("%.lua$", "") .. "." .. name
  response.note = "key=" .. tostring(req.key.id)
  return response
end

return surface {
  name = "proxyapi",
  title = "ProxyAPI",
  description = "**ProxyAPI** has one address, `/mirtapbx/proxyapi.php`; what follows it in a path here only tells its "
    .. "requests apart, and the query says which is meant.",
  mounts = { "/mirtapbx/proxyapi.php", "/pbx/proxyapi.php", "/proxyapi.php" },
  words = { "reqtype", "info", "object" },
  security = { ApiKeyQuery = parts.KEY_QUERY },
  media = { "text/html", "application/json", "application/javascript", "text/xml", "text/csv" },
  -- What is wrong stands in an answer like any other, if the transport or the time does not end it.
  statuses = { "4XX", "5XX" },
  refusal = shapes.refusal,
  params = {
    format = { enum = { "plain", "json", "xml", "csv" }, default = "plain", summary = "How the answer is written." },
    callback = { max = 64, pattern = "[A-Za-z_$][A-Za-z0-9_$.]*", summary = "JSONP: the function that is called with the JSON." },
  },
  tenant = parts.TENANT,
  describe = describe,
  handle = handle,
  failed = failed,
  loaded = loaded,
}
