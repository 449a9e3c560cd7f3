-- proxyapi/lib/shapes.lua: answers without their data.
local shapes = require "proxyapi.lib.shapes"

test("a shape says how an answer is written, and keeps those options for its example", function(t)
  local options = { labels = { "A" }, positional = true }
  local it = shapes.list({ "a" }, { "1" }, options)
  t.equal({ it.shape, it.labels, it.positional, it.options }, { "list", { "A" }, true, options })
  t.equal(shapes.record({ "a" }, { "1" }, { none = true }).none, true)
  t.equal(shapes.value("state", "INUSE", { bare = true }).bare, true)
end)

test("changes without anything of their own are one", function(t)
  t.truthy(rawequal(shapes.ok(), shapes.ok()))
  t.equal(shapes.ok({ id = "7" }).fields, { id = "7" })
end)

test("files have each content type once, and one for those that nobody knows", function(t)
  t.equal(shapes.file({ wav = "audio/x-wav", WAV = "audio/x-wav" }).types, { "application/octet-stream", "audio/x-wav" })
  t.equal(shapes.body("*/*").types, { "*/*" })
end)

test("texts join a shape and leave it as it is", function(t)
  local it = shapes.with_texts(shapes.ok(), { "No queue" })
  t.equal({ it.shape, it.texts, shapes.ok().texts }, { "ok", { "No queue" } })
end)
