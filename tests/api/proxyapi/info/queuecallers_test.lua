-- info=QUEUECALLERS lists who waits.
local client = require "support.proxyapi"
local ask, queue = client.ask, client.queue

test("an unknown queue, an empty one, and a caller", function(t)
  local id = queue(t)
  local function list(which, format)
    return ask(t, { reqtype = "INFO", info = "queuecallers", id = which, format = format })
  end
  t.equal(list("9999").body, "")
  t.equal(list(id, "json").body, "[]")
  client.channel(t, "103")
  t.ami:event("QueueCallerJoin", { Queue = tostring(id), Position = "1", Count = "1", Uniqueid = "srv01-1.1",
    Channel = "PJSIP/103-DEMO-00000001", CallerIDNum = "103", CallerIDName = "Phone 103" })
  t.eventually(function() return #(list(id, "json").json or {}) == 1 end)
  local it = list(id, "json").json[1]
  t.equal({ it.position, it.uniqueid, it.calleridnum }, { "1", "srv01-1.1", "103" })
  t.matches(list(id).body, "^position|uniqueid|channel|calleridnum|calleridname|wait|priority\n1|srv01%-1.1|")
end)
