-- kalliope.lib.journal: changes that wait, are made together, dropped or undone.
local journal = require "kalliope.lib.journal"
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code, pbx = client.get, client.send, client.code, client.pbx

local function user(number, more)
  return ("<user><exten>%s</exten><sip_secret>secret-%s</sip_secret><first_name>U</first_name><last_name>%s</last_name>%s"
    .. "</user>"):format(number, number, number, more or "")
end

local function away(kind, value)
  return ("<failover><type>%s</type><destination><value>%s</value></destination></failover>"):format(kind, value)
end

local function group(name, number, member, more)
  return ("<callgroup><name>%s</name><selection>%s</selection><timeout>20</timeout><priorities><priority><members><member>"
    .. "<exten>%s</exten></member></members></priority></priorities>%s</callgroup>"):format(name, number, member, more or "")
end

local function contact(last, more)
  return ("<contact><first_name>C</first_name><last_name>%s</last_name><phone>1</phone>%s</contact>"):format(last, more or "")
end

local function done(t, res, tag) t.equal(code(res, tag), "0", res.body) end

local function extensions(t)
  local list = {}
  for i, row in ipairs(t.sql("SELECT ex_number FROM ex_extensions WHERE ex_te_id = 1 ORDER BY ex_number")) do
    list[i] = row.ex_number
  end
  return list
end

local function id_of(t, path, list, name, value)
  for _, it in ipairs(xml.child(get(t, path).root, list)) do
    if xml.value(it, name) == value then return xml.value(it, "id") end
  end
end

