-- The calls of phones as a table to read from: one search of an index per column, where OR over columns would read
-- every call of the time.
local callphones = {}

--- `of`: {table, id, te, start}; `columns`: {column, values} pairs, of which one must be met. Without a start at any
--- time. Returns the text after FROM, in which the rows are `c`, and its parameters.
function callphones.source(of, tenant_id, columns, start, finish)
  local searches, params = {}, {}
  for i, it in ipairs(columns) do
    local places = {}
    params[#params + 1] = tenant_id
    for j, value in ipairs(it[2]) do
      places[j] = "?"
      params[#params + 1] = value
    end
    searches[i] = ("SELECT %s AS found FROM %s WHERE %s = ? AND %s IN (%s)"):format(of.id, of.table, of.te, it[1],
      table.concat(places, ", "))
    if start then
      searches[i] = searches[i] .. (" AND %s >= ? AND %s <= ?"):format(of.start, of.start)
      params[#params + 1], params[#params + 2] = start, finish
    end
  end
  return ("(%s) p JOIN %s c ON c.%s = p.found"):format(table.concat(searches, " UNION "), of.table, of.id), params
end

return callphones
