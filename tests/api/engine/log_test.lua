-- lib.change_log: what the logs show, and what not.
local change_log = require "engine.log"

test("secrets are masked, long texts cut", function(t)
  local detail = change_log.detail({ password = "s3cret", name = ("x"):rep(300) }, { password = true })
  t.equal(detail:find("s3cret", 1, true), nil)
  t.contains(detail, '"password":"***"')
  t.equal(#detail < 260, true)
  t.equal(change_log.detail({ ds_pin = "1234", pin = 1234 }):find("1234", 1, true), nil, "a PIN is for the object alone")
  t.equal(change_log.detail({}), nil)
end)
