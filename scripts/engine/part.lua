-- Rows of other tables that belong to an object: one row (the realtime row of a queue) or a list
-- (its members). A declaration says which table, which column points to the object and how the
-- body names it; see docs/objects.md.
local border = require "engine.guard"
local change_log = require "engine.log"
local columns = require "engine.column"
local crypto = require "crypto"
local invalid = require("lib.failure").field
local json = require "json"
local merged = require("lib.value").merged
local reference = require "engine.kind"
local sql = require "engine.sql"
local store = require "store"

local child = {}

--- The value that the child's key column has for an object's row.
function child.key_of(decl, model, row, tenant)
  if decl.of then return decl.of(row, tenant) end
  return row[model.id]
end

function child.applies(decl, row)
  return not decl.when or decl.when(row)
end

-- The columns that belong to the link itself are never taken from a body.
local function is_link(decl, name)
  return name == decl.key or name == decl.id or name == decl.tenant
end

--- The column a name of the body means, or nil.
function child.column(decl, name)
  local described = columns.of(decl.table)
  if not described then return nil end
  local target = decl.aliases and decl.aliases[name] or name
  local column = described.by_name[target] or (decl.prefix and described.by_name[decl.prefix .. target])
  if not column or is_link(decl, column.name) then return nil end
  return column
end

