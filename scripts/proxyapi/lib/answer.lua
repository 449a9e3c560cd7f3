-- Answers of ProxyAPI handlers: a handler names its data, the surface writes the asked format.
-- Needs nothing from the host but the encoders.
local csv = require "csv"
local json = require "json"
local store = require "store"
local xml = require "xml"

local answer = {}

local TYPES = {
  plain = "text/html; charset=UTF-8",
  json = "application/json",
  xml = "text/xml; charset=UTF-8",
  csv = "text/csv; charset=UTF-8",
}
answer.TYPES = TYPES

--- Exactly this text with one LF: clients compare it.
answer.KEY_ERROR = "Too bad... you mistaken the security api key.\n"

--- A list of rows. `columns` are the JSON keys in order, `labels` the header words (default: the
--- columns). `header = false` leaves the plain header out; `short`, a list of columns, is what
--- plain and csv show of the row.
function answer.list(columns, rows, options)
  options = options or {}
  return {
    shape = "list", columns = columns, rows = rows,
    labels = options.labels or options.short or columns,
    header = options.header, trailing = options.trailing, positional = options.positional,
    short = options.short or columns,
  }
end

--- Rows of the store as a list.
function answer.rows(rows, options)
  return answer.list(rows.columns, rows:list(), options)
end

--- Rows of the store under these columns, or why they were not read.
function answer.read(columns, rows, err)
  if not rows then return nil, err end
  return answer.list(columns, rows:list())
end

--- One record; nil row: header only in plain, `{}` in JSON.
function answer.record(columns, row, options)
  options = options or {}
  return {
    shape = "record", columns = columns, row = row, labels = options.labels or columns,
    header = options.header,
  }
end

--- One value. `bare`: the bare text in JSON too, as the original answers for some requests.
function answer.value(name, value, bare)
  return { shape = "value", name = name, value = value, bare = bare }
end

--- A telephony action went well (message as Asterisk words it), with an id when there is one.
function answer.done(message, id)
  return { shape = "action", response = "Success", message = message, id = id }
end

--- A telephony action was refused.
function answer.failed(message)
  return { shape = "action", response = "Error", message = message }
end

answer.EACH = { "Response", "Message" }

--- Several telephony actions: a line each, or a list of EACH.
function answer.each(actions) return { shape = "actions", actions = actions } end

--- A change of the database went well; `fields` join the JSON object.
function answer.ok(fields)
  return { shape = "change", response = "Success", message = "OK", fields = fields }
end

--- What a change of the database answers that is `done`, or has failed.
function answer.changed(done, err)
  if not done then return nil, err end
  return answer.ok()
end

--- A change of the database was refused: one English sentence.
function answer.refused(message)
  return { shape = "change", response = "Error", message = message }
end

--- One line of text in every format, typed as HTML: the texts of missing parameters.
function answer.text(text)
  return { shape = "text", text = text }
end

--- Nothing found: no bytes at all.
function answer.empty()
  return { shape = "text", text = "", typed = true }
end

--- Own bytes for plain and own value for JSON, where neither follows a generic shape.
function answer.custom(plain, value)
  return { shape = "custom", plain = plain, value = value }
end

--- JSON in every format but XML: what MANAGEDB answers.
function answer.document(value)
  return { shape = "document", value = value }
end

--- A SELECT of any size, streamed. Options: positional, empty (body per format when no row), and of plain:
--- header = false, trailing, doubled (each value twice).
function answer.stream(sql, params, options)
  return { shape = "stream", sql = sql, params = params, options = options or {} }
end

--- A file or other ready body.
function answer.body(body, content_type, headers)
  return { shape = "body", body = body, type = content_type, headers = headers }
end

--- A handler of what a request names: act(req, found, ...), where `find(req)` finds it. Else it answers what `find`
--- says, which is nil and an error, or nil, nil and an answer.
function answer.about(find, act)
  return function(req, ...)
    local found, err, text = find(req)
    if not found then return text, err end
    return act(req, found, ...)
  end
