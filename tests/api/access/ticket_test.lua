-- access/ticket.lua: a link opens what it was made for, until it is over.
local ticket = require "access.ticket"

local CTX = {}

test("a ticket is its kind's, until it is over, and no word of it is ours", function(t)
  local text = ticket.issue(CTX, "sound", { path = "DEMO/a.wav", name = "ünï" }, 60)
  t.matches(text, "^[%w_-]+$")
  t.equal(ticket.read("sound", text).path, "DEMO/a.wav")
  t.equal(ticket.read("sound", text).name, "ünï")
  t.equal(ticket.read("sheet", text), nil)
  t.equal(ticket.read("sound", text:sub(1, -11)), nil)
  t.equal(ticket.read("sound", (text:gsub("^....", "4141"))), nil)
  t.equal(ticket.read("sound", ""), nil)
  for _, it in ipairs({ "zz", "z", "ä", "a b", text .. "A", text .. "\n" }) do t.equal(ticket.read("sound", it), nil) end
  t.equal(ticket.read("sound", ("a"):rep(5000)), nil)
  t.equal(ticket.read("sound", ticket.issue(CTX, "sound", { path = "x" }, -1)), nil)
  t.truthy(text ~= ticket.issue(CTX, "sound", { path = "DEMO/a.wav", name = "ünï" }, 60))
end)
