-- /system: what the machine has, and what a program cannot do for it.
local machine = require "machine"
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

test("nothing is restarted, and the answer says so", function(t)
  t.equal(xml.value(send(t, "put", "/system/restart", "").root, "system_restarted"), "false")
  t.equal(xml.value(send(t, "put", "/system/halt", "").root, "system_halted"), "false")
end)

test("a machine is restarted and halted by the helpers that its operator named", function(t)
  t.helper:answer("reboot", {})
  t.equal(xml.value(send(t, "put", "/system/restart", "").root, "system_restarted"), "true")
  t.equal(xml.value(send(t, "put", "/system/halt", "").root, "system_halted"), "false")
  t.helper:answer("halt", {})
  t.equal(xml.value(send(t, "put", "/system/halt", "").root, "system_halted"), "true")
  t.equal(t.helper:asked(), { { name = "reboot", args = {}, input = "" }, { name = "halt", args = {}, input = "" } })
  for _, failure in ipairs({ { code = 1 }, { error = "gone" }, { error = "late", code = "timeout" } }) do
    t.helper:answer("reboot", failure)
    t.equal(xml.value(send(t, "put", "/system/restart", "").root, "system_restarted"), "false")
  end
end)

test("the engine restarts, and true is said when its node is back", function(t)
  t.ami:expect("Command", { Command = "core restart now" }):hang_up()
  t.equal(xml.value(send(t, "put", "/system/pbxengine/restart", "").root, "pbxengine_restarted"), "true")
  t.log:expect("^warn ami node is away")
  t.ami:expect("Command", { Command = "core restart now" }):reply("error", { Message = "No" })
  t.equal(xml.value(send(t, "put", "/system/pbxengine/restart", "").root, "pbxengine_restarted"), "false")
end)

test("the engine reloads", function(t)
  t.ami:expect("Reload"):reply("success", { Message = "Module Reloaded" })
  t.equal(xml.value(send(t, "put", "/system/pbxengine/reload", "").root,
    "pbxengine_reloaded"), "true")
  t.ami:expect("Reload"):reply("error", "No")
  t.equal(xml.value(send(t, "put", "/system/pbxengine/reload", "").root,
    "pbxengine_reloaded"), "false")
end)

test("firmware", function(t)
  local it = xml.child(get(t, "/system/firmware").root, "firmware")
  t.equal(xml.value(it, "running"), "primary")
  t.matches(xml.value(it, "primary"), "^%d")
  t.equal(code(send(t, "put", "/system/firmware/rebootsecondary", ""), "reboot_secondary"), "16")
  t.equal(code(send(t, "put", "/system/firmware/promotesecondary", ""), "promote_secondary"),
    "13")
  t.equal(code(send(t, "put", "/system/firmware/restoreprimary", ""), "restore_primary"), "13")
  t.equal(code(get(t, "/system/firmware/updatestatus"), "update_status"), "25")
  local function update(inner)
    return code(send(t, "put", "/system/firmware/update", inner), "update")
  end
  t.equal(update(""), "18")
  t.equal(update("<update/>"), "12")
  for version, expected in pairs({ x = "19", ["99.9.3-266"] = "19", ["99.9.3-2664"] = "24", ["0.0.9-9999"] = "21" }) do
    t.equal(update("<update><firmware_version>" .. version .. "</firmware_version></update>"), expected, version)
  end
  t.matches(xml.value(it, "primary"), "^%d+%.%d+%.%d+%-%d%d%d%d$")
end)

