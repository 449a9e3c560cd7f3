-- The OpenAPI dialect: JSON over openapi.php, the object and its id in the path.
local STATUS = require("lib.failure").STATUS
local address = require "openapi.lib.address"
local check = require "lib.params"
local crypto = require "crypto"
local document = require "openapi.lib.document"
local idempotency = require "model.idempotency"
local json = require "json"
local keys = require "access.keys"
local kinds = require "engine.kind"
local log = require "log"
local parts = require "document.parts"
local reply = require "lib.reply"
local resource = require "openapi.lib.resource"
local task = require "task"

local JSON_TYPE = "application/json; charset=utf-8"

local function loaded(list)
  kinds.check_all()
  address.index(list)
end

---- answers

-- What a script in a browser may read beside the body.
local EXPOSED = "Allow, Content-Disposition, ETag, Idempotency-Replayed, Location, X-Request-Id, X-Total-Count"

local function respond(status, body, headers, kind)
  headers = headers or {}
  headers["Access-Control-Expose-Headers"] = EXPOSED
  return { status = status, type = kind or JSON_TYPE, body = body, headers = headers }
end

local function failure(req, err, logged)
  if err.kind == "unknown" and req.ctx then req.ctx.unknown = true end
  local status = err.status or STATUS[err.code] or 500
  local reason = err.reason
  -- What a client sent wrong is named by reason or field; the rest is a statement of ours.
  if err.code == "invalid" and not reason and not err.field then status = 500 end
  if not reason then
    reason = status == 500 and "internal_error" or err.code == "invalid" and "invalid_parameter" or err.code
  end
  local message = err.message
  if status == 500 then
    -- Details are for the log: they may name tables or files.
    if not logged and not err.logged then log.error("request failed", { error = err.message }) end
    reason, message = "internal_error", "Internal error."
  end
  local headers = err.headers or {}
  if status == 401 then headers["WWW-Authenticate"] = "Bearer" end
  return respond(status, json.encode({
    error = json.ordered("code", reason, "message", message, "field", err.field, "index", err.index),
  }), headers)
end

---- the document

local openapi

local function wants_document(req)
  local path = req.subpath
  if path == "/openapi.json" or path == "/swagger.json" then return true end
  return (path == "" or path == "/") and not req.query.object
end

local function serve_document(req)
  if req.method ~= "GET" and req.method ~= "HEAD" then return failure(req, select(2, address.not_allowed({ "GET" }))) end
  local body, err = document.body(openapi, req.mount)
  if not body then return failure(req, err) end
  return respond(200, body, { ["Cache-Control"] = "no-cache" })
end

---- reading the request

local function key_text(req)
  local given = req.headers["x-api-key"]
  if given and given ~= "" then return given end
  local bearer = (req.headers.authorization or ""):match("^[Bb][Ee][Aa][Rr][Ee][Rr]%s+(%S+)%s*$")
  return bearer or req.query.key
end

local function read_fields(req)
  if req.method == "GET" or req.method == "HEAD" then return {} end
  -- JSON whatever the type says: curl -d calls it a form, and the original never looked.
  if req.form and not req.body:find("^%s*[{%[]") then return req.form end
  if not req.body:find("%S") then return json.object({}) end
  local value, err = json.decode(req.body)
  if type(value) ~= "table" then
    return nil, { code = "invalid", reason = "invalid_json",
      message = "The body is not a JSON object" .. (err and ": " .. err.message or "") .. "." }
  end
  return value
end

local function read_params(req, declared, action)
  local given = {}
  for name, value in pairs(req.query) do given[name] = value end
  -- The id of an object is read where number and objectid are.
  if resource.models[declared.object] then given.id = nil end
  for name, value in pairs(req.args or {}) do
    if name ~= "id" or not resource.models[declared.object] then given[name] = value end
  end
  local params, err = check.values(check.declared(declared, action), given)
  if not params then return nil, err end
  if not action.body then return params end
  local body
  body, err = check.values(action.body, req.fields)
  if not body then return nil, err end
  for name, value in pairs(body) do params[name] = value end
  return params
end

