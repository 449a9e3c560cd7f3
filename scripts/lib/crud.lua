-- The one place where objects are listed, read, created, changed and deleted. Adds the tenant
-- condition to every statement, so that no handler can forget it.
local change_log = require "lib.change_log"
local child = require "lib.child"
local columns = require "lib.columns"
local destination = require "lib.destination"
local json = require "json"
local sql = require "lib.sql"
local store = require "store"

local crud = {}

local function failure(code, reason, message, field)
  return nil, { code = code, reason = reason, message = message, field = field }
end

local function not_found(model)
  return failure("not_found", model.name == "extension" and "extension_not_found" or "object_not_found",
    model.title .. " not found.")
end
crud.not_found = not_found

-- Reads the schema before a transaction begins: inside one nothing may wait.
local function describe(model)
  local described, err = columns.of(model.table)
  if not described then return nil, err end
  for _, decl in ipairs(model.children) do
    local found
    found, err = columns.of(decl.table)
    if not found then return nil, err end
  end
  return described
end
crud.describe = describe

---- who may touch what

-- Appends the tenant condition. nil and an error when this caller has no business with the object.
local function scope(model, ctx, where, params, prefix)
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

-- The owner of a new row.
local function owner(model, ctx)
  if not model.tenant then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    return { id = 0, code = "", name = "" }
  end
  if ctx.global then
    if not (ctx.key and ctx.key.global) then
      return failure("denied", "admin_required", "An administrator API key is required.")
    end
    if model.scope ~= "tenant+global" then
      return failure("invalid", "tenant_required", model.title .. " has no global level.")
    end
    return { id = 0, code = "", name = "" }
  end
  if not ctx.tenant then
    return failure("invalid", "tenant_required", "A tenant is required.")
  end
  return ctx.tenant
end

local function may_write(ctx)
  if ctx.key and ctx.key.read_only then
    return failure("denied", "read_only_api_key", "A full API key is required.")
  end
  return true
end

---- reading

-- What a body, a filter or `fields=` may call a column.
local function column_of(model, described, name)
  local target = model.aliases[name] or name
  if target == "id" then target = model.id end
  if target == "name" and model.label then target = model.label end
  return described.by_name[target]
end
crud.column_of = column_of

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
    if not column or model.secret_set[column.name] or model.hidden_set[column.name] then
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
    text = (text == "" and " LIMIT -1" or text) .. (" OFFSET %d"):format(options.offset)
  end
  return text
end

-- The SELECT of whole rows: every column, then id, name and the extras.
local function select(model, ctx, options)
  local described, err = describe(model)
  if not described then return nil, err end
  local params = {}
  local where
  where, err = condition(model, ctx, described, options, params)
  if not where then return nil, err end
  local order
  order, err = order_of(model, described, options.sort)
  if not order then return nil, err end
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
  return "SELECT " .. table.concat(list, ", ") .. from(model, options.full) .. where
    .. " ORDER BY " .. order .. page(options), params
end

-- The short list: the columns the declaration names, under the names it gives them.
local function short_select(model, ctx, options)
  local described, err = describe(model)
  if not described then return nil, err end
  local params = {}
  local where
  where, err = condition(model, ctx, described, options, params)
  if not where then return nil, err end
  local order
  order, err = order_of(model, described, options.sort)
  if not order then return nil, err end
  local list = {}
  for i, item in ipairs(model.list_columns) do
    list[i] = "o." .. sql.name(item[1]) .. " AS " .. sql.name(item[2])
  end
  return "SELECT " .. table.concat(list, ", ") .. from(model) .. where
    .. " ORDER BY " .. order .. page(options), params
end

--- Rows with every visible column, id and name. options = {where, columns, sort, limit, offset}.
function crud.rows(model, ctx, options)
  options = options or {}
  local text, params = select(model, ctx, {
    where = options.where, columns = options.columns, sort = options.sort, limit = options.limit,
    offset = options.offset, full = options.full,
  })
  if not text then return nil, params end
  return store.query(text, params, { rows = 100000 })
