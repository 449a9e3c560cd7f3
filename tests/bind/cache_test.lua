-- Module `cache`: shared by lanes and tests of this file, so every test has its own names.
local cache = require "cache"
local task = require "task"

test("a value is kept, replaced and removed", function(t)
  t.equal(cache.get("keep"), nil)
  cache.put("keep", "one")
  t.equal(cache.get("keep"), "one")
  cache.put("keep", "")
  t.equal(cache.get("keep"), "")
  cache.remove("keep")
  t.equal(cache.get("keep"), nil)
  cache.remove("keep")
end)

test("bytes are bytes", function(t)
  cache.put("bytes", "a\0b\255")
  t.equal(cache.get("bytes"), "a\0b\255")
end)

test("a value goes with its time", function(t)
  cache.put("brief", "x", 0.5)
  t.equal(cache.get("brief"), "x")
  task.sleep(0.55)
  t.equal(cache.get("brief"), nil)
end)

test("only the first claim wins, and again after its time", function(t)
  t.equal(cache.claim("once", "a", 0.5), true)
  t.equal(cache.claim("once", "b", 0.5), false)
  t.equal(cache.get("once"), "a")
  task.sleep(0.55)
  t.equal(cache.claim("once", "c"), true)
end)

test("one of many claims at once wins", function(t)
  local tries = {}
  for i = 1, 10 do
    tries[i] = function()
      task.sleep(0.01)
      return cache.claim("race", tostring(i))
    end
  end
  local won = 0
  for _, it in ipairs(task.all(tries)) do won = won + (it.value and 1 or 0) end
  t.equal(won, 1)
end)

test("events count in a window, apart from values", function(t)
  t.equal(cache.counted("tries", 60), 0)
  t.equal(cache.count("tries", 60), 1)
  t.equal(cache.count("tries", 60), 2)
  t.equal(cache.counted("tries", 60), 2)
  t.equal(cache.get("tries"), nil)
  cache.remove("tries")
  t.equal(cache.counted("tries", 60), 0)
end)

test("an event leaves the window", function(t)
  cache.count("window", 0.1)
  task.sleep(0.15)
  t.equal(cache.counted("window", 0.1), 0)
end)

test("wrong names, values and times raise", function(t)
  t.falsy(pcall(cache.put, "", "x"))
  t.falsy(pcall(cache.put, ("n"):rep(1025), "x"))
  t.falsy(pcall(cache.put, "n", ("x"):rep(64 * 1024 + 1)))
  t.truthy(pcall(cache.put, "n", ("x"):rep(64 * 1024)))
  t.falsy(pcall(cache.put, "n", "x", 0))
  t.falsy(pcall(cache.put, "n", "x", -1))
  t.falsy(pcall(cache.count, "n", 0))
  t.falsy(pcall(cache.put, "n", {}))
end)
