-- Where a call goes next: rows of de_destinations, written as TYPE-ID or {type, id}.
local json = require "json"
local reference = require "engine.kind"
local sql = require "engine.sql"
local value_of = require "lib.value"

local destination = { keeps = { "source" } }

-- By tag: the kind of row its id names, or {no_id} or {any_id} where it names none.
local TYPES = {}
-- By the first word of a source key: the object the source is.
local SOURCES = {}
-- Source keys whose destinations are members of a list.
local MEMBERSHIP = {}
-- What a bare number stands for, by source key.
local PLAIN = {}

local function claim(index, key, value, what)
  if index[key] and index[key] ~= value then error(("%s: the %s %s is taken"):format(value.name, what, key), 0) end
  index[key] = value
end

--- Adds the tags and the sources of an object. `tags`: the tags that lead to it; by name those that
--- name no row: DNC = { any_id = true }, or { no_id = true }. `members`: source keys whose destinations
--- are members, so that a member may go. `plain`: source key to the tag a bare number stands for.
function destination.declare(model, kind)
  for key, tag in pairs(model.tags or {}) do
    if type(key) == "number" then
      claim(TYPES, tag, kind, "destination")
    else
      claim(TYPES, key, { name = model.name, no_id = tag.no_id, any_id = tag.any_id }, "destination")
    end
  end
  for _, key in ipairs(model.members or {}) do MEMBERSHIP[key] = true end
  for key, tag in pairs(model.plain or {}) do
    if PLAIN[key] and PLAIN[key] ~= tag then error(("%s: plain: the source %s is taken"):format(model.name, key), 0) end
    PLAIN[key] = tag
  end
  if not model.tenant then return end
  for key in pairs(model.destinations or {}) do claim(SOURCES, key:match("^%u+"), kind, "source") end
  for _, key in ipairs(model.sources or {}) do claim(SOURCES, key, kind, "source") end
end

--- The kind of object a source key starts at, or nil.
function destination.source(key) return SOURCES[key:match("^%u+") or ""] end

--- True for a word that is a destination by itself.
function destination.is_bare(text) return TYPES[text] ~= nil and TYPES[text].no_id == true end

local function invalid(field, problem)
  return nil, { code = "invalid", reason = "invalid_destination", field = field,
    message = field .. ": " .. problem }
end

--- True when destinations of a type name an object.
function destination.needs_id(type_name)
  local target = TYPES[type_name]
  return not (target.no_id or target.any_id)
end

--- True when a bare number means something under a source key.
function destination.takes_ids(key) return PLAIN[key] ~= nil end

function destination.tag(type_name, id)
  return type_name .. "-" .. tostring(id or 0)
end

local function whole(value)
  if type(value) == "string" and not value:find("^%d+$") then return nil end
  local number = tonumber(value)
  if not number or number < 0 or number ~= math.floor(number) or number >= 2 ^ 53 then return nil end
  return number
end

local function read_item(key, item, field)
  if type(item) == "number" or (type(item) == "string" and item:find("^%d+$")) then
    if not PLAIN[key] then
      return invalid(field, "a destination needs its type: " .. tostring(item))
    end
    local id = whole(item)
    if not id or id == 0 then return invalid(field, "not an id: " .. tostring(item):sub(1, 40)) end
    return { type = PLAIN[key], id = id }
  end
  local type_name, id
  if type(item) == "table" then
    type_name, id = item.type or item.de_type_dst, item.id or item.de_type_id_dst or 0
  elseif type(item) == "string" then
    type_name, id = item:match("^(.-)%-(%d+)$")
    if not type_name then type_name, id = item, 0 end
  end
  id = whole(id)
  if type(type_name) ~= "string" or not id then
    return invalid(field, "not a destination: " .. (type(item) == "string" and item:sub(1, 60) or "?"))
  end
  type_name = type_name:upper()
  local target = TYPES[type_name]
  if not target then return invalid(field, "unknown destination type: " .. type_name:sub(1, 40)) end
  if id == 0 and not (target.no_id or target.any_id) then
    return invalid(field, type_name .. " needs an id")
  end
  return { type = type_name, id = target.no_id and 0 or id }
end

