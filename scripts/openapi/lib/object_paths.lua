-- The paths of an object (docs/objects.md) in the OpenAPI documents, with its schemas and examples.
local columns = require "engine.column"
local components = require "openapi.lib.components"
local forms = require "openapi.lib.forms"
local json = require "json"
local objects = require "document.object"
local parts = require "document.parts"
local resource = require "openapi.lib.resource"
local schemas_of = require "document.schema"
local shown = require "openapi.lib.shown"
local sorted_names = require("lib.value").names

local object_paths = {}

local object, ref = schemas_of.object, schemas_of.ref

local function schema_name(model) return model.name:sub(1, 1):upper() .. model.name:sub(2) end

local function one_of(...) return object({ oneOf = json.array({ ... }) }) end

local function list_of(schema, more)
  local list = { type = "array", items = schema }
  for name, value in pairs(more or {}) do list[name] = value end
  return object(list)
end

---- schemas

local function short_schema(model)
  local short = {}
  for _, item in ipairs(model.list_columns) do
    short[item[2]] = item[2] == "id" and object({ type = "integer" }) or schemas_of.nullable_text()
  end
  return object({ type = "object", properties = object(short) })
end

local function add_schemas(book, model, described)
  local name = schema_name(model)
  local schemas = book.schemas
  schemas[name .. "Row"] = objects.row(model, described)
  if model.list_columns then schemas[name .. "Short"] = short_schema(model) end
  local beside = shown.sections(book, model, name)
  beside.id = object({ type = "integer" })
  beside.object = object({ type = "string", enum = json.array({ model.name }) })
  beside.related = shown.related(book, model, name)
  schemas[name] = object({
    type = "object", allOf = json.array({
      ref(name .. "Row"),
      object({ type = "object", required = json.array({ "id", "object", "related" }), properties = object(beside) }),
    }),
  })
  local input, err = objects.input(model, described, function(child, schema)
    return book.schema(name .. parts.camel(child), schema)
  end)
  if not input then return nil, err end
  schemas[name .. "Input"] = input
  schemas[name .. "Create"] = objects.create(model, input, name .. "Input")
  return true
end

---- examples

