-- reqtype=CHANNEL shows one channel as pairs.
local client = require "support.proxyapi"
local ask, channel = client.ask, client.channel

test("pairs in JSON, one line in plain, [] for a miss", function(t)
  channel(t, "100")
  local name = "PJSIP/100-DEMO-00000001"
  -- a node that does not say more: what its events told
  t.eventually(function() return #ask(t, { reqtype = "CHANNELS", format = "json" }).json > 0 end)
  for _ = 1, 2 do t.ami:expect("Command", { Command = "core show channel " .. name }):reply("error", "no") end
  local res = t.eventually(function()
    local res = ask(t, { reqtype = "CHANNEL", channel = name, format = "json" })
    return #res.json > 0 and res
  end)
  t.equal(res.json[1], { "Name", name })
  t.contains(ask(t, { reqtype = "CHANNEL", channel = name }).body, "UniqueID:srv01-1.1|")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = "PJSIP/9", format = "json" }).body, "[]")
  t.equal(ask(t, { reqtype = "CHANNEL", channel = name, format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)

-- It lacked eleven of the labels, and the variables.
test("the labels of Asterisk and the variables", function(t)
  local name = "PJSIP/100-DEMO-00000001"
  local text = table.concat({ " -- General --", "           Name: " .. name, "Eff. Connected Line ID: (N/A)",
    "    DNID Digits: 600", "  NativeFormats: (alaw)", " --   PBX   --", " Call Identifer: [C-00000001]",
    "      Variables:", "DEMO_callid=453131", "  CDR Variables:", 'level 1: clid="Ann" <100>' }, "\n")
  t.ami:expect("Command", { Command = "core show channel " .. name }):reply("success", { Output = text })
  local list = ask(t, { reqtype = "CHANNEL", channel = name, format = "json" }).json
  local found = {}
  for _, pair in ipairs(list) do found[pair[1]] = pair[2] end
  t.equal({ found["DNID Digits"], found.NativeFormats, found["Call Identifier"], found.DEMO_callid, found.clid, found.Node },
    { "600", "(alaw)", "[C-00000001]", "453131", '"Ann" <100>', "srv01" })
end)
