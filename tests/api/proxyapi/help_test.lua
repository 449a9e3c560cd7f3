-- reqtype=HELP prints what is loaded.
local ask = require("support.proxyapi").ask

test("the page names requests, parameters and actions", function(t)
  local res = ask(t, { reqtype = "HELP" })
  t.equal(res.status, 200)
  t.equal(res.headers["content-type"], "text/html; charset=UTF-8")
  t.matches(res.body, "^<pre>")
  t.contains(res.body, "reqtype=DND")
  t.contains(res.body, "reqtype=INFO info=CDRS")
  t.contains(res.body, "MANAGEDB object=extension")
end)

test("a bad key gets the key error and no page", function(t)
  local res = ask(t, { reqtype = "HELP" }, "wrong")
  t.equal(res.body, "Too bad... you mistaken the security api key.\n")
end)
