-- /system: what the machine has, and what a program cannot do for it.
local machine = require "machine"
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

test("nothing is restarted, and the answer says so", function(t)
  t.equal(xml.value(send(t, "put", "/system/restart", "").root, "system_restarted"), "false")
  t.equal(xml.value(send(t, "put", "/system/halt", "").root, "system_halted"), "false")
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

test("backup", function(t)
  t.equal(code(send(t, "post", "/system/backup/create", ""), "backup"), "10")
  t.equal(code(send(t, "post", "/system/backup/create", "<backup/>"), "backup"), "12")
  t.equal(code(send(t, "post", "/system/backup/create", "<backup><name>b</name></backup>"),
    "backup"), "11")
end)
