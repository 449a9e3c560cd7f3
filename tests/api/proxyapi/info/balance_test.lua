-- info=BALANCE is the bare balance.
local ask = require("support.proxyapi").ask

test("now, and its change within a span", function(t)
  t.equal(ask(t, { reqtype = "INFO", info = "balance" }).body, "0.00")
  ask(t, { reqtype = "BALANCE", amount = "5" }, t.global_key)
  t.equal(ask(t, { reqtype = "INFO", info = "balance", format = "json" }).body, "5.00")
  t.equal(ask(t, { reqtype = "INFO", info = "balance", start = "2001-01-01",
    ["end"] = "2001-12-31" }).body, "0.00")
  t.equal(ask(t, { reqtype = "INFO", info = "balance", start = "2001-01-01" }).body, "5.00")
end)
