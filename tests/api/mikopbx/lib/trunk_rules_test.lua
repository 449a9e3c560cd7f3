-- lib.trunk_rules: what the fields of a trunk may hold, alone and together.
local rules = require "mikopbx.lib.trunk_rules"

local function wrong(more)
  local it = rules.complete { description = "d", host = "h", registration_type = "none" }
  for name, value in pairs(more) do it[name] = value end
  local ok, err = rules.check(it)
  return not ok and err.fields or nil
end

test("a host may name its port, brackets go", function(t)
  t.equal(rules.clean({ host = "sip5.example.net:5080" }), { host = "sip5.example.net", port = 5080 })
  t.equal(rules.clean({ host = "[2001:db8::9]" }), { host = "2001:db8::9" })
  t.equal(rules.clean({ host = "h:5080", port = "5080" }), { host = "h", port = 5080 })
  local it, err = rules.clean({ host = "h:5080", port = 5090 })
  t.equal({ it, err.fields }, { nil, { host = "names another port than port" } })
end)

test("additional hosts are addresses or networks, as texts or objects", function(t)
  t.equal(rules.clean({ additionalHosts = { "10.0.0.0/24", { address = " h.example " } } }).additionalHosts,
    { { address = "10.0.0.0/24" }, { address = "h.example" } })
  t.equal(rules.clean({ additionalHosts = { 5 } }), nil)
  t.equal(wrong({ additionalHosts = { { address = "10.0.0.0/99" } } }), { additionalHosts = "not an address or network: 10.0.0.0/99" })
end)

test("what cannot be followed is refused by its name", function(t)
  t.equal(wrong({}), nil)
  t.truthy(wrong({ outbound_proxy = "a;b" }).outbound_proxy)
  t.truthy(wrong({ fromdomain = "a b" }).fromdomain)
  t.truthy(wrong({ fromuser = "a@b" }).fromuser)
  t.equal(wrong({ cid_source = "custom" }), { cid_custom_header = "is required" })
  t.truthy(wrong({ did_source = "custom", did_custom_header = "X Y" }).did_custom_header)
  t.truthy(wrong({ cid_parser_start = "a,b" }).cid_parser_start)
  t.truthy(wrong({ registration_type = "inbound", host = "", username = "a+b", secret = "s" }).username)
  t.equal(wrong({ manualattributes = "[endpoint]\ncontext=x" }), { manualattributes = "cannot be set here: context" })
  t.equal(wrong({ manualattributes = "[acl]" }), { manualattributes = "no section of a trunk: [acl]" })
  t.equal(wrong({ manualattributes = "direct_media=yes\n[registration]\nexpiration=120\n; a word" }), nil)
end)
