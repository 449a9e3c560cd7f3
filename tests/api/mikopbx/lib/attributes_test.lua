-- Additional SIP parameters: what a text sets, what it may not, and what comes back without it.
local attributes = require "mikopbx.lib.attributes"
local json = require "json"

test("lines become columns, other lines are refused by name", function(t)
  t.equal(attributes.read("[endpoint]\r\n; a comment\nrtp_symmetric = no\n\n[aor]\nmax_contacts=3"),
    { rtp_symmetric = "no", max_contacts = "3" })
  t.equal(attributes.read(""), {})
  for text, problem in pairs({
    ["context=fromoutside"] = "cannot be set here: context", ["[acl]"] = "no section of a phone: [acl]",
    ["set_var=TENANT=X"] = "cannot be set here: set_var", rubbish = "not name=value: rubbish",
  }) do
    local found, wrong = attributes.read(text)
    t.equal(found, nil)
    t.equal(wrong, problem)
  end
end)

test("what only the old text set goes back to what a phone has", function(t)
  t.equal(attributes.change("rtp_symmetric=no\nlanguage=ru\nallow=g722", "allow=opus"),
    { rtp_symmetric = "yes", language = json.null, allow = "opus" })
end)
