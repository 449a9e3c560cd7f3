-- Variables of a tenant: a value for one of the defined names.
local object = require "lib.object"

return object {
  name = "tenantvariable", title = "Tenant variable", summary = "A value for a defined name.",
  paths = { "variable", "variables", "tenant_variable", "tenant_variables" },
  table = "tv_tenantvariables", id = "tv_id", tenant = "tv_te_id", label = "tv_value",
  required = { "tv_al_id" },
  aliases = {
    variable_id = "tv_al_id", value = "tv_value", comment = "tv_comment", locked = "tv_locked",
  },
  before = function(tx, change)
    local id = change.values.tv_al_id
    if change.action == "delete" or type(id) ~= "number" then return true end
    local found, err = tx:value("SELECT al_id FROM al_variables WHERE al_id = ?", { id })
    if err then return nil, err end
    if found then return true end
    return nil, { code = "invalid", reason = "invalid_field", field = "variable_id",
      status = 409, message = "variable_id: no such variable: " .. id }
  end,
}
