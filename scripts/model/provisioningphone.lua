-- Phones that fetch their configuration.
local json = require "json"
local object = require "engine.object"
require "model.lookup"

local function normalize(_, fields)
  local mac = fields.ph_mac or fields.mac
  if mac == nil or mac == json.null then return true end
  -- Vendors write it in several ways, with six octets or eight; phones ask with their own.
  local plain = tostring(mac):gsub("[%s:.-]", ""):upper()
  if #plain ~= 12 and #plain ~= 16 or not plain:find("^%x+$") then
    return nil, { code = "invalid", reason = "invalid_field", field = "mac",
      message = "mac: not a MAC address: " .. tostring(mac):sub(1, 40) }
  end
  fields.ph_mac, fields.mac = plain, nil
  return true
end

local COLUMNS = {}
for line = 0, 200 do COLUMNS[("ph_line%d_ex_id"):format(line)] = { ref = "extension", elsewhere = true } end

-- Nobody can look an extension up in 201 columns, so its phones are kept by row as well.
local function after(tx, change)
  local changed = change.action == "delete"
  for name in pairs(change.values) do changed = changed or COLUMNS[name] ~= nil end
  if not changed then return true end
  local done, err = tx:exec("DELETE FROM pn_phonelines WHERE pn_ph_id = ?", { change.id })
  if not done or change.action == "delete" then return done, err end
  for line = 0, 200 do
    local id = change.row[("ph_line%d_ex_id"):format(line)]
    if id and id ~= 0 then
      done, err = tx:exec("INSERT INTO pn_phonelines (pn_ph_id, pn_line, pn_ex_id) VALUES (?, ?, ?)",
        { change.id, line, id })
      if not done then return nil, err end
    end
  end
  return true
end

-- As vendors write it; kept as digits alone.
local MAC = { type = "string", pattern = "^[0-9A-Fa-f]{2}([:. -]?[0-9A-Fa-f]{2}){5}(([:. -]?[0-9A-Fa-f]{2}){2})?$", example = "00:11:22:33:44:55" }

return object {
  name = "provisioningphone", title = "Phone", summary = "A phone that fetches its configuration.",
  paths = { "phone", "phones", "provisioning_phone", "provisioning_phones" },
  table = "ph_phones", id = "ph_id", tenant = "ph_te_id", label = "ph_name",
  required = { "ph_name", "ph_mac" },
  columns = COLUMNS,
  body = { mac = MAC, ph_mac = MAC },
  references = { phonemodel = { "ph_pm_id" } },
  example = { name = "Desk", mac = "001122334455" },
  aliases = {
    name = "ph_name", mac = "ph_mac", model_id = "ph_pm_id", password = "ph_password",
    filename = "ph_filename", http_user = "ph_http_user", http_password = "ph_http_password",
  },
  secrets = { "ph_password", "ph_http_password" },
  children = {
    {
      name = "button_layouts", names = { "button_layouts", "layouts" }, table = "pl_phonelayouts",
      key = "pl_ph_id", id = "pl_id", tenant = "pl_te_id", order = "pl_order",
      reference = { column = "pl_bl_id", kind = "buttonlayout" },
    },
    {
      name = "phonebooks", names = { "phonebooks" }, table = "pp_phonephonebooks", key = "pp_ph_id",
      id = "pp_id", tenant = "pp_te_id", order = "pp_order",
      reference = { column = "pp_pb_id", kind = "phonebook" },
    },
  },
  normalize = normalize, after = after,
}
