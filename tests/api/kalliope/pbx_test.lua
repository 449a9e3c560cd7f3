-- /pbx: pending changes, call groups, conferences.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

test("pending, applied, reverted", function(t)
  t.equal(client.pbx(t, "get", "pending"), "false")
  t.equal(client.pbx(t, "put", "apply"), "true")
  t.equal(client.pbx(t, "put", "revert"), "true")
  send(t, "post", "/pbx/callgroups", "<callgroup><name>Waits</name></callgroup>")
  t.equal(client.pbx(t, "get", "pending"), "true")
  t.equal(client.pbx(t, "put", "revert"), "true")
  t.equal(client.pbx(t, "get", "pending"), "false")
  t.equal(#xml.child(get(t, "/pbx/callgroups").root, "callgroups"), 0)
end)

local function group(name, members)
  local list = {}
  for i, number in ipairs(members) do
    list[i] = "<member><exten>" .. number .. "</exten></member>"
  end
  return ("<callgroup><name>%s</name><timeout>20</timeout><selection>400</selection><priorities>"
    .. "<priority><id>1</id><members>%s</members></priority></priorities></callgroup>"):format(
    name, table.concat(list))
end

test("a call group is a hunt list", function(t)
  for _, number in ipairs({ "100", "101" }) do
    send(t, "post", "/users/configs", "<user><exten>" .. number .. "</exten><sip_secret>pw-x-"
      .. number .. "</sip_secret><first_name>A</first_name><last_name>B</last_name></user>")
  end
  local res = send(t, "post", "/pbx/callgroups", group("Sales", { "101", "100" }))
  t.equal(code(res, "callgroup"), "0", res.body)
  local list = xml.child(get(t, "/pbx/callgroups").root, "callgroups")
  t.equal(#list, 1)
  local id = xml.value(list[1], "id")
  t.equal(xml.value(list[1], "name"), "Sales")
  t.equal(xml.value(list[1], "selection"), "400")
  local members = xml.child(xml.child(xml.child(list[1], "priorities"), "priority"), "members")
  t.equal(xml.value(members[1], "exten"), "101")
  t.equal(#members, 2)
  client.apply(t)
  t.equal(xml.value(xml.child(get(t, "/pbx/callgroups").root, "callgroups")[1], "id"), id)
  res = send(t, "put", "/pbx/callgroups/" .. id, group("Support", { "100" }))
  t.equal(code(res, "callgroup"), "0", res.body)
  local one = xml.child(get(t, "/pbx/callgroups/" .. id).root, "callgroups")
  one = xml.child(one, "callgroup")
  t.equal(xml.value(one, "name"), "Support")
  t.equal(code(send(t, "post", "/pbx/callgroups", ""), "callgroup"), "10")
  t.equal(code(send(t, "post", "/pbx/callgroups", "<callgroup/>"), "callgroup"), "12")
  t.equal(code(send(t, "post", "/pbx/callgroups", group("X", { "999" })), "callgroup"), "14")
  t.equal(code(send(t, "put", "/pbx/callgroups/999", group("X", {})), "callgroup"), "15")
  t.equal(code(send(t, "put", "/pbx/callgroups/" .. id, "<callgroup/>"), "callgroup"), "16")
  t.equal(code(send(t, "put", "/pbx/callgroups/" .. id, ""), "callgroup"), "10")
  t.equal(code(send(t, "put", "/pbx/callgroups/" .. id, "<callgroup><name>X</name></callgroup>"), "callgroup"), "12")
  -- Symptom: ids were read as Lua reads numbers, and a timeout of 0 rang without an end.
  for _, odd in ipairs({ ".0", "e0" }) do
    t.equal(code(get(t, "/pbx/callgroups/" .. id .. odd, "delete"), "callgroup"), "15")
  end
  for _, seconds in ipairs({ "0", "601", "-1", "1.5", "x" }) do
    local body = group("X", { "100" }):gsub("<timeout>20", "<timeout>" .. seconds)
    t.equal(code(send(t, "put", "/pbx/callgroups/" .. id, body), "callgroup"), "14", seconds)
  end
  t.equal(code(get(t, "/pbx/callgroups/" .. id, "delete"), "callgroup"), "0")
  t.equal(code(get(t, "/pbx/callgroups/" .. id, "delete"), "callgroup"), "15")
end)

local function user(number, more)
  return "<user><exten>" .. number .. "</exten><sip_secret>pw-x-" .. number .. "</sip_secret><first_name>A</first_name>"
    .. "<last_name>B</last_name>" .. (more or "") .. "</user>"
end

local function priority(id, ...)
  local list = {}
  for i, number in ipairs({ ... }) do list[i] = "<member><exten>" .. number .. "</exten></member>" end
  return ("<priority><id>%d</id><members>%s</members></priority>"):format(id, table.concat(list))
end

local function steps(t, name)
  return t.sql("SELECT steps, ring FROM dialplan_huntlist WHERE name = ?", { name })[1]
end

-- Symptom: all priorities rang at once, a disabled group rang, and GET did not show what was sent.
test("priorities one after the other, in the order of their ids; a disabled group rings nobody", function(t)
  for _, number in ipairs({ "110", "111", "112" }) do send(t, "post", "/users/configs", user(number)) end
  local function body(enabled)
    return "<callgroup><name>Steps</name><timeout>7</timeout><enabled>" .. enabled .. "</enabled><priorities>"
      .. priority(2, "112") .. priority(1, "110", "111") .. "</priorities></callgroup>"
  end
  t.equal(code(send(t, "post", "/pbx/callgroups", body("true")), "callgroup"), "0")
  client.apply(t)
  local ids = {}
  for _, number in ipairs({ "110", "111", "112" }) do
    ids[#ids + 1] = "AG-000-NF-" .. t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = ?", { number })[1].ex_id
  end
  t.equal(steps(t, "Steps"), { steps = ids[1] .. "&" .. ids[2] .. "|" .. ids[3], ring = 7 })
  local list = xml.child(get(t, "/pbx/callgroups").root, "callgroups")
  local it = list[#list]
  local shown = {}
  for i, one in ipairs(xml.child(it, "priorities")) do
    shown[i] = {}
    for k, member in ipairs(xml.child(one, "members")) do shown[i][k] = xml.value(member, "exten") end
  end
  t.equal(shown, { { "110", "111" }, { "112" } })
  t.equal(xml.value(it, "enabled"), "true")
  t.equal(code(send(t, "put", "/pbx/callgroups/" .. xml.value(it, "id"), body("false")), "callgroup"), "0")
  client.apply(t)
  t.equal(steps(t, "Steps").steps, nil)
  t.equal(xml.value(xml.child(get(t, "/pbx/callgroups/" .. xml.value(it, "id")).root[1], "callgroup"), "enabled"), "false")
  -- what another dialect says of the members is shown as it rings
  t.http:patch("/openapi.php/huntlists/" .. xml.value(it, "id"), { query = { key = t.key, tenant = "DEMO" },
    json = { type = "LINEAR", hu_enabled = "yes" } })
  t.equal(#xml.child(xml.child(get(t, "/pbx/callgroups/" .. xml.value(it, "id")).root[1], "callgroup"), "priorities"), 3)
end)

test("to the outside by its gateway, behind an announcement", function(t)
  local function made(path, body)
    local res = t.http:post("/openapi.php" .. path, { query = { key = t.global_key, tenant = "DEMO" }, json = body })
    t.equal(res.status, 201, res.body)
    return res.json.id
  end
  local line, rules = made("/providers", { name = "Carrier" }), made("/routingprofiles", { name = "Cheap" })
  local media = made("/mediafiles", { name = "closed" })
  local function away(kind, id, intro)
    return ("<failover><intro>%s</intro><type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><value>+39 050 123</value>"
      .. "<gateway_type>%s</gateway_type><gateway_id>%s</gateway_id></destination></failover>"):format(intro or "", kind, id)
  end
  local function customs() return t.sql("SELECT cu_param1, cu_param2, cu_param3 FROM cu_customs") end
  for _, bad in ipairs({ away("GATEWAY", "999"), away("GATEWAY", "x"), away("SATELLITE", line), away("BALANCER", "999"),
    away("TRUNK", line, "no such sound"), (away("TRUNK", line):gsub("%+39 050 123", "")) }) do
    t.equal(code(send(t, "post", "/users/configs", user("120", bad)), "user"), "14", bad)
  end
  t.equal(code(send(t, "post", "/users/configs", user("120", away("TRUNK", line, "closed"))), "user"), "0")
  local waits = get(t, "/users/configs/120").body
  client.apply(t)
  t.equal(get(t, "/users/configs/120").body, waits)
  t.contains(waits, "<intro>closed</intro><type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><name/>"
    .. "<value>+39 050 123</value><gateway_type>TRUNK</gateway_type><gateway_id>" .. line .. "</gateway_id>"
    .. "<gateway_name>Carrier</gateway_name></destination>")
  t.equal(customs(), { { cu_param1 = "+39050123", cu_param2 = tostring(line), cu_param3 = "" } })
  local tags = t.sql("SELECT targets FROM dialplan_destination WHERE id = (SELECT 'EXT-BUSY-' || ex_id FROM ex_extensions "
    .. "WHERE ex_number = '120')")[1].targets
  t.matches(tags, "^MEDIAFILE%-" .. media .. "&CUSTOM%-%d+$")
  -- changed in place, then gone with what it was for
  t.equal(code(send(t, "put", "/users/configs/120", "<user>" .. away("BALANCER", rules) .. "</user>"), "user"), "0")
  client.apply(t)
  t.equal(customs(), { { cu_param1 = "+39050123", cu_param2 = "", cu_param3 = tostring(rules) } })
  t.equal(code(send(t, "put", "/users/configs/120", "<user><failover><type>HANGUP</type></failover></user>"), "user"), "0")
  client.apply(t)
  t.equal(customs(), {})
  -- the same of a group, which forgot its announcement, and whose type WITH_CHECKTIME came back as WITHOUT
  local group_body = group("Away", { "110" }):gsub("<selection>400", "<selection>499"):gsub("</callgroup>", "%%s</callgroup>")
  t.equal(code(send(t, "post", "/pbx/callgroups", group_body:format(away("GATEWAY", line, "closed"))), "callgroup"), "0")
  client.apply(t)
  local list = xml.child(get(t, "/pbx/callgroups").root, "callgroups")
  local id = xml.value(list[#list], "id")
  t.contains(get(t, "/pbx/callgroups/" .. id).body, "<intro>closed</intro><type>FORWARD_TO_EXTERNAL_NUMBER</type>")
  t.equal(#customs(), 1)
  local with = "<failover><type>FORWARD_TO_CALLGROUP_WITH_CHECKTIME</type><destination><value>" .. id .. "</value></destination></failover>"
  t.equal(code(send(t, "put", "/users/configs/110", "<user>" .. with .. "</user>"), "user"), "0")
  client.apply(t)
  t.contains(get(t, "/users/configs/110").body, "<type>FORWARD_TO_CALLGROUP_WITH_CHECKTIME</type><destination><name>Away</name>")
  t.equal(code(get(t, "/pbx/callgroups/" .. id, "delete"), "callgroup"), "17")
  t.equal(code(send(t, "put", "/users/configs/110", "<user><failover/></user>"), "user"), "0")
  t.equal(code(get(t, "/pbx/callgroups/" .. id, "delete"), "callgroup"), "0")
  client.apply(t)
  t.equal(customs(), {})
end)

test("conference rooms with their pins", function(t)
  t.http:post("/mirtapbx/openapi.php/conferencerooms", {
    query = { key = t.key, tenant = "DEMO" },
    json = { cr_number = "887", cr_name = "Board", pin = "5678", adminpin = "1234" },
  })
  local list = xml.child(get(t, "/pbx/conferences").root, "conferences")
  t.equal(#list, 1)
  t.equal(xml.value(list[1], "name"), "Board")
  t.equal(xml.value(list[1], "user_pin"), "5678")
  t.equal(xml.value(xml.child(list[1], "selection"), "internal"), "887")
  t.equal(xml.value(xml.child(list[1], "selection"), "external"), "")
  local room = t.sql("SELECT cr_id FROM cr_conferencerooms WHERE cr_number = '887'")[1].cr_id
  local did = t.http:post("/mirtapbx/openapi.php/dids", { query = { key = t.key, tenant = "DEMO" },
    json = { number = "390277665544", destinations = { DID = { "CONFERENCE-" .. room } } } })
  t.equal(did.status, 201, did.body)
  list = xml.child(get(t, "/pbx/conferences").root, "conferences")
  t.equal(xml.value(xml.child(list[1], "selection"), "external"), "390277665544")
end)

-- Symptom: a body that is no XML applied all the same.
test("a body that is no XML changes nothing", function(t)
  for _, path in ipairs({ "/pbx/apply", "/pbx/revert", "/system/restart" }) do
    local res = t.http:put("/rest" .. path, { headers = client.headers(t), body = "<broken" })
    t.equal(res.status, 400, path)
    t.contains(res.body, "<kpbx_response><error><code>400</code>")
  end
end)
