-- Variables of a tenant: a value for one of the defined names.
local object = require "engine.object"
require "model.lookup"

return object {
  name = "tenantvariable", title = "Tenant variable", summary = "A value for a defined name.",
  paths = { "variable", "variables", "tenant_variable", "tenant_variables" },
  table = "tv_tenantvariables", id = "tv_id", tenant = "tv_te_id", label = "tv_value",
  goes_with_tenant = true,
  required = { "tv_al_id" },
  references = { variable = { "tv_al_id" } },
  example = { variable_id = 1, value = "x" },
  aliases = {
    variable_id = "tv_al_id", value = "tv_value", comment = "tv_comment", locked = "tv_locked",
  },
}
