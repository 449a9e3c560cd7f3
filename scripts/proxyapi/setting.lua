-- reqtype=SETTING: read or change a setting of the tenant, or of the whole system.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local setting_store = require "model.setting"
local shapes = require "proxyapi.lib.shapes"

-- Reading a key with the read-only key would turn it into the full one.
local KEYS = { APIKEY = true, READONLYAPIKEY = true }

local VALUE = shapes.apart(
  shapes.custom(shapes.members("code value"), json.ordered("code", "VMAUTORECOVER", "value", "no"), "no"),
  shapes.value("value", "no"))

local setting = route {
  reqtype = "SETTING",
  summary = "Get or set a setting; without a tenant the global one.",
  params = { code = { required = true, aliases = { "name" }, summary = "setting code" } },
  actions = {
    get = { access = "read", tenant = "optional", result = VALUE },
    set = { access = "write", tenant = "optional", params = { value = { default = "" } }, result = shapes.ok() },
  },
}

local function context(req)
  local ctx = req.ctx
  ctx.global = req.tenant == nil
  return ctx
end

function setting.get(req)
  local code = req.params.code:upper()
  if KEYS[code] and req.key.read_only then
    return nil, { code = "denied", message = "code: not readable with this key" }
  end
  local value, err = setting_store.value(context(req), code)
  if err then return nil, err end
  if value == nil then return answer.empty() end
  if req.format ~= "json" then return answer.value("value", value) end
  return answer.custom(value, json.ordered("code", code, "value", value))
end

function setting.set(req)
  local code = req.params.code:upper()
  if KEYS[code] then return answer.refused("code: keys are not settings: " .. code) end
  return answer.changed(setting_store.set(context(req), code, req.params.value))
end

return setting
