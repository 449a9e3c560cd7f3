-- /license: none is needed.
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

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