test("steps keep their places when lists are joined", function(t)
  local steps = { { "a" } }
  journal.append(steps, { { "b" }, { "c", ids = { col = 1 } } })
  t.equal(#steps, 3)
  t.equal(steps[3].ids.col, 2)
end)

test("ten changes that name each other wait, are seen, and are made in one", function(t)
  done(t, send(t, "post", "/users/configs", user("101", "<vm_enabled>true</vm_enabled><vm_secret>11</vm_secret>")), "user")
  done(t, send(t, "post", "/users/configs", user("102")), "user")
  -- a group of users that wait, a user who leads to that group, and a box that waits
  done(t, send(t, "post", "/pbx/callgroups", group("Sales", "400", "102", away("FORWARD_TO_VOICEMAIL", "101"))), "callgroup")
  local id = id_of(t, "/pbx/callgroups", "callgroups", "name", "Sales")
  done(t, send(t, "put", "/users/configs/102", "<user><last_name>Two</last_name>"
    .. away("FORWARD_TO_CALLGROUP_WITHOUT_CHECKTIME", id) .. "</user>"), "user")
  done(t, send(t, "put", "/users/configs/101", "<user><vm_secret>22</vm_secret></user>"), "user")
  done(t, send(t, "post", "/phonebook/contacts", contact("Own", "<owner>101</owner>")), "contact")
  done(t, send(t, "post", "/phonebook/contacts", contact("Ours")), "contact")
  local ours = id_of(t, "/phonebook/contacts", "contacts", "last_name", "Ours")
  done(t, send(t, "put", "/phonebook/contacts", "<contact><id>" .. ours .. "</id><phone>77</phone></contact>"), "contact")
  done(t, send(t, "post", "/users/configs", user("103")), "user")
  done(t, get(t, "/users/configs/103", "delete"), "user")
  t.equal(pbx(t, "get", "pending"), "true")
  t.equal(extensions(t), {})
  local paths = { "/users/configs", "/users/brief", "/pbx/callgroups", "/phonebook/contacts", "/users/configs/102",
    "/phonebook/contacts/" .. ours, "/pbx/callgroups/" .. id }
  local before = {}
  for i, path in ipairs(paths) do before[i] = get(t, path).body end
  t.contains(before[1], "<vm_secret>22</vm_secret>")
  t.contains(before[1], "<name>Sales</name><value>" .. id .. "</value>")
  t.contains(before[3], "<type>FORWARD_TO_VOICEMAIL</type><destination><name/><value>101</value>")
  t.contains(before[3], "<display_name>U Two</display_name>")
  t.contains(before[4], "<type>private</type>")
  -- What waits counts: the codes are those of the store with it.
  t.equal(code(send(t, "post", "/users/configs", user("101")), "user"), "11")
  t.equal(code(send(t, "post", "/users/configs", user("400")), "user"), "11")
  t.equal(code(send(t, "post", "/pbx/callgroups", group("X", "401", "103")), "callgroup"), "14")
  t.equal(code(get(t, "/users/configs/103", "delete"), "user"), "15")
  client.apply(t)
  t.equal(pbx(t, "get", "pending"), "false")
  t.equal(extensions(t), { "101", "102" })
  for i, path in ipairs(paths) do t.equal(get(t, path).body, before[i], path) end
end)

test("revert drops what waits, and nothing else", function(t)
  local before = get(t, "/users/configs").body
  done(t, get(t, "/users/configs/101", "delete"), "user")
  done(t, send(t, "post", "/users/configs", user("101")), "user")
  t.contains(get(t, "/users/configs/101").body, "<vm_enabled>false</vm_enabled>")
  t.equal(pbx(t, "put", "revert"), "true")
  t.equal(get(t, "/users/configs").body, before)
  t.equal(pbx(t, "get", "pending"), "false")
end)

test("the tenant's limit counts what waits", function(t)
  t.sql("UPDATE te_tenants SET te_maxextensions = 3 WHERE te_code = 'DEMO'")
  done(t, send(t, "post", "/users/configs", user("104")), "user")
  t.equal(code(send(t, "post", "/users/configs", user("105")), "user"), "13")
  t.sql("UPDATE te_tenants SET te_maxextensions = -1 WHERE te_code = 'DEMO'")
  t.equal(pbx(t, "put", "revert"), "true")
end)

local function openapi(t, method, path, body)
  local res = t.http[method](t.http, "/openapi.php" .. path, { query = { key = t.key, tenant = "DEMO" }, json = body })
  t.truthy(res.status < 300, res.body)
  return res.json
end

test("what another dialect changes in between stays, but for the tags that wait", function(t)
  done(t, send(t, "put", "/users/configs/102", "<user><first_name>Late</first_name></user>"), "user")
  openapi(t, "patch", "/extensions/number/102", { ex_email = "two@example.com", password = "other-secret" })
  client.apply(t)
  local row = t.sql("SELECT ex_name, ex_email FROM ex_extensions WHERE ex_number = '102'")[1]
  t.equal({ row.ex_name, row.ex_email }, { "Late Two", "two@example.com" })
  t.contains(get(t, "/users/configs/102").body, "<sip_secret>other-secret</sip_secret>")
end)

test("a number that another dialect takes meanwhile: nothing is made, and all waits on", function(t)
  done(t, send(t, "post", "/users/configs", user("110")), "user")
  done(t, send(t, "put", "/users/configs/102", "<user><first_name>Never</first_name></user>"), "user")
  openapi(t, "post", "/extensions", { number = "110", name = "Theirs" })
  t.equal(pbx(t, "put", "apply"), "false")
  t.equal(pbx(t, "get", "pending"), "true")
  t.contains(get(t, "/users/brief/102").body, "<first_name>Never</first_name>")
  t.equal(t.sql("SELECT ex_name FROM ex_extensions WHERE ex_number = '102'")[1].ex_name, "Late Two")
  -- No change can be told from good to bad any more.
  local res = send(t, "put", "/users/configs/102", "<user><first_name>X</first_name></user>")
  t.equal(code(res, "user"), "14")
  t.contains(res.body, "a change that waits can no longer be made")
  t.equal(pbx(t, "put", "revert"), "true")
  done(t, send(t, "put", "/users/configs/102", "<user><first_name>X</first_name></user>"), "user")
  client.apply(t)
end)

test("what is changed here and deleted elsewhere is shown no more, and apply says no", function(t)
  done(t, send(t, "put", "/users/configs/110", "<user><first_name>Gone</first_name></user>"), "user")
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '110'")[1].ex_id
  openapi(t, "delete", "/extensions/" .. id)
  t.equal(#xml.child(get(t, "/users/brief/110").root, "users"), 0)
  t.equal(pbx(t, "put", "apply"), "false")
  t.equal(pbx(t, "put", "revert"), "true")
end)

test("what is deleted here and elsewhere is deleted", function(t)
  done(t, send(t, "post", "/users/configs", user("111")), "user")
  client.apply(t)
  done(t, get(t, "/users/configs/111", "delete"), "user")
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '111'")[1].ex_id
  openapi(t, "delete", "/extensions/" .. id)
  client.apply(t)
end)

test("two administrators at once: each number once, each change kept", function(t)
  local task = require "task"
  local answers, jobs = {}, {}
  for i = 1, 8 do
    jobs[i] = function() answers[i] = code(send(t, "post", "/users/configs", user(i % 2 == 0 and "120" or "12" .. i)), "user") end
  end
  if task.all then task.all(jobs) else for _, job in ipairs(jobs) do job() end end
  table.sort(answers)
  t.equal(answers, { "0", "0", "0", "0", "0", "11", "11", "11" })
  client.apply(t)
  t.equal(#t.sql("SELECT 1 FROM ex_extensions WHERE ex_number LIKE '12_'"), 5)
end)

test("a speed dial that waits is taken, for both administrators and for other dialects once it is made", function(t)
  local function dial(name, number) return code(send(t, "post", "/phonebook/contacts", contact(name, "<speed_dial>" .. number .. "</speed_dial>")), "contact") end
  local task = require "task"
  local both = task.all { function() return dial("A", "81") end, function() return dial("B", "81") end }
  local codes = { both[1].value, both[2].value }
  table.sort(codes)
  t.equal(codes, { "0", "13" })
  t.equal(dial("C", "82"), "0")
  -- another dialect takes one of them
  local short = openapi(t, "post", "/shortnumbers", { number = "82", destnumber = "5" })
  t.equal(pbx(t, "put", "apply"), "false")
  t.equal(t.sql("SELECT count(*) AS n FROM sn_shortnumbers WHERE sn_number = '81'")[1].n, 0)
  openapi(t, "delete", "/shortnumbers/" .. short.id)
  client.apply(t)
  t.equal(t.sql("SELECT count(*) AS n FROM sn_shortnumbers WHERE sn_number IN ('81', '82')")[1].n, 2)
  t.equal(dial("D", "82"), "13")
  local c = id_of(t, "/phonebook/contacts", "contacts", "last_name", "C")
  done(t, get(t, "/phonebook/contacts/" .. c, "delete"), "contact")
  t.equal(dial("D", "82"), "0") -- it goes with the contact that waits to be deleted
  t.equal(pbx(t, "put", "revert"), "true")
  t.equal(id_of(t, "/phonebook/contacts", "contacts", "last_name", "D"), nil)
  t.equal(id_of(t, "/phonebook/contacts", "contacts", "last_name", "C"), c)
end)

test("a journal has an end", function(t)
  for i = 1, 500 do
    t.sql("INSERT INTO sg_stagedchanges (sg_te_id, sg_dialect, sg_kind, sg_object, sg_object_id, sg_action) "
      .. "VALUES (1, 'Kalliope', 'pending', 'user', 999999, 'delete')")
  end
  local res = send(t, "post", "/users/configs", user("130"))
  t.equal(code(res, "user"), "14")
  t.contains(res.body, "500 changes wait already")
  client.apply(t)
  done(t, send(t, "post", "/users/configs", user("130")), "user")
  t.equal(pbx(t, "put", "revert"), "true")
end)

test("another tenant's journal is its own", function(t)
  t.sql("INSERT INTO sg_stagedchanges (sg_te_id, sg_dialect, sg_kind, sg_object, sg_object_id, sg_action) "
    .. "VALUES (2, 'Kalliope', 'pending', 'user', 999999, 'delete')")
  t.equal(pbx(t, "get", "pending"), "false")
  t.equal(pbx(t, "put", "revert"), "true")
  t.equal(#t.sql("SELECT 1 FROM sg_stagedchanges WHERE sg_te_id = 2"), 1)
end)

---- at once

test("at once: in force when answered, and revert undoes what came since the last apply", function(t)
  t.sql("INSERT INTO ks_settings (ks_code, ks_value) VALUES ('changes', 'at once')")
  done(t, send(t, "post", "/users/configs", user("140", "<vm_enabled>true</vm_enabled><vm_secret>14</vm_secret>")), "user")
  t.equal(pbx(t, "get", "pending"), "false")
  t.equal(#t.sql("SELECT 1 FROM ex_extensions WHERE ex_number = '140'"), 1)
  t.equal(pbx(t, "put", "apply"), "true")
  local paths = { "/users/configs", "/pbx/callgroups", "/phonebook/contacts" }
  local before = {}
  for i, path in ipairs(paths) do before[i] = get(t, path).body end
  local ours = id_of(t, "/phonebook/contacts", "contacts", "last_name", "Ours")
  local sales = id_of(t, "/pbx/callgroups", "callgroups", "name", "Sales")
  done(t, send(t, "put", "/users/configs/101", "<user><first_name>Other</first_name><vm_secret>99</vm_secret>"
    .. away("FORWARD_TO_EXTEN", "102") .. "</user>"), "user")
  done(t, send(t, "put", "/users/configs/140", "<user><vm_enabled>false</vm_enabled></user>"), "user")
  done(t, send(t, "post", "/users/configs", user("141")), "user")
  done(t, send(t, "post", "/pbx/callgroups", group("New", "402", "141")), "callgroup")
  done(t, send(t, "put", "/pbx/callgroups/" .. sales, group("Renamed", "403", "141")), "callgroup")
  done(t, send(t, "post", "/phonebook/contacts", contact("Third")), "contact")
  done(t, get(t, "/phonebook/contacts/" .. ours, "delete"), "contact")
  done(t, get(t, "/users/configs/140", "delete"), "user")
  t.equal(pbx(t, "put", "revert"), "true")
  for i, path in ipairs(paths) do t.equal(get(t, path).body, before[i], path) end
  -- and a second time there is nothing more to undo
  t.equal(pbx(t, "put", "revert"), "true")
  t.equal(get(t, "/users/configs").body, before[1])
end)

test("at once: what cannot be undone is left as it is", function(t)
  done(t, send(t, "post", "/users/configs", user("150")), "user")
  done(t, send(t, "put", "/users/configs/150", "<user><first_name>Two</first_name></user>"), "user")
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '150'")[1].ex_id
  openapi(t, "delete", "/extensions/" .. id)
  t.equal(pbx(t, "put", "revert"), "false")
  t.equal(pbx(t, "put", "apply"), "true")
  t.equal(pbx(t, "put", "revert"), "true")
  -- more than is remembered
  for _ = 1, 500 do
    t.sql("INSERT INTO sg_stagedchanges (sg_te_id, sg_dialect, sg_kind, sg_object, sg_object_id, sg_action) "
      .. "VALUES (1, 'Kalliope', 'undo', 'user', 999999, 'delete')")
  end
  done(t, send(t, "put", "/users/configs/101", "<user><first_name>Kept</first_name></user>"), "user")
  t.equal(pbx(t, "put", "revert"), "false")
  t.contains(get(t, "/users/brief/101").body, "<first_name>Kept</first_name>")
end)

test("at once: a speed dial comes back with its contact, and as it was", function(t)
  local function shorts() return t.sql("SELECT sn_number AS number, sn_destnumber AS dest FROM sn_shortnumbers WHERE sn_number LIKE '9%' ORDER BY sn_number") end
  done(t, send(t, "post", "/phonebook/contacts", contact("Back", "<speed_dial>91</speed_dial>")), "contact")
  t.equal(pbx(t, "put", "apply"), "true")
  local id, before = id_of(t, "/phonebook/contacts", "contacts", "last_name", "Back"), shorts()
  t.equal(#before, 1)
  done(t, send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><speed_dial>92</speed_dial></contact>"), "contact")
  done(t, send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><speed_dial></speed_dial></contact>"), "contact")
  done(t, get(t, "/phonebook/contacts/" .. id, "delete"), "contact")
  t.equal(shorts(), {})
  t.equal(pbx(t, "put", "revert"), "true")
  t.equal(shorts(), before)
  t.contains(get(t, "/phonebook/contacts/" .. id).body, "<speed_dial>91</speed_dial>")
end)
