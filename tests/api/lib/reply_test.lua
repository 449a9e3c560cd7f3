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

test("a handler's value and a caller's error go through", function(t)
  local function asked(...)
    local answers = { ... }
    return reply.ask(function() return answers[1], answers[2] end, {})
  end
  t.equal(asked("value"), "value")
  t.equal(asked(false), false)
  local refusal = { code = "invalid", message = "no" }
  t.equal({ asked(nil, refusal) }, { nil, refusal })
  t.equal(select(2, asked(nil, { status = 418, message = "short" })).status, 418)
end)

test("an error that is none is the script's fault", function(t)
  t.log:expect("the handler returned an error that is none: oops")
  t.log:expect("the handler returned an error that is none: short")
  local req = { action = "go", route = { actions = { go = { at = "lunch.lua:7" } } } }
  for _, err in ipairs({ "oops", { message = "short" } }) do
    local value, told = reply.ask(function() return nil, err end, req)
    t.equal({ value, told.code, told.message }, { nil, "internal", "Internal error." })
  end
end)
