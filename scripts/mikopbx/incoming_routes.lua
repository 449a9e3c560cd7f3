-- /incoming-routes: numbers that calls come in on, and where they go.
local fields = require "mikopbx.lib.fields"
local incoming = require "mikopbx.lib.incoming"
local json = require "json"
local reply = require "lib.reply"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"
local trunk = require "mikopbx.lib.trunk"

local BODY = fields.declared(incoming.RULES)

local routes = route {
  family = "incoming_routes",
  summary = "Numbers that calls come in on, and where they go.",
  params = { id = { pattern = "%d+" } },
  actions = {
    list = { access = "read", verb = "GET /incoming-routes", result = shapes.list(shapes.incoming_route) },
    get = { access = "read", verb = "GET /incoming-routes/{id}", result = shapes.incoming_route },
    getDefault = { access = "read", verb = "GET /incoming-routes:getDefault", result = shapes.incoming_route },
    getDefaultRoute = { access = "read", verb = "GET /incoming-routes:getDefaultRoute",
      result = shapes.record(shapes.members("id rulename number provider action extension note", "text", { priority = "whole" })) },
    getUniqueDIDs = { access = "read", verb = "GET /incoming-routes:getUniqueDIDs",
      result = shapes.list(shapes.record({ did = "text", title = "text" })) },
    create = {
      access = "write", verb = "POST /incoming-routes", result = shapes.incoming_route, statuses = { ["201"] = "Created." },
      body = fields.declared(incoming.RULES, incoming.REQUIRED),
    },
    update = {
      access = "write", verb = "PUT /incoming-routes/{id}", result = shapes.incoming_route,
      body = fields.declared(incoming.RULES, incoming.REQUIRED),
    },
    patch = { access = "write", verb = "PATCH /incoming-routes/{id}", body = BODY, result = shapes.incoming_route },
    copy = { access = "write", verb = "POST /incoming-routes/{id}:copy", result = shapes.incoming_route },
    changePriority = {
      access = "write", verb = "POST /incoming-routes:changePriority", result = shapes.reordered,
      body = { priorities = { type = "object", required = true, summary = "priority by id" } },
    },
    delete = { access = "write", verb = "DELETE /incoming-routes/{id}", result = shapes.nothing },
  },
}

local function shown(ctx, list)
  local names, err = target.names(ctx)
  if not names then return nil, err end
  local trunks
  trunks, err = trunk.by_id()
  if not trunks then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = incoming.shown(it, names, trunks) end
  return out
end

function routes.list(req)
  local list, err = incoming.records(req.ctx)
  if not list then return nil, err end
  return shown(req.ctx, list)
end

local function find(req, status)
  local list, err = incoming.records(req.ctx, tonumber(req.params.id))
  if not list then return nil, err end
  if list[1] then return list[1] end
  return nil, { code = "not_found", status = status, message = "Incoming route not found" }
end

local function answer(req, it, status)
  local list, err = shown(req.ctx, { it })
  if not list then return nil, err end
  return reply.of(list[1], { status = status,
    reload = status and "incoming-routes/modify/" .. it.id or nil })
end

function routes.get(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  return answer(req, it)
end

local function template()
  local it = { id = "", number = "", extension = "" }
  for name, rule in pairs(incoming.RULES) do it[name] = it[name] or rule.default end
  return it
end

function routes.getDefault(req) return answer(req, template()) end

-- There is none to set: calls to a number that is no route's are refused.
function routes.getDefaultRoute()
  return json.ordered("id", "", "rulename", "default action", "number", "", "provider", "none",
    "action", "hangup", "extension", "hangup", "note", "", "priority", 9999)
end

function routes.getUniqueDIDs(req)
  local list, err = incoming.records(req.ctx)
  if not list then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = json.ordered("did", it.number, "title", it.rulename) end
  return out
end

function routes.create(req)
  local values, err = incoming.clean(req.params, true)
  if not values then return nil, err end
  local it
  it, err = incoming.save(req.ctx, values)
  if not it then return nil, err end
  return answer(req, it, 201)
end

local function change(req, whole)
  local before, err = find(req, 404)
  if not before then return nil, err end
  local values
  values, err = incoming.clean(req.params, whole)
  if not values then return nil, err end
  if whole then
    for _, name in ipairs(incoming.REQUIRED) do values[name] = values[name] or "" end
  end
  local it
  it, err = incoming.save(req.ctx, values, before)
  if not it then return nil, err end
  return answer(req, it, 200)
end

function routes.update(req) return change(req, true) end

function routes.patch(req) return change(req, false) end

-- A number is one route's, so the copy is to be given another before it is saved.
function routes.copy(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  it.id, it.number, it.rulename = "", "", "copy of " .. it.rulename
  return answer(req, it)
end

function routes.changePriority(req)
  return resource.reorder(incoming, req.ctx, req.params.priorities, incoming.prioritized)
end

function routes.delete(req)
  local it, err = find(req, 404)
  if not it then return nil, err end
  local done
  done, err = incoming.delete(req.ctx, it)
  if not done then return nil, err end
  return json.array({})
end

return routes
