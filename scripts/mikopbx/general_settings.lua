-- /general-settings: those of the tenant that have an effect here. The others are shown as they are and refused by
-- their name when they are to change.
local json = require "json"
local reply = require "lib.reply"
local settings = require "mikopbx.lib.settings"
local shapes = require "mikopbx.lib.shapes"

local ANY = { type = "object", additionalProperties = true }
local WHOLE = { type = "object", additionalProperties = true, properties = { settings = ANY,
  codecs = shapes.list(shapes.record(shapes.members("name type description", "text", { priority = "whole", disabled = "flag" }))),
  passwordValidation = shapes.record(shapes.members("isDefaultWebPassword isDefaultSSHPassword", "flag")) } }
local BODY = { settings = { type = "object", summary = "the settings by name, unless they stand beside it" } }

local general = route {
  family = "general_settings",
  summary = "Settings of the tenant.",
  params = { key = { pattern = "[%a_]+" } },
  actions = {
    list = { access = "read", verb = "GET /general-settings", result = WHOLE },
    get = { access = "read", verb = "GET /general-settings/{key}", result = ANY },
    getDefault = { access = "read", verb = "GET /general-settings:getDefault", result = WHOLE },
    update = { access = "write", verb = "PUT /general-settings", result = WHOLE, body = BODY },
    patch = { access = "write", verb = "PATCH /general-settings", result = WHOLE, body = BODY },
    updateCodecs = { access = "write", verb = "POST /general-settings:updateCodecs", refuses = true },
  },
}

local CODECS = { { "alaw", "G.711 A-law" }, { "ulaw", "G.711 u-law" } }

-- The settings stand by themselves and under their name: clients of both ages find them.
local function whole(values)
  local out, codecs = {}, json.array({})
  for name, value in pairs(values) do out[name] = value end
  for i, it in ipairs(CODECS) do
    codecs[i] = json.ordered("name", it[1], "type", "audio", "priority", i - 1, "disabled", false, "description", it[2])
  end
  out.settings, out.codecs = values, codecs
  out.passwordValidation = { isDefaultWebPassword = false, isDefaultSSHPassword = false }
  return out
end

function general.list(req)
  local values, err = settings.read(req.ctx)
  if not values then return nil, err end
  return whole(values)
end

function general.get(req)
  local values, err = settings.read(req.ctx)
  if not values then return nil, err end
  local name = req.params.key
  if values[name] == nil then
    return nil, { code = "not_found", status = 422, message = ("Setting '%s' is not accessible through this API"):format(name) }
  end
  return { [name] = values[name] }
end

function general.getDefault() return whole(settings.defaults()) end

local AROUND = { settings = true, codecs = true, passwordValidation = true, id = true, key = true }

local function change(req)
  local wanted = {}
  for name, value in pairs(type(req.params.settings) == "table" and req.params.settings or {}) do wanted[name] = value end
  for name, value in pairs(req.params) do
    if not AROUND[name] then wanted[name] = value end
  end
  local count, err = settings.write(req.ctx, wanted)
  if not count then return nil, err end
  local values
  values, err = settings.read(req.ctx)
  if not values then return nil, err end
  return reply.of(whole(values), { messages = count == 0 and { info = { "No settings were changed" } }
    or { success = { count == 1 and "1 setting was updated" or count .. " settings were updated" } } })
end

function general.update(req) return change(req) end

function general.patch(req) return change(req) end

function general.updateCodecs()
  return nil, { code = "invalid", message = "codecs: a phone's are those of its sip_manualattributes, a trunk's its own" }
end

return general
