-- The schemas of the OpenAPI documents: what the objects show and take, said as exactly as the checks
-- of engine/column.lua, engine/part.lua and engine/destination.lua are.
local columns = require "engine.column"
local destination = require "engine.destination"
local json = require "json"
local merged = require("lib.value").merged

local schemas = {}

local function object(value) return json.object(value or {}) end
schemas.object = object

local function ref(name) return object({ ["$ref"] = "#/components/schemas/" .. name }) end
schemas.ref = ref

local NO_CONTROLS = "^[^\\u0000-\\u001f\\u007f]*$"
local NO_NUL = "^[^\\u0000]*$"
-- Free text: tabs and line breaks are the only controls.
local LINES = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$"
-- Every day that columns.datetime takes, and no other.
local LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
local DATE = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
  .. "|02-(0[1-9]|1[0-9]|2[0-8]))|" .. LEAP_YEAR .. "-02-29)"
local MOMENT = DATE .. "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?"
local DATETIME = "^(" .. MOMENT .. ")?$"
--- A date with or without a time, as a regular expression without its ends.
schemas.DATETIME = MOMENT
local LARGEST = 9007199254740991

local TYPES = {
  string = { type = "string" }, integer = { type = "integer" }, number = { type = "number" },
  boolean = { type = "boolean" }, object = { type = "object" }, any = {},
  extension = { type = "string", maxLength = 40, pattern = "^[A-Za-z0-9*#_+.]+$" },
  date = { type = "string", pattern = "^(" .. DATE .. ")?$" },
  datetime = { type = "string", description = "YYYY-MM-DD, with HH:MM or HH:MM:SS after it",
    pattern = DATETIME },
}

local CLASSES = { w = "A-Za-z0-9", d = "0-9", s = "\\s", c = "\\u0000-\\u001f\\u007f", x = "0-9A-Fa-f",
  a = "A-Za-z", u = "A-Z", l = "a-z" }

