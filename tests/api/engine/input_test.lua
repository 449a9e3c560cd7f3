-- lib.body: what a client sent, sorted.
local body = require "engine.input"
local queue = require "model.queue"
require "model.extension"
local reading = require "engine.read"

test("aliases, columns, children and destinations find their place", function(t)
  local described = reading.describe(queue)
  local sent = body.read(queue, described, {
    name = "alias", qu_name = "column", timeout = 20, strategy = "linear", unknown = "x",
    members = { 1, 2 }, full = "EXT-1", destinations = { exitkey = { "EXT-2" } },
  })
  t.equal(sent.values, { qu_name = "column" }, "the column's own name wins")
  t.equal(sent.children.realtime, { timeout = "20", strategy = "linear" })
  t.equal(sent.children.members, { 1, 2 })
  t.equal(sent.destinations["QUEUE-FULL"], { { type = "EXT", id = 1 } })
  t.equal(sent.destinations["QUEUE-EXITKEY"], { { type = "EXT", id = 2 } })
end)

test("errors name the field as it was sent", function(t)
  local described = reading.describe(queue)
  for name, value in pairs({ strategy = "loudest", members = "x=", number = "1 2" }) do
    if name == "members" then value = { a = 1 } end
    local sent, err = body.read(queue, described, { [name] = value })
    t.equal(sent, nil)
    t.equal(err.field, name)
  end
  local _, err = body.read(queue, described, { destinations = { NOPE = {} } })
  t.equal(err.reason, "invalid_destination")
end)
