-- info=SIMPLECDRS: one row per call.
local report = require "proxyapi.lib.callreport"
local cdr = require "model.cdr"

local simplecdrs = route {
  reqtype = "INFO",
  info = "SIMPLECDRS",
  summary = "List calls, one row per call.",
  params = report.params(cdr.simple.filters),
  actions = { list = { access = "read" } },
}

function simplecdrs.list(req)
  return report.answer(req, { simple = true, quirk = "" })
end

return simplecdrs
