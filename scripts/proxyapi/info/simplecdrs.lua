-- info=SIMPLECDRS: one row per call.
local report = require "lib.callreport"
local cdr = require "model.cdr"

local simplecdrs = route {
  reqtype = "INFO",
  info = "SIMPLECDRS",
  summary = "List calls, one row per call.",
  params = report.params(cdr.simple.filters or cdr.filters),
  actions = { list = { access = "read" } },
}

function simplecdrs.list(req)
  return report.answer(req, cdr.simple.select, { positional = true, quirk = "" })
end

return simplecdrs
