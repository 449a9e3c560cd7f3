-- /license: this host needs none, and says so with the code of a device that needs none. A tenant whose
-- extensions are limited shows that number as licensed.
local extension = require "model.extension"
local kalliope = require "kalliope.lib.answer"
local shapes = require "kalliope.lib.shapes"
local xml = require "xml"

local TAG = "pbx_instance_license"
local CODES = {
  [10] = "Invalid part number for request", [12] = "Invalid PBX instance license request",
  [13] = "Activation key field missing",
}

-- The published text spells the path in three ways.
local PATHS = { "/license/pxbininstance", "/license/pxbinstance", "/license/pbxinstance" }

local function verbs(method)
  local list = {}
  for i, path in ipairs(PATHS) do list[i] = method .. " " .. path end
  return list
end

local license = route {
  family = "license",
  summary = "State and activation of the licence.",
  actions = {
    get = { access = "read", verb = verbs("GET"), result = shapes.or_outcome(
      shapes.element({ [TAG] = shapes.element({ license_status = "text", licensed_exten = "whole" }) }), TAG) },
    activate = { access = "write", verb = verbs("POST"), result = shapes.outcome(TAG),
      body = { [TAG] = shapes.body("activation_key") } },
  },
}

function license.get(req)
  local limit, err = extension.limit(req.ctx)
  if err then return nil, err end
  if not limit then return kalliope.refused(TAG, CODES, 10) end
  return { TAG, { { "license_status", "ACTIVE" }, { "licensed_exten", limit } } }
end

function license.activate(req)
  local it = req.document and xml.child(req.document, TAG)
  if not it then return kalliope.refused(TAG, CODES, 12) end
  if not kalliope.given(it, "activation_key") then return kalliope.refused(TAG, CODES, 13) end
  return kalliope.refused(TAG, CODES, 10)
end

return license
