-- /system: whether the host answers, its clock and its language. The machine itself is nobody's here to change.
local json = require "json"
local refusal = require "mikopbx.lib.refusal"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local time = require "time"

local REFUSED = {
  reboot = "POST /system:reboot", shutdown = "POST /system:shutdown", upgrade = "POST /system:upgrade",
  restoreDefault = "POST /system:restoreDefault", executeBashCommand = "POST /system:executeBashCommand",
  executeSqlRequest = "POST /system:executeSqlRequest", updateMailSettings = "POST /system:updateMailSettings",
  convertAudioFile = "POST /system:convertAudioFile", setDatetime = "PUT /system:datetime",
  checkForUpdates = "GET /system:checkForUpdates", checkIfNewReleaseAvailable = "GET /system:checkIfNewReleaseAvailable",
  getDeleteStatistics = "GET /system:getDeleteStatistics",
}

local system = route {
  family = "system",
  summary = "Liveness, clock and language of the host.",
  actions = refusal.actions(REFUSED, {
    ping = { access = "public", tenant = "none", verb = "GET /system:ping", result = shapes.nothing },
    getAvailableLanguages = {
      access = "public", tenant = "none", verb = "GET /system:getAvailableLanguages",
      result = shapes.list(shapes.record(shapes.members("code name flag", "text"))),
    },
    checkAuth = { access = "read", verb = "GET /system:checkAuth", result = shapes.nothing },
    datetime = { access = "read", verb = "GET /system:datetime", result = shapes.record({ timestamp = "whole" }) },
    changeLanguage = {
      access = "write", verb = { "POST /system:changeLanguage", "PATCH /system:changeLanguage" },
      result = shapes.record({ WEB_ADMIN_LANGUAGE = "text", WEB_ADMIN_LANGUAGE_represent = "text" }),
      body = { language = { max = 10, document = { enum = { "en" }, required = true } } },
    },
  }),
}

function system.ping() return json.array({}) end

function system.getAvailableLanguages()
  return { json.ordered("code", "en", "name", "English", "flag", "united kingdom") }
end

function system.checkAuth() return json.array({}) end

function system.datetime() return { timestamp = math.floor(time.now()) } end

-- The words of this API are English.
function system.changeLanguage(req)
  local language = tostring(req.params.language or "")
  if language == "" then return nil, { code = "invalid", message = "Language parameter is required" } end
  if language ~= "en" then return nil, { code = "invalid", message = "Invalid language code: " .. language:sub(1, 20) } end
  return reply.of({ WEB_ADMIN_LANGUAGE = "en", WEB_ADMIN_LANGUAGE_represent = '<i class="flag united kingdom"></i> English' },
    { messages = { success = { "Language changed to en" } } })
end

return refusal.handlers(system, REFUSED, "is not done here: the machine is its operator's")
