-- lib.kalliope: outcomes and flags.
local kalliope = require "kalliope.lib.answer"
local xml = require "xml"

test("an outcome under its tag", function(t)
  t.matches(xml.encode(kalliope.success("user")),
    "<user><error><code>0</code><message>Success</message></error></user>$")
  t.matches(xml.encode(kalliope.refused("cdr", { [3] = "No" }, 3, "error_code")),
    "<cdr><error_code><code>3</code><message>No</message></error_code></cdr>$")
end)

test("flags and texts of elements", function(t)
  local it = xml.decode("<a><yes>TRUE</yes><no>false</no><empty/></a>")
  t.equal(kalliope.flag_of(it, "yes"), true)
  t.equal(kalliope.flag_of(it, "no"), false)
  t.equal(kalliope.flag_of(it, "none"), nil)
  t.equal(kalliope.given(it, "empty"), nil)
  t.equal(kalliope.given(nil, "x"), nil)
end)
