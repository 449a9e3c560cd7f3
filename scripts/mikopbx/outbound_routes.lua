-- /outbound-routes: which numbers leave by which provider.
local fields = require "mikopbx.lib.fields"
local outbound = require "mikopbx.lib.outbound"
local json = require "json"
local reply = require "lib.reply"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"

local BODY = fields.declared(outbound.RULES)

local routes = route {
  family = "outbound_routes",
  summary = "Which numbers leave by which provider.",
  params = { id = { pattern = "%d+" } },
  actions = {
    list = { access = "read", verb = "GET /outbound-routes", result = shapes.list(shapes.outbound_route) },
    get = { access = "read", verb = "GET /outbound-routes/{id}", result = shapes.outbound_route },
    getDefault = { access = "read", verb = "GET /outbound-routes:getDefault", result = shapes.outbound_route },
    create = {
      access = "write", verb = "POST /outbound-routes", result = shapes.outbound_route, statuses = { ["201"] = "Created." },
      body = fields.declared(outbound.RULES, outbound.REQUIRED),
    },
    update = {
      access = "write", verb = "PUT /outbound-routes/{id}", result = shapes.outbound_route,
      body = fields.declared(outbound.RULES, outbound.REQUIRED),
    },
    patch = { access = "write", verb = "PATCH /outbound-routes/{id}", body = BODY, result = shapes.outbound_route },
    copy = { access = "write", verb = "POST /outbound-routes/{id}:copy", result = shapes.outbound_route },
    changePriority = {
      access = "write", verb = "POST /outbound-routes:changePriority", result = shapes.reordered,
      body = { priorities = { type = "object", required = true, summary = "priority by id" } },
    },
    delete = { access = "write", verb = "DELETE /outbound-routes/{id}", result = shapes.nothing },
  },
}

function routes.list(req)
  local list, err = outbound.records(req.ctx)
  if not list then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = outbound.shown(it) end
  return out
end

local function find(req, status)
  local list, err = outbound.records(req.ctx, tonumber(req.params.id))
  if not list then return nil, err end
  if list[1] then return list[1] end
  return nil, { code = "not_found", status = status, message = "Outbound route not found" }
end

local function answer(it, status)
  return reply.of(outbound.shown(it), { status = status,
    reload = status and "outbound-routes/modify/" .. it.id or nil })
end

function routes.get(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  return answer(it)
end

local function template()
  local it = { id = "", rulename = "", providerid = "" }
  for name, rule in pairs(outbound.RULES) do it[name] = it[name] or rule.default end
  return it
end

function routes.getDefault() return answer(template()) end

function routes.create(req)
  local values, err = outbound.clean(req.params, true)
  if not values then return nil, err end
  local it
  it, err = outbound.save(req.ctx, values)
  if not it then return nil, err end
  return answer(it, 201)
end

local function change(req, whole)
  local before, err = find(req, 404)
  if not before then return nil, err end
  local values
  values, err = outbound.clean(req.params, whole)
  if not values then return nil, err end
  if whole then
    for _, name in ipairs(outbound.REQUIRED) do values[name] = values[name] or "" end
  end
  local it
  it, err = outbound.save(req.ctx, values, before)
  if not it then return nil, err end
  return answer(it, 200)
end

function routes.update(req) return change(req, true) end

function routes.patch(req) return change(req, false) end

-- Nothing is stored before it is saved.
function routes.copy(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  it.id, it.rulename = "", "copy of " .. it.rulename
  return answer(it)
end

function routes.changePriority(req)
  return resource.reorder(outbound, req.ctx, req.params.priorities, outbound.prioritized)
end

function routes.delete(req)
  local it, err = find(req, 404)
  if not it then return nil, err end
  local done
  done, err = outbound.delete(req.ctx, it)
  if not done then return nil, err end
  return json.array({})
end

return routes
