-- What one dialect knows of an object of all dialects: a row of its own under the object's id.
local sql = require "engine.sql"
local store = require "store"

local annex = {}

--- Sets columns of the row that stands beside object `id`; makes the row when there is none.
function annex.put(table_name, key, id, values)
  if next(values) == nil then return true end
  return store.transaction(function(tx)
    local there, err = tx:value(("SELECT 1 FROM %s WHERE %s = ?"):format(table_name, key), { id })
    if err then return nil, err end
    local text, params
    if there then
      text, params = sql.update(table_name, values, { [key] = id })
    else
      local row = { [key] = id }
      for name, value in pairs(values) do row[name] = value end
      text, params = sql.insert(table_name, row)
    end
    local done
    done, err = tx:exec(text, params)
    if not done then return nil, err end
    return true
  end)
end

--- Takes the row away.
function annex.remove(table_name, key, id)
  local text, params = sql.delete(table_name, { [key] = id })
  return store.write(text, params)
end

return annex
