-- How the tests of this folder ask.
local named = require("support.trunk").named

local client = { BASE = "/pbxcore/api/v3" }

--- Headers of a request with a key, the tenant's own unless another is given.
function client.bearer(t, key)
  return { Authorization = "Bearer " .. (key or t.key) }
end

--- A request with the global key.
function client.administer(t, method, path, json)
  return t.http[method](t.http, client.BASE .. path, { headers = client.bearer(t, t.global_key), json = json })
end

--- A function that asks a resource: (t, method, path behind it, body, key).
function client.asker(resource, usual)
  return function(t, method, path, json, key)
    return t.http[method](t.http, client.BASE .. "/" .. resource .. path,
      { headers = client.bearer(t, key or usual and t[usual]), json = json })
  end
end

--- Sends a part of a file as Resumable.js does: {id, name, number, total, size}.
function client.part(t, path, part, bytes, key)
  local lines = {}
  local function field(name, value)
    lines[#lines + 1] = ('--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'):format(name, value)
  end
  field("resumableIdentifier", part.id)
  field("resumableFilename", part.name)
  field("resumableChunkNumber", part.number or 1)
  field("resumableTotalChunks", part.total or 1)
  field("resumableTotalSize", part.size or #bytes)
  lines[#lines + 1] = '--x\r\nContent-Disposition: form-data; name="file"; filename="blob"\r\n\r\n' .. bytes .. "\r\n--x--\r\n"
  local headers = client.bearer(t, key)
  headers["Content-Type"] = "multipart/form-data; boundary=x"
  return t.http:post(client.BASE .. path, { headers = headers, body = table.concat(lines) })
end

--- Creates an employee, whose number is its name to log in with, with `more` fields.
function client.employee(t, number, name, more)
  local body = { number = number, user_username = name, sip_secret = "S3cure-Pass-1!" }
  for field, value in pairs(more or {}) do body[field] = value end
  named(t)
  return t.http:post(client.BASE .. "/employees", { headers = client.bearer(t), json = body })
end

return client
