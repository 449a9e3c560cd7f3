-- Module `backup`: refusals; what is in one is a unit test's, and what comes of it tests/system/test_backup.py's.
local backup = require "backup"
local task = require "task"

test("only folders and tables that are there", function(t)
  for _, options in ipairs({ { folders = { "recordings" } }, { folders = { "../etc" } }, { without = { "no_table" } },
    { without = { "x\"; DROP TABLE te_tenants; --" } } }) do
    local body, err = backup.make(options)
    t.equal(body, nil)
    t.equal(err.code, "invalid")
  end
  for _, wrong in ipairs({ false, "media", { folders = "media" }, { without = { 1 } } }) do
    t.falsy(pcall(backup.make, wrong))
  end
  t.equal(t.sql("SELECT count(*) AS n FROM te_tenants")[1].n, 2)
end)

test("it is a body", function(t)
  local body, err = backup.make {}
  t.truthy(body, err and err.message)
  -- A large store takes longer than a request may.
  t.truthy(task.remaining() > 3000)
end)
