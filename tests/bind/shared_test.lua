-- Module `shared`: one store of texts for all tests of this file, so every test has its own names.
local cache = require "cache"
local http = require "http"
local shared = require "shared"
local task = require "task"

test("the first who asks makes it, the next is given it", function(t)
  t.equal(shared.get("first"), nil)
  t.truthy(shared.put("first", ("x"):rep(5000)))
  t.truthy(shared.get("first"))
  t.truthy(shared.get("first"))
end)

-- Symptom: a hundred clients that asked for a document at once stopped the lanes: each made it.
test("it is made once while the others wait, and a maker that fails is followed by the next", function(t)
  t.log:expect("the first maker fails")
  for _, fails in ipairs({ "no", "yes" }) do
    local asked, made = {}, "made " .. fails
    for i = 1, 40 do
      asked[i] = function() return http.get(t.url .. "/shared/" .. fails, { timeout = 60 }) end
    end
    local good, whole = 0, true
    for _, it in ipairs(task.all(asked)) do
      if it.value.status == 200 then good = good + 1 end
      whole = whole and (it.value.status == 500 or #it.value.body == 300000)
    end
    t.truthy(whole)
    t.equal(good, fails == "no" and 40 or 39)
    t.equal(cache.counted(made, 600), fails == "no" and 1 or 2)
  end
end)

test("a text that is not this task's to make is for this answer alone", function(t)
  t.truthy(shared.put("unasked", "mine"))
  t.equal(shared.get("unasked"), nil)
end)

test("wrong names raise", function(t)
  t.falsy(pcall(shared.get, ""))
  t.falsy(pcall(shared.get, ("n"):rep(201)))
  t.falsy(pcall(shared.put, "n", nil))
end)
