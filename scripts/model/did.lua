-- Numbers that calls come in on.
local limit = require "model.limit"
local object = require "engine.object"
require "model.lookup"
local sql = require "engine.sql"

-- A provider hands over the whole number, and it can only be one tenant's.
local function alone(tx, change)
  local before, changed, whole = change.before or {}, not change.before, ""
  for _, name in ipairs({ "di_country", "di_area", "di_number" }) do
    local value = change.values[name]
    if value == nil then value = before[name] end
    if sql.is_null(value) then value = "" end
    changed = changed or value ~= (before[name] or "")
    whole = whole .. value
  end
  if not changed then return true end
  local digits = whole:gsub("^%+", "")
  local id, err = tx:value("SELECT di_id FROM di_dids WHERE coalesce(di_country, '') || "
    .. "coalesce(di_area, '') || di_number IN (?, ?) AND di_id <> ?",
    { digits, "+" .. digits, change.id or 0 })
  if err then return nil, err end
  if not id then return true end
  return nil, { code = "conflict", reason = "already_exists", field = "number",
    message = "DID " .. digits .. " already exists." }
end

return object {
  name = "did", title = "DID", summary = "A number that calls come in on.",
  table = "di_dids", id = "di_id", tenant = "di_te_id", label = "di_number",
  unfollowed = require("model.unfollowed").di_dids,
  required = { "di_number" },
  example = { number = "390212345678", comment = "Main number" },
  columns = {
    di_number = { pattern = "[%w*#+_.-]+", max = 40 }, di_country = { pattern = "%d*" },
    di_area = { pattern = "%d*" },
  },
  references = { routingprofile = { "di_fax_rp_id" } },
  aliases = { number = "di_number", country = "di_country", area = "di_area", comment = "di_comment" },
  tags = {
    "DID", "SETUNCONDITIONALDID", "ENABLEUNCONDITIONALDID", "DISABLEUNCONDITIONALDID",
    "TOGGLEUNCONDITIONALDID",
  },
  annexes = { { name = "mk_incomingroutes", key = "mi_di_id", columns = { mi_note = { multiline = true } } } },
  destinations = {
    ["DID"] = { "destination", "did" },
    ["DID-UNCONDITIONAL"] = { "unconditional" },
    ["DID-SMS"] = { "sms" },
    ["DID-FAXSUCCESS"] = { "faxsuccess", "fax_success" },
  },
  before = function(tx, change)
    if change.action == "delete" then return true end
    local free, taken = alone(tx, change)
    if not free then return nil, taken end
    if change.action ~= "create" then return true end
    return limit.check(tx, change, "te_maxdids", "DIDs")
  end,
}
