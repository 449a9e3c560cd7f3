-- How the tests of this folder ask: signed in, in XML.
local crypto = require "crypto"
local xml = require "xml"

local client = {}

--- Headers of a request by the administrator, and `more`.
function client.headers(t, more)
  local list = { Authorization = "Basic " .. crypto.base64("admin:" .. crypto.md5(t.password)) }
  for name, value in pairs(more or {}) do list[name] = value end
  return list
end

--- A request without a body, GET unless `method` says another; `root` of the answer is its element.
function client.get(t, path, method)
  local res = t.http[method or "get"](t.http, "/rest" .. path, { headers = client.headers(t) })
  res.root = xml.decode(res.body)
  return res
end

--- A request whose `body` stands within `<kpbx_request>`; `root` of the answer is its element.
function client.send(t, method, path, body)
  local res = t.http[method](t.http, "/rest" .. path, {
    headers = client.headers(t, { ["Content-Type"] = "text/xml" }),
    body = '<?xml version="1.0"?><kpbx_request>' .. body .. "</kpbx_request>",
  })
  res.root = xml.decode(res.body)
  return res
end

--- Code of `<tag><error><code>`, or of what `outcome` names instead of `error`.
function client.code(res, tag, outcome)
  local element = xml.child(res.root, tag)
  element = element and xml.child(element, outcome or "error")
  return element and xml.value(element, "code")
end

--- Text of the one element of an answer of `/pbx/WORD`.
function client.pbx(t, method, word)
  local res = method == "get" and client.get(t, "/pbx/" .. word) or client.send(t, "put", "/pbx/" .. word, "")
  return res.root[1] and res.root[1].text
end

--- Makes what waits.
function client.apply(t) t.equal(client.pbx(t, "put", "apply"), "true") end

return client
