-- Rows that objects name and that no object of the API makes: they come with the schema or with the
-- PBX. A model whose columns name one requires this file.
local destination = require "engine.destination"
local kind = require "engine.kind"

local function define(it)
  local made = kind.define(it)
  destination.declare({ name = it.name, tags = it.tags, tenant = it.tenant }, made)
end

define { name = "responsepath", word = "response path", table = "re_responsepaths", id = "re_id",
  tenant = "re_te_id", tags = { "RESPONSEPATH" } }
define { name = "callerid", word = "caller id set", table = "ca_callerids", id = "ca_id",
  tenant = "ca_te_id", shared = true, tags = { "CALLERIDMOD" } }
define { name = "clientrate", word = "client rate", table = "cl_clientrates", id = "cl_id",
  tenant = "cl_te_id", shared = true }
define { name = "buttonlayout", word = "button layout", table = "bl_buttonlayouts", id = "bl_id",
  tenant = "bl_te_id", shared = true }
define { name = "special", word = "special destination", table = "sp_specials", id = "sp_id",
  tags = { "SPECIAL" } }
define { name = "customtype", word = "custom type", table = "ct_customtypes", id = "ct_id" }
define { name = "variable", word = "variable", table = "al_variables", id = "al_id" }
define { name = "node", word = "node", table = "no_nodes", id = "no_id" }
define { name = "phonemodel", word = "phone model", table = "pm_phonemodels", id = "pm_id" }

return true
