-- /pbx-status: calls in progress.
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

local function channel(t, number, id, linked, more)
  local fields = { Channel = "PJSIP/" .. number .. "-DEMO-0000000" .. id, ChannelState = "6",
    ChannelStateDesc = "Up", CallerIDNum = number, CallerIDName = "Phone " .. number,
    AccountCode = "DEMO", Context = "authenticated", Exten = "202", Priority = "1",
    Uniqueid = "srv01-1." .. id, Linkedid = "srv01-1." .. linked }
  for name, value in pairs(more or {}) do fields[name] = value end
  t.ami:event("Newchannel", fields)
end

test("idle, then one call of two channels", function(t)
  local function get(path, key)
    return t.http:get(BASE .. path, { headers = bearer(t, key) }).json.data
  end
  t.equal(get("/pbx-status:getActiveCalls"), {})
  channel(t, "201", 1, 1)
  channel(t, "202", 2, 1)
  local rows = t.eventually(function()
    local found = get("/pbx-status")
    return #found == 1 and found[1].dst_num == "202" and found
  end)
  t.equal(rows[1].src_num, "201")
  t.equal(rows[1].endtime, "")
  t.equal(rows[1].linkedid, "srv01-1.1")
  t.matches(rows[1].start, "^%d+%-%d%d%-%d%d %d%d:%d%d:%d%d%.%d%d%d$")
  local channels = get("/pbx-status:getActiveChannels")
  t.equal(channels[1].src_chan, "PJSIP/201-DEMO-00000001")
  t.equal(channels[1].dst_chan, "PJSIP/202-DEMO-00000002")
  t.equal(get("/pbx-status", t.other_key), {})
end)

-- Phones were shown as available and channels as none, on a PBX that nobody reached.
test("a node that is away is a bare list of messages", function(t)
  t.log:expect("^warn ami node is away")
  t.ami:hang_up()
  for _, path in ipairs({ "/pbx-status:getActiveChannels", "/sip:getStatuses", "/sip:getPeersStatuses" }) do
    local res = t.eventually(function()
      local found = t.http:get(BASE .. path, { headers = bearer(t) })
      return found.status == 422 and found
    end)
    t.equal(res.json.result, false)
    t.matches(res.json.messages[1], "^asterisk node srv01 is down")
  end
  local res = t.http:get(BASE .. "/sip-providers:getStatuses", { headers = bearer(t, t.global_key) })
  t.equal({ res.status, res.json.messages.error[1] }, { 422, "Failed to fetch provider statuses" })
end)
