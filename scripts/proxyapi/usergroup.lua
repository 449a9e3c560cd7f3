-- reqtype=USERGROUP: groups of panel users, their tenants and their users.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local usergroup_model = require "model.usergroup"

local GROUP = { type = "integer", required = true, summary = "id of the group" }
local TENANT = { type = "integer", required = true, summary = "id of the tenant" }
local USER = { type = "integer", required = true, summary = "id of the user" }

local function admin(params, result) return { access = "admin", tenant = "optional", params = params, result = result } end

local usergroup = route {
  reqtype = "USERGROUP",
  summary = "List user groups; give them tenants and users.",
  actions = {
    list = admin({}, shapes.list(usergroup_model.COLUMNS, { 3, "Sales" })),
    listtenants = admin({ usergroupid = GROUP }, shapes.list(usergroup_model.TENANT_COLUMNS, { 1, "DEMO", "Demo" })),
    listusers = admin({ usergroupid = GROUP }, shapes.list(usergroup_model.USER_COLUMNS, { 5, "ada", "on" })),
    addtenant = admin({ usergroupid = GROUP, tenantid = TENANT }, shapes.ok()),
    deltenant = admin({ usergroupid = GROUP, tenantid = TENANT }, shapes.ok()),
    adduser = admin({ usergroupid = GROUP, userid = USER, inerith = { summary = "on: the user sees the group's tenants" } },
      shapes.ok()),
    deluser = admin({ usergroupid = GROUP, userid = USER }, shapes.ok()),
    add = admin({ name = { required = true, max = 191 } }, shapes.ok({ id = "3" })),
    delete = admin({ usergroupid = GROUP }, shapes.ok()),
  },
}

local function listed(rows, err)
  if not rows then return nil, err end
  return answer.rows(rows)
end

local function changed(done, err)
  if done then return answer.ok() end
  if err.code == "not_found" then return answer.refused(err.message) end
  return nil, err
end

function usergroup.list() return listed(usergroup_model.list()) end

function usergroup.listtenants(req) return listed(usergroup_model.tenants(req.params.usergroupid)) end

function usergroup.listusers(req) return listed(usergroup_model.users(req.params.usergroupid)) end

function usergroup.addtenant(req)
  return changed(usergroup_model.add_tenant(req.ctx, req.params.usergroupid, req.params.tenantid))
end

function usergroup.deltenant(req)
  return changed(usergroup_model.remove_tenant(req.ctx, req.params.usergroupid, req.params.tenantid))
end

function usergroup.adduser(req)
  local params = req.params
  return changed(usergroup_model.add_user(req.ctx, params.usergroupid, params.userid, params.inerith == "on"))
end

function usergroup.deluser(req)
  return changed(usergroup_model.remove_user(req.ctx, req.params.usergroupid, req.params.userid))
end

function usergroup.add(req)
  local id, err = usergroup_model.create(req.ctx, req.params.name)
  if not id then return nil, err end
  return answer.ok({ id = id })
end

function usergroup.delete(req) return changed(usergroup_model.delete(req.ctx, req.params.usergroupid)) end

return usergroup
