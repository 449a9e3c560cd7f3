-- /call-queues: queues of callers and their members.
local fields = require "mikopbx.lib.fields"
local json = require "json"
local prefixed = require "mikopbx.lib.prefixed"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"
local callqueue = require "mikopbx.lib.callqueue"

local BODY = fields.declared(callqueue.RULES)
local WHOLE = fields.declared(callqueue.RULES, callqueue.REQUIRED)

local call_queues = route {
  family = "call_queues",
  summary = "Queues of callers and their members.",
  params = { id = { pattern = "QUEUE%-%x+" } },
  actions = {
    list = { access = "read", verb = "GET /call-queues", result = shapes.list(shapes.callqueue) },
    get = { access = "read", verb = "GET /call-queues/{id}", result = shapes.callqueue },
    getDefault = { access = "read", verb = "GET /call-queues:getDefault", result = shapes.callqueue },
    copy = { access = "read", verb = "GET /call-queues/{id}:copy", result = shapes.callqueue },
    create = { access = "write", verb = "POST /call-queues", body = WHOLE, result = shapes.callqueue,
      statuses = { ["201"] = "Created." } },
    update = { access = "write", verb = "PUT /call-queues/{id}", body = WHOLE, result = shapes.callqueue },
    patch = { access = "write", verb = "PATCH /call-queues/{id}", body = BODY, result = shapes.callqueue },
    delete = { access = "write", verb = "DELETE /call-queues/{id}", result = shapes.nothing },
  },
}

local function answer(req, it, status)
  local names, err = target.names(req.ctx)
  if not names then return nil, err end
  return reply.of(callqueue.shown(req.ctx, it, names),
    { status = status, reload = status and "call-queues/modify/" .. it.id or nil })
end

function call_queues.list(req)
  local list, err = callqueue.records(req.ctx)
  if not list then return nil, err end
  local names
  names, err = target.names(req.ctx)
  if not names then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = callqueue.shown(req.ctx, it, names) end
  return out
end

local function find(req, status)
  local list, err = callqueue.records(req.ctx, prefixed.id(callqueue.PREFIX, req.params.id))
  if not list then return nil, err end
  if list[1] then return list[1] end
  return nil, { code = "not_found", status = status, message = "Call queue not found" }
end

function call_queues.get(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  return answer(req, it)
end

function call_queues.getDefault(req)
  local it = { id = "", name = "", extension = "" }
  for name, rule in pairs(callqueue.RULES) do
    if it[name] == nil then it[name] = rule.default end
  end
  return answer(req, it)
end

-- Nothing is stored before it is saved.
function call_queues.copy(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  it.id, it.extension, it.name = "", "", "copy of " .. it.name
  return answer(req, it)
end

function call_queues.create(req)
  local values, err = callqueue.clean(req.params, true)
  if not values then return nil, err end
  local it
  it, err = callqueue.save(req.ctx, values)
  if not it then return nil, err end
  return answer(req, it, 201)
end

local function change(req, whole)
  local before, err = find(req, 404)
  if not before then return nil, err end
  local values
  values, err = callqueue.clean(req.params, whole)
  if not values then return nil, err end
  if whole then
    for _, name in ipairs(callqueue.REQUIRED) do values[name] = values[name] or "" end
  end
  local it
  it, err = callqueue.save(req.ctx, values, before)
  if not it then return nil, err end
  return answer(req, it, 200)
end

function call_queues.update(req) return change(req, true) end

function call_queues.patch(req) return change(req, false) end

function call_queues.delete(req)
  local it, err = find(req, 404)
  if not it then return nil, err end
  local done
  done, err = callqueue.delete(req.ctx, it)
  if not done then return nil, err end
  return json.array({})
end

return call_queues
