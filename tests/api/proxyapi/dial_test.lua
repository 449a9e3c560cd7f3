-- reqtype=DIAL places a call.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("answers as Asterisk does, with an id of fourteen digits", function(t)
  extension(t, "100")
  t.ami:expect("Originate", { Async = "true" })
    :reply("success", { Message = "Originate successfully queued" })
  local res = ask(t, { reqtype = "DIAL", source = "100", dest = "101", var = "callid=453131" })
  t.matches(res.body, "^Success|Originate successfully queued|%x+|$")
  t.equal(#res.body:match("|(%x+)|$"), 14)
end)

test("JSON and XML carry the same three fields", function(t)
  t.ami:expect("Originate"):reply("success", { Message = "Originate successfully queued" })
  local res = ask(t, { reqtype = "DIAL", exten = "100", phone = "101", format = "json" })
  t.equal(res.json.Response, "Success")
  t.equal(#res.json.ID, 14)
  t.ami:expect("Originate"):reply("success", { Message = "Originate successfully queued" })
  res = ask(t, { reqtype = "DIAL", source = "100", dest = "101", format = "xml" })
  t.contains(res.body, "<Response>Success</Response>")
end)

test("what is missing or refused is an error line", function(t)
  t.equal(ask(t, { reqtype = "DIAL", source = "100" }).body,
    "Error|Missing source or destination|")
  t.ami:expect("Originate"):reply("error", "Originate failed")
  t.equal(ask(t, { reqtype = "DIAL", source = "100", dest = "101" }).body,
    "Error|Originate failed|")
end)

-- A limit that was no number was dropped, and the call had none.
test("limits are numbers", function(t)
  for _, name in ipairs({ "timeout", "dialtimeout" }) do
    local query = { reqtype = "DIAL", source = "100", dest = "101" }
    query[name] = "1h"
    t.equal(ask(t, query).body, "Error|" .. name .. ": not valid: 1h|")
  end
  t.ami:expect("Originate", { Timeout = "20000" }):reply("success", { Message = "Originate successfully queued" })
  t.matches(ask(t, { reqtype = "DIAL", source = "100", dest = "101", timeout = "60", dialtimeout = "20" }).body,
    "^Success|")
end)

test("the account is a phone of the tenant, the times have an end", function(t)
  local asked = { reqtype = "DIAL", source = "100", dest = "101" }
  local function with(name, value)
    local query = { [name] = value }
    for key, item in pairs(asked) do query[key] = item end
    return ask(t, query).body
  end
  t.equal(with("account", "100-OTHER"), "Error|account: the tenant has no 100-OTHER|")
  t.equal(with("dialtimeout", "601"), "Error|dialtimeout: at most 600|")
  t.equal(with("timeout", "86401"), "Error|timeout: at most 86400|")
  t.ami:expect("Originate", { Variable = "SETPEERNAME=100-DEMO" })
    :reply("success", { Message = "Originate successfully queued" })
  t.matches(with("account", "100-DEMO"), "^Success|")
end)

test("a line break never reaches Asterisk", function(t)
  local res = ask(t, { reqtype = "DIAL", source = "100", dest = "101\r\nAction: Logoff" })
  t.matches(res.body, "^Error|")
end)

test("a read-only key may not dial", function(t)
  t.matches(ask(t, { reqtype = "DIAL", source = "100", dest = "101" }, t.read_key).body,
    "^Too bad")
end)

-- 100-OTHER has seven characters and more: the dialplan took it for a number outside and rang that.
test("another tenant's phone is no number of this one", function(t)
  for name, value in pairs({ source = "100-OTHER", dest = "100-OTHER" }) do
    local query = { reqtype = "DIAL", source = "100", dest = "101" }
    query[name] = value
    t.equal(ask(t, query).body, "Error|" .. name .. ": not valid: 100-OTHER|")
  end
  t.ami:expect("Originate"):reply("success", { Message = "Originate successfully queued" })
  t.matches(ask(t, { reqtype = "DIAL", source = "100-DEMO", dest = "393-1234567" }).body, "^Success|")
end)

-- An Odoo module adds a mark in brackets, people type blanks and brackets, a raw plus comes as a blank: all refused.
test("numbers and caller ids as people write them", function(t)
  for given, wanted in pairs({ ["0461 123-456"] = "0461123456", ["(0461) 123456"] = "0461123456", [" 49301234"] = "+49301234" }) do
    t.ami:expect("Originate", { Exten = wanted }):reply("success", { Message = "Originate successfully queued" })
    t.matches(ask(t, { reqtype = "DIAL", source = "100", dest = given }).body, "^Success|", given)
  end
  for _, given in ipairs({ "0611223344<Dial:>", '"Ann" <0611223344>' }) do
    t.ami:expect("Originate", { Variable = "SETSOURCECLID=0611223344" }):reply("success", { Message = "Originate successfully queued" })
    t.matches(ask(t, { reqtype = "DIAL", source = "100", dest = "101", sourceclid = given }).body, "^Success|", given)
  end
end)
