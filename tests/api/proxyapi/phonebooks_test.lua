-- reqtype=PHONEBOOKS lists phonebooks.
local client = require "support.proxyapi"
local ask, book = client.ask, client.book

test("id and name", function(t)
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json" }).body, "[]")
  book(t)
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json" }).json,
    { { pb_id = "1", pb_name = "Default" } })
  t.equal(ask(t, { reqtype = "PHONEBOOKS", subreqtype = "list" }).body,
    "pb_id|pb_name\n1|Default\n")
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
