-- info=FLOW is the bare state word.
local client = require "support.proxyapi"
local ask, flow = client.ask, client.lit_flow

test("the same in every format, nothing for a miss", function(t)
  flow(t)
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", format = "json" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "62" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW" }).body, "")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", tenant = "OTHER" },
    t.other_key).body, "")
end)
