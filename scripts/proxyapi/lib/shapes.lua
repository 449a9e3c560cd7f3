-- What the requests of ProxyAPI answer, as routes declare it in `result`: the answers of proxyapi/lib/answer.lua without
-- their data. Made while a script loads; only documents read them (proxyapi/lib/content.lua).
local merged = require("lib.value").merged

local shapes = {}

local TEXT = { type = "string" }

--- A list of rows. `columns`: their names in order, a model, or function(ctx) that answers the statement whose columns
--- they are.
--- `example`: values of a row in that order, or some of them by name. options: `labels`, `header`, `trailing`, `positional`
--- `short` as of answer.list; `brief`: what plain and csv show instead, {pairs of column and label, values}; `optional`: set
--- of columns that not everybody sees; `more`: names of further columns, which tenants choose; `only_json`: plain and csv are JSON too.
function shapes.list(columns, example, options)
  return merged(options, { shape = "list", columns = columns, example = example, options = options })
end

--- One record; `none = true`: or one without members.
function shapes.record(columns, example, options)
  return merged(options, { shape = "record", columns = columns, example = example, options = options })
end

--- One value. `bare = true`: its text alone, in JSON and XML too; `schema` says more of it than that it is text.
function shapes.value(name, example, options)
  return merged(options, { shape = "value", name = name, example = example })
end

--- A telephony action, with `id` when one is answered.
function shapes.done(message, id) return { shape = "done", message = message, id = id } end

local OK = { shape = "ok", name = "ProxyapiOk" }

--- A change of the database; `fields`: examples of what joins it.
function shapes.ok(fields) return fields and { shape = "ok", fields = fields } or OK end

--- What follows no other shape: JSON schema, a value as an example, and the plain bytes of that.
function shapes.custom(schema, example, plain)
  return { shape = "custom", schema = schema, example = example, plain = plain }
end

--- Rows by the text of their first column: JSON in every format but XML. Arguments as of shapes.list.
function shapes.keyed(columns, example, options)
  return merged(options, { shape = "keyed", columns = columns, example = example })
end

--- A row of an object with its columns and those of the tables beside it; `also`: more names of columns.
function shapes.row(model, also) return { shape = "row", model = model, also = also } end

--- The shape `it` in all formats but XML, which has another.
function shapes.apart(it, in_xml) return { shape = "apart", it, in_xml } end

--- JSON in every format but XML.
function shapes.document(schema, example) return { shape = "document", schema = schema, example = example } end

--- A file in a form, as routes declare it in `body`.
shapes.FILE = { document = { schema = { type = "string", format = "binary" } } }

--- A file: content types by the ending of its name, as models know them.
function shapes.file(types)
  local list, seen = { "application/octet-stream" }, {}
  for _, name in pairs(types) do
    if not seen[name] then list[#list + 1], seen[name] = name, true end
  end
  table.sort(list)
  return { shape = "file", types = list }
end

--- A body of this content type whatever the format; `*/*`: of one that somebody else says.
function shapes.body(kind) return { shape = "file", types = { kind } } end

--- Text whatever the format, typed as HTML.
function shapes.text(example) return { shape = "text", example = example } end

--- One of several, which parameters or the format tell apart; the first is the example.
function shapes.either(...) return { shape = "either", ... } end

---- JSON schemas

--- An object with these members as text, and those of `more`: schemas by name.
function shapes.members(names, more)
  local properties, required = {}, {}
  for name in names:gmatch("%S+") do properties[name], required[#required + 1] = TEXT, name end
  for name, it in pairs(more or {}) do properties[name], required[#required + 1] = it, name end
  table.sort(required)
  return { type = "object", properties = properties, required = required, additionalProperties = false }
end

--- An object with these columns, each a text or null.
function shapes.cells(names)
  local properties = {}
  for _, name in ipairs(names) do properties[name] = { type = "string", nullable = true } end
  return { type = "object", properties = properties, required = names, additionalProperties = false }
end

--- An object by names that are not known before; an empty one is a list, as PHP has it.
function shapes.map(it)
  return { anyOf = { { type = "object", additionalProperties = it }, { type = "array", items = {}, maxItems = 0 } } }
end

--- What stands in an answer's place when something is wrong. The ID is an element of XML, and empty.
shapes.refusal = {
  type = "object", required = { "Response", "Message" }, additionalProperties = false, xml = { name = "Result" },
  properties = { Response = { type = "string", enum = { "Error" } }, Message = { type = "string" }, ID = { type = "string" } },
}

--- The same with texts that are answered in its place, typed as HTML.
function shapes.with_texts(it, texts) return merged(it, { texts = texts }) end

return shapes
