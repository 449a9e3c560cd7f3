-- /users: whether an address is nobody's yet.
local people = require "mikopbx.lib.people"
local shapes = require "mikopbx.lib.shapes"

local users = route {
  family = "users",
  summary = "Whether an e-mail address is nobody's yet.",
  actions = {
    available = { access = "read", verb = "GET /users:available", result = shapes.available,
      params = { email = { max = 255, document = { required = true }, example = "ann@example.com" } } },
  },
}

function users.available(req) return people.available(req.ctx, req.params.email) end

return users
