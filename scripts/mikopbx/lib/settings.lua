-- The general settings of MikoPBX: which of them are what here.
local fields = require "mikopbx.lib.fields"
local setting = require "model.setting"
local tenant = require "model.tenant"
local value_of = require "lib.value"

local settings = {}

-- What can be set: the rule of its value, and what is set.
local SET = {
  PBXName = { max = 191, default = "" }, PBXDescription = { max = 500, default = "", lines = true },
  PBXInternalExtensionLength = { type = "integer", min = 2, most = 8, default = 3 },
}
local CODES = { PBXDescription = "PBXDESCRIPTION", PBXInternalExtensionLength = "INTERNALEXTENSIONLENGTH" }

-- What is as it is: of Asterisk's own configuration, or there is none of it.
local FIXED = {
  PBXLanguage = "en-en", WebAdminLanguage = "en", PBXAllowGuestCalls = false, PBXRateLimitEnabled = false,
  RestartEveryNight = false, SendMetrics = false, SIPPort = 5060, TLSPort = 5061, RTPPortFrom = 10000, RTPPortTo = 20000,
  SIPDefaultExpiry = 3600, SIPMinExpiry = 60, SIPMaxExpiry = 7200, UseWebRTC = false, PBXRecordCalls = false,
  PBXRecordCallsInner = false, PBXSplitAudioThread = false, IAXPort = 4569, PBXFeatureDigitTimeout = 1,
}

local function merged(values)
  return value_of.merged(FIXED, values)
end

function settings.defaults()
  local out = {}
  for name, rule in pairs(SET) do out[name] = rule.default end
  return merged(out)
end

--- How many digits the numbers of new employees have; nil when nobody said.
function settings.extension_length(ctx)
  local text, err = setting.value(ctx, CODES.PBXInternalExtensionLength)
  if err then return nil, err end
  return tonumber(text)
end

--- All of them by name.
function settings.read(ctx)
  local length, err = settings.extension_length(ctx)
  if err then return nil, err end
  local description
  description, err = setting.value(ctx, CODES.PBXDescription)
  if err then return nil, err end
  return merged({ PBXName = ctx.tenant.name or "", PBXDescription = description or "",
    PBXInternalExtensionLength = length or SET.PBXInternalExtensionLength.default })
end

-- As a form or JSON may write it: "0" is false, "5060" is 5060.
local function same(value, fixed)
  if value == fixed then return true end
  local text = tostring(value)
  if type(fixed) == "boolean" then return fixed == (text == "1" or text == "true" or text == "on") and (#text < 6) end
  return text == tostring(fixed)
end

local function refuse_fixed(wanted)
  local bad = {}
  for name, value in pairs(wanted) do
    if FIXED[name] == nil and not SET[name] then bad[name] = ("Setting '%s' is not accessible through this API"):format(tostring(name):sub(1, 60))
    elseif FIXED[name] ~= nil and not same(value, FIXED[name]) then bad[name] = "cannot be changed here"
    end
  end
  if next(bad) then return nil, { code = "invalid", message = "validation failed", fields = bad } end
  return true
end

local function apply(ctx, name, value)
  if name ~= "PBXName" then return setting.set(ctx, CODES[name], tostring(value)) end
  local done, err = tenant.update(ctx, ctx.tenant.id, { te_name = value })
  if done then ctx.tenant.name = value end
  return done, err
end

--- Changes those that are others now. Returns how many.
function settings.write(ctx, wanted)
  local ok, err = refuse_fixed(wanted)
  if not ok then return nil, err end
  local values
  values, err = fields.clean(SET, wanted)
  if not values then return nil, err end
  local now
  now, err = settings.read(ctx)
  if not now then return nil, err end
  local count = 0
  for _, name in ipairs(value_of.names(values)) do
    if values[name] ~= now[name] then
      ok, err = apply(ctx, name, values[name])
      if not ok then return nil, err end
      count = count + 1
    end
  end
  return count
end

return settings
