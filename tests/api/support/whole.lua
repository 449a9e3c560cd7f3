-- Changes that are made whole or not at all.
local whole = {}

--- Names of the tables that a change could touch.
function whole.tables(t)
  local names = {}
  for _, name in ipairs(t.tables) do
    -- Sessions come with asking, whatever is asked.
    if not name:find("session") then names[#names + 1] = name end
  end
  return names
end

--- All that a change could touch, as text by table.
function whole.everything(t)
  local found = {}
  for _, name in ipairs(whole.tables(t)) do
    -- Keys remember when they were used, jobs keep how links are, and hosts say that they live.
    if name ~= "keys" and name ~= "mk_apikeys" and name ~= "ho_hosts" and not name:find("^l[dehk]_") then
      local lines = {}
      for i, row in ipairs(t.sql(('SELECT * FROM "%s"'):format(name))) do
        local names = {}
        for column in pairs(row) do names[#names + 1] = column end
        table.sort(names)
        for n, column in ipairs(names) do names[n] = column .. "=" .. tostring(row[column]) end
        lines[i] = table.concat(names, " ")
      end
      table.sort(lines)
      found[name] = table.concat(lines, "\n")
    end
  end
  return found
end

--- Holds all tables against what they held `before`.
function whole.same(t, before, what)
  for name, text in pairs(whole.everything(t)) do t.equal(text, before[name], what .. ": " .. name) end
end

--- Fails every statement of `act` once. `least`: so many there are at least.
function whole.made(t, least, act)
  act(t, true) -- what asking for the first time makes: columns that are looked up, sessions
  local before = whole.everything(t)
  local result, count = t.at_every_statement(function() return act(t) end, function(n, failed)
    t.truthy(failed.status >= 400, ("statement %d: %s"):format(n, failed.body))
    whole.same(t, before, "statement " .. n)
  end)
  t.truthy(count >= least, "statements: " .. count)
  t.truthy(result.status < 300, result.body)
  local now = whole.everything(t)
  local changed = false
  for name, text in pairs(before) do changed = changed or now[name] ~= text end
  t.truthy(changed, "without a failure it is made")
  return result
end

return whole
