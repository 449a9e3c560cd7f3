-- What the original's appliance has beside its telephony: it has no meaning in front of an Asterisk of one's own.
local refusal = require "mikopbx.lib.refusal"

local function singleton(path) return { "GET " .. path, "PUT " .. path, "PATCH " .. path } end

local REFUSED = {
  fail2ban = singleton("/fail2ban"), storage = singleton("/storage"), s3Storage = singleton("/s3-storage"),
  mailSettings = singleton("/mail-settings"), timeSettings = singleton("/time-settings"), license = "GET /license:getLicenseInfo",
  modules = { "GET /modules", "POST /modules" }, network = { "GET /network", "POST /network:saveConfig" },
  customFiles = { "GET /custom-files", "POST /custom-files" }, asteriskManagers = { "GET /asterisk-managers", "POST /asterisk-managers" },
  asteriskRestUsers = { "GET /asterisk-rest-users", "POST /asterisk-rest-users" }, advice = "GET /advice",
  sysinfo = "GET /sysinfo:getInfo", syslog = "GET /syslog:getLogsList",
}

local appliance = route {
  family = "appliance",
  summary = "The machine of the original: refused.",
  actions = refusal.actions(REFUSED),
}

return refusal.handlers(appliance, REFUSED, "is not done here: the machine is its operator's")
