-- Module `calls`: live state from events, and call control, under a scope.
local ami = require "ami"
local calls = require "calls"
local task = require "task"

local function phone(t, number, tenant, state)
  local id = number .. "." .. tenant
  t.ami:event("Newchannel", {
    Channel = "PJSIP/" .. number .. "-" .. tenant .. "-00000001", ChannelState = state or "6",
    ChannelStateDesc = state == "5" and "Ringing" or "Up", CallerIDNum = number,
    CallerIDName = "Phone " .. number, AccountCode = tenant, Context = "c", Exten = "1",
    Priority = "1", Uniqueid = id, Linkedid = id,
  })
  return id
end

local function gone(t, number, tenant)
  t.ami:event("Hangup", {
    Channel = "PJSIP/" .. number .. "-" .. tenant .. "-00000001",
    Uniqueid = number .. "." .. tenant, Linkedid = number .. "." .. tenant, Cause = "16",
  })
end

local function clear(t)
  for _, channel in ipairs(calls.channels()) do
    t.ami:event("Hangup", { Channel = channel.name, Uniqueid = channel.uniqueid, Linkedid = channel.linkedid })
  end
  t.eventually(function() return #calls.channels() == 0 end, "no channel")
end

test("channels are seen, filtered and counted", function(t)
  local id = phone(t, "100", "DEMO")
  phone(t, "200", "OTHER", "5")
  t.eventually(function() return #calls.channels() == 2 end, "two channels")
  local one = calls.channels({ uniqueid = id })[1]
  t.equal(one.name, "PJSIP/100-DEMO-00000001")
  t.equal(one.peer, "100-DEMO")
  t.equal(one.tenant, "DEMO")
  t.equal(one.state, 6)
  t.equal(one.state_text, "Up")
  t.equal(one.caller_number, "100")
  t.equal(one.caller_name, "Phone 100")
  t.equal(one.on_hold, false)
  t.equal(#calls.channels({ peer = "200-OTHER" }), 1)
  t.equal(#calls.channels({ peer = "300-DEMO" }), 0)
  t.equal(#calls.channels({ node = "srv99" }), 0)
  local count = calls.count()
  t.equal(count.channels, 2)
  t.equal(count.calls, 2)
  t.equal(count.nodes.srv01.channels, 2)
  gone(t, "200", "OTHER")
  t.eventually(function() return calls.count().channels == 1 end, "one channel")
  clear(t)
end)

test("a tenant sees and touches its own calls only", function(t)
  phone(t, "100", "DEMO")
  phone(t, "200", "OTHER")
  t.eventually(function() return #calls.channels() == 2 end, "two channels")
  task.scope("OTHER") -- for the rest of this test
  t.equal(#calls.channels(), 1)
  t.equal(calls.channels()[1].name, "PJSIP/200-OTHER-00000001")
  t.equal(calls.count().channels, 1)
  local message, err = calls.hangup("PJSIP/100-DEMO-00000001")
  t.equal(message, nil)
  t.equal(err.code, "not_found")
  local queued
  queued, err = calls.originate { channel = "PJSIP/100-DEMO", context = "c", exten = "1" }
  t.equal(queued, nil)
  t.equal(err.code, "denied")
  t.equal(#t.ami:received(), 0)
end)

test("device states and contacts follow events", function(t)
  t.equal(calls.device_state("PJSIP/999-DEMO"), "UNKNOWN")
  t.ami:event("DeviceStateChange", { Device = "PJSIP/100-DEMO", State = "RINGING" })
  t.eventually(function() return calls.device_state("PJSIP/100-DEMO") == "RINGING" end, "RINGING")
  t.ami:event("ContactStatus", {
    URI = "sip:100-DEMO@192.0.2.7:5062", ContactStatus = "Reachable", AOR = "100-DEMO",
    EndpointName = "100-DEMO", RoundtripUsec = "1200", UserAgent = "Phone/1",
    RegExpire = "1900000000", ViaAddress = "192.0.2.7:5062",
  })
  t.eventually(function() return #calls.contacts("100-DEMO") == 1 end, "a contact")
  local contact = calls.contacts("100-DEMO")[1]
  t.equal(contact.ip, "192.0.2.7")
  t.equal(contact.port, 5062)
  t.equal(contact.rtt_us, 1200)
  t.equal(contact.status, "Reachable")
end)

test("originate queues a call and gives its id", function(t)
  t.ami:expect("Originate", { Channel = "PJSIP/100-DEMO", Exten = "101", Async = "true" })
    :reply("success", { Message = "Originate successfully queued" })
  local queued, err = calls.originate {
    channel = "PJSIP/100-DEMO", context = "tenant-DEMO", exten = "101", timeout = 20,
    variables = { REASON = "callback, twice" },
  }
  t.truthy(queued, err and err.message)
  t.equal(queued.message, "Originate successfully queued")
  t.matches(queued.id, "^patchbay%-")
  t.equal(queued.node, "srv01")
end)

test("originate and hangup refuse what could be another header or pattern", function(t)
  local function code(call)
    local queued, err = calls.originate(call)
    t.equal(queued, nil)
    return err.code
  end
  t.equal(code { channel = "PJSIP/1\r\nAction: x", context = "c", exten = "1" }, "invalid")
  t.equal(code { channel = "PJSIP/1", context = "c", exten = "1", variables = { ["SHELL(id)"] = "x" } }, "invalid")
  t.equal(code { channel = "PJSIP/1", context = "c", exten = "1", node = "nowhere" }, "not_found")
  local message, err = calls.hangup("/^PJSIP/")
  t.equal(message, nil)
  t.equal(err.code, "not_found")
  t.equal(#t.ami:received(), 0)
end)

test("hangup by name and by id, with a cause", function(t)
  clear(t)
  local id = phone(t, "100", "DEMO")
  t.eventually(function() return #calls.channels() == 1 end, "a channel")
  t.ami:expect("Hangup", { Cause = "17" }):reply("success", { Message = "Channel Hungup" })
  t.equal(calls.hangup(id, 17), "Channel Hungup")
  t.ami:expect("Hangup"):reply("error", "No such channel")
  local message, err = calls.hangup("PJSIP/100-DEMO-00000001")
  t.equal(message, nil)
  t.truthy(err.code == "refused" or err.code == "not_found", err.code)
  clear(t)
end)

test("while the node is away call control is unavailable", function(t)
  t.log:expect("^warn ami node is away")
  t.ami:hang_up()
  t.eventually(function() return ami.nodes()[1].state ~= "up" end, "down")
  local queued, err = calls.originate { channel = "PJSIP/100-DEMO", context = "c", exten = "1" }
  t.equal(queued, nil)
  t.equal(err.code, "unavailable")
end)
