-- Employees as CSV; /employees's tests fetch the files.
local sheet = require "mikopbx.lib.employee_sheet"

test("a format that is none, and a link that is none", function(t)
  local ctx = { tenant = { id = 1, code = "DEMO" } }
  local found, err = sheet.template(ctx, { format = "xml" })
  t.equal(found, nil)
  t.equal(err.code, "invalid")
  found, err = sheet.download("nothing")
  t.equal(found, nil)
  t.equal(err.code, "denied")
end)
