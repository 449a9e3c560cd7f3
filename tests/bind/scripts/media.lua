-- For files_test.lua: a file of the tenant, as a body.
local files = require "files"
local reply = require "lib.reply"

local media = route {
  family = "media",
  summary = "A file of the tenant's media folder.",
  actions = {
    get = { verb = "GET /bind/media/{name}", access = "read", media = { "*/*" } },
    put = { verb = "POST /bind/media", access = "write" },
  },
}

function media.get(req)
  local body, err = files.open("media", req.tenant.code .. "/" .. req.args.name)
  if err then return nil, err end
  if not body then return nil, { code = "not_found", message = "name: no such file: " .. req.args.name } end
  return reply.body(body, { type = files.type(req.args.name) })
end

function media.put(req)
  local sizes = {}
  for i, part in ipairs(req.parts) do
    local bytes, err = files.part(part, 4 * 1024 * 1024)
    if not bytes then return nil, err end
    local ok
    ok, err = files.write("media", req.tenant.code .. "/" .. part.filename, bytes)
    if not ok then return nil, err end
    sizes[i] = #bytes
  end
  return { sizes = sizes }
end

return media
