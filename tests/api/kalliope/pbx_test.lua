-- /pbx: pending changes, call groups, conferences.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

test("nothing is ever pending, so nothing can be reverted", function(t)
  t.equal(xml.value(get(t, "/pbx/pending").root, "pbx_pending"), "false")
  t.equal(xml.value(send(t, "put", "/pbx/apply", "").root, "pbx_applied"), "true")
  t.equal(xml.value(send(t, "put", "/pbx/revert", "").root, "pbx_reverted"), "false")
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