local function alias_of(model, column)
  local best
  for alias, target in pairs(model.aliases) do
    if target == column and (not best or #alias < #best) then best = alias end
  end
  return best
end

local function sample(model, column)
  local rule = model.columns[column] or {}
  if rule.enum then return rule.enum[1] end
  return column:find("_id$") and 1 or "Sample"
end

--- What a create may send: the model's own example, or its required fields.
local function input_example(model)
  if model.example then return object(model.example) end
  local out = {}
  for _, column in ipairs(model.required) do
    out[alias_of(model, column) or column] = sample(model, column)
  end
  return object(out)
end

-- The row that such a create makes: what it sent as text, the rest empty.
local function row_example(model, described)
  local sent = {}
  for name, value in pairs(input_example(model)) do
    if type(value) ~= "table" then
      sent[model.aliases[name] or name] = type(value) == "number" and ("%d"):format(value) or value
    end
  end
  local row = {}
  for _, column in ipairs(described.list) do
    local name = column.name
    local secret = model.secret_set[name] or model.hidden_set[name] or (model.masked or {})[name]
    if not secret and column.kind ~= "blob" then row[name] = sent[name] or json.null end
  end
  row[model.id] = "1"
  if model.tenant then row[model.tenant] = "1" end
  row.id = 1
  if model.label then row.name = row[model.label] end
  return row, sent
end

local function object_example(model, described)
  local row, sent = row_example(model, described)
  for name, value in pairs(sent) do
    if model.list_columns and (name == "ex_tech" or name == "ex_number") then row[name:sub(4)] = value end
  end
  row.object, row.related = model.name, shown.example(model)
  return object(row)
end

local function list_example(model, described)
  local row = row_example(model, described)
  if not model.list_columns then return json.array({ object(row) }) end
  local short = {}
  for _, item in ipairs(model.list_columns) do
    local column = item[1]:match("[%w_]+$")
    short[item[2]] = item[2] == "id" and 1 or row[column] or row[item[2]] or json.null
  end
  return json.array({ object(short) })
end

---- answers

local function headers(...)
  local out = {}
  for _, name in ipairs({ ... }) do out[name] = components.headers[name] end
  return object(out)
end

-- Answers of all operations of an object, each a component: they are the same for every form.
local function add_answers(book, model, described)
  local name = schema_name(model)
  local title = model.title:lower()
  local whole, example = ref(name), object_example(model, described)
  local dry, dry_example = components.schema(book, "DryRun"), object({ dry_run = true, object = object(row_example(model, described)) })
  local gone = { deleted = true, id = 1, object = not model.number_column and model.name or nil,
    number = model.number_column and "100" or nil }
  return {
    list = book.response(name .. "List", object({
      description = "The list.", headers = headers("X-Total-Count"),
      content = parts.json(list_of(ref(model.list_columns and name .. "Short" or name .. "Row")),
        list_example(model, described)),
    })),
    get = book.response(name .. "Answer", object({
      description = "The " .. title .. ".", headers = headers("ETag"), content = parts.json(whole, example),
    })),
    created = book.response(name .. "Created", object({
      description = "Created: the " .. title .. ", or all of them.", headers = headers("ETag", "Location", "Idempotency-Replayed"),
      content = parts.json(one_of(whole, list_of(whole)), example),
    })),
    tried = book.response(name .. "Tried", object({
      description = "What would be created (dry_run).",
      content = parts.json(one_of(dry, list_of(dry)), dry_example),
    })),
    changed = book.response(name .. "Changed", object({
      description = "Changed, or what it would be (dry_run).", headers = headers("ETag"),
      content = parts.json(one_of(whole, dry), example),
    })),
    deleted = book.response(name .. "Deleted", object({
      description = "Deleted.", content = parts.json(components.schema(book, "Deleted"), object(gone)),
    })),
    unchanged = book.response("NotModified", object({ description = "Not changed.", headers = headers("ETag") })),
  }
end

local CHANGES = { create = true, update = true, delete = true }

local function responses_of(book, surface, answers, action, has_number)
  local out = {}
  local statuses = { "400", "401", "403", "404", "5XX" }
  -- A number may be that of several tenants' extensions.
  if CHANGES[action] or has_number then statuses[#statuses + 1] = "409" end
  if action == "update" or action == "delete" then statuses[#statuses + 1] = "412" end
  if action == "create" then
    statuses[#statuses + 1] = "422"
    out["201"], out["200"] = answers.created, answers.tried
  elseif action == "get" then
    out["200"], out["304"] = answers.get, answers.unchanged
  else
    out["200"] = answers[({ list = "list", update = "changed", delete = "deleted" })[action]]
  end
  book.refusals(out, statuses, surface)
  if action == "create" or action == "update" then book.refusals(out, { "413" }, surface) end
  return object(out)
end

---- requests

-- Components, and not written out: of an inline `oneOf` oapi-codegen makes a type that is sent as `{}`.
local function bodies_of(book, model)
  local name = schema_name(model)
  local create = ref(name .. "Create")
  local made = book.schema(name .. "CreateBody", one_of(create, list_of(create, { minItems = 1, maxItems = 1000 })))
  local changed = book.schema(name .. "UpdateBody", one_of(ref(name .. "Input"),
    list_of(object({ type = "object" }), { maxItems = 0, description = "An empty object, as PHP writes it." })))
  return {
    create = object({ required = true, content = parts.json(made, input_example(model)) }),
    -- Without the example: linters make all of the schema anew for each.
    singular = object({ required = true, content = parts.json(made) }),
    update = object({ content = parts.json(changed) }),
  }
end

local function identity(book, action, in_path, has_number)
  if in_path then return components.parameter(book, in_path == "id" and "Id" or "Number") end
  if action == "list" or action == "create" then return nil end
  return components.parameter(book, has_number and "IdOrNumber" or "IdQuery"), has_number and components.parameter(book, "NumberQuery") or nil
end

local function parameters_of(book, model, described, action, in_path, has_number)
  local list = json.array({ identity(book, action, in_path, has_number) })
  local function add(it) list[#list + 1] = it end
  add(components.parameter(book, action == "create" and model.scope == "tenant" and "TenantRequired" or "Tenant"))
  if model.scope == "tenant+global" then add(components.parameter(book, "Global")) end
  if action == "list" then
    local declared = resource.list_params(model)
    for _, name in ipairs(sorted_names(declared)) do
      local it = parts.parameter(name, "query", declared[name])
      if name == "sort" then it.schema = objects.sort(model, described) end
      add(it)
    end
  elseif action == "get" then
    add(components.parameter(book, "IfNoneMatch"))
  else
    add(components.parameter(book, "DryRun"))
    add(components.parameter(book, action == "create" and "IdempotencyKey" or "IfMatch"))
  end
  return list
end

local TITLES = { list = "List", get = "Get", create = "Create", update = "Modify", replace = "Modify", delete = "Delete" }

-- What the name of an operation ends in, by where its path says which object is meant.
local SUFFIX = { query = "ByQuery", number = "ByNumber" }
local FORMS = { ByQuery = " (id in the query)", ByNumber = " (by number)", BySingular = " (singular path)" }

local function title_of(model, action, form, has_number)
  if form == "ByQuery" and has_number then form = " (id or number in the query)" end
  local put = action == "replace" and " (PUT)" or ""
  return TITLES[action] .. ": " .. model.title .. (FORMS[form] or form or "") .. put
end

local function described_text(model, action)
  local text = model.summary
  if action == "create" then text = text .. "\n\nAn array creates all of its items, or none." end
  if action == "update" or action == "replace" then text = text .. "\n\nOnly the fields that are sent change." end
  return text
end

--- Adds an object's schemas and its paths below `mount`.
function object_paths.add(book, surface, model, mount)
  local described, err = columns.of(model.table)
  if not described then return nil, err end
  local ok
  ok, err = add_schemas(book, model, described)
  if not ok then return nil, err end
  local answers, bodies = add_answers(book, model, described), bodies_of(book, model)
  local by_number = model.number_column

  local function operation(declared, form, in_path)
    local action = declared == "replace" and "update" or declared
    local has_number = by_number and not in_path
    return object({
      operationId = declared .. schema_name(model) .. (form or ""),
      summary = title_of(model, declared, form, has_number), description = described_text(model, declared),
      tags = json.array({ model.title }), security = book.security(surface),
      parameters = parameters_of(book, model, described, action, in_path, has_number),
      requestBody = bodies[form == "BySingular" and "singular" or action], responses = responses_of(book, surface, answers, action, action ~= "list" and (has_number or in_path == "number")),
    })
  end

  for _, form in ipairs(forms.paths(model)) do
    for method, action in pairs(form.actions) do
      local suffix = form.by and (action == "create" and "BySingular" or SUFFIX[form.by])
      local made = operation(method == "PUT" and "replace" or action, suffix, form.by ~= "query" and form.by or nil)
      if model.paths and action == "list" then
        made["x-aliases"] = parts.aliases(model.paths)
        made.description = made.description .. "\n\nAlso at /" .. table.concat(model.paths, ", /") .. "."
      end
      book.put(mount .. form.path, method:lower(), made)
    end
    book.order[#book.order + 1] = mount .. form.path
  end
  book.tag(model.title, model.summary, surface.title)
  return true
end

return object_paths
