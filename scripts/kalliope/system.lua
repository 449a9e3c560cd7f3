-- /system: machine, firmware and network. This host is a program and not an appliance: it reads what the machine has,
-- checks what is asked, and leaves the doing to helpers that the operator named; without one it answers with the
-- documented code of a failure.
local ami = require "ami"
local backup = require "backup"
local config = require "config"
local firmware = require "kalliope.lib.firmware"
local kalliope = require "kalliope.lib.answer"
local log = require "log"
local machine_helper = require "kalliope.lib.machine_helper"
local network = require "kalliope.lib.network"
local phonebook = require "model.phonebook"
local reply = require "lib.reply"
local routing = require "kalliope.lib.routing"
local shapes = require "kalliope.lib.shapes"
local store = require "store"
local task = require "task"
local time = require "time"
local xml = require "xml"

local CODES = {
  [10] = "Invalid backup request", [11] = "Backup not created",
  [12] = "One or more required field missing", [13] = "System running from primary firmware",
  [14] = "System running from secondary firmware", [15] = "Firmware not promoted to primary",
  [16] = "System not rebooted from secondary firmware", [17] = "Primary firmware not restored",
  [18] = "Invalid firmware update request", [19] = "Invalid version format",
  [20] = "Firmware update already in progress", [21] = "Version to update too old", [22] = "Required update before",
  [23] = "Unable to launch firmware update", [24] = "Firmware update not started",
  [25] = "No firmware update in progress", [26] = "Initializing updating process", [27] = "Downloading update",
  [28] = "Uncompressing file", [29] = "Migrating configuration", [30] = "Updating is successful",
  [31] = "An error has occurred during update process",
  [32] = "Invalid network interface update request", [33] = "Invalid network id",
  [34] = "Invalid network IP address", [35] = "Invalid network netmask", [36] = "Network interface not saved",
  [37] = "Invalid network DNS update request", [38] = "Invalid network DNS IP address",
  [39] = "Network DNS IP address not saved", [40] = "Invalid network route request",
  [41] = "Invalid network route destination address", [42] = "Invalid network route gateway address",
  [43] = "Invalid network route", [44] = "Network route not saved", [45] = "Invalid network route id",
  [46] = "Network route not deleted",
}

local system = route {
  family = "system",
  summary = "Machine, firmware and network.",
  actions = {
    restart = { access = "write", verb = "PUT /system/restart",
      result = shapes.element({ system_restarted = "flag" }) },
    halt = { access = "write", verb = "PUT /system/halt",
      result = shapes.element({ system_halted = "flag" }) },
    firmware = { access = "read", verb = "GET /system/firmware",
      result = shapes.element({ firmware = shapes.element(shapes.children("primary secondary running", "text")) }) },
    reboot_secondary = { access = "write", verb = "PUT /system/firmware/rebootsecondary",
      result = shapes.outcome("reboot_secondary") },
    promote_secondary = { access = "write", verb = "PUT /system/firmware/promotesecondary",
      result = shapes.outcome("promote_secondary") },
    restore_primary = { access = "write", verb = "PUT /system/firmware/restoreprimary",
      result = shapes.outcome("restore_primary") },
    update = { access = "write", verb = "PUT /system/firmware/update",
      result = shapes.outcome("update"), body = { update = shapes.body("firmware_version") } },
    update_status = { access = "read", verb = "GET /system/firmware/updatestatus",
      result = shapes.outcome("update_status") },
    engine_reload = { access = "write", verb = "PUT /system/pbxengine/reload",
      result = shapes.element({ pbxengine_reloaded = "flag" }) },
    engine_restart = { access = "write", verb = "PUT /system/pbxengine/restart",
      result = shapes.element({ pbxengine_restarted = "flag" }) },
    interfaces = {
      access = "read",
      verb = { "POST /system/network/interfaces", "GET /system/network/interfaces" },
      result = shapes.element({ interfaces = shapes.list("interface",
        shapes.element(shapes.children("id name ip_address netmask", "text", { enabled = "flag" }))) }),
    },
    save_interface = { access = "write", verb = "PUT /system/network/interfaces",
      result = shapes.outcome("interface"), body = { interface = shapes.body("id",
        shapes.children("enabled ip_address netmask", "text")) } },
    dns = { access = "read", verb = "GET /system/network/dns",
      result = shapes.element({ dns = shapes.element({ ip_address = "text" }) }) },
    save_dns = { access = "write", verb = "PUT /system/network/dns",
      result = shapes.outcome("dns"), body = { dns = shapes.body("ip_address") } },
    list_routes = { access = "read", verb = "GET /system/network/routes",
      result = shapes.element({ routes = shapes.list("route",
        shapes.element(shapes.children("id destination gateway", "text", { enabled = "flag" }))) }) },
    add_route = { access = "write", verb = "POST /system/network/routes",
      result = shapes.outcome("route"), body = { route = shapes.body("destination gateway", { enabled = "flag" }) } },
    save_route = { access = "write", verb = "PUT /system/network/routes",
      result = shapes.outcome("route"), body = { route = shapes.body("id",
        shapes.children("enabled destination gateway ip_address netmask", "text")) } },
    delete_route = { access = "write", verb = "DELETE /system/network/routes/{id}",
      result = shapes.outcome("route") },
    backup = { access = "write", verb = "POST /system/backup/create", media = { "text/xml", "application/octet-stream" },
      result = shapes.outcome("backup"), body = { backup = shapes.body("name", { description = "text",
        includes = shapes.element({}, { phonebook = "flag", sounds = "flag" }) }) } },
  },
}

