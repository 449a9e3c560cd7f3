-- /system: machine, firmware and network. This host is a program and not an appliance: what it
-- cannot do answers with the documented code of a failure.
local ami = require "ami"
local kalliope = require "kalliope.lib.answer"
local xml = require "xml"

local CODES = {
  [10] = "Invalid backup request", [11] = "Backup not created",
  [12] = "One or more required field missing", [13] = "System running from primary firmware",
  [16] = "System not rebooted from secondary firmware",
  [18] = "Invalid firmware update request", [19] = "Invalid version format",
  [24] = "Firmware update not started", [25] = "No firmware update in progress",
  [32] = "Invalid network interface update request", [36] = "Network interface not saved",
  [37] = "Invalid network DNS update request", [39] = "Network DNS IP address not saved",
  [40] = "Invalid network route request", [44] = "Network route not saved",
  [46] = "Network route not deleted",
}

local system = route {
  family = "system",
  summary = "Machine, firmware and network.",
  actions = {
    restart = { access = "write", verb = "PUT /system/restart" },
    halt = { access = "write", verb = "PUT /system/halt" },
    firmware = { access = "read", verb = "GET /system/firmware" },
    reboot_secondary = { access = "write", verb = "PUT /system/firmware/rebootsecondary" },
    promote_secondary = { access = "write", verb = "PUT /system/firmware/promotesecondary" },
    restore_primary = { access = "write", verb = "PUT /system/firmware/restoreprimary" },
    update = { access = "write", verb = "PUT /system/firmware/update" },
    update_status = { access = "read", verb = "GET /system/firmware/updatestatus" },
    engine_reload = { access = "write", verb = "PUT /system/pbxengine/reload" },
    engine_restart = { access = "write", verb = "PUT /system/pbxengine/restart" },
    interfaces = {
      access = "read",
      verb = { "POST /system/network/interfaces", "GET /system/network/interfaces" },
    },
    save_interface = { access = "write", verb = "PUT /system/network/interfaces" },
    dns = { access = "read", verb = "GET /system/network/dns" },
    save_dns = { access = "write", verb = "PUT /system/network/dns" },
    list_routes = { access = "read", verb = "GET /system/network/routes" },
    add_route = { access = "write", verb = "POST /system/network/routes" },
    save_route = { access = "write", verb = "PUT /system/network/routes" },
    delete_route = { access = "write", verb = "DELETE /system/network/routes/{id}" },
    backup = { access = "write", verb = "POST /system/backup/create" },
  },
}

local function refused(tag, code) return kalliope.refused(tag, CODES, code) end

function system.restart() return { "system_restarted", "false" } end

function system.halt() return { "system_halted", "false" } end

function system.firmware()
  return { "firmware", {
    { "primary", host.info().version }, { "secondary" }, { "running", "primary" },
  } }
end

function system.reboot_secondary() return refused("reboot_secondary", 16) end

function system.promote_secondary() return refused("promote_secondary", 13) end

function system.restore_primary() return refused("restore_primary", 13) end

function system.update(req)
  local it = req.document and xml.child(req.document, "update")
  if not it then return refused("update", 18) end
  local version = kalliope.given(it, "firmware_version")
  if not version then return refused("update", 12) end
  if not version:match("^%d+%.%d+%.%d+%-%d+$") then return refused("update", 19) end
  return refused("update", 24)
end

function system.update_status() return refused("update_status", 25) end

function system.engine_reload()
  local reply, err = ami.action("Reload")
  if err and err.code == "internal" then return nil, err end
  return { "pbxengine_reloaded", kalliope.flag(reply) }
end

function system.engine_restart() return { "pbxengine_restarted", "false" } end

function system.interfaces() return { "interfaces" } end

function system.save_interface(req)
  local it = req.document and xml.child(req.document, "interface")
  if not it then return refused("interface", 32) end
  if not kalliope.given(it, "id") then return refused("interface", 12) end
  return refused("interface", 36)
end

function system.dns() return { "dns", { { "ip_address" } } } end

function system.save_dns(req)
  local it = req.document and xml.child(req.document, "dns")
  if not it then return refused("dns", 37) end
  if not kalliope.given(it, "ip_address") then return refused("dns", 12) end
  return refused("dns", 39)
end

function system.list_routes() return { "routes" } end

function system.add_route(req)
  local it = req.document and xml.child(req.document, "route")
  if not it then return refused("route", 40) end
  if not kalliope.given(it, "destination") or not kalliope.given(it, "gateway") then
    return refused("route", 12)
  end
  return refused("route", 44)
end

function system.save_route(req)
  local it = req.document and xml.child(req.document, "route")
  if not it then return refused("route", 40) end
  if not kalliope.given(it, "id") then return refused("route", 12) end
  return refused("route", 44)
end

function system.delete_route() return refused("route", 46) end

function system.backup(req)
  local it = req.document and xml.child(req.document, "backup")
  if not it then return refused("backup", 10) end
  if not kalliope.given(it, "name") then return refused("backup", 12) end
  return refused("backup", 11)
end

return system
