-- lib.sipaddress: hosts as people write them.
local sipaddress = require "lib.sipaddress"

test("a host with and without a port", function(t)
  for text, wanted in pairs({
    ["sip.example.com"] = { "sip.example.com" }, ["sip.example.com:5080"] = { "sip.example.com", 5080 },
    ["192.0.2.1"] = { "192.0.2.1" }, ["192.0.2.1:5060"] = { "192.0.2.1", 5060 }, ["pbx_1"] = { "pbx_1" },
    ["2001:db8::9"] = { "2001:db8::9" }, ["[2001:db8::9]"] = { "2001:db8::9" }, ["[::1]:5061"] = { "::1", 5061 },
    ["::ffff:192.0.2.1"] = { "::ffff:192.0.2.1" }, ["1:2:3:4:5:6:7:8"] = { "1:2:3:4:5:6:7:8" },
  }) do
    t.equal({ sipaddress.parse(text) }, wanted, text)
  end
  for _, text in ipairs({ "", "a b", "a;b", "a@b", "-a", "a-", "a..b", "192.0.2.256", "1.2.3", "h:0", "h:65536", "h:x", "[h]",
    "[::1", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":1", "12345::", ("a"):rep(64), ":::" }) do
    t.equal(sipaddress.parse(text), nil, text)
  end
end)

test("networks", function(t)
  for text, wanted in pairs({ ["10.0.0.0/24"] = "10.0.0.0/24", ["2001:db8::/32"] = "2001:db8::/32", ["h.example"] = "h.example",
    ["192.0.2.1:5060"] = "192.0.2.1" }) do
    t.equal(sipaddress.network(text), wanted)
  end
  for _, text in ipairs({ "10.0.0.0/33", "h.example/8", "::/129", "10.0.0.0/", "/8", "a,b" }) do
    t.equal(sipaddress.network(text), nil, text)
  end
end)

test("addresses", function(t)
  t.equal(sipaddress.uri { host = "h" }, "sip:h")
  t.equal(sipaddress.uri { user = "u", host = "::1", port = 5061, transport = "tcp" }, "sip:u@[::1]:5061;transport=tcp")
end)
