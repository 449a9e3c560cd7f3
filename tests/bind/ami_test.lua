-- Module `ami` against the scripted Asterisk.
local ami = require "ami"
local calls = require "calls"
local task = require "task"

test("a reply has its node, message and fields", function(t)
  t.ami:expect("DBGet", { Family = "DND", Key = "100-DEMO" })
    :reply("success", { Message = "Result will follow", Val = "on" })
  local reply, err = ami.action("DBGet", { Family = "DND", Key = "100-DEMO" })
  t.equal(err, nil)
  t.equal(reply.node, "srv01")
  t.equal(reply.response, "Success")
  t.equal(reply.message, "Result will follow")
  t.equal(reply.fields.Val, "on")
  t.equal(#reply.events, 0)
end)

test("a list reply holds its items in order", function(t)
  t.ami:expect("DBGetTree"):list({
    { Event = "DBGetTreeResponse", Key = "/DND/1", Val = "on" },
    { Event = "DBGetTreeResponse", Key = "/DND/2", Val = "off" },
  }, "DBGetTreeComplete")
  local reply = ami.action("DBGetTree", { Family = "DND" })
  t.equal(#reply.events, 2)
  t.equal(reply.events[1].Key, "/DND/1")
  t.equal(reply.events[2].Val, "off")
end)

test("an error of Asterisk is refused, with its words", function(t)
  t.ami:expect("Redirect"):reply("error", "Channel does not exist: X")
  local reply, err = ami.action("Redirect", { Channel = "X" })
  t.equal(reply, nil)
  t.equal(err.code, "refused")
  t.equal(err.message, "Channel does not exist: X")
end)

test("silence is a timeout", function(t)
  t.ami:expect("DBGet"):silence()
  local reply, err = ami.action("DBGet", { Family = "A", Key = "B" }, { timeout = 0.3 })
  t.equal(reply, nil)
  t.equal(err.code, "timeout")
end)

test("what must not be sent is not sent", function(t)
  local function code(...)
    local reply, err = ami.action(...)
    t.equal(reply, nil)
    return err.code
  end
  t.equal(code("DBPut", { Val = "x\r\nAction: Logoff" }), "invalid")
  t.equal(code("DBPut", { Val = "x\nAction: Logoff" }), "invalid")
  t.equal(code("DBPut", { ["Val\r"] = "x" }), "invalid")
  t.equal(code("DBPut", { Val = "x\0y" }), "invalid")
  t.equal(code("DBPut\r\n", {}), "invalid")
  t.equal(code("DBPut", { Val = ("x"):rep(1100) }), "invalid")
  t.equal(code("Hangup", { Channel = "/^PJSIP/" }), "invalid")
  t.equal(code("Logoff"), "denied")
  t.equal(code("Login", { Username = "x" }), "denied")
  t.equal(code("events", { EventMask = "off" }), "denied")
  t.equal(code("DBGet", {}, { node = "nowhere" }), "not_found")
  t.equal(#t.ami:received(), 0)
end)

test("variables are quoted one by one", function(t)
  t.ami:expect("Originate", { Variable = "NAME=Rossi\\, M" }):reply("success", { Message = "queued" })
  local reply, err = ami.action("Originate", {
    Channel = "PJSIP/100-DEMO", Application = "Wait", Data = "1", Variable = { NAME = "Rossi, M" },
  })
  t.truthy(reply, err and err.message)
end)

test("two actions wait together", function(t)
  t.ami:expect("DBGet", { Key = "1" }):reply("success", { Val = "one" })
  t.ami:expect("DBGet", { Key = "2" }):reply("success", { Val = "two" })
  local both = task.all {
    function() return ami.action("DBGet", { Family = "F", Key = "1" }) end,
    function() return ami.action("DBGet", { Family = "F", Key = "2" }) end,
  }
  t.equal(both[1].value.fields.Val, "one")
  t.equal(both[2].value.fields.Val, "two")
end)

test("a wrong argument raises", function(t)
  t.falsy(pcall(ami.action))
  t.falsy(pcall(ami.action, "DBGet", "text"))
  t.falsy(pcall(ami.action, "DBGet", { Key = function() end }))
end)

test("while the node is away an action fails and the node says why", function(t)
  t.log:expect("^warn ami node is away")
  t.equal(ami.nodes()[1].node, "srv01")
  t.equal(ami.nodes()[1].state, "up")
  t.equal(ami.nodes()[1].synced, true)
  t.ami:expect("DBGet"):hang_up()
  local reply, err = ami.action("DBGet", { Family = "A", Key = "B" })
  t.equal(reply, nil)
  t.equal(err.code, "timeout")
  t.eventually(function() return ami.nodes()[1].synced and ami.nodes()[1].state == "up" end, "the node")
  t.equal(#calls.channels(), 0)
end)