end

--- The list as a streamed JSON array: short where the declaration has list_columns.
function crud.stream(model, ctx, options)
  options = options or {}
  local text, params
  if model.list_columns and not options.columns then
    text, params = short_select(model, ctx, options)
  else
    text, params = select(model, ctx, options)
  end
  if not text then return nil, params end
  return store.stream(text, params, { format = "json", text = true, integers = { "id" } })
end

function crud.count(model, ctx, options)
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
    return failure("conflict", model.name == "extension" and "multiple_extensions_found"
      or "multiple_objects_found", "Several objects match. Use the tenant parameter or the id.")
  end
  return rows
end

function crud.find(model, ctx, which)
  local rows, err = single(model, ctx, which)
  if not rows then return nil, err end
  return rows[1]
end

--- One flat row as JSON text, every value a string or null.
function crud.text(model, ctx, which)
  local rows, err = single(model, ctx, which, true)
  if not rows then return nil, err end
  return child.object_text(rows)
end

local function tenant_of(model, ctx, row)
  if not model.tenant then return { id = 0, code = "", name = "" } end
  local id = row[model.tenant]
  if ctx.tenant and ctx.tenant.id == id then return ctx.tenant end
  if not id or id == 0 then return { id = 0, code = "", name = "" } end
  local found, err = store.row("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_id = ?", { id })
  if err then return nil, err end
  if not found then return { id = id, code = "", name = "" } end
  return { id = found.te_id, code = found.te_code, name = found.te_name }
end

-- Collects `"name":text` members of the related object.
local function collector(ctx)
  local parts = {}
  local add = { count = 0 }
  function add.raw(name, text)
    add.count = add.count + 1
    parts[add.count] = json.encode(name) .. ":" .. text
  end
  function add.value(name, value) add.raw(name, json.encode(value)) end
  --- A list of rows, or with `one` the first row or false.
  function add.query(name, text, params, one)
    local rows, err = store.query(text, params)
    if not rows then return nil, err end
    if #rows == 0 then
      add.raw(name, one and "false" or "[]")
    elseif one then
      add.raw(name, child.object_text(rows))
    else
      add.raw(name, store.encode(rows, { format = "json", text = true }))
    end
    return true
  end
  function add.text() return table.concat(parts, ",") end
  add.ctx = ctx
  return add
end

local function related(model, ctx, row, tenant)
  local add = collector(ctx)
  if #model.destination_list > 0 then
    local rows, err = store.query(destination.select(model.destination_list, row[model.id]))
    if not rows then return nil, err end
    add.value("destinations", destination.grouped(rows))
  end
  for _, decl in ipairs(model.children) do
    if not decl.section and decl.show ~= false and child.applies(decl, row) then
      local text, err = child.text(decl, model, row, tenant, ctx.secrets)
      if not text then return nil, err end
      add.raw(decl.name, text)
    end
  end
  if model.related then
    local ok, err = model.related(ctx, row, add, tenant)
    if not ok then return nil, err end
  end
  -- PHP prints an empty array here, and clients of it iterate.
  return add.count == 0 and "[]" or "{" .. add.text() .. "}"
end

--- The whole object as JSON text: the row, object and related.
function crud.get(model, ctx, which)
  local rows, err = single(model, ctx, which)
  if not rows then return nil, err end
  local row = rows[1]
  local tenant
  tenant, err = tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  local more = ""
  if model.sections then
    more, err = model.sections(ctx, row, tenant)
    if not more then return nil, err end
  end
  local around
  around, err = related(model, ctx, row, tenant)
  if not around then return nil, err end
  return child.object_text(rows, { "id" }):sub(1, -2) .. ',"object":"' .. model.name .. '"' .. more
    .. ',"related":' .. around .. "}"
end

---- bodies

