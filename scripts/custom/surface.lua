-- The dialect of an integrator's own routes: JSON in, JSON out, one error shape.
local context = require "access.context"
local STATUS = require("lib.failure").STATUS
local check = require "lib.params"
local json = require "json"
local keys = require "access.keys"
local parts = require "document.parts"
local reply = require "lib.reply"

local TYPE = "application/json; charset=utf-8"

local custom = surface {
  name = "custom",
  title = "This host",
  mounts = { "" },
  security = parts.KEYS,
  media = { "application/json" },
  statuses = { "400", "401", "403", "404", "409", ["204"] = "Done; there is nothing to say.", "5XX" },
  tenant = parts.TENANT,
  refusal = parts.REFUSAL,
  cors = {
    origin = "*",
    methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    headers = "Authorization, X-API-Key, Content-Type",
  },
}

local BY_NAME = { names = true } -- a tenant is also found by its name

local function answer(status, value)
  return { status = status, type = TYPE, body = json.encode(value) }
end

local function failure(err)
  local code = err.reason or err.code
  -- What a store or a file said is for the log.
  if err.logged then return answer(500, { error = { code = "internal", message = "Internal error." } }) end
  return answer(err.status or STATUS[err.code] or 500, {
    error = { code = code, message = err.message, field = err.field },
  })
end

-- Every way a caller may hand over a key, the most explicit first.
local function key_of(req)
  local given = req.headers["x-api-key"]
  if given then return given end
  local bearer = req.headers["authorization"]
  if bearer and bearer:sub(1, 7):lower() == "bearer " then return bearer:sub(8) end
  return req.query.key
end

-- Query, form, JSON body and path arguments as one table; the path wins.
local function given_values(req, action)
  local given = {}
  for name, value in pairs(req.query) do given[name] = value end
  if req.form then
    for name, value in pairs(req.form) do given[name] = value end
  elseif req.body ~= "" then
    local body, err = json.decode(req.body)
    if err then return nil, { code = "invalid", message = "body: " .. err.message } end
    if type(body) ~= "table" or (json.is_array(body) and #body > 0) then
      return nil, { code = "invalid", message = "body: not a JSON object" }
    end
    for name, value in pairs(body) do given[name] = value end
  end
  for name, value in pairs(req.args) do given[name] = value end
  if action.access ~= "public" then
    given.key, given.tenant = nil, nil
  end
  return given
end

function custom.handle(req)
  local route = req.route
  if not route then
    if req.allowed and #req.allowed > 0 then
      local allowed = table.concat(req.allowed, ", ")
      local refused = failure { code = "invalid", reason = "method_not_allowed", status = 405,
        message = "supported methods are " .. allowed }
      refused.headers = { Allow = allowed }
      return refused
    end
    return failure { code = "not_found", message = "no such endpoint: " .. req.path }
  end
  local action = route.actions[req.action]
  if action.access == "public" then
    context.public(req, "API")
  else
    local ok, err = keys.enter(req, "API", key_of(req), req.query.tenant, BY_NAME)
    if ok then ok, err = keys.allow(req, action.access) end
    if not ok then return failure(err) end
    if not req.tenant and (action.tenant or "required") == "required" then
      return failure { code = "invalid", reason = "tenant_required", field = "tenant",
        message = "tenant: which one?" }
    end
  end
  local declared = check.declared(route, action, true)
  local most = action.max_body or action.access == "public" and next(declared) and context.STRANGER
  if most and #req.body > most then
    return failure { code = "invalid", reason = "content_too_large", status = 413,
      message = ("request body larger than %d bytes"):format(most) }
  end
  if next(declared) then
    local given, err = given_values(req, action)
    if not given then return failure(err) end
    local values
    values, err = check.values(declared, given)
    if not values then return failure(err) end
    req.params = values
  else
    req.params = {}
  end
  local value, err = reply.ask(req.handler, req)
  if err then return failure(err) end
  -- As most are: no reply.
  if value ~= nil and (type(value) ~= "table" or not value.mark) then return answer(200, value) end
  local it = reply.read(value)
  if it.body ~= nil then return reply.response(it, TYPE) end
  if it.value == nil then return { status = it.status or 204, headers = it.headers } end
  return { status = it.status or 200, type = it.type or TYPE, headers = it.headers, body = json.encode(it.value) }
end

function custom.failed(_, err) return failure(err) end

return custom
