-- MANAGEDB of ProxyAPI over any object of the model: a new object is one declaration.
local answer = require "proxyapi.lib.answer"
local condition = require "proxyapi.lib.condition"
local destination = require "engine.destination"
local json = require "json"
local merged = require("lib.value").merged
local route_model = require "model.route"
local row_of = require "proxyapi.lib.row"
local shapes = require "proxyapi.lib.shapes"
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

-- The same of rows as the store read them, whose first column is the id: no row becomes a table of Lua. A quote within
-- a text is escaped, so what begins a row stands nowhere else.
local function keyed_text(rows, id_column)
  local text = store.encode(rows, { format = "json", text = true, php = true }):sub(2, -2)
  return json.raw("{" .. text:gsub('{"' .. id_column .. '":"(%d+)"', '"%1":{"' .. id_column .. '":"%1"') .. "}")
end

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
    local rows, err = model.rows(req.ctx, { columns = (filter or "") == "" and read or nil, where = where,
      plain = not filter or filter == "" })
    if not rows then return nil, err end
    if (filter or "") == "" and not declared.complete and req.format ~= "xml" then
      return answer.document(keyed_text(rows, model.id))
    end
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

-- What writes the fields of a request, write(req, fields), and answers the row.
local function writer(declared, write)
  local model = declared.model
  return function(req)
    local fields, refused = managedb.fields(req)
    if not fields then return refused end
    local row, err = write(req, fields)
    if not row then return refusal(model, err) end
    return row_of.answer(model, req.ctx, row[model.id], declared.also)
  end
end

local function add(declared)
  local model = declared.model
  return writer(declared, function(req, fields) return model.create(req.ctx, fields) end)
end

local function update(declared)
  local model = declared.model
  return writer(declared, function(req, fields) return model.update(req.ctx, req.params.objectid, fields) end)
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

-- Destinations by source key, each with its row.
local DESTINATIONS = shapes.document(shapes.map({ type = "array", items = shapes.members("type tag " .. table.concat(ROW, " "),
  { id = { anyOf = { { type = "integer" }, { type = "string" } } } }) }),
  json.object({ IVR1 = { json.ordered("type", "EXT", "id", 12, "tag", "EXT-12", "de_id", "3", "de_te_id", "1",
    "de_type_src", "IVR1", "de_type_id_src", "5", "de_type_dst", "EXT", "de_type_id_dst", "12", "de_ord", "1") } }))

--- What shows the destinations of one source.
managedb.SOURCE = shapes.list(ROW, { 3, 1, "DID", 4, "EXT", 12, 1 })

--- Destinations of one source, in order.
function managedb.source(req, key, id)
  return answer.read(ROW, source.rows(req.ctx, key, id))
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

-- Destinations by source key; an empty array when there is none.
local function destinations_shown(rows)
  if #rows == 0 then return json.array({}) end
  local groups = {}
  for key, found in pairs(destination.grouped(rows)) do
    groups[key] = json.array({})
    for i, row in ipairs(found) do
      local item = { "type", row.de_type_dst, "id", row.de_type_id_dst,
        "tag", destination.text(row.de_type_dst, row.de_type_id_dst) }
      for _, name in ipairs(ROW) do item[#item + 1], item[#item + 2] = name, tostring(row[name]) end
      groups[key][i] = json.ordered(unpack(item))
    end
  end
  return json.object(groups)
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
    return answer.document(destinations_shown(rows))
  end
  return { access = "read", params = { objectid = OBJECTID }, handle = handle, result = DESTINATIONS }
end

local ROUTE = { dl_id = 7, dl_rp_id = 1, dl_name = "Mobile", dl_regex = "3.*", dl_pr_id = 2, dl_priority = 1 }
local ROUTES = shapes.apart(shapes.keyed(route_model, ROUTE), shapes.list(route_model, ROUTE))

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
  return { access = "read", params = { objectid = OBJECTID }, handle = handle, result = ROUTES }
end

-- What the actions answer: rows of the list, and one whole row that they share.
local function rows_shape(declared)
  local columns, example = declared.short, declared.example
  return shapes.apart(shapes.keyed(columns, example), shapes.list(columns, example))
end

local whole_rows = setmetatable({}, { __mode = "k" })

local function row_shape(declared)
  whole_rows[declared] = whole_rows[declared] or shapes.row(declared.model, declared.also)
  return whole_rows[declared]
end

local GONE = shapes.ok({ objectid = "7" })

local function gone() return GONE end

local ACTIONS = {
  list = {
    access = "read", make = list, result = rows_shape,
    params = { filter = { max = 1000, summary = "column op 'text' [AND ...]" } },
  },
  get = { access = "read", make = get, result = row_shape, params = { objectid = OBJECTID } },
  add = { access = "write", make = add, result = row_shape, params = { jsondata = JSONDATA } },
  update = {
    access = "write", make = update, result = row_shape, params = { objectid = OBJECTID, jsondata = JSONDATA },
  },
  delete = { access = "write", make = delete, result = gone, params = { objectid = OBJECTID } },
}
managedb.JSONDATA, managedb.OBJECTID = JSONDATA, OBJECTID

--- Declares one object. `declared`: object, summary, model, short (columns of the list), example (values of them), admin,
--- without (names of standard actions it lacks), extra (name -> {access, params, result, body, handle}). Columns
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
      actions[name] = { access = access, tenant = "optional", params = params, result = it.result(declared) }
      handlers[name] = it.make(declared)
    end
  end
  for name, it in pairs(declared.extra or {}) do
    actions[name] = {
      access = it.access, tenant = it.tenant or "optional", params = it.params,
      summary = it.summary, result = it.result, body = it.body,
    }
    handlers[name] = it.handle
  end
  for _, action in pairs(actions) do
    -- What has columns is JSON where it is no XML.
    local result = action.result
    if result and result.shape == "list" then action.result = merged(result, { only_json = true }) end
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
