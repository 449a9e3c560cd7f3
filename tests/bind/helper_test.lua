-- Module `helper`: what scripts see of it. What really runs is a unit test's and tests/system/test_helpers.py's.
local helper = require "helper"

test("without a name nothing runs", function(t)
  t.equal(helper.named("reboot"), false)
  local ended, err = helper.run("reboot")
  t.equal(ended, nil)
  t.equal(err.code, "not_found")
  t.equal(#t.helper:asked(), 0)
end)

test("the code and both outputs come back, the arguments go as they are", function(t)
  t.helper:answer("echo", { code = 3, out = "o", err = "e", cut = true })
  t.equal(helper.named("echo"), true)
  local ended, err = helper.run("echo", { "a b", "$(id)", "", "'" }, "in\0put")
  t.truthy(ended, err and err.message)
  t.equal(ended, { code = 3, out = "o", err = "e", cut = true })
  t.equal(t.helper:asked(), { { name = "echo", args = { "a b", "$(id)", "", "'" }, input = "in\0put" } })
end)

test("an answer may be for the first arguments", function(t)
  t.helper:answer("network", { code = 1 })
  t.helper:answer("network add", { code = 2 })
  t.equal(helper.run("network", { "adder" }).code, 1)
  t.equal(helper.run("network", { "add", "x" }).code, 2)
end)

test("a failure is an error", function(t)
  t.helper:answer("slow", { error = "it took too long", code = "timeout" })
  local ended, err = helper.run("slow")
  t.equal(ended, nil)
  t.equal(err.code, "timeout")
end)

test("arguments and input are bounded", function(t)
  t.helper:answer("echo", {})
  local many = {}
  for i = 1, 33 do many[i] = "x" end
  for _, given in ipairs({ many, { ("x"):rep(4097) }, { "a\0b" } }) do
    local ended, err = helper.run("echo", given)
    t.equal(ended, nil)
    t.equal(err.code, "invalid")
  end
  local ended, err = helper.run("echo", {}, ("x"):rep(2 ^ 20 + 1))
  t.equal(ended, nil)
  t.equal(err.code, "invalid")
  many[33] = nil
  t.equal(helper.run("echo", many, ("x"):rep(2 ^ 20)).code, 0)
  t.equal(#t.helper:asked(), 1)
  for _, wrong in ipairs({ "text", { 1 }, { {} }, { true } }) do
    t.falsy(pcall(helper.run, "echo", wrong))
  end
end)
