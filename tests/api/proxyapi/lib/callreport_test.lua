-- lib.callreport: filters of the call listings.
local callreport = require "proxyapi.lib.callreport"
local cdr = require "model.cdr"
local check = require "lib.params"

test("the model's filters, a template and its type", function(t)
  local params = callreport.params(cdr.filters)
  t.truthy(params.phone)
  t.truthy(params.template)
  t.equal(cdr.filters.template, nil)
  t.truthy(check.values(params, { contenttype = "text/csv" }))
  t.equal(check.values(params, { contenttype = "text/csv\r\nX: y" }), nil)
end)
