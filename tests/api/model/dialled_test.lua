-- model/dialled.lua: what a client may have dialled.
local dialled = require "model.dialled"
local client = require "support.proxyapi"
local peer = require "model.peer"

local DEMO = { tenant = { id = 1, code = "DEMO" } }

test("a number is the tenant's own, with or without its code", function(t)
  t.equal(dialled.number(DEMO, "dest", "100-DEMO"), "100")
  t.equal(dialled.number(DEMO, "dest", "*97#"), "*97#")
  t.equal(dialled.number({}, "dest", "100-OTHER"), "100-OTHER")
  t.equal(peer.number_of({}, "100-DEMO"), "100-DEMO")
end)

test("neither nothing, nor syntax of a dial string, nor what a context does by itself", function(t)
  for given, message in pairs({
    [""] = "Missing dest.", ["101&102"] = "dest: not valid: 101&102", ["101@x"] = "dest: not valid: 101@x",
    [("1"):rep(81)] = "dest: not valid: " .. ("1"):rep(40), h = "dest: not a number: h",
  }) do
    local number, err = dialled.number(DEMO, "dest", given)
    t.equal({ number, err.message, err.field }, { nil, message, "dest" })
  end
end)

-- Symptom: a call could be sent to what the context does when a call ends, which a new call cannot.
test("a call is sent to numbers alone too", function(t)
  client.channel(t, "100")
  t.eventually(function() return client.ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  for _, reqtype in ipairs({ "TRANSFER", "ATXTRANSFER" }) do
    local query = { reqtype = reqtype, channel = "PJSIP/100-DEMO-00000001", dest = "h" }
    t.equal(client.ask(t, query).body, "Error|dest: not a number: h|")
  end
end)
