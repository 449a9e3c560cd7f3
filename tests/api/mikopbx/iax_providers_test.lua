-- /iax-providers: none, and none can be made.
local client = require "support.mikopbx"
local ask = client.asker("iax-providers", "global_key")

test("there are none, and making one is refused by name", function(t)
  t.equal(ask(t, "get", "").json.data, {})
  t.equal(ask(t, "get", ":getStatuses").json.data, { sip = {}, iax = {} })
  t.equal(ask(t, "get", "/IAX-TRUNK-1").status, 422)
  t.equal(ask(t, "patch", "/IAX-TRUNK-1", {}).status, 404)
  t.matches(ask(t, "post", "", { description = "x" }).json.messages.error.type, "cannot be made here")
  t.equal(ask(t, "get", ":getDefault").status, 422)
end)
