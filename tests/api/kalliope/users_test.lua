-- /users: registrations, names, configurations.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code, headers = client.get, client.send, client.code, client.headers

local NEW = "<user><exten>210</exten><sip_secret>pw-210-secret</sip_secret>"
  .. "<first_name>Anna Maria</first_name><last_name>Rossi</last_name>"
  .. "<vm_enabled>true</vm_enabled><vm_secret>4321</vm_secret><vm_email>a@example.com</vm_email>"
  .. "<vm_attach_enabled>true</vm_attach_enabled></user>"

test("created, then seen brief, whole and by the other dialects", function(t)
  local res = send(t, "post", "/users/configs/", "<request_id>r7</request_id>" .. NEW)
  t.equal(code(res, "user"), "0", res.body)
  t.equal(xml.value(res.root, "request_id"), "r7")
  local brief = get(t, "/users/brief/210?request_id=q").root
  t.equal(xml.value(brief, "request_id"), "q")
  local user = xml.child(xml.child(brief, "users"), "user")
  t.equal(xml.value(user, "first_name"), "Anna Maria")
  t.equal(xml.value(user, "last_name"), "Rossi")
  t.equal(xml.value(user, "enabled"), "true")
  t.contains(get(t, "/users/configs/").body, "<exten>210</exten>")
  local config = get(t, "/users/configs/210").root
  config = xml.child(xml.child(config, "configs"), "config")
  t.equal(xml.value(config, "sip_secret"), "pw-210-secret")
  t.equal(xml.value(config, "vm_enabled"), "true")
  t.equal(xml.value(config, "vm_secret"), "4321")
  t.equal(xml.value(config, "vm_attach_enabled"), "true")
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = '210-DEMO'")[1].password,
    "pw-210-secret")
  local row = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO",
    reqtype = "INFO", info = "EXTENSIONS", number = "210", format = "json" } }).json[1]
  t.equal(row.ex_name, "Anna Maria Rossi")
end)

test("the documented errors of create", function(t)
  t.equal(code(send(t, "post", "/users/configs", NEW), "user"), "11")
  t.equal(code(send(t, "post", "/users/configs", ""), "user"), "10")
  t.equal(code(send(t, "post", "/users/configs", "<user><exten>211</exten></user>"), "user"),
    "12")
  local res = t.http:post("/rest/users/configs", { headers = headers(t), body = "<broken" })
  t.contains(res.body, "<code>10</code>")
end)