local function looks_like_destination(value)
  if type(value) == "table" then return true end
  return type(value) == "string" and (value:find("^%u+%-%d+$") or value == "SAMENUMBERVM")
end

local function take_destinations(model, out, given)
  if type(given) ~= "table" then
    return failure("invalid", "invalid_destination", "destinations: must be an object", "destinations")
  end
  for name, value in pairs(given) do
    local key = tostring(name)
    local upper = key:upper()
    local known = model.destination_keys[upper] and upper or model.destination_alias[key:lower()]
    local prefix = upper:match("^(CUSTOMIVR_)[%w_]+$")
    if not known and prefix and model.destination_keys[prefix .. "*"] then known = upper end
    if not known then
      return failure("invalid", "invalid_destination", "destinations: unknown key: " .. key:sub(1, 60),
        "destinations")
    end
    local items, err = destination.read(known, value)
    if not items then return nil, err end
    out.destinations[known] = items
  end
  return true
end

local function take_child(out, decl, name, value)
  if decl.one then
    if value == json.null then return true end
    local values, err = child.read(decl, value, name)
    if not values then return nil, err end
    local into = out.children[decl.name] or {}
    for column, converted in pairs(values) do into[column] = converted end
    out.children[decl.name] = into
    return true
  end
  if value == json.null or value == "" then value = {} end
  if type(value) == "string" then
    local list = {}
    for part in value:gmatch("[^,%s]+") do list[#list + 1] = part end
    value = list
  end
  if type(value) ~= "table" or (next(value) ~= nil and value[1] == nil) then
    return failure("invalid", "invalid_field", name .. ": must be a list", name)
  end
  if #value > 10000 then
    return failure("invalid", "invalid_field", name .. ": more than 10000 items", name)
  end
  out.children[decl.name] = value
  return true
end

local function take_flat(model, out, name, value)
  local taken = false
  for _, decl in ipairs(model.children) do
    local column = decl.flat and child.column(decl, name)
    if column then
      local converted, err = columns.convert(column, name, value,
        decl.columns and decl.columns[column.name])
      if converted == nil then return nil, err end
      local into = out.children[decl.name] or {}
      into[column.name] = converted
      out.children[decl.name] = into
      taken = true
    end
  end
  return taken
end

local function take_column(model, out, column, name, value)
  if column.name == model.id or column.name == model.tenant then return true end
  local rule = model.columns[column.name]
  if rule and rule.list and type(value) == "table" then
    local parts = {}
    for i, item in ipairs(value) do parts[i] = tostring(item) end
    value = table.concat(parts, ",")
  end
  local converted, err = columns.convert(column, name, value, rule)
  if converted == nil then return nil, err end
  out.values[column.name] = converted
  return true
end

local function take(model, described, out, name, value)
  if name == "destinations" and next(model.destination_keys) then
    return take_destinations(model, out, value)
  end
  local target = model.aliases[name] or name
  local child_name, child_column = target:match("^([%w_]+)%.([%w_]+)$")
  if child_name then
    return take_child(out, model.child_by_name[child_name], name, json.object({ [child_column] = value }))
  end
  local column = described.by_name[target]
  local key = model.destination_alias[name]
  if key and (looks_like_destination(value) or not (column or take_flat(model, { children = {} }, name, value))) then
    local items, err = destination.read(key, value)
    if not items then return nil, err end
    out.destinations[key] = items
    return true
  end
  if model.child_names[name] then return take_child(out, model.child_names[name], name, value) end
  local taken, err
  if column then
    taken, err = take_column(model, out, column, name, value)
    if not taken then return nil, err end
  end
  -- A column of the same name in a child follows: mailbox of an extension and of its endpoint.
  taken, err = take_flat(model, out, target, value)
  if taken == nil then return nil, err end
  return true
end

-- Sorts a body into columns, destinations and children. Aliases first, so that a column given
-- under its own name wins.
local function read_body(model, described, fields)
  local out = { values = {}, destinations = {}, children = {} }
  local names = {}
  for name in pairs(fields) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    local left, right = described.by_name[a] ~= nil, described.by_name[b] ~= nil
    if left ~= right then return right end
    return a < b
  end)
  for _, name in ipairs(names) do
    local ok, err = take(model, described, out, name, fields[name])
    if not ok then return nil, err end
  end
  return out
