-- lib.mikopbx: the envelope.
local crypto = require "crypto"
local mikopbx = require "mikopbx.lib.envelope"

test("keys keep their order, empty objects are lists", function(t)
  local text = mikopbx.envelope({ result = true, data = {}, operation = "getList",
    processor = "A\\B::c", status = 201, reload = "x/1" })
  t.matches(text, '^{"result":true,"data":%[%],"messages":%[%],"function":"getList",'
    .. '"processor":"A\\\\B::c","pid":%d+,"httpCode":201,"reload":"x\\/1"}$')
  t.matches(mikopbx.envelope({ result = false }, true), '^{"jsonapi":{"version":"1%.0"},')
end)

test("meta joins with a hash over time and body", function(t)
  local body, tag = mikopbx.with_meta('{"a":1}')
  local stamp, hash = body:match('"timestamp":"(.-)","hash":"(%x+)"')
  t.equal(hash, crypto.sha1(stamp .. '{"a":1}'))
  t.equal(tag, crypto.sha1('{"a":1}'))
  t.matches(mikopbx.with_meta("{}"), '^{"meta":')
end)

test("errors have their status and shape", function(t)
  t.equal(mikopbx.status_of({ code = "conflict" }), 409)
  t.equal(mikopbx.status_of({ code = "invalid", status = 400 }), 400)
  t.equal(mikopbx.messages_of({ code = "invalid", message = "m" }), { error = { "m" } })
  t.equal(mikopbx.messages_of({ code = "invalid", fields = { a = "b" } }), { error = { a = "b" } })
  t.equal(mikopbx.messages_of({ code = "unavailable", message = "away" }), { "away" })
  t.equal(mikopbx.messages_of({ code = "internal", message = "secret" }).error[1],
    "Internal server error")
end)

-- Names come through every dialect; a panel puts these texts into its page as they are.
test("a name is no markup", function(t)
  t.equal(mikopbx.represent("key", '<img src="x">&'),
    '<i class="key icon"></i> &lt;img src=&quot;x&quot;&gt;&amp;')
  t.matches(mikopbx.represent_phone("Ann <b>", "201"), "> Ann &lt;b&gt; <201>$")
end)
