-- KalliopePBX REST: HTTP Basic, XML in and out, request_id echoed on every answer.
local access = require "kalliope.lib.access"
local log = require "log"
local task = require "task"
local xml = require "xml"

local TYPE = "text/xml; charset=UTF-8"
local STATUS = {
  invalid = 400, unauthenticated = 401, denied = 403, not_found = 404, conflict = 409,
  refused = 502, timeout = 504, unavailable = 503, internal = 500,
}

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
    log.error("request failed", { error = err.message })
    message = "Internal error"
  end
  local headers
  if status == 401 then headers = { ["WWW-Authenticate"] = 'Basic realm="KalliopePBX"' } end
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

local function handle(req)
  read_body(req)
  local ctx, err = access.enter(req)
  if not ctx then return failure(req, err) end
  task.scope(ctx.tenant.code)
  req.ctx, req.tenant = ctx, ctx.tenant
  if not req.route then return no_route(req) end
  if req.route.actions[req.action].access ~= "read" then task.commit() end
  req.params = req.args
  local value
  value, err = req.handler(req)
  if err then return failure(req, err) end
  if value.raw then return value.raw end
  return respond(req, type(value[1]) == "table" and value or { value })
end

return surface {
  name = "kalliope",
  title = "KalliopePBX REST",
  mounts = { "/rest" },
  handle = handle,
  failed = function(req, err)
    if err.status then return failure(req, err) end
    return failure(req, { code = err.code, message = "Internal error" })
  end,
}
