-- /system: machine, firmware and network. This host is a program and not an appliance: it reads what the
-- machine has, checks what is asked, and what it cannot do answers with the documented code of a failure.
local ami = require "ami"
local kalliope = require "kalliope.lib.answer"
local network = require "kalliope.lib.network"
local shapes = require "kalliope.lib.shapes"
local task = require "task"
local time = require "time"
local xml = require "xml"

local CODES = {
  [10] = "Invalid backup request", [11] = "Backup not created",
  [12] = "One or more required field missing", [13] = "System running from primary firmware",
  [16] = "System not rebooted from secondary firmware",
  [18] = "Invalid firmware update request", [19] = "Invalid version format",
  [21] = "Version to update too old", [24] = "Firmware update not started", [25] = "No firmware update in progress",
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
      result = shapes.outcome("route"), body = { route = shapes.body("destination gateway") } },
    save_route = { access = "write", verb = "PUT /system/network/routes",
      result = shapes.outcome("route"), body = { route = shapes.body("id",
        shapes.children("destination gateway ip_address netmask", "text")) } },
    delete_route = { access = "write", verb = "DELETE /system/network/routes/{id}",
      result = shapes.outcome("route") },
    backup = { access = "write", verb = "POST /system/backup/create",
      result = shapes.outcome("backup"), body = { backup = shapes.body("name") } },
  },
}

local function refused(tag, code) return kalliope.refused(tag, CODES, code) end

-- A handler of a change that nobody makes here: it answers the code of `check(element)`, or `missing` without an element.
local function refuser(tag, missing, check)
  return function(req)
    local it = req.document and xml.child(req.document, tag)
    return refused(tag, it and check(it) or missing)
  end
end

function system.restart() return { "system_restarted", "false" } end

function system.halt() return { "system_halted", "false" } end

-- This program's version as A.B.C-dddd, the only form the document knows.
local function running() return host.info().version:match("^%d+%.%d+%.%d+") .. "-0000" end

function system.firmware()
  return { "firmware", {
    { "primary", running() }, { "secondary" }, { "running", "primary" },
  } }
end

function system.reboot_secondary() return refused("reboot_secondary", 16) end

function system.promote_secondary() return refused("promote_secondary", 13) end

function system.restore_primary() return refused("restore_primary", 13) end

-- The four numbers of a version, nil when it has another form.
local function parts_of(version)
  local a, b, c, d = version:match("^(%d+)%.(%d+)%.(%d+)%-(%d%d%d%d)$")
  if not a then return nil end
  return { tonumber(a), tonumber(b), tonumber(c), tonumber(d) }
end

system.update = refuser("update", 18, function(it)
  local version = kalliope.given(it, "firmware_version")
  if not version then return 12 end
  local wanted, own = parts_of(version), parts_of(running())
  if not wanted then return 19 end
  for i, part in ipairs(wanted) do
    if part > own[i] then return 24 end
    if part < own[i] then break end
  end
  return 21
end)

function system.update_status() return refused("update_status", 25) end

function system.engine_reload()
  local reply, err = ami.action("Reload")
  if err and err.code == "internal" then return nil, err end
  return { "pbxengine_reloaded", kalliope.flag(reply) }
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
      local reply, err = ami.action("Command", { Command = "core restart now" }, { node = node.node, timeout = 5 })
      if not reply and err.code ~= "unavailable" and err.code ~= "timeout" then
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

---- network: read as it is; checked as documented; written by nobody here

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

system.save_interface = refuser("interface", 32, function(it)
  local id, address, mask = kalliope.given(it, "id"), kalliope.given(it, "ip_address"), kalliope.given(it, "netmask")
  local enabled = kalliope.flag_of(it, "enabled")
  if not id or not address and not mask and enabled == nil then return 12 end
  local found = network.by_id(network.interfaces(), id)
  if not found then return 33 end
  if address and not network.ipv4(address) then return 34 end
  if mask and not network.bits(mask) then return 35 end
  return 36
end)

function system.dns()
  local machine_has = network.name_servers()
  return { "dns", { { "ip_address", machine_has[1] } } }
end

system.save_dns = refuser("dns", 37, function(it)
  local address = kalliope.given(it, "ip_address")
  if not address then return 12 end
  return network.ipv4(address) and 39 or 38
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

-- A wrong gateway's code; nil when it is one of the machine's networks.
local function wrong_gateway(gateway)
  if not network.ipv4(gateway) then return 42 end
  if not network.is_local(gateway, network.interfaces()) then return 43 end
end

system.add_route = refuser("route", 40, function(it)
  local destination, gateway = kalliope.given(it, "destination"), kalliope.given(it, "gateway")
  if not destination or not gateway then return 12 end
  if not network.destination(destination) then return 41 end
  return wrong_gateway(gateway) or 44
end)

system.save_route = refuser("route", 40, function(it)
  local id = kalliope.given(it, "id")
  if not id then return 12 end
  if not network.by_id(network.routes(), id) then return 45 end
  local address, mask = kalliope.given(it, "ip_address"), kalliope.given(it, "netmask")
  local destination, gateway = kalliope.given(it, "destination"), kalliope.given(it, "gateway")
  if address and not network.ipv4(address) or mask and not network.bits(mask)
      or destination and not network.destination(destination) then
    return 41
  end
  return gateway and wrong_gateway(gateway) or 44
end)

function system.delete_route(req)
  if not network.by_id(network.routes(), req.args.id) then return refused("route", 45) end
  return refused("route", 46)
end

system.backup = refuser("backup", 10, function(it) return kalliope.given(it, "name") and 11 or 12 end)

return system
