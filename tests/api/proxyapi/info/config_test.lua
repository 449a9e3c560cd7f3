-- info=CONFIG gives the limits of a tenant.
local ask = require("support.proxyapi").ask

test("three in JSON, seven in plain", function(t)
  t.equal(ask(t, { reqtype = "INFO", info = "config", format = "json" }).json,
    { maxchannels = "-1", maxextensions = "-1", maxdids = "-1" })
  t.matches(ask(t, { reqtype = "INFO", info = "config" }).body,
    "^DEMO|Demo tenant|%-1|%-1|%-1|[^|]*|[^|]*\n$")
end)
