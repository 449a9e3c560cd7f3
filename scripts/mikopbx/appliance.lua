-- What the original's appliance has beside its telephony: it has no meaning in front of an Asterisk of one's own.
local refusal = require "mikopbx.lib.refusal"

-- The operations of a resource: `GET :usage` for one of it, `GET {id}` for one of a record.
local function all(path, text)
  local verbs = {}
  for method, rest in text:gmatch("(%u+) (%S+)") do
    rest = rest:gsub("^{id}", "/{id}"):gsub("^%.", "")
    verbs[#verbs + 1] = ("%s /%s%s"):format(method, path, rest)
  end
  return verbs
end

local ONE = "GET . PUT . PATCH . "
local RECORDS = "GET . POST . GET {id} PUT {id} PATCH {id} DELETE {id} GET :getDefault "

local REFUSED = {
  fail2ban = all("fail2ban", ONE),
  storage = all("storage", ONE .. "GET :usage GET :list POST :mount POST :umount POST :mkfs POST :statusMkfs"),
  s3Storage = all("s3-storage", ONE .. "GET :stats GET :testConnection POST :testConnection"),
  mailSettings = all("mail-settings", ONE .. "DELETE . GET :getOAuth2Url GET :getDiagnostics GET :getDefault "
    .. "POST :testConnection POST :sendTestEmail POST :refreshToken"),
  timeSettings = all("time-settings", ONE .. "GET :getAvailableTimezones"),
  license = all("license", "GET :getLicenseInfo GET :ping GET :sendPBXMetrics GET :resetKey POST :processUserRequest "
    .. "POST :captureFeatureForProductId"),
  modules = all("modules", RECORDS .. "GET :getAvailableModules GET :getInstallationStatus GET {id}:getModuleInfo "
    .. "GET {id}:getModuleLink GET {id}:getDownloadStatus POST :installFromPackage POST :updateAll POST :getMetadataFromPackage "
    .. "POST {id}:installFromRepo POST {id}:enable POST {id}:disable POST {id}:uninstall POST {id}:startDownload"),
  network = all("network", "GET . GET {id} GET :getConfig GET :getNatSettings POST :saveConfig DELETE {id}"),
  customFiles = all("custom-files", RECORDS),
  asteriskManagers = all("asterisk-managers", RECORDS .. "GET {id}:copy"),
  asteriskRestUsers = all("asterisk-rest-users", RECORDS),
  advice = all("advice", "GET . GET :refresh POST :refresh"),
  sysinfo = all("sysinfo", "GET :getInfo GET :getExternalIpInfo GET :getHypervisorInfo GET :getDMIInfo"),
  syslog = all("syslog", "GET :getLogsList GET :getCaptureStatus POST :getLogFromFile POST :getLogTimeRange POST :startCapture "
    .. "POST :stopCapture POST :prepareArchive POST :downloadLogFile POST :downloadArchive POST :eraseFile"),
}

local appliance = route {
  family = "appliance",
  summary = "The machine of the original: refused.",
  params = { id = { pattern = "%w+" } },
  actions = refusal.actions(REFUSED),
}

return refusal.handlers(appliance, REFUSED, "is not done here: the machine is its operator's")
