-- Rows on a terminal: aligned columns for people, a list of objects for machines.
local console = require "console"
local store = require "store"

local function text_of(value) return value == nil and "" or tostring(value) end

-- Spaces count for what follows them, so the last column has none.
local function line(values, widths)
  local out = {}
  for i, value in ipairs(values) do
    out[i] = i == #values and value or value .. (" "):rep(widths[i] - #value + 2)
  end
  return table.concat(out) .. "\n"
end

--- Prints all rows of the store under the names of `columns`, or as JSON.
return function(rows, columns, as_json)
  if as_json then
    console.print(store.encode(rows, { format = "json" }) .. "\n")
    return true
  end
  local texts, widths = { columns }, {}
  for row in rows:each() do
    local values = {}
    for i, name in ipairs(columns) do values[i] = text_of(row[name]) end
    texts[#texts + 1] = values
  end
  for _, values in ipairs(texts) do
    for i, value in ipairs(values) do widths[i] = math.max(widths[i] or 0, #value) end
  end
  for _, values in ipairs(texts) do console.print(line(values, widths)) end
  return true
end