end

-- The separator must not appear in a value, or every client's split breaks.
local function cell(value)
  if value == nil or value == json.null then return "" end
  value = tostring(value)
  -- What is no UTF-8 is replaced, as in JSON.
  if value:find("[\128-\255]") then value = json.decode(json.encode(value)) end
  return (value:gsub("[|\r\n]", " "))
end
answer.cell = cell

local function text_or_null(value)
  if value == nil then return json.null end
  if type(value) == "boolean" then return value and "1" or "0" end
  if type(value) == "number" then return tostring(value) end
  return value
end

local function element_name(name)
  name = name:gsub("[^%w_.-]", "_")
  if name:match("^[%d.-]") then name = "_" .. name end
  return name
end
answer.element_name = element_name

local function ordered(columns, row, positional)
  local pairs_list, n = {}, 0
  for i = 1, #columns do
    local value = text_or_null(row[columns[i]])
    if positional then
      pairs_list[n + 1], pairs_list[n + 2] = tostring(i - 1), value
      n = n + 2
    end
    pairs_list[n + 1], pairs_list[n + 2] = columns[i], value
    n = n + 2
  end
  return json.ordered(unpack(pairs_list, 1, n))
end
answer.ordered = ordered

local function line(columns, row, trailing, doubled)
  local cells = {}
  for i = 1, #columns do
    cells[#cells + 1] = cell(row[columns[i]])
    if doubled then cells[#cells + 1] = cells[#cells] end
  end
  return table.concat(cells, "|") .. (trailing and "|" or "") .. "\n"
end

local function xml_of(value)
  -- json.ordered and json.raw are opaque: only their text says what is in them.
  if type(value) == "userdata" and value ~= json.null then
    value = json.decode(json.encode(value))
  end
  if type(value) ~= "table" then return value ~= json.null and tostring(value) or nil end
  local children = {}
  if json.is_array(value) or value[1] ~= nil then
    for i, item in ipairs(value) do children[i] = { "Row", xml_of(item) } end
    return children
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i, name in ipairs(names) do
    children[i] = { element_name(tostring(name)), xml_of(value[name]) }
  end
  return children
end

local function elements(columns, labels, row)
  local children = {}
  for i = 1, #columns do
    local value = row[columns[i]]
    children[i] = { element_name(labels[i]), value ~= nil and xml_of(value) or nil }
  end
  return children
end

local function table_csv(columns, labels, rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local values = {}
    for j = 1, #columns do
      local value = row[columns[j]]
      if type(value) == "table" then value = table.concat(value, ",") end
      values[j] = (value == nil or value == json.null) and "" or value
    end
    lines[i] = values
  end
  return csv.encode(lines, { header = labels })
end

local function php(value) return json.encode(value, { php = true }) end

local encoders = {}

function encoders.list(it, format)
  if format == "json" then
    local list = json.array({})
    for i, row in ipairs(it.rows) do list[i] = ordered(it.columns, row, it.positional) end
    return php(list)
  end
  if format == "xml" then
    local rows = {}
    for i, row in ipairs(it.rows) do rows[i] = { "Row", elements(it.columns, it.columns, row) } end
    return xml.encode({ "Result", rows })
  end
  if format == "csv" then return table_csv(it.short, it.labels, it.rows) end
  local lines = {}
  if it.header ~= false then
    lines[1] = table.concat(it.labels, "|") .. (it.trailing and "|" or "") .. "\n"
  end
  -- Without a header the rows are those that double each value and end with the separator.
  local doubled = it.positional and it.header == false
  for _, row in ipairs(it.rows) do
    lines[#lines + 1] = line(it.short, row, it.trailing or doubled, doubled)
  end
  return table.concat(lines)
end

function encoders.record(it, format)
  local row = it.row
  if format == "json" then return row and php(ordered(it.columns, row)) or "{}" end
  if format == "xml" then
    return xml.encode({ "Result", row and elements(it.columns, it.labels, row) or nil })
  end
  if format == "csv" then return table_csv(it.columns, it.labels, row and { row } or {}) end
  local head = it.header ~= false and table.concat(it.labels, "|") .. "\n" or ""
  return head .. (row and line(it.columns, row) or "")
end

function encoders.value(it, format)
  local value = it.value == nil and "" or it.value
  if format == "json" and not it.bare then return php(json.ordered(it.name, value)) end
  if format == "xml" and not it.bare then
    return xml.encode({ "Result", { { element_name(it.name), tostring(value) } } })
  end
  return tostring(value)
end

function encoders.action(it, format)
  if format == "json" then
    return php(json.ordered("Response", it.response, "Message", it.message, "ID", it.id))
  end
  if format == "xml" then
    return xml.encode({ "Result", {
      { "Response", it.response }, { "Message", it.message }, { "ID", it.id },
    } })
  end
  if format == "csv" then
    return csv.encode({ { it.response, it.message, it.id or "" } },
      { header = { "Response", "Message", "ID" } })
  end
  local id = it.id and cell(it.id) .. "|" or ""
  return it.response .. "|" .. cell(it.message) .. "|" .. id
end

function encoders.actions(it, format)
  local parts = json.array({})
  for i, one in ipairs(it.actions) do
    if format == "plain" then parts[i] = encoders.action(one, format) .. "\n"
    else
      parts[i] = { Response = one.response, Message = one.message }
    end
  end
  if format == "plain" then return table.concat(parts) end
  return encoders.list(answer.list(answer.EACH, parts), format)
end

function encoders.change(it, format)
  if format == "plain" then return it.message end
  local columns, row = { "Response", "Message" }, { Response = it.response, Message = it.message }
  local names = {}
  for name in pairs(it.fields or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    columns[#columns + 1] = name
    row[name] = it.fields[name]
  end
  if format == "json" then
    local object = {}
    for _, name in ipairs(columns) do
      local value = row[name]
      if type(value) == "number" then value = tostring(value) end
      object[#object + 1], object[#object + 2] = name, value
    end
    return php(json.ordered(unpack(object)))
  end
  return encoders.record({ columns = columns, labels = columns, row = row }, format)
end

function encoders.text(it) return it.text end

function encoders.custom(it, format)
  if format == "json" then return php(it.value) end
  if format == "xml" then return xml.encode({ "Result", xml_of(it.value) }) end
  return it.plain
end

function encoders.document(it, format)
  if format == "xml" then return xml.encode({ "Result", xml_of(it.value) }) end
  return php(it.value)
end

local function stream(it, format, callback)
  local options = it.options
  local wrapped, plain = format == "json" and callback, format == "plain"
  local empty = options.empty and options.empty[format]
  return store.stream(it.sql, it.params, {
    format = format, text = true, php = true,
    positional = format == "json" and options.positional or plain and options.doubled or nil,
    header = not (plain and options.header == false), trailing = plain and options.trailing or nil,
    head = wrapped and callback .. "(" or nil, tail = wrapped and ");" or nil,
    empty = not wrapped and empty or nil,
  })
end

--- The HTTP response of an answer in a format. `callback` is a checked JSONP function name.
function answer.encode(it, format, callback)
  local content_type = TYPES[format]
  if format == "json" and callback then content_type = "application/javascript" end
  if it.shape == "body" then return { type = it.type, body = it.body, headers = it.headers } end
  if it.shape == "stream" then
    local body, err = stream(it, format, callback)
    if not body then return nil, err end
    return { type = it.options.type or content_type, body = body }
  end
  local body = encoders[it.shape](it, format)
  if it.shape == "text" then
    return { type = it.typed and TYPES[format] or TYPES.plain, body = body }
  end
  if it.shape == "document" and format ~= "xml" then content_type = TYPES.json end
  if format == "json" and callback then
    return { type = "application/javascript", body = callback .. "(" .. body .. ");" }
  end
  return { type = content_type, body = body }
end

return answer
