-- Small pieces of SQL text. Names come from the schema or from declarations, never from a request;
-- values are always bound.
local json = require "json"
local value_of = require "lib.value"

local sql = {}

local quoted = {}

--- A column or table name in quotes that both engines take.
function sql.name(text)
  local name = quoted[text]
  if name then return name end
  name = '"' .. text:gsub('"', '""') .. '"'
  quoted[text] = name
  return name
end

--- What a SELECT names, of {column, label} pairs. `prefix` is the alias of the table, with its dot; in the place of a
--- column that is in `other` stands what that says.
function sql.labelled(columns, prefix, other)
  local list = {}
  for i, it in ipairs(columns) do
    list[i] = (other and other[it[1]] or (prefix or "") .. sql.name(it[1])) .. " AS " .. sql.name(it[2])
  end
  return table.concat(list, ", ")
end

local function is_null(value) return value == nil or value == json.null end
sql.is_null = is_null

-- A nil inside a parameter list would end it, so NULL is written out.
local function place(value, params)
  if is_null(value) then return "NULL" end
  params[#params + 1] = value
  return "?"
end

local sorted = value_of.names

--- INSERT of a table of values. Returns text and parameters.
function sql.insert(table_name, values)
  local names, places, params = sorted(values), {}, {}
  for i, name in ipairs(names) do
    places[i] = place(values[name], params)
    names[i] = sql.name(name)
  end
  return ("INSERT INTO %s (%s) VALUES (%s)"):format(
    sql.name(table_name), table.concat(names, ", "), table.concat(places, ", ")), params
end

--- UPDATE of the rows where every column of `where` has its value.
function sql.update(table_name, values, where)
  local sets, params = {}, {}
  for _, name in ipairs(sorted(values)) do
    sets[#sets + 1] = sql.name(name) .. " = " .. place(values[name], params)
  end
  local condition = sql.where(where, params)
  return ("UPDATE %s SET %s WHERE %s"):format(
    sql.name(table_name), table.concat(sets, ", "), condition), params
end

function sql.delete(table_name, where)
  local params = {}
  local condition = sql.where(where, params)
  return ("DELETE FROM %s WHERE %s"):format(sql.name(table_name), condition), params
end

--- A condition over columns: a value is compared, a list is an IN, null is IS NULL. Appends to
--- `params`. `prefix` is the alias of the table, with its dot.
function sql.where(where, params, prefix)
  local parts = {}
  for _, name in ipairs(sorted(where)) do
    local value = where[name]
    local column = (prefix or "") .. sql.name(name)
    if is_null(value) then
      parts[#parts + 1] = column .. " IS NULL"
    elseif type(value) == "table" then
      local places = {}
      for i, item in ipairs(value) do
        places[i] = "?"
        params[#params + 1] = item
      end
      parts[#parts + 1] = #places > 0 and column .. " IN (" .. table.concat(places, ", ") .. ")"
        or "1 = 0"
    else
      parts[#parts + 1] = column .. " = ?"
      params[#params + 1] = value
    end
  end
  return #parts > 0 and table.concat(parts, " AND ") or "1 = 1"
end

--- What a SELECT names, as text, and the names that its columns have: of "a.b AS c" c, of "a.b" b.
function sql.listed(list)
  local names = {}
  for i, it in ipairs(list) do names[i] = it:match(' AS "?([^" ]+)"?$') or it:match('([%w_]+)"?$') end
  return table.concat(list, ", "), names
end

--- A LIKE pattern in which the text stands for itself. Use with ESCAPE '!'.
function sql.like(text)
  return (text:gsub("[!%%_]", "!%0"))
end

return sql