test("changed: names, secret, mailbox, failover", function(t)
  local res = send(t, "put", "/users/configs/210", "<user><last_name>Bianchi</last_name>"
    .. "<vm_enabled>false</vm_enabled><failover><type>HANGUP</type></failover></user>")
  t.equal(code(res, "user"), "0", res.body)
  local config = xml.child(xml.child(get(t, "/users/configs/210").root, "configs"), "config")
  t.equal(xml.value(config, "first_name"), "Anna Maria")
  t.equal(xml.value(config, "last_name"), "Bianchi")
  t.equal(xml.value(config, "vm_enabled"), "false")
  t.equal(xml.value(xml.child(config, "failover"), "type"), "HANGUP")
  t.equal(#t.sql("SELECT 1 FROM de_destinations WHERE de_type_src = 'EXT-NOANSWER'"), 1)
  res = send(t, "put", "/users/configs/210", "<user><failover>"
    .. "<type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><value>0612345</value>"
    .. "<gateway_type>TRUNK</gateway_type></destination></failover></user>")
  t.equal(code(res, "user"), "0", res.body)
  config = xml.child(xml.child(get(t, "/users/configs/210").root, "configs"), "config")
  local target = xml.child(xml.child(config, "failover"), "destination")
  t.equal(xml.value(target, "value"), "0612345")
  t.equal(code(send(t, "put", "/users/configs/999", "<user><last_name>x</last_name></user>"),
    "user"), "15")
  t.equal(code(send(t, "put", "/users/configs/210", "<user/>"), "user"), "16")
  t.equal(code(send(t, "put", "/users/configs/210", ""), "user"), "10")
  t.equal(code(send(t, "put", "/users/configs/210", "<user><failover>"
    .. "<type>FORWARD_TO_EXTEN</type><destination><value>999</value></destination>"
    .. "</failover></user>"), "user"), "14")
end)

test("a name changed elsewhere is split anew", function(t)
  t.sql("UPDATE ex_extensions SET ex_name = 'Carla Verdi' WHERE ex_number = '210'")
  local user = xml.child(xml.child(get(t, "/users/brief/210").root, "users"), "user")
  t.equal(xml.value(user, "first_name"), "Carla")
  t.equal(xml.value(user, "last_name"), "Verdi")
end)

test("registrations of one and of all", function(t)
  local function one()
    local root = get(t, "/users/registrations/210").root
    return xml.child(xml.child(root, "registrations"), "registration")
  end
  t.equal(xml.value(one(), "status"), "UNKNOWN")
  t.ami:event("ContactStatus", { URI = "sip:210@192.168.0.100:5060",
    ContactStatus = "Reachable", AOR = "210-DEMO", EndpointName = "210-DEMO",
    RoundtripUsec = "12000" })
  local it = t.eventually(function()
    local found = one()
    return xml.value(found, "status") == "OK" and found
  end)
  t.equal(xml.value(it, "rtt"), "12 ms")
  t.equal(xml.value(it, "contact"), "sip:210@192.168.0.100:5060")
  t.equal(xml.value(it, "ip"), "192.168.0.100")
  t.equal(xml.value(it, "port"), "5060")
  t.equal(#xml.child(get(t, "/users/registrations/").root, "registrations"), 1)
  t.equal(#xml.child(get(t, "/users/registrations/999").root, "registrations"), 0)
end)

test("deleted, and a second time", function(t)
  t.ami:expect("Command", { Command = "pjsip reload qualify aor 210-DEMO" })
  t.equal(code(get(t, "/users/configs/210", "delete"), "user"), "0")
  t.equal(code(get(t, "/users/configs/210", "delete"), "user"), "15")
  t.equal(#t.sql("SELECT 1 FROM ps_auths WHERE id = '210-DEMO'"), 0)
end)

-- The mailbox was made after the user: a bad one was answered "not saved", and the user was there.
test("a mailbox that cannot be saved leaves no user", function(t)
  local user = "<user><exten>220</exten><sip_secret>pw-220-secret</sip_secret><first_name>A</first_name>"
    .. "<last_name>B</last_name><vm_enabled>true</vm_enabled><vm_secret>%s</vm_secret>%s</user>"
  t.equal(code(send(t, "post", "/users/configs", user:format("ab cd", "")), "user"), "14")
  t.equal(t.sql("SELECT 1 FROM ex_extensions WHERE ex_number = '220'"), {})

  local away = "<failover><type>FORWARD_TO_VOICEMAIL</type><destination><value>220</value>"
    .. "</destination></failover>"
  local res = send(t, "post", "/users/configs", user:format("1234", away))
  t.equal(code(res, "user"), "0", res.body)
  local shown = get(t, "/users/configs/220").body
  t.contains(shown, "<type>FORWARD_TO_VOICEMAIL</type><destination><name/><value>220</value>")
  t.contains(shown, "<vm_enabled>true</vm_enabled><vm_secret>1234</vm_secret>")

  t.equal(code(send(t, "put", "/users/configs/220",
    "<user><first_name>Zoe</first_name><vm_secret>x y</vm_secret></user>"), "user"), "14")
  t.contains(get(t, "/users/brief/220").body, "<first_name>A</first_name>")

  t.equal(code(get(t, "/users/configs/220", "delete"), "user"), "0")
  t.equal(t.sql("SELECT 1 FROM voicemail WHERE mailbox = '220'"), {})
end)