end

-- The name a client of this dialect knows a column by.
local function public_name(model, column)
  for alias, target in pairs(model.aliases) do
    if target == column then return alias end
  end
  return column
end

local function check_required(model, values)
  for _, column in ipairs(model.required) do
    local value = values[column]
    if value == nil or value == json.null or value == "" then
      local name = public_name(model, column)
      return failure("invalid", "missing_required_field", "Missing required field: " .. name .. ".",
        name)
    end
  end
  return true
end

local function copy(fields)
  local out = {}
  for name, value in pairs(fields) do out[name] = value end
  return out
end

---- writing

local function apply_children(tx, change, body)
  for _, decl in ipairs(change.model.children) do
    local ok, err = child.apply(tx, decl, change, body.children[decl.name])
    if not ok then return nil, err end
  end
  return true
end

local function apply_destinations(tx, change, body)
  for _, key in ipairs(sql.sorted(body.destinations)) do
    local items = body.destinations[key]
    local ok, err = destination.replace(tx, change.tenant_id, key, change.id, items)
    if not ok then return nil, err end
    local tags = {}
    for i, item in ipairs(items) do tags[i] = destination.tag(item.type, item.id) end
    ok, err = change_log.process(tx, change.ctx, {
      object = "destination", id = key .. "-" .. change.id, action = "replace",
      tenant_id = change.tenant_id, detail = table.concat(tags, ","),
    })
    if not ok then return nil, err end
  end
  return true
end

local function load(tx, model, id)
  return tx:row(("SELECT * FROM %s WHERE %s = ?"):format(sql.name(model.table), sql.name(model.id)),
    { id })
end

local function conflict(model, err)
  if err and err.code == "conflict" and not err.reason then
    return nil, { code = "conflict", reason = "already_exists",
      message = model.title .. " already exists: " .. tostring(err.message) }
  end
  return nil, err
end

-- What follows the statement itself, the same for create and update.
local function finish(tx, change, body)
  local ok, err = apply_children(tx, change, body)
  if not ok then return nil, err end
  ok, err = apply_destinations(tx, change, body)
  if not ok then return nil, err end
  if change.model.after then
    ok, err = change.model.after(tx, change)
    if not ok then return nil, err end
  end
  return change_log.write(tx, change.ctx, {
    object = change.model.name, id = change.id, action = change.action,
    tenant_id = change.tenant_id,
    detail = change_log.detail(change.values, change.model.secret_set),
    description = change.action .. " " .. change.model.name .. " " .. change.id,
  })
end

local function create_in(tx, model, ctx, prepared)
  local body, tenant = prepared.body, prepared.tenant
  local change = { action = "create", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, values = body.values, fields = prepared.fields, body = body }
  if model.tenant then body.values[model.tenant] = tenant.id end
  if model.before then
    local ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  local ok, err = check_required(model, body.values)
  if not ok then return nil, err end
  local text, params = sql.insert(model.table, body.values)
  local done
  done, err = tx:exec(text, params)
  if not done then return conflict(model, err) end
  change.id = done.id
  change.row, err = load(tx, model, done.id)
  if not change.row then return nil, err end
  ok, err = finish(tx, change, body)
  if not ok then return conflict(model, err) end
  return change
end

