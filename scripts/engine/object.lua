-- Declares one PBX object: `return object { name = "queue", table = "qu_queues", ... }`. What comes
-- back has rows, find, text, get, create, update and delete, all of them engine/change.lua.
local crud = require "engine.change"
local destination = require "engine.destination"
local merged = require("lib.value").merged
local realtime = require "engine.asterisk"
local reference = require "engine.kind"

-- Every key a declaration may hold. A misspelt one would otherwise be ignored in silence.
local KEYS = {
  name = true,          -- "queue": the OpenAPI object, the log's object
  plural = true,        -- "queues"
  title = true,         -- "Queue": for messages and documents
  summary = true,
  paths = true,         -- more names of the path, beside name and plural
  table = true, id = true,
  tenant = true,        -- owner column; without one the object is global (administrator keys only)
  scope = true,         -- "tenant" (default with an owner), "tenant+global", "global"
  label = true,         -- the column shown as `name`
  required = true,      -- columns a create needs
  columns = true,       -- column -> rule of engine/column.lua (enum, pattern, max, ...)
  unique = true,        -- column that calls find an object by: one of a kind per tenant
  references = true,    -- kind of engine/kind.lua -> columns that hold the id of such a row
  aliases = true,       -- body name -> column, or -> "child.column"
  secrets = true,       -- columns only the global full key sees
  readonly = true,      -- columns a body cannot set
  unfollowed = true,    -- columns that a body may only leave or make empty: nothing follows them
  sensitive = true,     -- function(row): the columns of this row that logs must not show
  hidden = true,        -- columns nobody sees
  masked = true,        -- column -> SQL shown instead of it unless the caller may see secrets
  defaults = true,      -- column -> value of a new row
  destinations = true,  -- source key -> list of body names
  tags = true,          -- destination tags that lead to it; by name those without a row: X = { no_id = true }
  sources = true,       -- source words of its own beside those of its destination keys
  members = true,       -- source keys whose destinations are members of a list
  plain = true,         -- source key -> tag that a bare number stands for
  word = true, words = true,   -- it and several of it in a sentence; of the title when left out
  text = true,          -- how text columns name one: "moh-%d"
  named_by = true,      -- what names its rows and cannot say so: {object, columns} or {name, table, ...}
  goes_with_tenant = true,     -- deleted with its tenant, which it does not keep alive
  made_of = true,       -- source key -> function(tx, id) that makes rows of its destinations anew
  annexes = true,       -- rows a dialect keeps of the object: {name, table, key}; no body sets them
  along = true,         -- function(ctx, sent, row, tenant): more steps of the same change
  children = true,      -- list of engine/part.lua declarations
  filters = true,       -- list filter parameter -> column
  tenant_filter = true, -- SQL condition with one ? for a global object asked for one tenant
  list_columns = true,  -- columns of the list instead of all
  joins = true, extras = true, -- SQL joined to a get; {sql, name} shown after the columns
  related = true,       -- function(ctx, row, add, tenant): more of `related`
  sections = true,      -- the same for what stands beside the columns, before `related`
  shown = true,         -- what these two add, for the document: {related = {name = kind}, sections = {name = kind}}
  normalize = true,     -- function(ctx, fields, row): may change fields, before the transaction
  before = true, after = true, -- function(tx, change), around the statement
  committed = true,     -- function(change): after the commit
  read_access = true,   -- "read": a read-only global key may read a global object
  number_column = true, -- column of the number that it may be asked by, and that delete answers
  body = true,          -- extra body fields for the document: name -> schema
  example = true,       -- body of a create, for the document
  create_schema = true, -- schema that a create must fit as well, for the document
}