--- The Lua patterns that declarations use, as regular expressions.
function schemas.regex(pattern)
  local out, i, inside = {}, 1, false
  while i <= #pattern do
    local c = pattern:sub(i, i)
    if c == "%" then
      i = i + 1
      c = pattern:sub(i, i)
      local class = CLASSES[c]
      if class then
        c = inside and class or "[" .. class .. "]"
      elseif c:find("^[%^$\\.*+?()%[%]{}|/]$") or (inside and c == "-") then
        c = "\\" .. c  -- regular expressions know no other escapes
      end
    elseif c == "[" then
      inside = true
      if pattern:sub(i + 1, i + 1) == "^" then
        c = "[^"
        i = i + 1
      end
    elseif c == "]" then
      inside = false
    elseif inside and c == "-" then
      -- Only a range between two plain characters keeps its meaning.
      local before, after = pattern:sub(i - 1, i - 1), pattern:sub(i + 1, i + 1)
      if not (before:find("^%w$") and after:find("^%w$") and pattern:sub(i - 2, i - 2) ~= "%") then c = "\\-" end
    elseif not inside and c:find("^[{}|/()$^]$") then
      c = "\\" .. c
    end
    out[#out + 1] = c
    i = i + 1
  end
  return table.concat(out)
end

local function list_type() return { type = "array", items = object() } end

--- The schema of one declared parameter.
function schemas.of(param)
  local out = merged(param.type == "list" and list_type() or TYPES[param.type or "string"])
  if param.enum then out.enum = json.array(param.enum) end
  if out.type == "string" then
    if param.max or not out.maxLength then out.maxLength = param.max or 4096 end
    if param.min then out.minLength = param.min end
    if param.pattern then
      out.pattern = "^(" .. schemas.regex(param.pattern) .. ")" .. (param.required and "$" or "?$")
    end
    if not out.pattern then out.pattern = NO_NUL end
    if param.enum then out.maxLength, out.minLength, out.pattern = nil, nil, nil end
  elseif out.type == "integer" or out.type == "number" then
    out.minimum, out.maximum = param.min or -LARGEST, param.max or LARGEST
  end
  if type(param.default) ~= "nil" and type(param.default) ~= "table" then out.default = param.default end
  out.example = param.example
  out.description = param.summary or out.description
  return object(out)
end

--- A declared schema as it is written: in declarations `{}` takes anything, on the wire it would be a list.
function schemas.plain(schema)
  local out = merged(schema)
  if out.properties then
    local properties = {}
    for name, value in pairs(out.properties) do properties[name] = schemas.plain(value) end
    out.properties = object(properties)
  end
  for _, name in ipairs({ "items", "additionalProperties" }) do
    if type(out[name]) == "table" then out[name] = schemas.plain(out[name]) end
  end
  for _, name in ipairs({ "anyOf", "oneOf", "allOf" }) do
    if out[name] then
      local list = json.array({})
      for i, value in ipairs(out[name]) do list[i] = schemas.plain(value) end
      out[name] = list
    end
  end
  return object(out)
end

local EXAMPLES = { string = "text", integer = 1, number = 1, boolean = true }

--- A value that a schema takes, made of the examples, words and types in it.
function schemas.example(schema)
  if schema.example ~= nil then return schema.example end
  if schema.default ~= nil then return schema.default end
  if schema.enum then return schema.enum[1] end
  if schema.allOf then
    local out = {}
    for _, it in ipairs(schema.allOf) do
      for name, value in pairs(schemas.example(it)) do out[name] = value end
    end
    return object(out)
  end
  local choice = schema.anyOf or schema.oneOf
  if choice then return schemas.example(choice[1]) end
  if schema.type == "array" then
    local item = schema.maxItems ~= 0 and schemas.example(schema.items or {})
    return json.array({ item or nil })
  end
  if schema.type == "object" then
    local out = {}
    for name, it in pairs(schema.properties or {}) do out[name] = schemas.example(it) end
    return object(out)
  end
  return EXAMPLES[schema.type or "string"]
end

---- columns

-- Numbers are taken as text: clients of the original send `"timeout": 20` for a text column.
local function digits_type(max)
  local digits = math.min(max, 15)
  return object({ type = "integer", minimum = 0, maximum = 10 ^ digits - 1 })
end

local function any_of(list, nullable, description)
  if nullable then
    -- In OpenAPI 3.0 null needs a type beside it.
    list[1].nullable = true
  end
  if #list == 1 then
    list[1].description = description
    return list[1]
  end
  return object({ anyOf = json.array(list), description = description })
end

-- Kinds of value that hundreds of columns share are components: the document stays half as long and
-- generated types get names.
local shared = {}

local function share(name, schema, nullable, description)
  if nullable then name = name .. "OrNull" end
  shared[name] = schema
  if not description then return ref(name) end
  return object({ allOf = json.array({ ref(name) }), description = description })
end

--- The components that columns refer to, by name; complete once every object has been described.
function schemas.shared() return shared end

local function pattern_text(rule, max, filled)
  local pattern = schemas.regex(rule.pattern)
  local text = object({ type = "string", maxLength = max, minLength = filled and 1 or nil,
    pattern = filled and "^" .. pattern .. "$" or "^(" .. pattern .. ")?$" })
  local list = { text }
  if ("12"):find("^" .. rule.pattern .. "$") and ("123456789"):find("^" .. rule.pattern .. "$") then
    list[2] = digits_type(max)
  end
  return list
end

local function enum_words(rule)
  local words, has_empty = json.array({}), false
  for i, word in ipairs(rule.enum) do
    words[i] = word
    has_empty = has_empty or word == ""
  end
  if not has_empty then words[#words + 1] = "" end
  return words
end

local function text_column(column, rule, filled, description)
  local max = rule.max or column.max or 65535
  local nullable = not column.not_null and not filled
  if rule.enum then
    local words = enum_words(rule)
    if nullable then words[#words + 1] = json.null end
    local text = object({ type = "string", nullable = nullable or nil, enum = words, description = description })
    if not columns.takes_flags(rule) then return text end
    text.description = nil
    if rule.shared then
      return share(rule.shared, object({ anyOf = json.array({ text, object({ type = "boolean" }) }) }),
        nullable, description)
    end
    return object({ anyOf = json.array({ text, object({ type = "boolean" }) }), description = description })
  end
  if rule.pattern then return any_of(pattern_text(rule, max, filled), nullable, description) end
  local list = {
    object({ type = "string", maxLength = max, minLength = filled and 1 or nil,
      pattern = (column.free or rule.multiline) and LINES or NO_CONTROLS }),
    max < 24 and digits_type(max) or object({ type = "number" }),
  }
  if filled then return any_of(list, false, description) end
  list[3] = object({ type = "boolean" })
  local name = (column.free or rule.multiline) and "FreeText" or "Text"
  return share(name .. max, any_of(list, nullable), nullable, description)
end

local function number_column(column, rule, filled, description)
  local whole = column.kind == "integer"
  local low, high = columns.bounds(column, rule)
  local list = { object({ type = whole and "integer" or "number", minimum = low or -LARGEST,
    maximum = high or LARGEST }) }
  -- Forms send digits.
  if not rule.high then
    local digits = whole and "[0-9]{1,15}" or "[0-9]{1,12}(\\.[0-9]{1,6})?"
    list[2] = object({ type = "string", pattern = (low and low >= 0 and "^" or "^[+-]?") .. digits .. "$" })
  end
  if not filled and not rule.low then list[#list + 1] = object({ type = "boolean" }) end
  local nullable = not column.not_null and not filled
  if filled or rule.low or rule.high then return any_of(list, nullable, description) end
  local name = (low and "Natural" or "") .. (whole and "Whole" or "Number")
  return share(name, any_of(list, nullable), nullable, description)
end

--- What a body may send for a column; `filled` when it must not be empty.
function schemas.column(column, rule, description, filled)
  rule = rule or {}
  if column.kind == "integer" or column.kind == "number" then
    return number_column(column, rule, filled, description)
  end
  if column.kind == "datetime" then
    local nullable = not column.not_null and not filled
    return share("DateTime", object({ type = "string", nullable = nullable or nil, pattern = DATETIME,
      description = "YYYY-MM-DD, with HH:MM or HH:MM:SS after it" }), nullable, description)
  end
  if rule.list then
    local text = text_column(column, rule, filled)
    local list = {}
    for i, it in ipairs(text.anyOf) do list[i] = it end
    list[#list + 1] = object({ type = "array", maxItems = 15,
      items = object({ type = "string", pattern = "^[A-Za-z0-9_]{1,10}$" }) })
    return object({ anyOf = json.array(list), description = description })
  end
  return text_column(column, rule, filled, description)
end

---- destinations

--- Components that every document shares.
function schemas.destinations()
  local typed, plain = {}, {}
  for _, name in ipairs(destination.type_names()) do
    if destination.needs_id(name) then typed[#typed + 1] = name else plain[#plain + 1] = name end
  end
  local id = object({ type = "integer", minimum = 1, maximum = LARGEST })
  local function destination_object(names, with_id)
    return object({
      type = "object", required = json.array(with_id and { "type", "id" } or { "type" }),
      properties = object({ type = object({ type = "string", enum = json.array(names) }), id = id }),
    })
  end
  local text = object({ type = "string", example = "EXT-101",
    pattern = "^((" .. table.concat(typed, "|") .. ")-[1-9][0-9]{0,14}|" .. table.concat(plain, "|") .. ")$" })
  local forms = { text, destination_object(typed, true), destination_object(plain, false) }
  local with_ids = { text, object({ type = "integer", minimum = 1, maximum = LARGEST }), forms[2], forms[3] }
  local function list_of(name)
    return object({
      description = "Where calls go, in order; [] or null clears.",
      anyOf = json.array({ object({ type = "array", maxItems = 1000, nullable = true, items = ref(name) }), ref(name) }),
    })
  end
  return {
    Destination = object({ description = "TYPE-ID, or the two apart.", anyOf = json.array(forms) }),
    PlainDestination = object({ description = "TYPE-ID, the two apart, or an id of the usual type.",
      anyOf = json.array(with_ids) }),
    Destinations = list_of("Destination"), PlainDestinations = list_of("PlainDestination"),
  }
end

local function destinations_of(key)
  return ref(destination.takes_ids(key) and "PlainDestinations" or "Destinations")
end

---- objects

local function is_filled(model, column)
  for _, required in ipairs(model.required) do
    if required == column then return true end
  end
  return false
end

local function child_properties(decl)
  local described, err = columns.of(decl.table)
  if not described then return nil, err end
  local properties = {}
  for _, column in ipairs(described.list) do
    local name = column.name
    if name ~= decl.key and name ~= decl.id and name ~= decl.tenant and column.kind ~= "blob" then
      local schema = schemas.column(column, decl.columns and decl.columns[name])
      properties[name] = schema
      local short = decl.prefix and name:match("^" .. decl.prefix .. "(.+)$")
      if short then properties[short] = schema end
    end
  end
  return properties
end

local function copy_into(target, source)
  for name, value in pairs(source) do
    if target[name] == nil then target[name] = value end
  end
end

local function child_schema(decl, properties)
  if decl.one then
    return object({ type = "object", nullable = true, properties = object(properties),
      description = "Columns of " .. decl.table .. "." })
  end
  local items
  if decl.items then
    items = object(decl.items)
  elseif decl.reference then
    items = object({ type = "integer", minimum = 1, maximum = LARGEST })
  else
    items = object({ type = "object", properties = object(properties) })
  end
  return object({ type = "array", nullable = true, maxItems = 1000, items = items,
    description = "Replaces the rows of " .. decl.table .. "." })
end

local function add_children(model, properties)
  for _, decl in ipairs(model.children) do
    local found, err = child_properties(decl)
    if not found then return nil, err end
    local schema = child_schema(decl, found)
    for _, name in ipairs(decl.names) do
      if properties[name] == nil then properties[name] = schema end
    end
    -- The rows of a phone are hundreds of columns, which nobody looks for at the top.
    if decl.flat and not decl.section then copy_into(properties, found) end
  end
  return true
end

local function add_destinations(model, properties)
  if #model.destination_list == 0 then return end
  local keys = {}
  for _, key in ipairs(model.destination_list) do
    if not key:find("*", 1, true) then keys[key] = destinations_of(key) end
  end
  properties.destinations = object({ type = "object", properties = object(keys), additionalProperties = false })
  for alias, key in pairs(model.destination_alias) do
    local column = properties[alias]
    local forms = { destinations_of(key) }
    if column then
      -- A list or a TYPE-ID is the destination, anything else the column.
      forms = { column, object({ type = "array", maxItems = 1000, items = ref(destination.takes_ids(key)
        and "PlainDestination" or "Destination") }) }
    end
    properties[alias] = #forms == 1 and forms[1] or object({ anyOf = json.array(forms) })
  end
end

--- What a change may send.
function schemas.input(model, described)
  local properties = {}
  for _, column in ipairs(described.list) do
    local settable = column.name ~= model.id and column.name ~= model.tenant and not model.readonly_set[column.name]
    if settable and column.kind ~= "blob" then
      properties[column.name] = schemas.column(column, model.columns[column.name], nil,
        is_filled(model, column.name))
    end
  end
  for alias, target in pairs(model.aliases) do
    local column = described.by_name[target]
    if column and properties[target] then
      properties[alias] = schemas.column(column, model.columns[target], "Alias of " .. target .. ".",
        is_filled(model, target))
    end
  end
  local ok, err = add_children(model, properties)
  if not ok then return nil, err end
  for alias, target in pairs(model.aliases) do
    local child, column = target:match("^([%w_]+)%.([%w_]+)$")
    if child then
      local decl = model.child_by_name[child]
      local child_columns
      child_columns, err = columns.of(decl.table)
      if not child_columns then return nil, err end
      properties[alias] = schemas.column(child_columns.by_name[column], decl.columns and decl.columns[column],
        "Alias of " .. target .. ".")
    end
  end
  add_destinations(model, properties)
  for name, schema in pairs(model.body or {}) do properties[name] = object(schema) end
  return object({ type = "object", description = model.summary, properties = object(properties) })
end

-- Linters want a required name defined where it is required.
local function needs(input, name)
  return object({ type = "object", required = json.array({ name }),
    properties = object({ [name] = input.properties[name] }) })
end

--- What a create must send beside the schema `input`: each required column under one of its names.
function schemas.create(model, input, input_name)
  local parts = { ref(input_name) }
  for _, column in ipairs(model.required) do
    local ways = { needs(input, column) }
    local names = {}
    for alias, target in pairs(model.aliases) do
      if target == column then names[#names + 1] = alias end
    end
    table.sort(names)
    for _, name in ipairs(names) do ways[#ways + 1] = needs(input, name) end
    parts[#parts + 1] = #ways == 1 and ways[1] or object({ anyOf = json.array(ways) })
  end
  if model.create_schema then parts[#parts + 1] = object(model.create_schema) end
  return object({ type = "object", description = model.summary, allOf = json.array(parts) })
end

---- answers

local function nullable_text(description)
  return object({ type = "string", nullable = true, description = description })
end
schemas.nullable_text = nullable_text

--- A row as lists and gets show it: text or null, whatever the column's type.
function schemas.row(model, described)
  local properties = {}
  for _, column in ipairs(described.list) do
    if column.kind ~= "blob" and not model.hidden_set[column.name] then
      properties[column.name] = nullable_text(model.secret_set[column.name]
        and "Only with the global full key." or nil)
    end
  end
  properties.id = object({ type = "integer", description = "The same as " .. model.id .. ", as a number." })
  if model.label then properties.name = nullable_text() end
  for _, extra in ipairs(model.extras or {}) do
    properties[extra.name] = nullable_text(extra.secret and "Only with the global full key." or nil)
  end
  return object({ type = "object", properties = object(properties) })
end

--- A list of rows as reports stream them, every column text or null; `example` is one row.
function schemas.report(names, example)
  local properties = {}
  for _, name in ipairs(names) do properties[name] = nullable_text() end
  return { type = "array", items = object({ type = "object", required = json.array(names), properties = object(properties),
    additionalProperties = false }), example = example and json.array({ object(example) }) }
end

--- What `sort` may say: declared columns, aliases, id and name.
function schemas.sort(model, described)
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  add("id")
  if model.label then add("name") end
  for _, column in ipairs(described.list) do
    if not model.secret_set[column.name] and not model.hidden_set[column.name] then add(column.name) end
  end
  for alias, target in pairs(model.aliases) do
    if described.by_name[target] and not model.secret_set[target] and not model.hidden_set[target] then add(alias) end
  end
  table.sort(names)
  local one = "-?(" .. table.concat(names, "|") .. ")"
  return object({ type = "string", maxLength = 200, pattern = "^(" .. one .. "(," .. one .. "){0,2})?$", example = "-id" })
end

return schemas
