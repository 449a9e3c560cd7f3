-- reqtype=SETFLOW switches a flow.
local client = require "support.proxyapi"
local ask, flow = client.ask, client.flow

test("state and value follow each other", function(t)
  flow(t)
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:600-DEMO)", Value = "INUSE" })
    :reply("success")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", state = "INUSE" }).body, "OK")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61" }).body, "INUSE")
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "61" }).body, "1")
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:600-DEMO)", Value = "NOT_INUSE" })
    :reply("success")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", value = "0" }).body, "OK")
  t.equal(ask(t, { reqtype = "INFO", info = "FLOW", id = "61", format = "json" }).body,
    "NOT_INUSE")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600" }).body, "")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "1", state = "INUSE" }).body,
    "Error: flow not found")
  t.equal(ask(t, { reqtype = "SETFLOW", number = "600", state = "NONSENSE" }).body, "")
end)

-- It answered an error and had changed the value.
test("a PBX that is away changes nothing", function(t)
  t.log:expect("^warn ami node is away")
  t.ami:hang_up()
  t.eventually(function()
    return ask(t, { reqtype = "SETFLOW", number = "600", state = "INUSE" }).body:find("^Error|asterisk node srv01 is down")
  end)
  t.equal(ask(t, { reqtype = "INFO", info = "variable", id = "61" }).body, "0")
end)
