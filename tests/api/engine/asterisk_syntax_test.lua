-- The texts Asterisk parses further, each function by itself; tests/api/engine/asterisk_test goes through a phone.
local syntax = require "engine.asterisk_syntax"

local function all(t, check, right, wrong)
  for _, text in ipairs(right) do t.equal(check(text), nil, text) end
  for _, text in ipairs(wrong) do t.truthy(check(text), text) end
end

test("addresses and networks of both kinds", function(t)
  all(t, syntax.networks, { "10.0.0.0/8", "!10.1.1.1", "::1", "2001:db8::/32, 192.0.2.0/255.255.255.0", "::ffff:192.0.2.1/128" },
    { "10.0.0.256", "10.0.0.0/x", "2001:db8::/255.0.0.0", "1::2::3", "12345::", "host.example.net" })
  all(t, syntax.sources, { "sip.example.net", "192.0.2.0/24,2001:db8::9" }, { "sip.example.net:5060", "a b", "[2001:db8::9]", "a..b" })
  all(t, syntax.host, { "192.0.2.1", "::1", "a-b.example" }, { "192.0.2.999", "-x", ("a"):rep(254) })
end)

test("SIP addresses", function(t)
  all(t, syntax.uris, { "sip:a.example", "sips:me@[::1]:5061;transport=tls", "sip:a@b,sip:c", "<sip:a@b:5060>" },
    { "a.example", "sip:", "sip:a b", "sip:u@h:70000", "tel:123" })
end)

test("codecs, types of service and words", function(t)
  all(t, syntax.codecs, { "alaw", "ULAW:20;alaw", "!all,opus", "all" }, { "alaw:", "alaw:x", "mp3", "a-b" })
  all(t, syntax.tos, { "ef", "CS3", "0", "255" }, { "256", "-1", "1.5", "best" })
  all(t, syntax.words("a b"), { "a", "B, a" }, { "a,c", "c" })
  all(t, syntax.codec_preference, { "prefer: configured", "keep:first,transcode:prevent" }, { "prefer:all", "keep", "x:y" })
  all(t, syntax.assignment, { "A=1", "CHANNEL(x)=" }, { "A", "=1", "A B=1" })
  all(t, syntax.least(90), { "90", "" }, { "89" })
end)
