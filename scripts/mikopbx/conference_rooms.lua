-- /conference-rooms: rooms several callers join.
local fields = require "mikopbx.lib.fields"
local json = require "json"
local prefixed = require "mikopbx.lib.prefixed"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"
local room = require "mikopbx.lib.room"

local BODY = fields.declared(room.RULES)
local WHOLE = fields.declared(room.RULES, room.REQUIRED)

local conference_rooms = route {
  family = "conference_rooms",
  summary = "Rooms several callers join.",
  params = { id = { pattern = "CONFERENCE%-%x+" } },
  actions = {
    list = { access = "read", verb = "GET /conference-rooms", result = shapes.list(shapes.room) },
    get = { access = "read", verb = "GET /conference-rooms/{id}", result = shapes.room },
    getDefault = { access = "read", verb = "GET /conference-rooms:getDefault", result = shapes.room },
    create = { access = "write", verb = "POST /conference-rooms", body = WHOLE, result = shapes.room,
      statuses = { ["201"] = "Created." } },
    update = { access = "write", verb = "PUT /conference-rooms/{id}", body = WHOLE, result = shapes.room },
    patch = { access = "write", verb = "PATCH /conference-rooms/{id}", body = BODY, result = shapes.room },
    delete = { access = "write", verb = "DELETE /conference-rooms/{id}", result = shapes.nothing },
  },
}

local function answer(req, it, status)
  local names, err = target.names(req.ctx)
  if not names then return nil, err end
  return reply.of(room.shown(req.ctx, it, names),
    { status = status, reload = status and "conference-rooms/modify/" .. it.id or nil })
end

function conference_rooms.list(req)
  local list, err = room.records(req.ctx)
  if not list then return nil, err end
  local names
  names, err = target.names(req.ctx)
  if not names then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do out[i] = room.shown(req.ctx, it, names) end
  return out
end

local function find(req, status)
  local list, err = room.records(req.ctx, prefixed.id(room.PREFIX, req.params.id))
  if not list then return nil, err end
  if list[1] then return list[1] end
  return nil, { code = "not_found", status = status, message = "Conference room not found" }
end

function conference_rooms.get(req)
  local it, err = find(req, 422)
  if not it then return nil, err end
  return answer(req, it)
end

function conference_rooms.getDefault(req)
  local it = { id = "", name = "", extension = "" }
  for name, rule in pairs(room.RULES) do
    if it[name] == nil then it[name] = rule.default end
  end
  return answer(req, it)
end

function conference_rooms.create(req)
  local values, err = room.clean(req.params, true)
  if not values then return nil, err end
  local it
  it, err = room.save(req.ctx, values)
  if not it then return nil, err end
  return answer(req, it, 201)
end

local function change(req, whole)
  local before, err = find(req, 404)
  if not before then return nil, err end
  local values
  values, err = room.clean(req.params, whole)
  if not values then return nil, err end
  if whole then
    for _, name in ipairs(room.REQUIRED) do values[name] = values[name] or "" end
  end
  local it
  it, err = room.save(req.ctx, values, before)
  if not it then return nil, err end
  return answer(req, it, 200)
end

function conference_rooms.update(req) return change(req, true) end

function conference_rooms.patch(req) return change(req, false) end

function conference_rooms.delete(req)
  local it, err = find(req, 404)
  if not it then return nil, err end
  local done
  done, err = room.delete(req.ctx, it)
  if not done then return nil, err end
  return json.array({})
end

return conference_rooms
