-- Turns: transactions that read, decide and write are done one after the other, whichever hosts run them.
local turn = {}

local ROWS = 256

-- Names of the same row wait for each other without need; 256 make that rare.
local function row_of(name)
  local sum = 0
  for i = 1, #name do sum = (sum * 31 + name:byte(i)) % 65536 end
  return sum % ROWS
end

--- Has the transaction wait for every other one that took a turn of the same name (text), and them for it. Taken before
--- what is decided by is read. A lock would do on one server; nodes of a cluster see of each other what was changed, and
--- nothing else. Returns true; fails with `unavailable` when others do not end, or as `tx:exec` does.
function turn.take(tx, name)
  local done, err = tx:exec("UPDATE tu_turns SET tu_count = tu_count + 1 WHERE tu_id = ?", { row_of(name) })
  if not done then return nil, err end
  if done.changes == 1 then return true end
  return nil, { code = "internal", message = "the table of turns is not whole" }
end

return turn
