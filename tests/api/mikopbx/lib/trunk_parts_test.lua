-- lib.trunk_parts: the fields of a trunk as what Asterisk reads.
local json = require "json"
local parts = require "mikopbx.lib.trunk_parts"
local rules = require "mikopbx.lib.trunk_rules"

local function trunk(more)
  local it = rules.complete { description = "d", host = "h", peer = "p", username = "u", secret = "s", registration_type = "outbound" }
  for name, value in pairs(more or {}) do it[name] = value end
  return it
end

test("who registers, and where calls go", function(t)
  local it = parts.of(trunk({ host = "2001:db8::9", port = 5061, transport = "tcp" }))
  t.equal({ it.registration.client_uri, it.registration.server_uri, it.aor.contact },
    { "sip:u@[2001:db8::9]:5061;transport=tcp", "sip:[2001:db8::9]:5061;transport=tcp", "sip:[2001:db8::9]:5061;transport=tcp" })
  t.equal({ it.endpoint.from_user, it.endpoint.outbound_auth, it.endpoint.auth, it.identify.match }, { "u", "p", json.null, "2001:db8::9" })
end)

test("a proxy, hosts, and who calls", function(t)
  local it = parts.of(trunk({ outbound_proxy = "proxy.example:5070", disablefromuser = true,
    additionalHosts = { { address = "10.0.0.0/24" }, { address = "h" } }, fromdomain = "d.example" }))
  t.equal({ it.endpoint.outbound_proxy, it.endpoint.from_user, it.endpoint.from_domain, it.identify.match },
    { "sip:proxy.example:5070;lr", json.null, "d.example", "h,10.0.0.0/24,proxy.example" })
  it = parts.of(trunk({ registration_type = "inbound", host = "" }))
  t.equal({ it.registration, it.identify, it.aor.contact, it.endpoint.auth, it.endpoint.identify_by },
    { false, false, json.null, "p", "username,ip,header" })
end)

test("what a change changes, and what was set by hand goes back", function(t)
  local before = trunk({ manualattributes = "direct_media=yes\nlanguage=ru", fromdomain = "d.example" })
  t.equal(parts.changed(before, before), {})
  t.equal(parts.changed(before, trunk({ registration_type = "none" })), { registration = json.null,
    endpoint = { direct_media = "no", language = json.null, from_domain = "h", outbound_auth = json.null } })
  t.equal(parts.changed(before, trunk({ manualattributes = before.manualattributes, fromdomain = "d.example", secret = "t" })),
    { auth = { password = "t" } })
end)
