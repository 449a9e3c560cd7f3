-- lib/reply.lua: what a handler answers beside a plain value.
local reply = require "lib.reply"

test("a value is a reply without more", function(t)
  for _, value in ipairs({ "text", { status = 404 }, 7, false }) do
    local it = reply.read(value)
    t.equal(it.value, value)
    t.equal({ it.status, it.headers, it.type, it.body }, {})
  end
  t.equal(reply.read(nil).value, nil)
end)

test("what was said of a value or a body is kept", function(t)
  local it = reply.read(reply.of({ id = 1 }, { status = 201, headers = { Location = "/1" }, reload = "x" }))
  t.equal({ it.value, it.status, it.headers.Location, it.reload }, { { id = 1 }, 201, "/1", "x" })
  it = reply.read(reply.body("<p>", { type = "text/html" }))
  t.equal(reply.response(it, "text/plain"), { status = 200, type = "text/html", body = "<p>" })
  t.equal(reply.response(reply.body("a"), "text/plain").type, "text/plain")
end)

test("a status that is none is the script's fault", function(t)
  t.equal(pcall(reply.of, {}, { status = "201" }), false)
  t.equal(pcall(reply.body, "", { status = 99 }), false)
end)
