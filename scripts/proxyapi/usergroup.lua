-- reqtype=USERGROUP: groups of panel users, their tenants and their users.
local answer = require "proxyapi.lib.answer"
local usergroup_model = require "model.usergroup"

local GROUP = { type = "integer", required = true, summary = "id of the group" }
local TENANT = { type = "integer", required = true, summary = "id of the tenant" }
local USER = { type = "integer", required = true, summary = "id of the user" }

local usergroup = route {
  reqtype = "USERGROUP",
  summary = "List user groups; give them tenants and users.",
  actions = {
    list = { access = "admin", tenant = "optional" },
    listtenants = { access = "admin", tenant = "optional", params = { usergroupid = GROUP } },
    listusers = { access = "admin", tenant = "optional", params = { usergroupid = GROUP } },
    addtenant = { access = "admin", tenant = "optional", params = { usergroupid = GROUP, tenantid = TENANT } },
    deltenant = { access = "admin", tenant = "optional", params = { usergroupid = GROUP, tenantid = TENANT } },
    adduser = {
      access = "admin", tenant = "optional",
      params = { usergroupid = GROUP, userid = USER, inerith = { summary = "on: the user sees the group's tenants" } },
    },
    deluser = { access = "admin", tenant = "optional", params = { usergroupid = GROUP, userid = USER } },
    add = { access = "admin", tenant = "optional", params = { name = { required = true, max = 191 } } },
    delete = { access = "admin", tenant = "optional", params = { usergroupid = GROUP } },
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