local CHILD_KEYS = {
  name = true, table = true, key = true, id = true, of = true, one = true, when = true, make = true,
  made = true, names = true, flat = true, aliases = true, columns = true, prefix = true,
  tenant = true, order = true, item = true, reference = true, fixed = true, select = true,
  readonly = true, -- made by the object alone: no body sets it
  removable = true, -- null in a body takes the row away
  asked = true, -- made when a body asks for it, and not with the object
  secrets = true, section = true, show = true, keep = true, summary = true,
  items = true,  -- schema of an item, for the document
}

local function set_of(list)
  local set = {}
  for _, name in ipairs(list or {}) do set[name] = true end
  return set
end

local function check_keys(given, allowed, what)
  for key in pairs(given) do
    if not allowed[key] then error(what .. ": unknown key " .. tostring(key), 3) end
  end
end

local function index_destinations(model)
  model.destination_keys, model.destination_alias, model.destination_list = {}, {}, {}
  for key, names in pairs(model.destinations or {}) do
    model.destination_keys[key] = true
    model.destination_list[#model.destination_list + 1] = key
    for _, name in ipairs(names) do model.destination_alias[name] = key end
  end
  table.sort(model.destination_list)
  for key, rebuild in pairs(model.made_of or {}) do destination.made_of(key, rebuild) end
end

local function index_references(model)
  for kind, names in pairs(model.references or {}) do
    for _, column in ipairs(names) do
      model.columns[column] = merged(model.columns[column], { ref = kind })
    end
  end
end

local function index_children(model)
  model.child_names, model.child_by_name = {}, {}
  for _, decl in ipairs(model.children or {}) do
    check_keys(decl, CHILD_KEYS, model.name .. "." .. tostring(decl.name))
    decl.names = decl.readonly and {} or decl.names or { decl.name }
    decl.columns = realtime.rules(decl.table, decl.columns)
    decl.secret_set = set_of(decl.secrets)
    model.child_by_name[decl.name] = decl
    for _, name in ipairs(decl.names) do model.child_names[name] = decl end
  end
end

local function index_annexes(model)
  model.annex_by_name = {}
  for _, decl in ipairs(model.annexes) do
    check_keys(decl, CHILD_KEYS, model.name .. "." .. tostring(decl.name))
    decl.one, decl.table, decl.secret_set = true, decl.table or decl.name, set_of(decl.secrets)
    model.annex_by_name[decl.name] = decl
  end
end

return function(model)
  check_keys(model, KEYS, tostring(model.name))
  model.plural = model.plural or model.name .. "s"
  model.title = model.title or model.name:sub(1, 1):upper() .. model.name:sub(2)
  model.scope = model.scope or (model.tenant and "tenant" or "global")
  model.required = model.required or {}
  model.aliases = model.aliases or {}
  model.children = model.children or {}
  model.annexes = model.annexes or {}
  model.columns = realtime.rules(model.table, model.columns) or {}
  model.required_set = set_of(model.required)
  model.secret_set = set_of(model.secrets)
  model.hidden_set = set_of(model.hidden)
  model.readonly_set = set_of(model.readonly)
  model.unfollowed_set = set_of(model.unfollowed)
  index_destinations(model)
  index_children(model)
  index_annexes(model)
  index_references(model)
  reference.declare(model)
  destination.declare(model, reference.kind(model.name))

  function model.rows(ctx, options) return crud.rows(model, ctx, options) end
  function model.stream(ctx, options, format) return crud.stream(model, ctx, options, format) end
  function model.count(ctx, options) return crud.count(model, ctx, options) end
  function model.find(ctx, which) return crud.find(model, ctx, which) end
  function model.flat(ctx, which) return crud.flat(model, ctx, which) end
  function model.get(ctx, which) return crud.get(model, ctx, which) end
  function model.create(ctx, fields) return crud.create(model, ctx, fields) end
  function model.create_all(ctx, list) return crud.create_all(model, ctx, list) end
  function model.update(ctx, which, fields) return crud.update(model, ctx, which, fields) end
  function model.version(ctx, which) return crud.version(model, ctx, which) end
  function model.delete(ctx, which) return crud.delete(model, ctx, which) end
  return model
end
