-- MANAGEDB of ProxyAPI over any object of the model: a new object is one declaration.
local answer = require "proxyapi.lib.answer"
local condition = require "proxyapi.lib.condition"
local destination = require "engine.destination"
local json = require "json"
local route_model = require "model.route"
local row_of = require "proxyapi.lib.row"
local source = require "model.source"
local store = require "store"

local managedb = {}

local JSONDATA = { max = 33554432, summary = "fields of the change as a JSON object" }
local OBJECTID = { type = "integer", required = true, summary = "id of the row" }

local function php(value) return json.encode(value, { php = true }) end

-- Built as text: one ordered object per row, and json.ordered takes no list this long.
local function keyed(rows, id_column, columns)
  local members = {}
  for i, row in ipairs(rows) do
    members[i] = php(tostring(row[id_column])) .. ":" .. php(answer.ordered(columns, row))
  end
  return json.raw("{" .. table.concat(members, ",") .. "}")
end
managedb.keyed = keyed

--- The row of an object with all its columns, as get answers it.
managedb.shown = row_of.answer

--- Fields of the change, or the refusal that answers bad ones.
function managedb.fields(req)
  local fields = json.decode(req.params.jsondata or "")
  if type(fields) ~= "table" or json.is_array(fields) then
    return nil, answer.refused("Invalid jsondata")
  end
  return fields
end

-- This dialect knows fields by their columns only.
local function refusal(model, err)
  if err.reason == "missing_required_field" and err.field then
    return answer.refused("Missing field " .. (model.aliases[err.field] or err.field))
  end
  return nil, err
end

-- Administrator objects are not for tenant keys, not even to read.
local function guarded(declared, handler)
  if not declared.admin then return handler end
  return function(req)
    if not req.key.global then
      return nil, { code = "denied", message = "this object needs an administrator key" }
    end
    return handler(req)
  end
end

-- Answers of changes are JSON, whatever the format says.
local function document(handler)
  return function(req)
    if req.format == "plain" or req.format == "csv" then req.format = "json" end
    return handler(req)
  end
end

