-- Phones that fetch their configuration.
local json = require "json"
local object = require "lib.object"

local function normalize(_, fields)
  local mac = fields.ph_mac or fields.mac
  if mac == nil or mac == json.null then return true end
  -- Vendors write it in several ways; phones ask with their own.
  local plain = tostring(mac):gsub("[%s:.-]", ""):upper()
  if #plain ~= 12 or not plain:find("^%x+$") then
    return nil, { code = "invalid", reason = "invalid_field", field = "mac",
      message = "mac: not a MAC address: " .. tostring(mac):sub(1, 40) }
  end
  fields.ph_mac, fields.mac = plain, nil
  return true
end

local function before(tx, change)
  if change.action == "delete" then return true end
  for name, value in pairs(change.values) do
    if name:find("^ph_line%d+_ex_id$") and type(value) == "number" and value ~= 0 then
      local found, err = tx:value("SELECT ex_id FROM ex_extensions WHERE ex_id = ? AND ex_te_id = ?",
        { value, change.tenant_id })
      if err then return nil, err end
      if not found then
        return nil, { code = "invalid", reason = "invalid_field", field = name,
          status = 409, message = name .. ": no such extension id: " .. value }
      end
    end
  end
  return true
end

return object {
  name = "provisioningphone", title = "Phone", summary = "A phone that fetches its configuration.",
  paths = { "phone", "phones", "provisioning_phone", "provisioning_phones" },
  table = "ph_phones", id = "ph_id", tenant = "ph_te_id", label = "ph_name",
  required = { "ph_name", "ph_mac" },
  aliases = {
    name = "ph_name", mac = "ph_mac", model_id = "ph_pm_id", password = "ph_password",
    filename = "ph_filename", http_user = "ph_http_user", http_password = "ph_http_password",
  },
  secrets = { "ph_password", "ph_http_password" },
  children = {
    {
      name = "button_layouts", names = { "button_layouts", "layouts" }, table = "pl_phonelayouts",
      key = "pl_ph_id", id = "pl_id", tenant = "pl_te_id", order = "pl_order",
      reference = { column = "pl_bl_id", table = "bl_buttonlayouts", id = "bl_id", tenant = "bl_te_id" },
    },
    {
      name = "phonebooks", names = { "phonebooks" }, table = "pp_phonephonebooks", key = "pp_ph_id",
      id = "pp_id", tenant = "pp_te_id", order = "pp_order",
      reference = { column = "pp_pb_id", table = "pb_phonebooks", id = "pb_id", tenant = "pb_te_id" },
    },
  },
  normalize = normalize, before = before,
}
