-- /license: none is needed.
local crypto = require "crypto"
local xml = require "xml"

local function headers(t, more)
  local list = { Authorization = "Basic " .. crypto.base64("admin:" .. crypto.md5(t.password)) }
  for name, value in pairs(more or {}) do list[name] = value end
  return list
end

local function get(t, path, method)
  local res = t.http[method or "get"](t.http, "/rest" .. path, { headers = headers(t) })
  res.root = xml.decode(res.body)
  return res
end

local function send(t, method, path, body)
  local res = t.http[method](t.http, "/rest" .. path, {
    headers = headers(t, { ["Content-Type"] = "text/xml" }),
    body = '<?xml version="1.0"?><kpbx_request>' .. body .. "</kpbx_request>",
  })
  res.root = xml.decode(res.body)
  return res
end

-- Code of `<tag><error><code>`.
local function code(res, tag, outcome)
  local element = xml.child(res.root, tag)
  element = element and xml.child(element, outcome or "error")
  return element and xml.value(element, "code")
end

test("the three spellings say so", function(t)
  local tag = "pbx_instance_license"
  for _, path in ipairs({ "pxbininstance", "pxbinstance", "pbxinstance" }) do
    t.equal(code(get(t, "/license/" .. path), tag), "10")
  end
  t.equal(code(send(t, "post", "/license/pxbininstance", ""), tag), "12")
  t.equal(code(send(t, "post", "/license/pxbininstance", "<" .. tag .. "/>"), tag), "13")
  t.equal(code(send(t, "post", "/license/pxbininstance",
    "<" .. tag .. "><activation_key>k</activation_key></" .. tag .. ">"), tag), "10")
end)
