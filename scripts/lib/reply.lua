-- What a handler answers beside a plain value or `nil, err`: another status, headers, a body that is ready.
local reply = {}

local MARK = {}

local function made(it, options)
  for name, value in pairs(options or {}) do it[name] = value end
  local status = it.status
  if status and (type(status) ~= "number" or status < 200 or status > 599) then
    error("reply: not an HTTP status: " .. tostring(status), 3)
  end
  it.mark = MARK
  return it
end

--- A value that the surface writes in its own way. options: status, headers, type (Content-Type), and what a
--- dialect's own frame takes.
function reply.of(value, options) return made({ value = value }, options) end

--- A body as it is: a text, or what files.open and store.stream give. options: type, status, headers.
function reply.body(body, options) return made({ body = body }, options) end

--- What a handler returned, as a reply; for surfaces.
function reply.read(value)
  if type(value) == "table" and value.mark == MARK then return value end
  return made({ value = value })
end

--- A reply whose body is ready as the surface's response; `kind` is its type when it says none.
function reply.response(it, kind)
  return { status = it.status or 200, type = it.type or kind, headers = it.headers, body = it.body }
end

return reply
