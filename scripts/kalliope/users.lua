-- /users: extensions as Kalliope sees them: registration, name, configuration.
local contact = require "model.contact"
local extension = require "model.extension"
local journal = require "kalliope.lib.journal"
local kalliope = require "kalliope.lib.answer"
local registration = require "model.registration"
local shapes = require "kalliope.lib.shapes"
local user_of = require "kalliope.lib.user"
local xml = require "xml"

local CODES = {
  [10] = "Invalid user request", [11] = "User already exists",
  [12] = "One or more required field missing", [13] = "Licensed extensions number reached",
  [14] = "User not saved",
  [15] = "User does not exist", [16] = "Empty request",
}

local users = route {
  family = "users",
  summary = "Extensions: registration, name and configuration.",
  params = { exten = { pattern = "[%w*#]+" } },
  actions = {
    registrations = { access = "read", verb = "GET /users/registrations", result = shapes.registrations },
    registration = { access = "read", verb = "GET /users/registrations/{exten}", result = shapes.registrations },
    briefs = { access = "read", verb = "GET /users/brief", result = shapes.users },
    brief = { access = "read", verb = "GET /users/brief/{exten}", result = shapes.users },
    configs = { access = "read", verb = "GET /users/configs", result = shapes.configs },
    config = { access = "read", verb = "GET /users/configs/{exten}", result = shapes.configs },
    create = { access = "write", verb = "POST /users/configs", result = shapes.outcome("user"),
      body = { user = shapes.body("exten sip_secret first_name last_name", shapes.user_fields) } },
    update = { access = "write", verb = "PUT /users/configs/{exten}", result = shapes.outcome("user"),
      body = { user = shapes.body("", shapes.user_fields) } },
    delete = { access = "write", verb = "DELETE /users/configs/{exten}", result = shapes.outcome("user") },
  },
}

---- registrations

-- Kalliope's word for the state of a contact.
local function status_of(it)
  if not it.registered then return "UNKNOWN" end
  if contact.there(it.status) then return "OK" end
  return contact.state(it.status) == "unreachable" and "UNREACHABLE" or "UNKNOWN"
end

local function entry(it)
  local status = status_of(it)
  -- A contact that does not answer has no round trip.
  local rtt = status == "OK" and it.rtt_us and ("%d ms"):format(math.floor(it.rtt_us / 1000 + 0.5)) or nil
  local here = it.registered
  return { "registration", {
    { "exten", it.number }, { "status", status },
    { "rtt", here and rtt or nil }, { "contact", here and it.contact or nil },
    { "ip", here and it.ip or nil }, { "port", here and it.port or nil },
    { "useragent", here and it.user_agent or nil },
  } }
end

local function listed(req, number)
  local found, err = registration.list(req.ctx, number)
  if not found and err.code ~= "not_found" then return nil, err end
  local list = {}
  -- The list is that of the enabled extensions.
  for _, it in ipairs(found or {}) do
    if number or it.enabled then list[#list + 1] = entry(it) end
  end
  return { "registrations", list }
end

function users.registrations(req) return listed(req) end

function users.registration(req) return listed(req, req.args.exten) end

---- names and configurations

-- Users of the store in blocks of this many.
local BLOCK = 2000

-- All users with what waits, or the one of a number, as what `show(view, record)` makes of each.
local function shown(req, name, show)
  local view, err = journal.view(req.ctx)
  if not view then return nil, err end
  local list, number = {}, req.args.exten
  if number then
    list[1], err = view:user(number)
    if err then return nil, err end
  else
    local block
    repeat
      block, err = user_of.stored(req.ctx, { after = block and block[#block].exten or "" }, BLOCK)
      if not block then return nil, err end
      for _, record in ipairs(block) do list[#list + 1] = record end
    until #block < BLOCK
    list = view:over("user", list, "exten")
  end
  for i, record in ipairs(list) do
    list[i], err = show(view, record)
    if err then return nil, err end
  end
  return { name, list }
end

local function brief(_, record) return user_of.brief(record) end

function users.briefs(req) return shown(req, "users", brief) end

function users.brief(req) return shown(req, "users", brief) end

function users.configs(req) return shown(req, "configs", user_of.config) end

function users.config(req) return shown(req, "configs", user_of.config) end

---- changes

local function refused(code) return kalliope.refused("user", CODES, code) end

-- What a change came to: 0, or the code of what is wrong.
local function outcome(done, err)
  if done then return kalliope.success("user") end
  if err.answer then return refused(err.answer) end
  if err.code == "conflict" and err.model == extension and err.reason ~= "object_in_use" then return refused(11) end
  if err.reason == "license_limit" then return refused(13) end
  if err.code ~= "invalid" and err.code ~= "conflict" and err.code ~= "refused" then return nil, err end
  return kalliope.problem("user", CODES, 14, err)
end

local function sent(req) return req.document and xml.child(req.document, "user") end

local MANDATORY = { "exten", "sip_secret", "first_name", "last_name" }

function users.create(req)
  local element = sent(req)
  if not element then return refused(10) end
  for _, tag in ipairs(MANDATORY) do
    if not kalliope.given(element, tag) then return refused(12) end
  end
  return outcome(journal.change(req.ctx, function(view)
    local values = user_of.given(element)
    values.exten = kalliope.given(element, "exten")
    local there, err = view:user(values.exten)
    if err then return nil, err end
    if there then return nil, { answer = 11 } end
    values.had_box, err = view:id_of("VOICEMAIL", values.exten)
    if err then return nil, err end
    return { object = "user", action = "create", values = values }
  end))
end

-- Changes the user of the path, if there is one, to what `values()` says.
local function change_user(req, action, values)
  return outcome(journal.change_one(req.ctx, "user", action, function(view) return view:user(req.args.exten) end, values))
end

function users.update(req)
  local element = sent(req)
  if not element then return refused(10) end
  return change_user(req, "update", function()
    if #element == 0 then return nil, { answer = 16 } end
    return user_of.given(element)
  end)
end

function users.delete(req)
  return change_user(req, "delete", function() return {} end)
end

return users
