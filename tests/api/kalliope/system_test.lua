-- /system: what a program cannot do for a machine.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

test("nothing is restarted, and the answer says so", function(t)
  t.equal(xml.value(send(t, "put", "/system/restart", "").root, "system_restarted"), "false")
  t.equal(xml.value(send(t, "put", "/system/halt", "").root, "system_halted"), "false")
  t.equal(xml.value(send(t, "put", "/system/pbxengine/restart", "").root,
    "pbxengine_restarted"), "false")
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
  t.equal(update("<update><firmware_version>x</firmware_version></update>"), "19")
  t.equal(update("<update><firmware_version>3.9.3-2664</firmware_version></update>"), "24")
end)

test("network and backup", function(t)
  t.truthy(xml.child(send(t, "post", "/system/network/interfaces", "").root, "interfaces"))
  t.truthy(xml.child(get(t, "/system/network/interfaces").root, "interfaces"))
  t.equal(code(send(t, "put", "/system/network/interfaces", ""), "interface"), "32")
  t.equal(code(send(t, "put", "/system/network/interfaces",
    "<interface><id>1</id></interface>"), "interface"), "36")
  t.truthy(xml.child(get(t, "/system/network/dns").root, "dns"))
  t.equal(code(send(t, "put", "/system/network/dns", "<dns/>"), "dns"), "12")
  t.truthy(xml.child(get(t, "/system/network/routes").root, "routes"))
  t.equal(code(send(t, "post", "/system/network/routes", "<route/>"), "route"), "12")
  t.equal(code(send(t, "put", "/system/network/routes", ""), "route"), "40")
  t.equal(code(get(t, "/system/network/routes/1", "delete"), "route"), "46")
  t.equal(code(send(t, "post", "/system/backup/create", ""), "backup"), "10")
  t.equal(code(send(t, "post", "/system/backup/create", "<backup><name>b</name></backup>"),
    "backup"), "11")
end)
