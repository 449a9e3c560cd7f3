-- /license: none is needed.
local xml = require "xml"
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

-- Symptom: the limit of a tenant was an HTTP 403 outside <user>, and nothing showed it.
test("a tenant with a limit shows it, and reaching it has its code", function(t)
  t.sql("UPDATE te_tenants SET te_maxextensions = 1 WHERE te_code = 'DEMO'")
  local it = xml.child(get(t, "/license/pxbinstance").root, "pbx_instance_license")
  t.equal(xml.value(it, "license_status"), "ACTIVE")
  t.equal(xml.value(it, "licensed_exten"), "1")
  local function user(number)
    return send(t, "post", "/users/configs", "<user><exten>" .. number .. "</exten><sip_secret>pw-x-" .. number
      .. "</sip_secret><first_name>A</first_name><last_name>B</last_name></user>")
  end
  t.equal(code(user("310"), "user"), "0")
  t.equal(code(user("311"), "user"), "13")
end)
