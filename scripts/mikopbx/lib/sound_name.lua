-- Names of sound files, for what plays them.
local sql = require "engine.sql"
local store = require "store"

--- Names by id, as a text. What names a sound was checked when it was saved: it is the tenant's or everybody's.
return function(ids)
  local wanted, found = {}, {}
  for _, id in ipairs(ids) do
    if tonumber(id) and tonumber(id) > 0 then wanted[#wanted + 1] = tonumber(id) end
  end
  if #wanted == 0 then return found end
  local bound = {}
  local rows, err = store.query("SELECT me_id, me_name FROM me_mediafiles WHERE "
    .. sql.where({ me_id = wanted }, bound), bound, { rows = 100000 })
  if not rows then return nil, err end
  for row in rows:each() do found[("%d"):format(row.me_id)] = row.me_name or "" end
  return found
end
