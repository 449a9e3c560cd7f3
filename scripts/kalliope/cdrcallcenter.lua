-- /cdrcallcenter: records of queues, for which Kalliope wants a licence that this host does not have.
local kalliope = require "kalliope.lib.answer"
local shapes = require "kalliope.lib.shapes"

local cdrcallcenter = route {
  family = "cdrcallcenter",
  summary = "Call records of queues: not served, as without the licence for them.",
  actions = {
    list = {
      access = "read", verb = "POST /cdrcallcenter", result = shapes.outcome("cdrcallcenter", "error_code"),
      body = { cdrcallcenter = shapes.body("", {}) },
    },
  },
}

function cdrcallcenter.list()
  return kalliope.outcome("cdrcallcenter", 10, "Call center license not found", "error_code")
end

return cdrcallcenter