local function is_object(value)
  return type(value) == "table" and not (json.is_array(value) and #value > 0)
end

--- The columns of one item of a body, checked.
function child.read(decl, given, field)
  if not is_object(given) then return invalid(field, "must be an object") end
  local values = {}
  for name, value in pairs(given) do
    local column = type(name) == "string" and child.column(decl, name)
    if column then
      local converted, err = columns.convert(column, field .. "." .. name, value,
        decl.columns and decl.columns[column.name], decl.secret_set[column.name])
      if converted == nil then return nil, err end
      values[column.name] = converted
    end
  end
  return values
end

local function log(tx, change, decl, action, values)
  local masked = decl.secret_set
  return change_log.process(tx, change.ctx, {
    object = decl.table, id = change.id, action = action, tenant_id = change.tenant_id,
    detail = change_log.detail(values, masked),
  })
end

local function insert(tx, decl, values)
  local text, params = sql.insert(decl.table, values)
  return tx:exec(text, params)
end

-- Values that were made from the object follow it, unless somebody has set them by hand.
local function follow(tx, decl, change, key, values)
  if not (decl.make and change.before) then return true end
  local old = decl.make(change.before, change.tenant)
  local new = decl.make(change.row, change.tenant)
  local current, err = tx:row(("SELECT * FROM %s WHERE %s = ?"):format(
    sql.name(decl.table), sql.name(decl.key)), { key })
  if err then return nil, err end
  if not current then return true end
  for name, value in pairs(new) do
    local unchanged = current[name] == old[name] or (current[name] == nil and old[name] == json.null)
    if values[name] == nil and value ~= old[name] and unchanged then values[name] = value end
  end
  for name in pairs(old) do
    if new[name] == nil and values[name] == nil and current[name] == old[name] then
      values[name] = json.null
    end
  end
  return true
end

-- Leaves what differs from the row. False when nothing does; true also when there is no row yet.
local function drop_unchanged(tx, decl, key, values)
  if not next(values) then return false end
  local current, err = tx:row(("SELECT * FROM %s WHERE %s = ?"):format(
    sql.name(decl.table), sql.name(decl.key)), { key })
  if err then return nil, err end
  if not current then return true end
  for name, value in pairs(values) do
    local now = current[name]
    if now == nil then now = json.null end
    if now == value then values[name] = nil end
  end
  return next(values) ~= nil
end

-- Takes the row away that a body gave as null.
local function take_away(tx, decl, change)
  if not change.before then return true end
  local done, err = child.remove(tx, decl, { model = change.model, row = change.before, tenant = change.tenant })
  if not done then return nil, err end
  if type(done) ~= "table" or done.changes == 0 then return true end
  change.touched = true
  return log(tx, change, decl, "delete", {})
end

local function apply_one(tx, decl, change, given)
  if given == json.null then return take_away(tx, decl, change) end
  local model = change.model
  local key = child.key_of(decl, model, change.row, change.tenant)
  local values = given or {}
  local inside, wrong = border.check(change.ctx, decl.columns, values, change.tenant,
    decl.make and decl.make(change.row, change.tenant))
  if inside then inside, wrong = reference.check_texts(tx, decl.columns, values, change.tenant_id) end
  if not inside then return nil, wrong end
  if change.before and child.applies(decl, change.before) then
    local old_key = child.key_of(decl, model, change.before, change.tenant)
    if not sql.is_null(old_key) then
      local ok, err = follow(tx, decl, change, old_key, values)
      if not ok then return nil, err end
      if old_key ~= key then values[decl.key] = key end
      local changed
      changed, err = drop_unchanged(tx, decl, old_key, values)
      if err then return nil, err end
      if changed == false then return true end
      local text, params = sql.update(decl.table, values, { [decl.key] = old_key })
      local done
      done, err = tx:exec(text, params)
      if not done then return nil, err end
      values[decl.key] = nil
      if done.changes > 0 then
        change.touched = true
        return log(tx, change, decl, "update", values)
      end
    end
  elseif not given and (decl.asked or not decl.make) then
    return true
  end
  local row = merged(decl.make and decl.make(change.row, change.tenant), values)
  row[decl.key] = key
  if decl.tenant then row[decl.tenant] = change.tenant_id end
  local done, err = insert(tx, decl, row)
  if not done then return nil, err end
  change.touched = true
  if decl.made then
    local ok
    ok, err = decl.made(tx, change, done.id)
    if not ok then return nil, err end
  end
  return log(tx, change, decl, "create", row)
end

--- `item` of a list of files {name, data_base64}.
function child.file(_, _, item)
  local bytes = type(item) == "table" and type(item.name) == "string" and item.name ~= ""
    and type(item.data_base64) == "string" and crypto.unbase64((item.data_base64:gsub("%s", "")))
  if not bytes then return invalid("binary_files", "an item needs name and data_base64") end
  return { name = item.name, size = #bytes, data = store.blob(bytes) }
end

--- `items` of such a list, for the document.
child.FILE = { type = "object", required = json.array({ "name", "data_base64" }), properties = {
  name = { type = "string", minLength = 1, maxLength = 191, pattern = "^[^\\u0000-\\u001f\\u007f]*$" },
  data_base64 = { type = "string", format = "byte" },
} }

-- An id of a row elsewhere that the tenant may name.
local function check_reference(tx, decl, change, field, value)
  local column, kind = decl.reference.column, reference.kind(decl.reference.kind)
  if type(value) == "table" then value = value.id or value[kind.id] or value[column] end
  local id = columns.id(value)
  if not id then return invalid(field, "must be a list of ids") end
  local found, err = reference.exists(tx, kind, id, change.model.tenant and change.tenant_id or nil)
  if err then return nil, err end
  if not found then return reference.absent(field, kind.word, id) end
  return { [column] = id }
end

local function read_item(tx, decl, change, item, index)
  local field = decl.names[1]
  if decl.item then
    local given, err = decl.item(tx, change, item, index)
    if not given then return nil, err end
    return child.read(decl, given, field)
  end
  if decl.reference then
    local values, err = check_reference(tx, decl, change, field, item)
    if not values then return nil, err end
    if type(item) == "table" then
      local more
      more, err = child.read(decl, item, field)
      if not more then return nil, err end
      for name, value in pairs(more) do
        if values[name] == nil then values[name] = value end
      end
    end
    return values
  end
  return child.read(decl, item, field)
end

local function apply_list(tx, decl, change, given)
  local key = child.key_of(decl, change.model, change.row, change.tenant)
  if change.before then
    local old_key = child.key_of(decl, change.model, change.before, change.tenant)
    if old_key ~= key then
      local text, params = sql.update(decl.table, { [decl.key] = key }, { [decl.key] = old_key })
      local done, err = tx:exec(text, params)
      if not done then return nil, err end
    end
  end
  if not given then return true end
  change.touched = true
  local text, params = sql.delete(decl.table, merged({ [decl.key] = key }, decl.fixed))
  local done, err = tx:exec(text, params)
  if not done then return nil, err end
  for index, item in ipairs(given) do
    local values
    values, err = read_item(tx, decl, change, item, index)
    if not values then return nil, err end
    values[decl.key] = key
    for name, value in pairs(decl.fixed or {}) do values[name] = value end
    if decl.tenant then values[decl.tenant] = change.tenant_id end
    if decl.order and values[decl.order] == nil then values[decl.order] = index end
    done, err = insert(tx, decl, values)
    if not done then
      if err.code == "conflict" then return invalid(decl.names[1], "the same item twice") end
      return nil, err
    end
  end
  return log(tx, change, decl, "replace", { count = #given })
end

--- Brings the child to what the body says. `given`: columns (one) or items (list), nil when the
--- body does not name it.
function child.apply(tx, decl, change, given)
  if not child.applies(decl, change.row) then
    if not change.before then return true end
    return child.remove(tx, decl, { model = change.model, row = change.before, tenant = change.tenant })
  end
  if decl.one then return apply_one(tx, decl, change, given) end
  return apply_list(tx, decl, change, given)
end

--- Deletes the rows of an object that goes.
function child.remove(tx, decl, change)
  if not child.applies(decl, change.row) or decl.keep then return true end
  local key = child.key_of(decl, change.model, change.row, change.tenant)
  if sql.is_null(key) then return true end
  local text, params = sql.delete(decl.table, merged({ [decl.key] = key }, decl.fixed))
  return tx:exec(text, params)
end

-- The columns shown: all but secrets and blobs.
local function shown_columns(decl, secrets)
  local described, err = columns.of(decl.table)
  if not described then return nil, err end
  local names = {}
  for _, column in ipairs(described.list) do
    local hidden = column.kind == "blob" or (not secrets and decl.secret_set[column.name])
    if not hidden then names[#names + 1] = sql.name(column.name) end
  end
  return table.concat(names, ", ")
end

-- The SELECT of a child, made once for all requests of a kind.
local function select_text(decl, secrets)
  if decl.select then return decl.select end
  local made = secrets and decl.select_all or decl.select_shown
  if made then return made end
  local names, err = shown_columns(decl, secrets)
  if not names then return nil, err end
  local fixed = ""
  for name, value in pairs(decl.fixed or {}) do
    fixed = fixed .. (" AND %s = '%s'"):format(name, value)
  end
  made = ("SELECT %s FROM %s WHERE %s = ?%s"):format(names, sql.name(decl.table),
    sql.name(decl.key), fixed)
  if not decl.one then made = made .. " ORDER BY " .. sql.name(decl.order or decl.id or decl.key) end
  decl[secrets and "select_all" or "select_shown"] = made
  return made
end

--- The rows of the child, one or a list; nothing where its key is empty.
function child.rows(decl, model, row, tenant, secrets)
  local key = child.key_of(decl, model, row, tenant)
  if sql.is_null(key) then return nil end
  local text, err = select_text(decl, secrets)
  if not text then return nil, err end
  return store.query(text, { key })
end

return child
