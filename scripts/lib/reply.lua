-- What a handler answers beside a plain value or `nil, err`: another status, headers, a body that is ready.
local log = require "log"

local reply = {}

-- What nobody else has, and nothing can be written into.
local function MARK() end

-- The words of an error that surfaces know.
local CODES = {
  invalid = true, unauthenticated = true, denied = true, not_found = true, conflict = true, refused = true,
  timeout = true, unavailable = true, internal = true,
}

local function made(it, options)
  if not options then return it end
  for name, value in pairs(options) do it[name] = value end
  local status = it.status
  if status and (type(status) ~= "number" or status < 200 or status > 599) then
    error("reply: not an HTTP status: " .. tostring(status), 3)
  end
  return it
end

--- A value that the surface writes in its own way. options: status, headers, type (Content-Type), and what a
--- dialect's own frame takes.
function reply.of(value, options) return made({ value = value, mark = MARK }, options) end

--- A body as it is: a text, or what files.open and store.stream give. options: type, status, headers.
function reply.body(body, options) return made({ body = body, mark = MARK }, options) end

--- Calls a handler: its value, or nil and an error as surfaces know it; for surfaces. An error of another shape is
--- the script's own fault, not the caller's: it is logged with the place of the handler.
function reply.ask(handler, req)
  local value, err = handler(req)
  if not err then return value end
  if type(err) == "table" and (CODES[err.code] or err.status) then return nil, err end
  local action = req.route and req.route.actions[req.action]
  local shown = type(err) == "table" and (err.message or err.code) or err
  log.error("the handler returned an error that is none: " .. tostring(shown), { handler_at = action and action.at })
  return nil, { code = "internal", message = "Internal error.", logged = true }
end

--- What a handler returned, as a reply; for surfaces.
function reply.read(value)
  if type(value) == "table" and value.mark == MARK then return value end
  return { value = value, mark = MARK }
end

--- A reply whose body is ready as the surface's response; `kind` is its type when it says none.
function reply.response(it, kind)
  return { status = it.status or 200, type = it.type or kind, headers = it.headers, body = it.body }
end

return reply
