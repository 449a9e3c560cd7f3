-- /users: registrations, names, configurations.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code, headers, apply = client.get, client.send, client.code, client.headers, client.apply

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
  -- Nothing of it is in force before it is applied.
  t.equal(t.sql("SELECT 1 FROM ex_extensions WHERE ex_number = '210'"), {})
  apply(t)
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
  apply(t)
  t.equal(#t.sql("SELECT 1 FROM de_destinations WHERE de_type_src = 'EXT-NOANSWER'"), 1)
  res = send(t, "put", "/users/configs/210", "<user><failover>"
    .. "<type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><value>0612345</value>"
    .. "</destination></failover></user>")
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
  apply(t)
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
  t.equal(code(get(t, "/users/configs/210", "delete"), "user"), "0")
  t.ami:expect("Command", { Command = "pjsip reload qualify aor 210-DEMO" })
  apply(t)
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
  local waits = get(t, "/users/configs/220").body
  apply(t)
  t.equal(get(t, "/users/configs/220").body, waits)
  local shown = get(t, "/users/configs/220").body
  t.contains(shown, "<type>FORWARD_TO_VOICEMAIL</type><destination><name/><value>220</value>")
  t.contains(shown, "<vm_enabled>true</vm_enabled><vm_secret>1234</vm_secret>")

  t.equal(code(send(t, "put", "/users/configs/220",
    "<user><first_name>Zoe</first_name><vm_secret>x y</vm_secret></user>"), "user"), "14")
  t.contains(get(t, "/users/brief/220").body, "<first_name>A</first_name>")

  t.equal(code(get(t, "/users/configs/220", "delete"), "user"), "0")
  apply(t)
  t.equal(t.sql("SELECT 1 FROM voicemail WHERE mailbox = '220'"), {})
end)

test("a user that is switched off: no password that fits, and not in the list of registrations", function(t)
  local function auth() return t.sql("SELECT auth_type FROM asterisk_auths WHERE id = '230-DEMO'")[1].auth_type end
  local user = "<user><exten>230</exten><sip_secret>pw-230-secret</sip_secret><first_name>A</first_name><last_name>B</last_name></user>"
  t.equal(code(send(t, "post", "/users/configs", user), "user"), "0")
  apply(t)
  t.equal(auth(), "userpass")
  t.contains(get(t, "/users/configs/230").body, "<sip_username>230-DEMO</sip_username>")
  t.equal(code(send(t, "put", "/users/configs/230", "<user><enabled>false</enabled></user>"), "user"), "0")
  t.contains(get(t, "/users/brief/230").body, "<enabled>false</enabled>")
  t.equal(auth(), "userpass")
  t.ami:expect("Command", { Command = "pjsip reload qualify aor 230-DEMO" })
  apply(t)
  t.equal(auth(), "md5")
  t.contains(get(t, "/users/configs/230").body, "<enabled>false</enabled>")
  t.equal(get(t, "/users/registrations").body:find("<exten>230</exten>", 1, true), nil)
  t.equal(code(send(t, "put", "/users/configs/230", "<user><enabled>true</enabled></user>"), "user"), "0")
  apply(t)
  t.equal(auth(), "userpass")
  t.contains(get(t, "/users/registrations").body, "<exten>230</exten>")
end)

-- Symptom: messages named columns of the store.
test("what is wrong is said in the words of this dialect", function(t)
  local function message(body)
    local res = send(t, "post", "/users/configs", body)
    t.equal(code(res, "user"), "14")
    return res.body
  end
  local user = "<user><exten>%s</exten><sip_secret>%s</sip_secret><first_name>A</first_name><last_name>B</last_name>%s</user>"
  t.contains(message(user:format("2 3", "x-secret-x", "")), "User not saved: exten: ")
  t.contains(message(user:format("231", ("x"):rep(100), "")), "sip_secret: ")
  t.contains(message(user:format("231", "x-secret-x", "<vm_enabled>true</vm_enabled><vm_secret>a b</vm_secret>")), "vm_secret: ")
end)

-- Symptom: voice messages went to the next owner of the number.
test("voice messages go with their user", function(t)
  local files = require "files"
  local user = "<user><exten>232</exten><sip_secret>pw-232-secret</sip_secret><first_name>A</first_name><last_name>B</last_name>"
    .. "<vm_enabled>true</vm_enabled></user>"
  send(t, "post", "/users/configs", user)
  apply(t)
  for _, name in ipairs({ "INBOX/msg0001.txt", "INBOX/msg0001.wav", "unavail.wav" }) do
    files.write("voicemail", "DEMO/232/" .. name, "x")
  end
  t.equal(code(get(t, "/users/configs/232", "delete"), "user"), "0")
  t.truthy(files.stat("voicemail", "DEMO/232"))
  apply(t)
  t.equal(files.stat("voicemail", "DEMO/232"), nil)
end)

-- Symptom: of two phones the dead one could be shown, while calls went to the other.
test("of several phones one that is there is shown", function(t)
  send(t, "post", "/users/configs", "<user><exten>233</exten><sip_secret>pw-233-secret</sip_secret><first_name>A</first_name>"
    .. "<last_name>B</last_name></user>")
  apply(t)
  for i, state in ipairs({ "Unreachable", "Reachable", "Unreachable" }) do
    t.ami:event("ContactStatus", { URI = ("sip:233@192.168.0.%d:5060"):format(i), ContactStatus = state,
      AOR = "233-DEMO", EndpointName = "233-DEMO", RoundtripUsec = "1000" })
  end
  t.eventually(function() return get(t, "/users/registrations/233").body:find("<status>OK</status>", 1, true) end)
  t.contains(get(t, "/users/registrations/233").body, "<ip>192.168.0.2</ip>")
end)

-- Symptom: lists stopped at 10,000 without a word, and all configurations were 503 at 10,050.
test("lists have no end", function(t)
  t.sql([[INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech, ex_tech_id)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
    SELECT 1, '9' || (100000 + i), 'Many ' || i, 'VIRTUAL', 'm' || i FROM n]])
  -- what waits is in them, in its place
  t.equal(code(send(t, "post", "/users/configs", "<user><exten>9100000</exten><sip_secret>pw-many-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name></user>"), "user"), "0")
  local function count(path, tag)
    local body = get(t, path).body
    local _, n = body:gsub("<" .. tag .. ">", "")
    return n, body
  end
  local users = #t.sql("SELECT 1 FROM ex_extensions WHERE ex_te_id = 1 AND ex_number NOT LIKE '9%'") + 10051
  local n, body = count("/users/brief", "user")
  t.equal(n, users)
  t.truthy(body:find("<exten>9100000</exten>", 1, true) < body:find("<exten>9100001</exten>", 1, true))
  t.equal(count("/users/registrations", "registration"), users - 1)
  t.equal(client.pbx(t, "put", "revert"), "true")
end)
