-- Module `task`.
local task = require "task"
local time = require "time"

test("sleep waits at least as long as it says", function(t)
  local before = time.clock()
  task.sleep(0.05)
  local waited = time.clock() - before
  t.truthy(waited >= 0.045, tostring(waited))
  task.sleep(0)
end)

test("all runs together and answers in order", function(t)
  local third = false
  local answers = task.all {
    function()
      repeat task.sleep(0.01) until third
      return "slow"
    end,
    function() return "at once" end,
    function()
      third = true
      return nil, { code = "refused", message = "no" }
    end,
  }
  t.equal(#answers, 3)
  t.equal(answers[1].value, "slow")
  t.equal(answers[2].value, "at once")
  t.equal(answers[3].value, nil)
  t.equal(answers[3].err.code, "refused")
  t.equal(task.all {}, {})
end)

test("all can hold all", function(t)
  local answers = task.all {
    function() return task.all { function() task.sleep(0.01) return 1 end, function() return 2 end } end,
    function() task.sleep(0.02) return 3 end,
  }
  t.equal(answers[1].value[1].value, 1)
  t.equal(answers[1].value[2].value, 2)
  t.equal(answers[2].value, 3)
end)

test("one that may raise is caught in its own function", function(t)
  local answers = task.all {
    function()
      local ok, message = pcall(error, "boom")
      return ok, message
    end,
    function() task.sleep(0.01) return 1 end,
  }
  t.equal(answers[1], { value = false, err = "boom" })
  t.equal(answers[2].value, 1)
end)

test("waiting works in pcall and iterators, and raises in a callback of C", function(t)
  t.equal(pcall(task.sleep, 0.001), true)
  local turns = 0
  for _ in function(_, i) task.sleep(0.001) if i < 3 then return i + 1 end end, nil, 0 do turns = turns + 1 end
  t.equal(turns, 3)
  t.falsy(pcall(table.sort, { 2, 1 }, function(a, b) task.sleep(0.001) return a < b end))
end)

test("remaining counts down", function(t)
  local before = task.remaining()
  t.truthy(before > 0)
  task.sleep(0.05)
  t.truthy(task.remaining() <= before - 0.03)
end)

test("a scope narrows once and never widens", function(t)
  task.scope("*")
  task.scope("DEMO")
  task.scope("DEMO")
  for _, wider in ipairs { "*", "OTHER" } do
    local ok, message = pcall(task.scope, wider)
    t.equal(ok, false)
    t.contains(tostring(message), "DEMO")
  end
  t.falsy(pcall(task.scope, ""))
end)

test("the next test has its own scope", function(t)
  t.truthy(pcall(task.scope, "OTHER"))
end)

test("wrong arguments raise", function(t)
  t.falsy(pcall(task.sleep))
  t.falsy(pcall(task.sleep, -1))
  t.falsy(pcall(task.sleep, 1 / 0))
  t.falsy(pcall(task.sleep, 0 / 0))
  t.falsy(pcall(task.all, { "no function" }))
  t.falsy(pcall(task.all))
end)

test("commit may be called at any time", function(t)
  task.commit()
  task.commit()
  t.truthy(task.remaining() > 0)
end)