local function enter(req, declared, action)
  local tenant = req.query.tenant
  local ok, err = keys.enter(req, "OpenAPI", key_text(req), tenant, { names = true, all = action.tenant == "optional"
    and not resource.models[declared.object] })
  if not ok then
    if tenant == "%" and err.reason == "tenant_not_found" then
      return nil, { code = "invalid", reason = "single_tenant_required", message = "One tenant is required." }
    end
    return nil, err
  end
  ok, err = keys.allow(req, action.access)
  if not ok then return nil, err end
  req.global = check.flag(req.query.global or "")
  if req.global == nil then
    return nil, { code = "invalid", reason = "invalid_parameter", field = "global", message = "global: not yes or no" }
  end
  req.ctx.global = req.global
  if req.global and not req.key.global then
    return nil, { code = "denied", reason = "admin_required", message = "An administrator API key is required." }
  end
  if (action.tenant or "required") == "required" and not req.tenant and not req.global then
    return nil, { code = "invalid", reason = "tenant_required", message = "A tenant is required." }
  end
  return true
end

---- answering

local function answer(req, declared, action_name)
  local value, err = reply.ask(declared[action_name], req)
  if err then return failure(req, err) end
  local it = reply.read(value)
  return respond(it.status or 200, it.body or json.encode(it.value), it.headers, it.type)
end

-- All that makes a request this one, but for the key it was asked with.
local function request_text(req)
  local lines, names = { req.path }, {}
  for name in pairs(req.query) do
    if name ~= "key" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = name .. "=" .. req.query[name] end
  lines[#lines + 1] = crypto.sha256(req.body)
  return table.concat(lines, "\n")
end

-- What a retry of it will be told.
local function settle(req, response)
  return idempotency.settle(req.claim, response.status, response.body, req.ctx.sent, req.ctx.unknown)
end

local function answer_once(req, declared, action_name)
  local changes = declared.actions[action_name].access ~= "read"
  local key = changes and req.method == "POST" and req.headers["idempotency-key"]
  if not key then return answer(req, declared, action_name) end
  local tenant = req.tenant and req.tenant.id or 0
  local scope = ("%d/%d %s.%s"):format(req.key.id, tenant, declared.object, action_name)
  local claim, err = idempotency.claim(scope, key, request_text(req), key_text(req))
  if not claim then return failure(req, err) end
  if claim.status then
    return respond(claim.status, claim.body, { ["Idempotency-Replayed"] = "true" })
  end
  req.claim = claim
  function req.ctx.mark(tx) return idempotency.mark(tx, claim) end
  local response = answer(req, declared, action_name)
  local done
  done, err = settle(req, response)
  -- The answer is true all the same; a retry will be told that it is not known.
  if not done then log.warn("the answer to an Idempotency-Key was not kept", { error = err.message }) end
  return response
end

local function process(req)
  local declared, action_name = address.find(req)
  if not declared then return failure(req, action_name) end
  local action = declared.actions[action_name]
  req.route, req.action = declared, action_name -- so that the host may end a read nobody waits for
  local ok, err = enter(req, declared, action)
  if not ok then return failure(req, err), declared, action_name end
  req.fields, err = read_fields(req)
  if not req.fields then return failure(req, err), declared, action_name end
  req.params, err = read_params(req, declared, action)
  if not req.params then return failure(req, err), declared, action_name end
  req.ctx.dry_run = req.params.dry_run
  if action.access ~= "read" then task.commit() end
  return answer_once(req, declared, action_name), declared, action_name
end

local function handle(req)
  if wants_document(req) then return serve_document(req) end
  local response, declared, action_name = process(req)
  if declared then response.label = declared.file:gsub("%.lua$", "") .. "." .. action_name end
  if req.key then response.note = "key=" .. tostring(req.key.id) end
  return response
end

-- What failed under a script, and what the transport refuses. Methods that HTTP servers do not know are
-- to this dialect like any other that a path does not take.
local function failed(req, err)
  if err.status == 501 then
    if wants_document(req) then return serve_document(req) end
    return failure(req, select(2, address.find(req)))
  end
  local response = failure(req, err, true)
  -- So that a retry is not told that the first request still runs.
  if req.claim then settle(req, response) end
  return response
end

openapi = surface {
  name = "openapi",
  title = "OpenAPI",
  mounts = { "/mirtapbx/openapi.php", "/pbx/openapi.php", "/openapi.php" },
  words = { "object" },
  cors = {
    origin = "*", methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    headers = "Authorization, X-API-Key, Content-Type, If-Match, If-None-Match, Idempotency-Key",
  },
  security = parts.KEYS,
  media = { "application/json" },
  statuses = { "400", "401", "403", "404", "5XX" },
  tenant = parts.TENANT,
  refusal = parts.REFUSAL,
  describe = document.describe,
  loaded = loaded,
  handle = handle,
  failed = failed,
}

return openapi
