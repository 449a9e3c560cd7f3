-- Listing and reading objects. The tenant condition is added here, to every statement.
local child = require "engine.part"
local columns = require "engine.column"
local destination = require "engine.destination"
local failure = require("lib.failure").of
local sql = require "engine.sql"
local store = require "store"

local reading = { keeps = { "describe" } }

function reading.not_found(model)
  return failure("not_found", model.number_column and model.name .. "_not_found" or "object_not_found",
    model.title .. " not found.")
end
local not_found = reading.not_found

--- Reads the schema of an object, so that a transaction that follows need not wait for it.
function reading.describe(model)
  local described, err = columns.of(model.table)
  if not described then return nil, err end
  for _, decl in ipairs(model.children) do
    local found
    found, err = columns.of(decl.table)
    if not found then return nil, err end
  end
  for _, decl in ipairs(model.annexes) do
    local found
    found, err = columns.of(decl.table)
    if not found then return nil, err end
  end
  return described
end
local describe = reading.describe

-- Appends the tenant condition. nil and an error when this caller has no business with the object.
function reading.scope(model, ctx, where, params, prefix)
  if not model.tenant then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    if ctx.tenant and model.tenant_filter then
      where[#where + 1] = model.tenant_filter
      params[#params + 1] = ctx.tenant.id
    end
    return true
  end
  local column = (prefix or "") .. sql.name(model.tenant)
  if ctx.global then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    where[#where + 1] = column .. " = 0"
  elseif ctx.tenant then
    where[#where + 1] = column .. " = ?"
    params[#params + 1] = ctx.tenant.id
  elseif not (ctx.key and ctx.key.global) then
    return failure("denied", "tenant_required", "A tenant is required.")
  end
  return true
end

local scope = reading.scope

-- What a body, a filter or `fields=` may call a column.
local function column_of(model, described, name)
  local target = model.aliases[name] or name
  if target == "id" then target = model.id end
  if target == "name" and model.label then target = model.label end
  return described.by_name[target]
end

local function visible(model, ctx, described, names)
  local out = {}
  local wanted
  if names then
    wanted = {}
    for _, name in ipairs(names) do
      local column = column_of(model, described, name)
      if column then wanted[column.name] = true end
    end
  end
  for _, column in ipairs(described.list) do
    local name = column.name
    local hidden = column.kind == "blob" or model.hidden_set[name]
      or (not ctx.secrets and model.secret_set[name])
    if not hidden and (not wanted or wanted[name]) then
      local mask = not ctx.secrets and model.masked and model.masked[name]
      out[#out + 1] = mask and (mask .. " AS " .. sql.name(name)) or ("o." .. sql.name(name))
    end
  end
  return out
end

local function order_of(model, described, sort)
  local orders = {}
  for name in (sort or ""):gmatch("[^,%s]+") do
    local column = column_of(model, described, (name:gsub("^[-+]", "")))
    local masked = column and model.masked and model.masked[column.name]
    if not column or masked or model.secret_set[column.name] or model.hidden_set[column.name] then
      return failure("invalid", "invalid_sort", "sort: unknown column: " .. name:sub(1, 60), "sort")
    end
    orders[#orders + 1] = "o." .. sql.name(column.name) .. (name:sub(1, 1) == "-" and " DESC" or "")
  end
  orders[#orders + 1] = "o." .. sql.name(model.id)
  return table.concat(orders, ", ")
end

-- FROM and WHERE for options, appended to params.
local function condition(model, ctx, described, options, params)
  local where = {}
  local ok, err = scope(model, ctx, where, params, "o.")
  if not ok then return nil, err end
  if options.where then
    local by_column = {}
    for name, value in pairs(options.where) do
      local column = column_of(model, described, name)
      if not column then
        return failure("invalid", "invalid_filter", "unknown column: " .. tostring(name), name)
      end
      by_column[column.name] = value
    end
    where[#where + 1] = sql.where(by_column, params, "o.")
  end
  return #where > 0 and " WHERE " .. table.concat(where, " AND ") or ""
end

local function from(model, full)
  return " FROM " .. sql.name(model.table) .. " o" .. (full and model.joins and " " .. model.joins or "")
end

local function page(options)
  local text = ""
  if options.limit then text = (" LIMIT %d"):format(options.limit) end
  if options.offset and options.offset > 0 then
    text = (text == "" and " LIMIT 9223372036854775807" or text) .. (" OFFSET %d"):format(options.offset)
  end
  return text
end

-- What a SELECT of whole rows names: every column, then id, name and the extras.
local function names_of(model, ctx, described, options)
  local list = visible(model, ctx, described, options.columns)
  if not options.plain then
    if options.full then
      for _, extra in ipairs(model.extras or {}) do
        if ctx.secrets or not extra.secret then
          list[#list + 1] = extra.sql .. " AS " .. sql.name(extra.name)
        end
      end
    end
    list[#list + 1] = "o." .. sql.name(model.id) .. ' AS "id"'
    if model.label then list[#list + 1] = "o." .. sql.name(model.label) .. ' AS "name"' end
  end
  return table.concat(list, ", ")
end

-- Those lists by model and kind of request: of 150 columns they cost more than the reading.
local known = {}

local function known_names(model, ctx, described, options)
  if options.columns then return names_of(model, ctx, described, options) end
  local kind = (ctx.secrets and "secrets " or "") .. (options.full and "full " or "") .. (options.plain and "plain" or "")
  local of_model = known[model]
  if not of_model then
    of_model = {}
    known[model] = of_model
  end
  if not of_model[kind] then of_model[kind] = names_of(model, ctx, described, options) end
  return of_model[kind]
end

-- `short`: the columns that the declaration names, under the names it gives them.
local function select(model, ctx, options, short)
  local described, err = describe(model)
  if not described then return nil, err end
  local params = {}
  local where
  where, err = condition(model, ctx, described, options, params)
  if not where then return nil, err end
  local order
  order, err = order_of(model, described, options.sort)
  if not order then return nil, err end
  local names = short and sql.labelled(model.list_columns, "o.") or known_names(model, ctx, described, options)
  return "SELECT " .. names .. from(model, options.full) .. where .. " ORDER BY " .. order .. page(options), params
end

--- Rows with every visible column, id and name. options = {where, columns, sort, limit, offset,
--- full}: full adds what the object takes from other tables; the default unless columns are named.
function reading.rows(model, ctx, options)
  options = options or {}
  local full = options.full
  if full == nil then full = not options.columns end
  local text, params = select(model, ctx, {
    where = options.where, columns = options.columns, sort = options.sort, limit = options.limit,
    offset = options.offset, full = full, plain = options.plain,
  })
  if not text then return nil, params end
  return store.query(text, params, { rows = 100000 })
end

--- The list as a body that is made while it is sent: short where the declaration has list_columns. `format`: how it is
--- written (docs/api/store.lua).
function reading.stream(model, ctx, options, format)
  local text, params = select(model, ctx, options, model.list_columns and not options.columns)
  if not text then return nil, params end
  return store.stream(text, params, format)
end

function reading.count(model, ctx, options)
  local described, err = describe(model)
  if not described then return nil, err end
  local params = {}
  local where
  where, err = condition(model, ctx, described, options or {}, params)
  if not where then return nil, err end
  return store.value("SELECT count(*)" .. from(model) .. where, params)
end

-- `which` is an id or a table of column values.
local function selector(model, which)
  if type(which) == "table" then return which end
  local id = tonumber(which)
  if not id or id ~= math.floor(id) then return not_found(model) end
  return { [model.id] = id }
end

-- The rows `which` names: one, or an error.
local function single(model, ctx, which, plain)
  local where, err = selector(model, which)
  if not where then return nil, err end
  local text, params = select(model, ctx, { where = where, limit = 2, full = not plain, plain = plain })
  if not text then return nil, params end
  local rows
  rows, err = store.query(text, params)
  if not rows then return nil, err end
  if #rows == 0 then return not_found(model) end
  if #rows > 1 then
    if model.number_column then
      return failure("conflict", "multiple_" .. model.plural .. "_found", ("Multiple %s match the requested "
        .. "number. Use the tenant parameter or the %s id."):format(model.plural, model.name))
    end
    return failure("conflict", "multiple_objects_found",
      "Several objects match. Use the tenant parameter or the id.")
  end
  return rows
end

function reading.find(model, ctx, which)
  local rows, err = single(model, ctx, which)
  if not rows then return nil, err end
  return rows[1]
end

--- The same as rows of one, with the columns of its own table alone.
function reading.flat(model, ctx, which) return single(model, ctx, which, true) end

--- The tenant that owns a row.
function reading.tenant_of(model, ctx, row)
  if not model.tenant then return { id = 0, code = "", name = "" } end
  local id = row[model.tenant]
  if ctx.tenant and ctx.tenant.id == id then return ctx.tenant end
  if not id or id == 0 then return { id = 0, code = "", name = "" } end
  local found, err = store.row("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_id = ?", { id })
  if err then return nil, err end
  if not found then return { id = id, code = "", name = "" } end
  return { id = found.te_id, code = found.te_code, name = found.te_name }
end

-- Collects parts: {name, rows}, {name, rows, one = true}, {name, rows, nested = true}, {name, row}, {name, value} or
-- {name, parts}.
local Parts = {}
Parts.__index = Parts

--- A list of rows, or with `one` the first of them; none where `rows` is nil.
function Parts:rows(name, rows, one) self[#self + 1] = { name = name, rows = rows, one = one } end

--- What is known to hold nothing, where that is often so: `empty` is {name = name, one = one}, made once.
function Parts:none(empty) self[#self + 1] = empty end

--- A row as a table, or nil.
function Parts:row(name, row) self[#self + 1] = { name = name, row = row, one = true } end

--- Anything else.
function Parts:value(name, value) self[#self + 1] = { name = name, value = value } end

--- What a statement finds, as Parts:rows.
function Parts:query(name, text, params, one)
  local rows, err = store.query(text, params)
  if not rows then return nil, err end
  self[#self + 1] = { name = name, rows = rows, one = one }
  return true
end

--- One row whose columns are named `part.column`, as parts: `nested` of store.encode (docs/api/store.lua).
function Parts:nested(name, text, params)
  local rows, err = store.query(text, params)
  if not rows then return nil, err end
  self[#self + 1] = { name = name, rows = rows, nested = true }
  return true
end

--- A part that has parts, to be added to it.
function Parts:parts(name)
  local inner = setmetatable({}, Parts)
  self[#self + 1] = { name = name, parts = inner }
  return inner
end

local function collector() return setmetatable({}, Parts) end

local function related(model, ctx, row, tenant)
  local parts = collector()
  for _, decl in ipairs(model.children) do
    if not decl.section and decl.show ~= false and child.applies(decl, row) then
      local rows, err = child.rows(decl, model, row, tenant, ctx.secrets)
      if err then return nil, err end
      parts:rows(decl.name, rows, decl.one)
    end
  end
  if model.related then
    local ok, err = model.related(ctx, row, parts, tenant)
    if not ok then return nil, err end
  end
  return parts
end

--- The whole object in parts, which a dialect writes: {rows (the row itself), destinations (rows in any order, where it
--- has any keys), sections, related}; the last two are lists of {name, rows}, {name, rows, one = true}, {name, row, one = true},
--- {name, value} or {name, parts}; `nested` instead of `one`: one row, of columns named `part.column`.
function reading.get(model, ctx, which)
  local rows, err = single(model, ctx, which)
  if not rows then return nil, err end
  local row, whole = rows[1], { rows = rows, sections = collector() }
  local tenant
  tenant, err = reading.tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  if model.sections then
    local ok
    ok, err = model.sections(ctx, row, whole.sections, tenant)
    if not ok then return nil, err end
  end
  if #model.destination_list > 0 then
    -- Nearly always there are none, and a sorter costs a third of the statement.
    whole.destinations, err = store.query(destination.select_any(model.destination_list, row[model.id]))
    if not whole.destinations then return nil, err end
  end
  whole.related, err = related(model, ctx, row, tenant)
  if not whole.related then return nil, err end
  return whole
end

return reading