--- Items of one key: a list, or a single item, or "" or null for none. Returns {type, id} tables.
--- field: what the client calls the key.
function destination.read(key, value, field)
  if value == json.null or value == "" then return {} end
  local items = value
  if type(value) ~= "table" or value.type ~= nil or value.de_type_dst ~= nil then
    items = type(value) == "string" and value:find(",", 1, true) and {} or { value }
    if type(value) == "string" and #items == 0 then
      for part in value:gmatch("[^,%s]+") do items[#items + 1] = part end
    end
  elseif not json.is_array(value) then
    -- {"0": ..., "1": ...} and {"DESTINATION1": ...}: values in the order of their numbers.
    local names = {}
    for name in pairs(value) do names[#names + 1] = name end
    table.sort(names, function(a, b)
      local left, right = tonumber(tostring(a):match("%d+$")), tonumber(tostring(b):match("%d+$"))
      if left and right and left ~= right then return left < right end
      return tostring(a) < tostring(b)
    end)
    items = {}
    for i, name in ipairs(names) do items[i] = value[name] end
  end
  if #items > 1000 then return invalid(field or key, "more than 1000 destinations") end
  local list = {}
  for i, item in ipairs(items) do
    local read, err = read_item(key, item, field or key)
    if not read then return nil, err end
    list[i] = read
  end
  return list
end

local function exists(tx, item, tenant_id)
  local target = TYPES[item.type]
  if target.no_id or target.any_id then return true end
  return reference.exists(tx, target, item.id, tenant_id)
end

local function same(tx, key, source_id, items)
  local rows, err = tx:query("SELECT de_type_dst, de_type_id_dst FROM de_destinations "
    .. "WHERE de_type_src = ? AND de_type_id_src = ? ORDER BY de_ord, de_id", { key, source_id })
  if not rows then return nil, err end
  if #rows ~= #items then return false end
  for i, item in ipairs(items) do
    local row = rows[i]
    if row.de_type_dst ~= item.type or row.de_type_id_dst ~= item.id then return false end
  end
  return true
end

--- Replaces the destinations of one source. Every target must exist and belong to the tenant (or to
--- the global level where its type allows that). The second result tells whether anything changed.
function destination.replace(tx, tenant_id, key, source_id, items, field)
  for _, item in ipairs(items) do
    local there, err = exists(tx, item, tenant_id)
    if err then return nil, err end
    if not there then
      -- The request is well made; what it names is not there. Other callers see only the code.
      local _, failed = invalid(field or key, "no such destination: " .. destination.tag(item.type, item.id))
      failed.status = 409
      return nil, failed
    end
  end
  local unchanged, failed = same(tx, key, source_id, items)
  if failed then return nil, failed end
  if unchanged then return true, false end
  local done, err = tx:exec("DELETE FROM de_destinations WHERE de_type_src = ? AND de_type_id_src = ?",
    { key, source_id })
  if not done then return nil, err end
  for i, item in ipairs(items) do
    done, err = tx:exec("INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, "
      .. "de_type_dst, de_type_id_dst, de_ord) VALUES (?, ?, ?, ?, ?, ?)",
      { tenant_id, key, source_id, item.type, item.id, i - 1 })
    if not done then return nil, err end
  end
  return true, true
end

local COLUMNS = "de_id, de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord"
destination.COLUMNS = COLUMNS

-- By list of keys, most of them those of a declaration: its condition.
local conditions = setmetatable({}, { __mode = "k" })

-- A key that ends in * stands for all that begin so. A list of keys alone would be a table of its own that SQLite makes
-- at each run, 87 KB of pages: behind the range that they are all in it is made when there is a row, and nearly always
-- there is none. The plus keeps SQLite from looking the list up in the index.
local function make_condition(keys)
  local places, open, params, more = {}, "", {}, {}
  local first, last
  for _, key in ipairs(keys) do
    local prefix = key:match("^(.*)%*$")
    local from, to = prefix or key, prefix and prefix .. "~" or key
    if not first or from < first then first = from end
    if not last or to > last then last = to end
    if prefix then
      open = open .. " OR (de_type_src >= ? AND de_type_src < ?)"
      more[#more + 1] = prefix
      more[#more + 1] = prefix .. "~"
    else
      places[#places + 1] = "?"
      params[#params + 1] = key
    end
  end
  for _, value in ipairs(more) do params[#params + 1] = value end
  params[#params + 1], params[#params + 2] = first, last
  return { params = params, text = "(+de_type_src IN (" .. table.concat(places, ", ") .. ")" .. open .. ")"
    .. " AND de_type_src >= ? AND de_type_src <= ?" }
end

-- The condition of rows that start at a source, and its parameters.
local function source_condition(keys, source_id)
  local condition = conditions[keys]
  if not condition then
    condition = make_condition(keys)
    conditions[keys] = condition
  end
  local params = {}
  for i, value in ipairs(condition.params) do params[i] = value end
  return condition.text .. " AND " .. sql.where({ de_type_id_src = source_id }, params), params
end

--- SELECT of the rows that start at a source, or at any of a list, in any order. `keys` are the source types.
function destination.select_any(keys, source_id)
  local condition, params = source_condition(keys, source_id)
  return "SELECT " .. COLUMNS .. " FROM de_destinations WHERE " .. condition, params
end

--- The same in order.
function destination.select(keys, source_id)
  local text, params = destination.select_any(keys, source_id)
  return text .. " ORDER BY de_type_src, de_ord, de_id", params
end

--- TYPE-ID, or the type alone where it leads to no row.
function destination.text(type_name, id)
  return destination.is_bare(type_name) and type_name or destination.tag(type_name, id)
end

local function before(a, b)
  if a.de_ord ~= b.de_ord then return a.de_ord < b.de_ord end
  return a.de_id < b.de_id
end

--- Rows by their source key, each list in order.
function destination.grouped(rows)
  local groups = value_of.grouped(rows, "de_type_src")
  for _, list in pairs(groups) do
    if #list > 1 then table.sort(list, before) end
  end
  return groups
end

--- Types that may name an object of this table, for look-ups of what points to it.
function destination.types_of(table_name)
  local names = {}
  for name, target in pairs(TYPES) do
    if target.table == table_name then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- SELECT of the rows that end at an object.
function destination.select_references(table_name, id)
  local params = {}
  local places = {}
  for i, name in ipairs(destination.types_of(table_name)) do
    places[i] = "?"
    params[i] = name
  end
  if #places == 0 then return nil end
  params[#params + 1] = id
  return ("SELECT %s FROM de_destinations WHERE de_type_dst IN (%s) AND de_type_id_dst = ? "
    .. "ORDER BY de_id"):format(COLUMNS, table.concat(places, ", ")), params
end

-- By source key: what makes rows of its destinations.
local makers = {}

--- Has `rebuild(tx, source_id)` called when destinations of a source key change without their object.
function destination.made_of(key, rebuild)
  if makers[key] then error("made_of: the source " .. key .. " is taken", 0) end
  makers[key] = rebuild
end

--- Tells that destinations of a source changed.
function destination.changed(tx, key, source_id)
  local rebuild = makers[key]
  if not rebuild then return true end
  return rebuild(tx, source_id)
end

--- Before an object goes: refuses when a call still depends on it, and takes it off the lists it is a
--- member of. `only_ask`: changes nothing.
function destination.release(tx, model, id, only_ask)
  local text, params = destination.select_references(model.table, id)
  if not text then return true end
  local rows, err = tx:query(text, params)
  if not rows then return nil, err end
  local blocking, going = {}, {}
  for row in rows:each() do
    local own_key = model.destination_keys[row.de_type_src] and row.de_type_id_src == id
    if MEMBERSHIP[row.de_type_src] or own_key then
      going[#going + 1] = { id = row.de_id, key = not own_key and row.de_type_src, source = row.de_type_id_src }
    else
      blocking[#blocking + 1] = destination.tag(row.de_type_src, row.de_type_id_src)
    end
  end
  if #blocking > 0 then
    local more = #blocking > 10 and (" and %d more"):format(#blocking - 10) or ""
    return nil, { code = "conflict", reason = "object_in_use",
      message = "still a destination of " .. table.concat(blocking, ", ", 1, math.min(10, #blocking))
        .. more }
  end
  if only_ask then return true end
  for _, it in ipairs(going) do
    local done
    done, err = tx:exec("DELETE FROM de_destinations WHERE de_id = ?", { it.id })
    if not done then return nil, err end
    if it.key then
      done, err = destination.changed(tx, it.key, it.source)
      if not done then return nil, err end
    end
  end
  return true
end

--- Removes what starts at an object.
function destination.clear(tx, keys, source_id)
  local condition, params = source_condition(keys, source_id)
  return tx:exec("DELETE FROM de_destinations WHERE " .. condition, params)
end

--- Names of all destination types, for the documents.
function destination.type_names() return value_of.names(TYPES) end

return destination