-- A filter may only name what the key may see, or it could guess a secret letter by letter.
local function chosen_rows(rows, filter)
  if not filter or filter == "" then return rows:list() end
  local visible = {}
  for _, name in ipairs(rows.columns) do visible[name] = true end
  local matches = condition.parse(filter, visible)
  if not matches then return nil end
  local chosen = {}
  for row in rows:each() do
    if matches(row) then chosen[#chosen + 1] = row end
  end
  return chosen
end

local function list(declared)
  local model, columns = declared.model, declared.short
  return function(req)
    local filter = req.params.filter
    local read = declared.columns or columns
    local where
    for param, column in pairs(declared.where or {}) do
      if req.params[param] then where = { [column] = req.params[param] } end
    end
    local rows, err = model.rows(req.ctx, { columns = not filter and read or nil, where = where })
    if not rows then return nil, err end
    local chosen = chosen_rows(rows, filter)
    if not chosen then return answer.empty() end
    if declared.complete then
      local done
      done, err = declared.complete(chosen)
      if not done then return nil, err end
    end
    if req.format == "xml" then return answer.list(columns, chosen) end
    return answer.document(keyed(chosen, model.id, columns))
  end
end

local function get(declared)
  return function(req) return row_of.answer(declared.model, req.ctx, req.params.objectid, declared.also) end
end

local function add(declared)
  local model = declared.model
  return function(req)
    local fields, refused = managedb.fields(req)
    if not fields then return refused end
    local row, err = model.create(req.ctx, fields)
    if not row then return refusal(model, err) end
    return row_of.answer(model, req.ctx, row[model.id], declared.also)
  end
end

local function update(declared)
  local model = declared.model
  return function(req)
    local fields, refused = managedb.fields(req)
    if not fields then return refused end
    local row, err = model.update(req.ctx, req.params.objectid, fields)
    if not row then return refusal(model, err) end
    return row_of.answer(model, req.ctx, row[model.id], declared.also)
  end
end

local function delete(declared)
  return function(req)
    local done, err = declared.model.delete(req.ctx, req.params.objectid)
    if not done then return nil, err end
    return answer.ok({ objectid = tostring(req.params.objectid) })
  end
end

local ROW = {
  "de_id", "de_te_id", "de_type_src", "de_type_id_src", "de_type_dst", "de_type_id_dst", "de_ord",
}

--- Destinations of one source, in order.
function managedb.source(req, key, id)
  local rows, err = source.rows(req.ctx, key, id)
  if not rows then return nil, err end
  return answer.list(ROW, rows:list())
end

-- Importers send what they have: a field without a destination is null or empty.
local function without_blanks(tags)
  local kept = json.is_array(tags) and json.array({}) or json.object({})
  if json.is_array(tags) then
    for _, tag in ipairs(tags) do
      if tag ~= json.null and tag ~= "" then kept[#kept + 1] = tag end
    end
    return kept
  end
  for name, tag in pairs(tags) do
    if tag ~= json.null and tag ~= "" then kept[name] = tag end
  end
  return kept
end

--- Puts the tags of jsondata in the place of a source's destinations, and shows those then.
function managedb.replace_source(req, key, id)
  local tags = json.decode(req.params.jsondata or "")
  if type(tags) ~= "table" then return answer.refused("Invalid jsondata") end
  local items, err = destination.read(key, without_blanks(tags))
  if not items then return nil, err end
  local done
  done, err = source.replace(req.ctx, key, id, items)
  if not done then return nil, err end
  return managedb.source(req, key, id)
end

--- The action getdestinations: what an object leads to, by source key.
function managedb.destinations(model)
  local keys = {}
  for key in pairs(model.destinations) do keys[#keys + 1] = key end
  local function handle(req)
    local row, err = model.find(req.ctx, req.params.objectid)
    if not row then return nil, err end
    local rows
    rows, err = store.query(destination.select(keys, row[model.id]))
    if not rows then return nil, err end
    return answer.document(destination.grouped(rows))
  end
  return { access = "read", params = { objectid = OBJECTID }, handle = handle }
end

--- The action listroutes: the rules whose `column` names the object, keyed by their id.
function managedb.routes(column)
  local function handle(req)
    local rows, err = route_model.rows(req.ctx, { where = { [column] = req.params.objectid }, sort = "dl_id" })
    if not rows then return nil, err end
    local columns = {}
    for _, name in ipairs(rows.columns) do
      if name:sub(1, 3) == "dl_" then columns[#columns + 1] = name end
    end
    if req.format == "xml" then return answer.list(columns, rows:list()) end
    return answer.document(keyed(rows:list(), "dl_id", columns))
  end
  return { access = "read", params = { objectid = OBJECTID }, handle = handle }
end

local ACTIONS = {
  list = {
    access = "read", make = list,
    params = { filter = { max = 1000, summary = "column op 'text' [AND ...]" } },
  },
  get = { access = "read", make = get, params = { objectid = OBJECTID } },
  add = { access = "write", make = add, params = { jsondata = JSONDATA } },
  update = {
    access = "write", make = update, params = { objectid = OBJECTID, jsondata = JSONDATA },
  },
  delete = { access = "write", make = delete, params = { objectid = OBJECTID } },
}
managedb.JSONDATA, managedb.OBJECTID = JSONDATA, OBJECTID

--- Declares one object. `declared`: object, summary, model, short (columns of the list), admin,
--- without (names of standard actions it lacks), extra (name -> {access, params, handle}). Columns
--- of the list that are not of the table: `columns` are read, `complete(rows)` adds the others. `where`: parameter
--- of the list -> column that must be it. `also`: more names of columns that get shows.
function managedb.object(declared)
  local actions, handlers, without = {}, {}, {}
  for _, name in ipairs(declared.without or {}) do without[name] = true end
  for name, it in pairs(ACTIONS) do
    if not without[name] then
      local access = declared.admin and it.access == "write" and "admin" or it.access
      local params = {}
      for param, rule in pairs(it.params) do params[param] = rule end
      for param in pairs(name == "list" and declared.where or {}) do params[param] = { type = "integer" } end
      actions[name] = { access = access, tenant = "optional", params = params }
      handlers[name] = it.make(declared)
    end
  end
  for name, it in pairs(declared.extra or {}) do
    actions[name] = {
      access = it.access, tenant = it.tenant or "optional", params = it.params,
      summary = it.summary,
    }
    handlers[name] = it.handle
  end
  local it = route {
    reqtype = "MANAGEDB",
    object = declared.object,
    summary = declared.summary,
    actions = actions,
  }
  for name, handler in pairs(handlers) do it[name] = guarded(declared, document(handler)) end
  return it
end

return managedb
