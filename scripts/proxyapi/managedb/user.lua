-- MANAGEDB object user, with the tenants a user may see.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local shapes = require "proxyapi.lib.shapes"
local user = require "model.user"

local TENANT = { tenantid = { type = "integer", required = true, summary = "id of the tenant" } }

local TENANTS = shapes.keyed(user.TENANT_COLUMNS, { 1, "DEMO", "Demo" })

local function with_id(params)
  local all = { objectid = managedb.OBJECTID }
  for name, it in pairs(params or {}) do all[name] = it end
  return all
end

local function listtenants(req)
  local rows, err = user.tenants(req.ctx, req.params.objectid)
  if not rows then return nil, err end
  return answer.document(managedb.keyed(rows:list(), "te_id", user.TENANT_COLUMNS))
end

local function change(act)
  return function(req) return answer.changed(act(req.ctx, req.params.objectid, req.params.tenantid)) end
end

return managedb.object {
  object = "user",
  summary = "Users of the panel.",
  model = user,
  short = { "us_id", "us_username", "us_email", "us_up_id" },
  example = { 7, "ada", "ada@pbx.example", 1 },
  admin = true,
  extra = {
    listtenants = { access = "read", params = with_id(), handle = listtenants, result = TENANTS },
    addtenant = { access = "admin", params = with_id(TENANT), handle = change(user.add_tenant), result = shapes.ok() },
    deltenant = { access = "admin", params = with_id(TENANT), handle = change(user.remove_tenant), result = shapes.ok() },
  },
}
