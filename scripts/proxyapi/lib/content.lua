-- The answers of ProxyAPI in the documents: of what a request declares as `result` (proxyapi/lib/shapes.lua) schemas and
-- examples by media type, the examples written by the encoders that write the answers.
local answer = require "proxyapi.lib.answer"
local columns = require "engine.column"
local json = require "json"
local merged = require("lib.value").merged
local schemas_of = require "document.schema"
local store = require "store"
local xml = require "xml"

local content = {}

local object = schemas_of.object

local TEXT = { type = "string" }
local CELL = { type = "string", nullable = true }

-- Who asks for the columns of a statement: nobody's rows, but all columns.
local ASKER = { tenant = { id = 0, code = "", name = "" }, secrets = true, key = { global = true } }

-- Columns of an object's table that somebody may see, and those that not everybody does.
local function visible(model)
  local described, err = columns.of(model.table)
  if not described then return nil, err end
  local names = {}
  for _, column in ipairs(described.list) do
    if column.kind ~= "blob" and not model.hidden_set[column.name] then names[#names + 1] = column.name end
  end
  return names, model.secret_set
end

local function names_of(it)
  if type(it.columns) == "table" then
    if it.columns.table then return visible(it.columns) end
    return it.columns
  end
  local selected, err = it.columns(ASKER)
  if not selected then return nil, err end
  local rows
  rows, err = store.query("SELECT * FROM (" .. selected.sql .. ") d LIMIT 0", selected.params)
  if not rows then return nil, err end
  return rows.columns
end

-- A row of the example: by position or by name.
local function row_of(names, example)
  if not example or example[1] == nil then return example or {} end
  local row = {}
  for i, name in ipairs(names) do row[name] = example[i] end
  return row
end

local function element(name) return name and { name = name } or nil end

local function members(names, it, tag)
  local properties, required = {}, json.array({})
  local function add(name, optional)
    properties[name] = CELL
    if not optional then required[#required + 1] = name end
  end
  for i, name in ipairs(names) do
    if it.positional then add(tostring(i - 1)) end
    add(name, it.optional and it.optional[name])
  end
  return { type = "object", properties = properties, required = required[1] and required or nil,
    additionalProperties = it.more and CELL or false, xml = element(tag) }
end

-- Names as elements have them; nil when they are those of JSON.
local function element_names(names, it)
  local list, same = {}, not it.positional
  for i, name in ipairs(names) do
    list[i] = answer.element_name(name)
    same = same and list[i] == name
  end
  return not same and list or nil
end

local function listing(row) return { type = "array", items = row, xml = { name = "Result", wrapped = true } } end

--- How a value that follows no other shape is written as XML: members by name, items as rows.
local function as_xml(schema, tag)
  local out = { xml = element(tag), nullable = schema.nullable }
  if schema.anyOf then
    out.anyOf = {}
    for i, it in ipairs(schema.anyOf) do out.anyOf[i] = as_xml(it, tag) end
  elseif schema.type == "array" then
    out.type, out.items, out.xml = "array", as_xml(schema.items or TEXT, "Row"), { name = tag, wrapped = true }
  elseif schema.type == "object" then
    out.type, out.properties = "object", {}
    for name, it in pairs(schema.properties or {}) do out.properties[answer.element_name(name)] = as_xml(it) end
    for i, name in ipairs(schema.required or {}) do
      out.required = out.required or {}
      out.required[i] = answer.element_name(name)
    end
    local more = schema.additionalProperties
    out.additionalProperties = type(more) == "table" and as_xml(more) or more
  else
    out.type, out.enum = schema.type or "string", schema.enum
  end
  return out
end

---- shapes: JSON schema, XML schema, an answer as an example

local forms = {}

local function brief_of(it)
  local labels = {}
  for i, pair in ipairs(it.brief[1]) do labels[i] = pair[2] end
  return answer.list(labels, { row_of(labels, it.brief[2]) }, it.options)
end

function forms.list(it)
  local names, err = names_of(it)
  if not names then return nil, err end
  local elements = element_names(names, it)
  local list = listing(members(names, it, "Row"))
  local shown = {}
  for _, some in ipairs({ names, it.more or {} }) do
    for _, name in ipairs(some) do shown[#shown + 1] = name end
  end
  local sample = answer.list(shown, { row_of(shown, it.example) }, it.options)
  local brief = it.brief and brief_of(it)
  return { json = list, xml = elements and listing(members(elements, {}, "Row")) or list, sample = sample, brief = brief,
    only_json = it.only_json }
end

function forms.record(it)
  local names, err = names_of(it)
  if not names then return nil, err end
  local elements = element_names(it.labels or names, {})
  if it.labels and not elements then elements = it.labels end
  local one = members(names, it, "Result")
  local other = elements and members(elements, {}, "Result") or one
  if it.none then
    local empty = { type = "object", additionalProperties = false, xml = { name = "Result" } }
    local same = one == other
    one = { anyOf = { one, empty } }
    other = same and one or { anyOf = { other, empty } }
  end
  return { json = one, xml = other, sample = answer.record(names, row_of(names, it.example), it.options),
    only_json = it.only_json }
end

function forms.value(it)
  local sample = answer.value(it.name, it.example, it.bare)
  local schema = it.schema or TEXT
  if it.bare then return { json = schema, xml = schema, sample = sample, bare = true } end
  local function one(name)
    return { type = "object", properties = { [name] = schema }, required = { name }, additionalProperties = false,
      xml = { name = "Result" } }
  end
  return { json = one(it.name), xml = one(answer.element_name(it.name)), sample = sample }
end

-- {Response, Message} and what joins them; telephony actions leave out no element of XML.
local function message(fields, extra)
  local properties = { Response = { type = "string", enum = { "Success" } }, Message = TEXT }
  local required = { "Response", "Message" }
  for name, value in pairs(fields or {}) do
    properties[name] = type(value) == "table"
      and { type = "array", items = merged(TEXT, { xml = { name = "Row" } }), xml = { wrapped = true } } or TEXT
    required[#required + 1] = name
  end
  for name, schema in pairs(extra or {}) do properties[name] = schema end
  table.sort(required)
  return { type = "object", properties = properties, required = required, additionalProperties = false,
    xml = { name = "Result" } }
end

function forms.done(it)
  local schema = message(nil, { ID = TEXT })
  return { json = schema, xml = schema, sample = answer.done(it.message, it.id), name = "ProxyapiDone" }
end

function forms.ok(it)
  local schema = message(it.fields)
  return { json = schema, xml = schema, sample = answer.ok(it.fields) }
end

function forms.custom(it)
  return { json = it.schema, xml = as_xml(it.schema, "Result"), sample = answer.custom(it.plain, it.example) }
end

function forms.document(it)
  return { json = it.schema, xml = as_xml(it.schema, "Result"), sample = answer.document(it.example), only_json = true }
end

function forms.keyed(it)
  local names, err = names_of(it)
  if not names then return nil, err end
  local schema = { type = "object", additionalProperties = members(names, it) }
  local row = row_of(names, it.example)
  local sample = json.object({ [tostring(row[names[1]])] = answer.ordered(names, row) })
  return { json = schema, xml = as_xml(schema, "Result"), sample = answer.document(sample), only_json = true }
end

-- What an example of a whole row holds: what the example of a create says, and nothing else.
local function whole_row(model, names)
  local row = {}
  for name, value in pairs(model.example or {}) do row[model.aliases[name] or name] = type(value) ~= "table" and value or nil end
  row[model.id] = 7
  if model.tenant then row[model.tenant] = 1 end
  return answer.ordered(names, row)
end

function forms.row(it)
  local model = it.model
  local names, secret = visible(model)
  if not names then return nil, secret end
  local schema = members(names, { optional = secret }, "Result")
  for _, decl in ipairs(model.children) do
    local beside, err = columns.of(decl.table)
    if not beside then return nil, err end
    for _, column in ipairs(decl.one and beside.list or {}) do
      local name = column.name
      if name ~= "id" and name ~= decl.key and not schema.properties[name] then schema.properties[name] = TEXT end
    end
  end
  for name in pairs(it.also or {}) do schema.properties[name] = TEXT end
  return { json = schema, xml = schema, sample = answer.document(whole_row(model, names)), only_json = true, long = true }
end

function forms.apart(it)
  local first, err = forms[it[1].shape](it[1])
  if not first then return nil, err end
  local other
  other, err = forms[it[2].shape](it[2])
  if not other then return nil, err end
  return merged(first, { xml = other.xml, in_xml = other.sample })
end

function forms.file(it) return { types = it.types } end

function forms.text(it) return { sample = answer.text(it.example), only_text = true } end

function forms.either(it)
  local first, err = forms[it[1].shape](it[1])
  if not first then return nil, err end
  local both = merged(first, { json = { anyOf = { first.json } }, xml = { anyOf = { first.xml } } })
  both.name = nil
  for i = 2, #it do
    local other
    other, err = forms[it[i].shape](it[i])
    if not other then return nil, err end
    for _, kind in ipairs({ "json", "xml" }) do
      if other[kind] then table.insert(both[kind].anyOf, other[kind]) end
    end
    both.types = both.types or other.types
  end
  -- A body of any type says nothing of JSON and XML.
  for _, kind in ipairs({ "json", "xml" }) do
    if #both[kind].anyOf == 1 then both[kind] = both[kind].anyOf[1] end
  end
  return both
end

---- by media type

-- What an element is as a value of its schema, for an example.
local function value_of(one, schema)
  if schema.anyOf then return value_of(one, schema.anyOf[1]) end
  if schema.type == "array" then
    local list = json.array({})
    for i, child in ipairs(one) do list[i] = value_of(child, schema.items) end
    return list
  end
  if schema.type == "object" then
    local found = object()
    for _, child in ipairs(one) do
      local known = schema.properties and schema.properties[child.name] or schema.additionalProperties
      found[child.name] = value_of(child, known)
    end
    return found
  end
  if schema.type == "integer" or schema.type == "number" then return tonumber(one.text) end
  if schema.type == "boolean" then return one.text == "true" end
  return one.text
end

local function encoded(sample, format)
  local response, err = answer.encode(sample, format)
  if not response then return nil, err end
  return response.body
end

local JSONP = { type = "string", description = "JSON as the argument of the function that `callback` names.",
  example = 'show({"Response":"Success","Message":"OK"});' }

-- The result, or a message in its place.
local function or_error(book, surface, schema)
  local refused = book.schema("ProxyapiError", schemas_of.plain(surface.refusal), surface)
  return schema and object({ anyOf = json.array({ schema, refused }) }) or refused
end

local function media_of(book, surface, form, name)
  local sample, text = form.sample, object(merged(TEXT))
  local as_json = form.json and schemas_of.plain(form.json)
  local shown = as_json
  if as_json and not form.bare then shown = book.schema(form.name or name, as_json, surface) end
  local in_xml = form.xml == form.json and shown or form.xml and schemas_of.plain(form.xml)
  local found = {
    ["text/html"] = object({ schema = text, example = sample and not form.only_json and encoded(form.brief or sample, "plain")
      or nil }),
    ["text/csv"] = object({ schema = text, example = form.json and not form.only_json
      and encoded(form.brief or sample, "csv") or nil }),
    ["application/json"] = object({ schema = or_error(book, surface, shown), ["x-bare"] = form.bare,
      example = form.json and not form.bare and json.raw(encoded(sample, "json")) or nil }),
    ["text/xml"] = object({ schema = form.bare and text or or_error(book, surface, in_xml),
      example = form.xml and not form.bare and not form.long
        and value_of(xml.decode(encoded(form.in_xml or sample, "xml")), form.xml) or nil }),
    ["application/javascript"] = object({ schema = book.schema("ProxyapiJsonp", object(JSONP), surface) }),
  }
  for _, media in ipairs(form.types or {}) do
    found[media] = object({ schema = object({ type = "string", format = "binary" }) })
  end
  return object(found)
end

--- What is answered, by media type. `name` is that of its schema.
function content.of(book, surface, result, name)
  local form, err = forms[result.shape](result)
  if not form then return nil, err end
  return media_of(book, surface, form, name)
end

--- The texts that any request may answer instead, and those of `result`.
function content.texts(result)
  local list = json.array({ "", answer.KEY_ERROR })
  for _, text in ipairs(result and result.texts or {}) do list[#list + 1] = text end
  return list
end

return content