-- The helper's words without those that only look.
local function asked(t)
  local list = {}
  for _, it in ipairs(t.helper:asked()) do
    if it.args[1] ~= "show" then list[#list + 1] = it.name .. " " .. table.concat(it.args, " ") end
  end
  return list
end

test("firmware that a helper has", function(t)
  local function versions()
    local it = xml.child(get(t, "/system/firmware").root, "firmware")
    return xml.value(it, "primary"), xml.value(it, "secondary"), xml.value(it, "running")
  end
  local function put(verb, tag) return code(send(t, "put", "/system/firmware/" .. verb, ""), tag) end
  local function update(version)
    return code(send(t, "put", "/system/firmware/update",
      "<update><firmware_version>" .. version .. "</firmware_version></update>"), "update")
  end
  local own = versions()
  t.helper:answer("firmware", { code = 1 })
  t.helper:answer("firmware show", { out = "primary 4.1.2-0003\nsecondary\t4.2.0-0001 \r\nrunning primary\nother x\n" })
  t.equal({ versions() }, { "4.1.2-0003", "4.2.0-0001", "primary" })
  t.equal(put("rebootsecondary", "reboot_secondary"), "16")
  t.equal(put("promotesecondary", "promote_secondary"), "13")
  t.equal(put("restoreprimary", "restore_primary"), "13")
  t.equal(asked(t), { "firmware reboot_secondary" })
  t.equal(update("4.1.2-0003"), "21")
  t.equal(update("4.0.9-9999"), "21")
  t.equal(update("4.1.2-0004"), "24")
  for exit, expected in pairs({ [0] = "0", [20] = "20", [22] = "22", [23] = "23", [21] = "24", [137] = "24" }) do
    t.helper:answer("firmware update 4.1.2-0004", { code = exit })
    t.equal(update("4.1.2-0004"), expected, exit)
  end
  for exit = 0, 40 do
    t.helper:answer("firmware status", { code = exit })
    local res = get(t, "/system/firmware/updatestatus")
    t.equal(code(res, "update_status"), exit >= 26 and exit <= 31 and tostring(exit) or "25", exit)
    t.matches(xml.value(xml.child(xml.child(res.root, "update_status"), "error"), "message"), "%a")
  end
  t.helper:answer("firmware reboot_secondary", {})
  t.equal(put("rebootsecondary", "reboot_secondary"), "0")

  t.helper:answer("firmware show", { out = "primary 4.1.2-0003\nsecondary 4.2.0-0001\nrunning secondary\n" })
  t.equal({ versions() }, { "4.1.2-0003", "4.2.0-0001", "secondary" })
  t.equal(put("rebootsecondary", "reboot_secondary"), "14")
  t.equal(update("4.2.0-0001"), "21")
  t.equal(put("promotesecondary", "promote_secondary"), "15")
  t.equal(put("restoreprimary", "restore_primary"), "17")
  t.helper:answer("firmware promote_secondary", {})
  t.helper:answer("firmware restore_primary", {})
  t.equal(put("promotesecondary", "promote_secondary"), "0")
  t.equal(put("restoreprimary", "restore_primary"), "0")

  -- What it says amiss is as if it said nothing.
  for _, answer in ipairs({ { out = "primary four\nrunning secondary\n" }, { code = 1, out = "primary 9.9.9-0001\n" }, { error = "gone" } }) do
    t.helper:answer("firmware show", answer)
    local primary, secondary, running = versions()
    t.equal(primary, own)
    t.equal(secondary, "")
    t.equal(running, "primary")
  end
end)

test("the network is the machine's", function(t)
  for _, method in ipairs({ "post", "get" }) do
    local res = method == "post" and send(t, "post", "/system/network/interfaces", "")
      or get(t, "/system/network/interfaces")
    local list = xml.child(res.root, "interfaces")
    t.equal(#list, #machine.interfaces())
    for i, it in ipairs(machine.interfaces()) do
      t.equal(xml.value(list[i], "id"), tostring(i - 1))
      t.equal(xml.value(list[i], "name"), it.name)
      t.equal(xml.value(list[i], "ip_address"), it.address or "")
    end
  end
  t.equal(#xml.child(get(t, "/system/network/routes").root, "routes"), #machine.routes())
  local dns = xml.child(get(t, "/system/network/dns").root, "dns")
  t.equal(xml.value(dns, "ip_address"), machine.name_servers()[1] or "")
end)

test("what is asked of the network is checked, row by row of the tables", function(t)
  local function interface(inner) return code(send(t, "put", "/system/network/interfaces", inner), "interface") end
  t.equal(interface(""), "32")
  t.equal(interface("<interface><id>0</id></interface>"), "12")
  t.equal(interface("<interface><enabled>true</enabled></interface>"), "12")
  t.equal(interface("<interface><id>999</id><enabled>true</enabled></interface>"), "33")
  t.equal(interface("<interface><id>0.0</id><enabled>true</enabled></interface>"), "33")
  if #machine.interfaces() > 0 then
    t.equal(interface("<interface><id>0</id><ip_address>1.2.3</ip_address></interface>"), "34")
    t.equal(interface("<interface><id>0</id><netmask>255.0.255.0</netmask></interface>"), "35")
    t.equal(interface("<interface><id>0</id><netmask>255.255.0.0</netmask></interface>"), "36")
  end
  local function dns(inner) return code(send(t, "put", "/system/network/dns", inner), "dns") end
  t.equal(dns(""), "37")
  t.equal(dns("<dns/>"), "12")
  t.equal(dns("<dns><ip_address>dns.example</ip_address></dns>"), "38")
  t.equal(dns("<dns><ip_address>192.168.0.100</ip_address></dns>"), "39")
  local function add(inner) return code(send(t, "post", "/system/network/routes", inner), "route") end
  local function route(destination, gateway)
    return ("<route><destination>%s</destination><gateway>%s</gateway></route>"):format(destination, gateway)
  end
  t.equal(add(""), "40")
  t.equal(add("<route/>"), "12")
  t.equal(add(route("192.168.1.0", "192.168.1.1")), "41")
  t.equal(add(route("192.168.1.0/24", "gateway")), "42")
  t.equal(add(route("192.168.1.0/24", "203.0.113.77")), "43")
  local own = machine.interfaces()[1]
  if own and own.address then t.equal(add(route("192.168.1.0/24", own.address)), "44") end
  local function change(inner) return code(send(t, "put", "/system/network/routes", inner), "route") end
  t.equal(change(""), "40")
  t.equal(change("<route/>"), "12")
  t.equal(change("<route><id>1.0</id></route>"), "45")
  t.equal(change("<route><id>999</id></route>"), "45")
  t.equal(code(get(t, "/system/network/routes/999", "delete"), "route"), "45")
  if #machine.routes() > 0 then
    t.equal(change("<route><id>1</id><ip_address>x</ip_address></route>"), "41")
    t.equal(change("<route><id>1</id><gateway>x</gateway></route>"), "42")
    t.equal(change("<route><id>1</id><enabled>false</enabled></route>"), "44")
    t.equal(code(get(t, "/system/network/routes/1", "delete"), "route"), "46")
  end
end)

test("the network is written by helpers", function(t)
  local function dns(address)
    return code(send(t, "put", "/system/network/dns", "<dns><ip_address>" .. address .. "</ip_address></dns>"), "dns")
  end
  t.helper:answer("network_dns", {})
  t.equal(dns("192.168.0.100"), "0")
  t.equal(dns("192.168.0.300"), "38")
  t.equal(asked(t), { "network_dns 192.168.0.100" })
  t.helper:answer("network_dns", { code = 38 }) -- its table has one code for a helper
  t.equal(dns("192.168.0.100"), "39")

  local own = machine.interfaces()[1]
  if not own then return end
  local function interface(inner) return code(send(t, "put", "/system/network/interfaces", "<interface><id>0</id>" .. inner .. "</interface>"), "interface") end
  t.helper:answer("network_interface", {})
  t.equal(interface("<ip_address>192.168.0.9</ip_address>"), "0")
  t.equal(interface("<enabled>true</enabled><ip_address>0.0.0.0</ip_address><netmask>0.0.0.0</netmask>"), "0")
  t.equal(interface("<enabled>false</enabled>"), "36") -- the first one cannot be disabled
  t.equal({ unpack(asked(t), 3) }, { "network_interface " .. own.name .. " - 192.168.0.9 -",
    "network_interface " .. own.name .. " true 0.0.0.0 0.0.0.0" })
  t.helper:answer("network_interface", { code = 1 })
  t.equal(interface("<enabled>true</enabled>"), "36")

  if not own.address then return end
  local function add(more)
    return code(send(t, "post", "/system/network/routes", "<route><destination>192.168.1.0/24</destination><gateway>"
      .. own.address .. "</gateway>" .. (more or "") .. "</route>"), "route")
  end
  t.helper:answer("network_route", {})
  t.equal(add(), "0")
  t.equal(add("<enabled>false</enabled>"), "0")
  t.equal({ unpack(asked(t), 6) }, { "network_route add 192.168.1.0/24 " .. own.address .. " true",
    "network_route add 192.168.1.0/24 " .. own.address .. " false" })
  for i, route in ipairs(machine.routes()) do
    if route.destination == "0.0.0.0/0" then -- stays, whatever the helper would do
      t.equal(code(get(t, "/system/network/routes/" .. i, "delete"), "route"), "46")
      t.equal(code(send(t, "put", "/system/network/routes", ("<route><id>%d</id><enabled>false</enabled></route>"):format(i)), "route"), "44")
      t.equal(code(send(t, "put", "/system/network/routes", ("<route><id>%d</id><gateway>%s</gateway></route>"):format(i, own.address)), "route"), "0")
    end
  end
end)

test("backup", function(t)
  t.equal(code(send(t, "post", "/system/backup/create", ""), "backup"), "10")
  t.equal(code(send(t, "post", "/system/backup/create", "<backup/>"), "backup"), "12")
end)

test("a backup of several tenants is the operator's to allow", function(t)
  t.log:expect("backup not created")
  t.equal(code(send(t, "post", "/system/backup/create", "<backup><name>all</name></backup>"), "backup"), "11")
end)

test("a backup is a file, with what was asked for", function(t)
  local function create(more)
    local res = t.http:post("/rest/system/backup/create", {
      headers = client.headers(t, { ["Content-Type"] = "text/xml" }),
      body = '<?xml version="1.0"?><kpbx_request><backup><name>b "1"/x</name>' .. more .. "</backup></kpbx_request>",
    })
    t.equal(res.status, 200, res.body:sub(1, 200))
    t.equal(res.headers["content-type"], "application/octet-stream")
    t.equal(res.headers["content-disposition"], 'attachment; filename="b_1_x.tar"')
    t.equal(res.body:sub(1, 16), "patchbay-backup\0")
    t.contains(res.body, "SQLite format 3\0")
    return res.body
  end
  t.sql("DELETE FROM te_tenants WHERE te_code = 'OTHER'")
  t.sql("INSERT INTO pb_phonebooks (pb_te_id, pb_name) VALUES (1, 'A book with a name')")
  local all = create("<description>all</description>")
  t.contains(all, "A book with a name")
  t.falsy(all:find("without pb_phonebooks", 1, true))
  local less = create("<includes><phonebook>false</phonebook><sounds>true</sounds></includes>")
  t.falsy(less:find("A book with a name", 1, true))
  t.contains(less, "without pb_phonebooks\n")
  t.contains(less, "folder media\nfolder voicemail\n")
  t.equal(#t.sql("SELECT pb_id FROM pb_phonebooks"), 1)
end)