local function outcome(tag, code)
  if code == 0 then return kalliope.success(tag) end
  return kalliope.refused(tag, CODES, code)
end

-- A handler of a change: it answers the code of `change(element)`, or `missing` without an element.
local function changer(tag, missing, change)
  return function(req)
    local it = req.document and xml.child(req.document, tag)
    return outcome(tag, it and change(it) or missing)
  end
end

function system.restart() return { "system_restarted", kalliope.flag(machine_helper.done("reboot")) } end

function system.halt() return { "system_halted", kalliope.flag(machine_helper.done("halt")) } end

function system.firmware()
  local versions = firmware.versions()
  return { "firmware", {
    { "primary", versions.primary }, { "secondary", versions.secondary }, { "running", versions.running },
  } }
end

function system.reboot_secondary()
  local versions = firmware.versions()
  if versions.running == "secondary" then return outcome("reboot_secondary", 14) end
  return outcome("reboot_secondary", firmware.act({ "reboot_secondary" }, 16))
end

function system.promote_secondary()
  if firmware.versions().running == "primary" then return outcome("promote_secondary", 13) end
  return outcome("promote_secondary", firmware.act({ "promote_secondary" }, 15))
end

function system.restore_primary()
  if firmware.versions().running == "primary" then return outcome("restore_primary", 13) end
  return outcome("restore_primary", firmware.act({ "restore_primary" }, 17))
end

-- What the helper may say of an update that it does not begin, and of one that it has begun.
local REFUSALS = { [20] = true, [22] = true, [23] = true }
local STAGES = { [26] = true, [27] = true, [28] = true, [29] = true, [30] = true, [31] = true }

system.update = changer("update", 18, function(it)
  local version = kalliope.given(it, "firmware_version")
  if not version then return 12 end
  if not firmware.parts(version) then return 19 end
  local versions = firmware.versions()
  if not firmware.newer(version, versions[versions.running]) then return 21 end
  return firmware.act({ "update", version }, 24, REFUSALS)
end)

function system.update_status()
  local code = firmware.act({ "status" }, 25, STAGES)
  return outcome("update_status", code == 0 and 25 or code)
end

function system.engine_reload()
  local done, err = ami.action("Reload")
  if err and err.code == "internal" then return nil, err end
  return { "pbxengine_reloaded", kalliope.flag(done) }
end

-- How long a node may take to come back, in seconds.
local BACK_WITHIN = 25

local function is_back(name, since)
  for _, node in ipairs(ami.nodes()) do
    if node.node == name then return node.state == "up" and node.synced and node.since >= since end
  end
  return false
end