local function prepare(model, ctx, given)
  if type(given) ~= "table" then
    return failure("invalid", "invalid_json", "The body must be a JSON object.")
  end
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local tenant
  tenant, err = owner(model, ctx)
  if not tenant then return nil, err end
  local described
  described, err = describe(model)
  if not described then return nil, err end
  local fields = copy(given)
  if model.normalize then
    ok, err = model.normalize(ctx, fields, nil, tenant)
    if not ok then return nil, err end
  end
  local body
  body, err = read_body(model, described, fields)
  if not body then return nil, err end
  for name, value in pairs(model.defaults or {}) do
    if body.values[name] == nil then body.values[name] = value end
  end
  if not model.before then
    ok, err = check_required(model, body.values)
    if not ok then return nil, err end
  end
  return { body = body, tenant = tenant, fields = fields }
end

-- Runs a change; with ctx.dry_run everything is done and then taken back.
local function run(ctx, body)
  if not ctx.dry_run then return store.transaction(body) end
  local result
  local _, err = store.transaction(function(tx)
    local failed
    result, failed = body(tx)
    if result == nil then return nil, failed end
    return nil, { code = "refused", message = "dry run", reason = "dry_run" }
  end)
  if result ~= nil and err and err.reason == "dry_run" then return result end
  return nil, err
end

local function shown_row(model, ctx, change)
  if ctx.dry_run then
    local row = change.row
    for name in pairs(model.secret_set) do
      if not ctx.secrets then row[name] = nil end
    end
    for name in pairs(model.hidden_set) do row[name] = nil end
    row.id, row.name = change.id, model.label and row[model.label] or nil
    return row
  end
  local reader = { key = { global = true }, tenant = change.tenant_id ~= 0 and change.tenant or nil,
    secrets = ctx.secrets }
  return crud.find(model, reader, change.id)
end

function crud.create(model, ctx, fields)
  local prepared, err = prepare(model, ctx, fields)
  if not prepared then return nil, err end
  local change
  change, err = run(ctx, function(tx) return create_in(tx, model, ctx, prepared) end)
  if not change then return nil, err end
  return shown_row(model, ctx, change)
end

--- All or none. An error carries `index`, the place of the bad item from 0.
function crud.create_all(model, ctx, list)
  local prepared = {}
  local function at(index, err)
    err = copy(err)
    err.index = index - 1
    err.message = ("item %d: %s"):format(index - 1, err.message)
    return nil, err
  end
  for i, fields in ipairs(list) do
    local one, err = prepare(model, ctx, fields)
    if not one then return at(i, err) end
    prepared[i] = one
  end
  local changes, err = run(ctx, function(tx)
    local made = {}
    for i, one in ipairs(prepared) do
      local change, failed = create_in(tx, model, ctx, one)
      if not change then return at(i, failed) end
      made[i] = change
    end
    return made
  end)
  if not changes then return nil, err end
  local rows = {}
  for i, change in ipairs(changes) do
    rows[i], err = shown_row(model, ctx, change)
    if not rows[i] then return nil, err end
  end
  return rows
end

local function only_changed(values, row)
  local changed = {}
  for name, value in pairs(values) do
    local current = row[name]
    if current == nil then current = json.null end
    if type(value) == "userdata" and value ~= json.null or current ~= value then
      changed[name] = value
    end
  end
  return changed
end

-- The row as it is inside the transaction, with the tenant condition once more: the first look was
-- outside of it.
local function locked(tx, model, ctx, id)
  local where, params = { sql.name(model.id) .. " = ?" }, { id }
  local allowed, err = scope(model, ctx, where, params)
  if not allowed then return nil, err end
  if model.tenant_filter and ctx.tenant and not model.tenant then
    where[2] = nil
    params[2] = nil
  end
  local row
  row, err = tx:row(("SELECT * FROM %s WHERE %s"):format(sql.name(model.table),
    table.concat(where, " AND ")), params)
  if err then return nil, err end
  if not row then return not_found(model) end
  return row
end

-- The id `which` names, seen by this caller.
local function locate(model, ctx, which)
  local found, err = crud.find(model, ctx, which)
  if not found then return nil, err end
  return found
end

