-- /iax: states of IAX trunks.
local shapes = require "mikopbx.lib.shapes"
local states = require "mikopbx.lib.iax"

local iax = route {
  family = "iax",
  summary = "States of IAX trunks.",
  actions = { getRegistry = { access = "read", verb = "GET /iax:getRegistry", result = shapes.list(states.SHAPE) } },
}

function iax.getRegistry(req) return states.registry(req.ctx) end

return iax
