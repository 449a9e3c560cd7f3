-- MANAGEDB object user, with the tenants a user may see.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local user = require "model.user"

local TENANT = { tenantid = { type = "integer", required = true, summary = "id of the tenant" } }

local function with_id(params)
  local all = { objectid = managedb.OBJECTID }
  for name, it in pairs(params or {}) do all[name] = it end
  return all
end

local function listtenants(req)
  local rows, err = user.tenants(req.ctx, req.params.objectid)
  if not rows then return nil, err end
  return answer.document(managedb.keyed(rows:list(), "te_id", rows.columns))
end

local function change(act)
  return function(req)
    local done, err = act(req.ctx, req.params.objectid, req.params.tenantid)
    if not done then return nil, err end
    return answer.ok()
  end
end

return managedb.object {
  object = "user",
  summary = "Users of the panel.",
  model = user,
  short = { "us_id", "us_username", "us_email", "us_up_id" },
  admin = true,
  extra = {
    listtenants = { access = "read", params = with_id(), handle = listtenants },
    addtenant = { access = "admin", params = with_id(TENANT), handle = change(user.add_tenant) },
    deltenant = { access = "admin", params = with_id(TENANT), handle = change(user.remove_tenant) },
  },
}