local function update_in(tx, model, ctx, prepared)
  local row, err = locked(tx, model, ctx, prepared.id)
  if not row then return nil, err end
  local body, tenant = prepared.body, prepared.tenant
  local change = { action = "update", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, id = prepared.id, before = row, values = body.values,
    fields = prepared.fields, body = body }
  if model.before then
    local ok
    ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  for _, column in ipairs(model.required) do
    if body.values[column] == json.null or body.values[column] == "" then
      return failure("invalid", "missing_required_field",
        public_name(model, column) .. " must not be empty.", public_name(model, column))
    end
  end
  change.values = only_changed(body.values, row)
  if next(change.values) then
    local text, params = sql.update(model.table, change.values, { [model.id] = prepared.id })
    local done
    done, err = tx:exec(text, params)
    if not done then return conflict(model, err) end
  elseif not next(body.children) and not next(body.destinations) and not change.touched then
    change.row = row
    return change
  end
  change.row, err = load(tx, model, prepared.id)
  if not change.row then return nil, err end
  local ok
  ok, err = finish(tx, change, body)
  if not ok then return conflict(model, err) end
  return change
end

--- options.check(text) may refuse after the object was read: If-Match.
function crud.update(model, ctx, which, given)
  if type(given) ~= "table" then
    return failure("invalid", "invalid_json", "The body must be a JSON object.")
  end
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local row
  row, err = locate(model, ctx, which)
  if not row then return nil, err end
  local tenant
  tenant, err = tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  local described
  described, err = describe(model)
  if not described then return nil, err end
  local fields = copy(given)
  if model.normalize then
    ok, err = model.normalize(ctx, fields, row, tenant)
    if not ok then return nil, err end
  end
  local body
  body, err = read_body(model, described, fields)
  if not body then return nil, err end
  local prepared = { id = row[model.id], body = body, tenant = tenant, fields = fields }
  local change
  change, err = run(ctx, function(tx) return update_in(tx, model, ctx, prepared) end)
  if not change then return nil, err end
  return shown_row(model, ctx, change)
end

local function delete_in(tx, model, ctx, id, tenant)
  local row, err = locked(tx, model, ctx, id)
  if not row then return nil, err end
  local change = { action = "delete", model = model, ctx = ctx, tenant = tenant,
    tenant_id = tenant.id, id = id, row = row, values = {} }
  local ok
  if model.before then
    ok, err = model.before(tx, change)
    if not ok then return nil, err end
  end
  ok, err = destination.release(tx, model, id)
  if not ok then return nil, err end
  if #model.destination_list > 0 then
    ok, err = destination.clear(tx, model.destination_list, id)
    if not ok then return nil, err end
  end
  for _, decl in ipairs(model.children) do
    ok, err = child.remove(tx, decl, change)
    if not ok then return nil, err end
  end
  local text, params = sql.delete(model.table, { [model.id] = id })
  ok, err = tx:exec(text, params)
  if not ok then return nil, err end
  if model.after then
    ok, err = model.after(tx, change)
    if not ok then return nil, err end
  end
  ok, err = change_log.write(tx, ctx, {
    object = model.name, id = id, action = "delete", tenant_id = tenant.id,
    description = "delete " .. model.name .. " " .. id,
  })
  if not ok then return nil, err end
  return change
end

function crud.delete(model, ctx, which)
  local ok, err = may_write(ctx)
  if not ok then return nil, err end
  local row
  row, err = locate(model, ctx, which)
  if not row then return nil, err end
  local tenant
  tenant, err = tenant_of(model, ctx, row)
  if not tenant then return nil, err end
  ok, err = describe(model)
  if not ok then return nil, err end
  local change
  change, err = run(ctx, function(tx) return delete_in(tx, model, ctx, row[model.id], tenant) end)
  if not change then return nil, err end
  if model.removed and not ctx.dry_run then model.removed(change.row, ctx, tenant) end
  local answer = { deleted = true, id = row[model.id], object = model.name }
  if model.answer_number then answer.number = tostring(change.row[model.answer_number] or "") end
  return answer
end

return crud
