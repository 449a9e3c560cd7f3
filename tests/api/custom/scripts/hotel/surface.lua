-- For family_test.lua: a whole family of an integrator's. Lines of text, and the key on a badge.
local desk = require "hotel.lib.desk"
local keys = require "access.keys"
local params = require "lib.params"
local parts = require "document.parts"
local reply = require "lib.reply"

local TYPE = "text/x-bill"
local STATUS = { invalid = 400, unauthenticated = 401, denied = 403, not_found = 404, conflict = 409 }

local function respond(status, lines) return { status = status, type = TYPE, body = desk.lines(lines) } end

local function failure(err) return respond(err.status or STATUS[err.code] or 500, { "refused", err.message }) end

local function handle(req)
  local action = req.route and req.route.actions[req.action]
  if not action then return failure { code = "not_found", message = "no such room service" } end
  local ok, err = keys.enter(req, "Hotel", req.headers["x-badge"], req.query.house, {})
  if ok then ok, err = keys.allow(req, action.access) end
  if not ok then return failure(err) end
  local given = {}
  for name, value in pairs(req.form or {}) do given[name] = value end
  for name, value in pairs(req.args) do given[name] = value end
  req.params, err = params.values(action.params, given)
  if not req.params then return failure(err) end
  local value
  value, err = req.handler(req)
  if err then return failure(err) end
  local it = reply.read(value)
  if it.body then return reply.response(it, TYPE) end
  local response = respond(it.status or 200, it.value)
  response.headers = it.headers
  return response
end

return surface {
  name = "hotel",
  title = "Hotel",
  description = "**Hotel** answers lines of text.",
  mounts = { "/hotel" },
  words = { "room" },
  security = { Badge = { type = "apiKey", ["in"] = "header", name = "X-Badge" } },
  media = { TYPE },
  statuses = { "400", "401", "403", ["404"] = "No such room.", ["409"] = "The room is taken." },
  refusal = { type = "string" },
  params = { house = parts.TENANT },
  handle = handle,
  failed = function(_, err) return failure(err) end,
}
