-- MANAGEDB object user, with the tenants a user may see.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local store = require "store"
local user = require "model.user"

local TENANT = { tenantid = { type = "integer", required = true, summary = "id of the tenant" } }

local function with_id(params)
  local all = { objectid = managedb.OBJECTID }
  for name, it in pairs(params or {}) do all[name] = it end
  return all
end

local function listtenants(req)
  local found, err = user.find(req.ctx, req.params.objectid)
  if not found then return nil, err end
  local rows
  rows, err = store.query([[SELECT te_id, te_code, te_name FROM ut_usertenants
    JOIN te_tenants ON te_id = ut_tenant_id WHERE ut_us_id = ? ORDER BY te_id]],
    { found.us_id })
  if not rows then return nil, err end
  return answer.document(managedb.keyed(rows:list(), "te_id", { "te_id", "te_code", "te_name" }))
end

-- The model replaces the whole list, so the change is made on a fresh reading of it.
local function change(req, edit)
  local found, err = user.find(req.ctx, req.params.objectid)
  if not found then return nil, err end
  local rows
  rows, err = store.query("SELECT ut_tenant_id FROM ut_usertenants WHERE ut_us_id = ?",
    { found.us_id })
  if not rows then return nil, err end
  local done
  done, err = user.update(req.ctx, found.us_id, { tenants = edit(rows:column("ut_tenant_id")) })
  if not done then return nil, err end
  return answer.ok()
end

local function addtenant(req)
  return change(req, function(ids)
    for _, id in ipairs(ids) do
      if id == req.params.tenantid then return ids end
    end
    ids[#ids + 1] = req.params.tenantid
    return ids
  end)
end

local function deltenant(req)
  return change(req, function(ids)
    local kept = {}
    for _, id in ipairs(ids) do
      if id ~= req.params.tenantid then kept[#kept + 1] = id end
    end
    return kept
  end)
end

return managedb.object {
  object = "user",
  summary = "Users of the panel.",
  model = user,
  short = { "us_id", "us_username", "us_email", "us_up_id" },
  admin = true,
  extra = {
    listtenants = { access = "read", params = with_id(), handle = listtenants },
    addtenant = { access = "admin", params = with_id(TENANT), handle = addtenant },
    deltenant = { access = "admin", params = with_id(TENANT), handle = deltenant },
  },
}
