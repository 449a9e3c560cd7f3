-- reqtype=LICENSEDAYS is a constant for administrators.
local ask = require("support.proxyapi").ask

test("the number, and the key error for tenants", function(t)
  t.equal(ask(t, { reqtype = "LICENSEDAYS", tenant = "" }, t.global_key).body, "9999")
  t.equal(ask(t, { reqtype = "LICENSEDAYS", tenant = "", format = "json" }, t.global_key).json,
    { days = 9999 })
  t.matches(ask(t, { reqtype = "LICENSEDAYS" }).body, "^Too bad")
end)
