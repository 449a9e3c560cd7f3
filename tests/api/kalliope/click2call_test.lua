-- /click2call: a call between two phones.
local task = require "task"
local xml = require "xml"
local client = require "support.kalliope"
local send, code = client.send, client.code

local function ask(t, inner)
  return send(t, "post", "/click2call", "<request_id>k</request_id><click2call>" .. inner
    .. "</click2call>")
end

local function outcome(t, inner) return code(ask(t, inner), "click2call", "error_code") end

local function registered(t, number)
  t.ami:event("ContactStatus", { URI = "sip:" .. number .. "@127.0.0.1:5060", ContactStatus = "Reachable",
    AOR = number .. "-DEMO", EndpointName = number .. "-DEMO" })
  t.eventually(function()
    return client.get(t, "/users/registrations/" .. number).body:find("<status>OK</status>", 1, true)
  end)
end

-- What Asterisk tells of the first leg of the newest Originate, as it happens.
local function leg(t, event, state)
  local sent = t.ami:received()
  local id
  for _, action in ipairs(sent) do
    if action.Action == "Originate" then id = action.ChannelId end
  end
  t.ami:event(event, { Channel = "Local/100@originate-00000001;1", Uniqueid = id, Linkedid = id, AccountCode = "DEMO",
    ChannelState = state, ChannelStateDesc = state == "6" and "Up" or "Ring" })
end

local BOTH = "<exten>100</exten><number_to_call>101</number_to_call>"

-- Asks for a call whose first leg goes through these events.
local function call(t, inner, wanted, events)
  local step = t.ami:expect("Originate", wanted)
  step:reply("success", { Message = "Originate successfully queued" })
  local res
  local before = #t.ami:received()
  task.all({
    function() res = ask(t, inner) end,
    function()
      t.eventually(function() return #t.ami:received() > before end)
      for _, it in ipairs(events) do leg(t, it[1], it[2]) end
    end,
  })
  return code(res, "click2call", "error_code"), res
end

test("the outcome is that of the call", function(t)
  send(t, "post", "/users/configs", "<user><exten>100</exten><sip_secret>pw-100-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name></user>")
  client.apply(t)
  -- Symptom: a phone that is not registered was 0 at once.
  local res = ask(t, BOTH)
  t.equal(code(res, "click2call", "error_code"), "10")
  t.contains(res.body, "not registered")
  registered(t, "100")
  local UP, GONE = { { "Newchannel", "4" }, { "Newstate", "6" } }, { { "Newchannel", "4" }, { "Hangup", "4" } }
  local got
  got, res = call(t, BOTH, { Async = "true" }, UP)
  t.equal(got, "0", res.body)
  t.equal(xml.value(res.root, "request_id"), "k")
  t.equal(call(t, BOTH, {}, GONE), "10")
  t.ami:expect("Originate"):reply("error", "Originate failed")
  t.equal(outcome(t, BOTH), "10")
end)

test("a number here, and one outside", function(t)
  -- Symptom: groups, queues and conferences were refused.
  t.sql("INSERT INTO hu_huntlists (hu_te_id, hu_name, hu_number) VALUES (1, 'G', '640')")
  local group = "<exten>100</exten><number_to_call>640</number_to_call><type>exten</type>"
  t.equal(call(t, group, { Exten = "640" }, { { "Newchannel", "6" } }), "0")
  t.equal(outcome(t, BOTH .. "<type>exten</type>"), "10")
  -- Symptom: an inside extension of that number rang.
  t.equal(call(t, BOTH .. "<type>out</type>", { Variable = "SETOUTSIDE=yes" }, { { "Newchannel", "6" } }), "0")
end)

test("what is missing or odd", function(t)
  t.equal(outcome(t, "<number_to_call>1</number_to_call>"), "11")
  t.equal(outcome(t, "<exten>100</exten>"), "12")
  t.equal(outcome(t, "<exten>999</exten><number_to_call>1</number_to_call>"), "10")
  t.equal(outcome(t, BOTH .. "<type>nonsense</type>"), "10")
  t.equal(outcome(t, "<exten>100</exten><number_to_call>1,2</number_to_call>"), "10")
end)
