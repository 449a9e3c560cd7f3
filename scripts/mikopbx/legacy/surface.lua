-- The MikoPBX API before v3: /pbxcore/api/{controller}/{action} behind a cookie login.
local access = require "mikopbx.lib.access"
local describe = require "mikopbx.lib.document"
local fields = require "mikopbx.lib.fields"
local json = require "json"
local log = require "log"
local mikopbx = require "mikopbx.lib.envelope"
local params = require "lib.params"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"

local TYPE = "application/json"
-- Resources of v3 whose permission an action takes that is not of its controller's.
local HELD = { getRecord = "employees", saveRecord = "employees", deleteRecord = "employees" }
-- Controllers of the original that are about its machine.
local APPLIANCE = {}
for controller in ("storage syslog sysinfo files license advice advices firewall modules nchan"):gmatch("%S+") do APPLIANCE[controller] = true end
-- Of the admin cabinet only the session pages are spoken.
local CABINET = "/admin-cabinet"

local function respond(status, text, headers)
  return { status = status, type = TYPE, headers = headers, body = (mikopbx.with_meta(text)) }
end

-- What failed before an action ran has its own, shorter shape.
local function failure(status, text)
  return respond(status, json.encode(json.ordered("jsonapi", json.ordered("version", "1.0"),
    "errors", json.array({ text })), { php = true }))
end

local function values_of(req)
  local values = {}
  local body = req.form
  if not body and req.body ~= "" then
    -- sip/* takes raw JSON whatever the content type says.
    local decoded = json.decode(req.body)
    body = type(decoded) == "table" and decoded or nil
  end
  -- curl --data sends JSON under a form's content type: its text is then the one field's name.
  if req.form and next(req.form) and not next(req.form, next(req.form)) then
    local name, value = next(req.form)
    local text = value == "" and name or name .. "=" .. value
    local decoded = text:match("^%s*{") and json.decode(text)
    if type(decoded) == "table" then body = decoded end
  end
  for name, value in pairs(req.query) do values[name] = value end
  for name, value in pairs(body or {}) do values[name] = value end
  return values
end

-- What the script declares as it is read here, the rest as it came.
local function read_params(req)
  local values = values_of(req)
  for _, declared in ipairs({ req.route.params or {}, req.route.actions[req.action].params or {} }) do
    local found, err = params.values(declared, values, fields.READING)
    if not found then return nil, err end
    for name in pairs(declared) do values[name] = found[name] end
  end
  return values
end

-- A cookie of a login, a bearer of v3, or the loopback where the configuration opens it.
local function caller_of(req)
  local value = access.cookie(req, "PHPSESSID")
  if value and not req.headers.authorization then
    local user, err = access.session(value, "cookie")
    if err then return nil, err end
    if user then
      local tenant
      tenant, err = access.tenant_of_user(user)
      if not tenant then return nil, err end
      return {
        tenant = tenant, label = user.us_username, full = true, global = user.us_admin == "on",
      }
    end
  end
  return access.caller(req)
end

local function enter(req, action)
  if action.access == "public" then return access.public(req) end
  local caller, err = caller_of(req)
  if not caller then return nil, err end
  local controller = req.subpath:match("^/*([%w-]*)")
  return access.enter(req, caller, controller == "extensions" and HELD[req.action] or controller, action.access ~= "read")
end

local function answer(value, name, processor)
  local it = reply.read(value)
  if it.body then return reply.response(it, TYPE) end
  return respond(it.status or 200, mikopbx.envelope({
    result = true, data = it.value, messages = it.messages, operation = name,
    processor = processor,
  }, true), it.headers)
end

local function refuse(err, name, processor)
  if err.status == 413 then return failure(413, err.message) end
  if err.code == "unauthenticated" then return failure(401, err.message) end
  if err.code == "denied" then return failure(403, "The route is not allowed") end
  if err.code == "not_found" then return failure(404, "404 (Not Found): " .. err.message) end
  if err.code == "internal" then
    if not err.logged then log.error("request failed", { error = err.message }) end
    return failure(500, "Internal server error")
  end
  return respond(200, mikopbx.envelope({
    result = false, messages = mikopbx.messages_of(err), operation = name, processor = processor,
  }, true))
end

local function no_route(req)
  local controller, action = req.subpath:match("^/([%w-]+)/(%w+)$")
  local known = APPLIANCE[controller] or false
  for _, it in ipairs(routes.list("mikopbx_legacy")) do
    known = known or it.family == controller
  end
  if not known or not action then return failure(404, "404 (Not Found)") end
  local caller, err = caller_of(req)
  if not caller then return refuse(err) end
  if APPLIANCE[controller] then
    return refuse({ code = "invalid", message = ("Action '%s' is not done here: the machine is its operator's"):format(action) }, action)
  end
  local callback = controller .. "CallBack"
  return respond(200, mikopbx.envelope({
    result = false, operation = action, processor = callback,
    messages = { error = { ("Unknown action - %s in %s"):format(action, callback) } },
  }, true))
end

local function handle(req)
  local cabinet = req.subpath:match("^/session/") ~= nil
  if cabinet ~= (req.mount == CABINET) then return failure(404, "404 (Not Found)") end
  if not req.route then return no_route(req) end
  local name = req.action
  local processor = ("MikoPBX\\PBXCoreREST\\Lib\\%sProcessor::%s"):format(
    req.route.family == "sip" and "SIPStack" or req.route.family:gsub("^%l", string.upper), name)
  local entered, err = enter(req, req.route.actions[name])
  if not entered then return refuse(err, name, processor) end
  local value
  req.params, err = read_params(req)
  if not err then value, err = reply.ask(req.handler, req) end
  if err then return refuse(err, name, processor) end
  return answer(value, name, processor)
end

return surface {
  name = "mikopbx_legacy",
  title = "MikoPBX, older REST",
  mounts = { "/pbxcore/api", CABINET },
  security = { Session = { type = "apiKey", ["in"] = "cookie", name = "PHPSESSID" } },
  media = { TYPE },
  statuses = { "401", "403", "404", "5XX" },
  refusal = shapes.older_refusal,
  describe = describe(true),
  handle = handle,
  failed = function(_, err)
    if err.status then return failure(err.status, err.message) end
    return failure(500, "Internal server error")
  end,
}
