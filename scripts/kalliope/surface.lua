-- KalliopePBX REST: HTTP Basic, XML in and out, request_id echoed on every answer.
local STATUS = require("lib.failure").STATUS
local access = require "kalliope.lib.access"
local context = require "access.context"
local describe = require "kalliope.lib.document"
local log = require "log"
local params = require "lib.params"
local reply = require "lib.reply"
local shapes = require "kalliope.lib.shapes"
local task = require "task"
local xml = require "xml"

local TYPE = "text/xml; charset=UTF-8"

-- Reads the body once; a request without a readable one goes on and gets its family's code.
local function read_body(req)
  if req.method ~= "POST" and req.method ~= "PUT" or req.body == "" then return end
  local root, err = xml.decode(req.body)
  if not root then
    req.body_error = err
    return
  end
  if root.name == "kpbx_request" then req.document = root end
end

local function request_id(req)
  local id = req.document and xml.value(req.document, "request_id") or req.query.request_id
  if id and id ~= "" then return id end
end

local function respond(req, elements, status, headers)
  local children = {}
  local id = request_id(req)
  if id then children[1] = { "request_id", id } end
  for _, element in ipairs(elements) do children[#children + 1] = element end
  return {
    status = status or 200, type = TYPE, headers = headers,
    body = xml.encode({ "kpbx_response", children }),
  }
end

local function failure(req, err)
  local status = err.status or STATUS[err.code] or 500
  local message = err.message
  if status == 500 then
    if not err.logged then log.error("request failed", { error = err.message }) end
    message = "Internal error"
  end
  local headers
  if status == 401 then headers = { ["WWW-Authenticate"] = 'Basic realm="KalliopePBX"' } end
  if err.retry_after then headers = { ["Retry-After"] = tostring(err.retry_after) } end
  return respond(req, { { "error", { { "code", status }, { "message", message } } } }, status,
    headers)
end

local function no_route(req)
  if req.allowed then
    local response = failure(req, { status = 405, message = "method not allowed" })
    response.headers = { Allow = table.concat(req.allowed, ", ") }
    return response
  end
  return failure(req, { code = "not_found", message = "no such request" })
end

-- An argument that cannot be right is refused by who reads it, with a code of its own.
local function fitting(value, param)
  if param.pattern and not tostring(value):find("^" .. param.pattern .. "$") then return nil end
  return value
end

local READING = { clean = fitting, own_refusals = true }

local function given_values(req)
  local values = {}
  for name, value in pairs(req.query) do values[name] = value end
  for name, value in pairs(req.args) do values[name] = value end
  return values
end

local function handle(req)
  local entered, err = access.enter(req)
  if entered or #req.body <= context.STRANGER then read_body(req) end
  if not entered then return failure(req, err) end
  if not req.route then return no_route(req) end
  local action = req.route.actions[req.action]
  -- What reads a body has a code of its own for one that says nothing.
  if req.body_error and not action.body then
    return failure(req, { code = "invalid", message = "the body is no XML: " .. req.body_error.message })
  end
  if action.access ~= "read" then task.commit() end
  req.params, err = params.values(params.declared(req.route, action), given_values(req), READING)
  if not req.params then return failure(req, err) end
  local value
  value, err = reply.ask(req.handler, req)
  if err then return failure(req, err) end
  local it = reply.read(value)
  if it.body then return reply.response(it, TYPE) end
  return respond(req, type(it.value[1]) == "table" and it.value or { it.value }, it.status, it.headers)
end

return surface {
  name = "kalliope",
  title = "KalliopePBX",
  mounts = { "/rest" },
  security = { Basic = { type = "http", scheme = "basic" } },
  media = { "text/xml" },
  statuses = { "400", "401", "403", "404", "409", ["429"] = "Too many failed logins.", "502", "5XX" },
  refusal = shapes.refusal,
  describe = describe,
  handle = handle,
  failed = function(req, err)
    if err.status then return failure(req, err) end
    return failure(req, { code = err.code, message = "Internal error" })
  end,
}
