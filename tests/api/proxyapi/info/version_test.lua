-- info=VERSION is for administrators.
local ask = require("support.proxyapi").ask

test("the bare version, and the key error for others", function(t)
  local query = { reqtype = "INFO", info = "VERSION", tenant = "" }
  t.matches(ask(t, query, t.global_key).body, "^%d")
  t.matches(ask(t, query, t.global_read_key).body, "^Too bad")
  t.matches(ask(t, { reqtype = "INFO", info = "VERSION" }).body, "^Too bad")
end)
