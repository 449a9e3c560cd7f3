-- info=SIMPLECDRS: one row per call.
local report = require "proxyapi.lib.callreport"
local cdr = require "model.cdr"

local EXAMPLE = {
  7, "DEMO", "2026-01-02 03:04:05", "OUT", "100", "Ada", "0123456", "ANSWERED", 57, "srv01-1767323045.7", "0123456",
}

local simplecdrs = route {
  reqtype = "INFO",
  info = "SIMPLECDRS",
  summary = "List calls, one row per call.",
  params = report.params(cdr.simple.filters),
  actions = { list = { access = "read", result = report.result(cdr.simple.columns, EXAMPLE, { positional = true }) } },
}

function simplecdrs.list(req)
  return report.answer(req, { simple = true, quirk = "" })
end

return simplecdrs