-- All nodes that are up restart; true when each of them is back.
function system.engine_restart()
  local restarted, since = {}, math.floor(time.now())
  for _, node in ipairs(ami.nodes()) do
    if node.state == "up" then
      -- Asterisk may end before it has answered.
      local done, err = ami.action("Command", { Command = "core restart now" }, { node = node.node, timeout = 5 })
      if not done and err.code ~= "unavailable" and err.code ~= "timeout" then
        return { "pbxengine_restarted", "false" }
      end
      restarted[#restarted + 1] = node.node
    end
  end
  local last = time.clock() + math.min(BACK_WITHIN, task.remaining() - 1)
  for _, name in ipairs(restarted) do
    while not is_back(name, since) do
      if time.clock() >= last then return { "pbxengine_restarted", "false" } end
      task.sleep(0.1)
    end
  end
  return { "pbxengine_restarted", kalliope.flag(#restarted > 0) }
end

---- network: read as it is, checked as documented, written by helpers

function system.interfaces()
  local list = {}
  for i, it in ipairs(network.interfaces()) do
    list[i] = { "interface", {
      { "id", it.id }, { "enabled", kalliope.flag(it.enabled) }, { "name", it.name },
      { "ip_address", it.address }, { "netmask", it.netmask },
    } }
  end
  return { "interfaces", list }
end

-- The words of a helper: what was not sent is "-".
local function word(value) return value or "-" end
local function flag_word(value) return value == nil and "-" or kalliope.flag(value) end

system.save_interface = changer("interface", 32, function(it)
  local id, address, mask = kalliope.given(it, "id"), kalliope.given(it, "ip_address"), kalliope.given(it, "netmask")
  local enabled = kalliope.flag_of(it, "enabled")
  if not id or not address and not mask and enabled == nil then return 12 end
  local found = network.by_id(network.interfaces(), id)
  if not found then return 33 end
  if address and not network.ipv4(address) then return 34 end
  if mask and not network.bits(mask) then return 35 end
  if enabled == false and found.id == 0 then return 36 end -- the first one cannot be disabled
  return machine_helper.code("network_interface", { found.name, flag_word(enabled), word(address), word(mask) }, 36)
end)

function system.dns()
  local machine_has = network.name_servers()
  return { "dns", { { "ip_address", machine_has[1] } } }
end

system.save_dns = changer("dns", 37, function(it)
  local address = kalliope.given(it, "ip_address")
  if not address then return 12 end
  if not network.ipv4(address) then return 38 end
  return machine_helper.code("network_dns", { address }, 39)
end)

function system.list_routes()
  local list = {}
  for i, it in ipairs(network.routes()) do
    list[i] = { "route", {
      { "id", it.id }, { "enabled", "true" }, { "destination", it.destination }, { "gateway", it.gateway },
    } }
  end
  return { "routes", list }
end

system.add_route = changer("route", 40, function(it)
  local words, code = routing.addition(it, network.interfaces())
  return words and machine_helper.code("network_route", words, 44) or code
end)

system.save_route = changer("route", 40, function(it)
  local words, code = routing.change(it, network.routes(), network.interfaces())
  return words and machine_helper.code("network_route", words, 44) or code
end)

function system.delete_route(req)
  local words, code = routing.removal(req.args.id, network.routes())
  return outcome("route", words and machine_helper.code("network_route", words, 46) or code)
end

-- Of the whole host, whose administrator is the only one who signs in here. The name is the file's.
function system.backup(req)
  local it = req.document and xml.child(req.document, "backup")
  local name = it and kalliope.given(it, "name")
  if not name then return outcome("backup", it and 12 or 10) end
  -- This dialect acts for one tenant; the archive holds the data and secrets of all.
  local others, failed = store.value("SELECT te_id FROM te_tenants WHERE te_id <> ? LIMIT 1", { req.tenant.id })
  if failed then return nil, failed end
  if others and not config.get("kalliope.backup", false) then
    log.warn("backup not created", { reason = "there are other tenants, and settings.kalliope.backup is not set" })
    return outcome("backup", 11)
  end
  local includes = xml.child(it, "includes")
  local books, sounds = true, false
  if includes then books, sounds = kalliope.flag_of(includes, "phonebook") ~= false, kalliope.flag_of(includes, "sounds") end
  local body, err = backup.make {
    folders = sounds and { "media", "voicemail" } or {}, without = books and {} or phonebook.TABLES,
  }
  if not body then
    log.warn("backup not created", { reason = err.message })
    return outcome("backup", 11)
  end
  local file = name:gsub("[^%w._-]+", "_"):sub(1, 100)
  return reply.body(body, { type = "application/octet-stream",
    headers = { ["Content-Disposition"] = 'attachment; filename="' .. file .. '.tar"' } })
end

return system
