-- A resource whose records are objects of ours: its operations, of what the resource says about its fields. A page
-- of a list takes as many statements however many records it has.
local change = require "engine.change"
local fields = require "mikopbx.lib.fields"
local given_id = require "mikopbx.lib.given_id"
local json = require "json"
local prefixed = require "mikopbx.lib.prefixed"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local sql = require "engine.sql"
local store = require "store"
local target = require "mikopbx.lib.target"
local value_of = require "lib.value"

local resource = {}

-- So many records are read at once: an IN list has an end.
local SLICE = 500

--- An error about fields.
function resource.invalid(by_field)
  return nil, { code = "invalid", message = "validation failed", fields = by_field }
end

---- reading

local function slices(kind, ctx, rows)
  local list = {}
  for first = 1, #rows, SLICE do
    local some = {}
    for i = first, math.min(first + SLICE - 1, #rows) do some[#some + 1] = rows[i] end
    local records, err = kind.read(ctx, some)
    if not records then return nil, err end
    for _, it in ipairs(records) do
      it.id = kind.prefix and prefixed.text(kind.prefix, it.row_id) or tostring(it.row_id)
      list[#list + 1] = it
    end
  end
  return list
end

-- The object's statement up to the condition that they are the tenant's.
local function from(kind, ctx)
  if kind.from then return kind.from(ctx) end
  return kind.select .. " WHERE " .. kind.model.tenant .. " = ?", { ctx.tenant.id }
end

--- Rows that the object's statement and what is said behind it finds.
function resource.rows(kind, ctx, more, values, tail)
  local text, bound = from(kind, ctx)
  if not text then return nil, bound end
  for _, value in ipairs(values or {}) do bound[#bound + 1] = value end
  return store.query(text .. (more or "") .. (tail or " ORDER BY " .. kind.order), bound, { rows = 100000 })
end

--- The records of those rows.
function resource.records(kind, ctx, more, values, tail)
  local rows, err = resource.rows(kind, ctx, more, values, tail)
  if not rows then return nil, err end
  return slices(kind, ctx, rows:list())
end
local records = resource.records

local function searched(kind, text)
  if (text or "") == "" then return "", {} end
  local parts, values = {}, {}
  for i, column in ipairs(kind.search) do
    parts[i], values[i] = column .. " LIKE ? ESCAPE '!'", "%" .. sql.like(tostring(text)) .. "%"
  end
  return " AND (" .. table.concat(parts, " OR ") .. ")", values
end

local function paged(kind, params, values)
  local way = tostring(params.orderWay or params.order_direction):lower() == "desc" and " DESC" or ""
  local column = kind.orders[params.order or params.order_by]
  local text = " ORDER BY " .. (column and column .. way .. ", " or "") .. kind.order
  if params.limit == nil and params.offset == nil then return text end
  local limit, offset = tonumber(params.limit) or 50, tonumber(params.offset) or 0
  values[#values + 1] = limit < 1 and 50 or math.min(math.floor(limit), 1000)
  values[#values + 1] = math.max(math.floor(offset), 0)
  return text .. " LIMIT ? OFFSET ?"
end

local function list(kind, req)
  local condition, values = searched(kind, req.params.search)
  local tail = paged(kind, req.params, values)
  local found, err = records(kind, req.ctx, condition, values, tail)
  if not found then return nil, err end
  local out = json.array({})
  for i, it in ipairs(found) do out[i] = (kind.row or kind.shown)(it, req.ctx) end
  return out
end

local function by_id(kind, ctx, id)
  local found, err = records(kind, ctx, " AND " .. kind.id .. " = ?", { id })
  if not found then return nil, err end
  return found[1]
end

--- The record of a request's path; without one an error of this status.
function resource.find(kind, req, status)
  local id = kind.prefix and prefixed.id(kind.prefix, req.params.id) or tonumber(req.params.id) or 0
  local it, err = by_id(kind, req.ctx, id)
  if it or err then return it, err end
  return nil, { code = "not_found", status = status, message = kind.word .. " not found" }
end

---- answers

local function answer(kind, req, it, status)
  return reply.of(kind.shown(it, req.ctx), { status = status, reload = status and kind.path .. "/modify/" .. it.id or nil })
end

local function template(kind)
  local it = { id = "", names = {} }
  for name, rule in pairs(kind.rules) do
    it[name] = rule.default
    if it[name] == nil then it[name] = "" end
  end
  return it
end

-- Nothing is stored before it is saved.
local function copy(kind, req)
  local it, err = resource.find(kind, req, 422)
  if not it then return nil, err end
  kind.copied(it)
  it.id = ""
  return answer(kind, req, it)
end

---- writing

-- What asks for something that is not here is refused by its name.
local function without(kind, values)
  local bad = {}
  for _, name in ipairs(kind.without or {}) do
    local value = values[name]
    if value ~= nil and value ~= "" and value ~= false and tostring(value) ~= "0" and value ~= json.null then
      bad[name] = "there is no such thing here"
    end
  end
  if next(bad) then return resource.invalid(bad) end
  return true
end

local function checked(kind, ctx, it, before)
  local bad = {}
  for _, name in ipairs(kind.required) do
    if (it[name] or "") == "" then bad[name] = "is required" end
  end
  if kind.check then kind.check(it, bad) end
  if kind.tag and not bad.extension and not it.extension:match(kind.numbers or "^%d%d%d?%d?%d?%d?%d?%d?$") then
    bad.extension = kind.numbers and "not a number that phones dial" or "must have 2 to 8 digits"
  end
  if next(bad) then return resource.invalid(bad) end
  if not kind.tag then return true end
  return target.free(ctx, it.extension, before and kind.tag .. "-" .. ("%d"):format(before.row_id))
end

--- Values a body gives, cleaned; those of a whole record have the defaults.
local function cleaned(kind, req, whole)
  local ok, err = without(kind, req.params)
  if not ok then return nil, err end
  local values
  values, err = fields.clean(kind.rules, req.params, whole)
  if not values then return nil, err end
  for _, name in ipairs(whole and kind.required or {}) do values[name] = values[name] or "" end
  return values
end

local function save(kind, req, before, whole)
  -- Who has no business with them may not make one either.
  local allowed, err = from(kind, req.ctx)
  if not allowed then return nil, err end
  local id, values
  if not before then
    id, err = given_id.of(req.params, kind.prefix)
    if err then return nil, err end
  end
  values, err = cleaned(kind, req, whole)
  if not values then return nil, err end
  local it = value_of.merged(before, values)
  local ok
  ok, err = checked(kind, req.ctx, it, before)
  if not ok then return nil, err end
  local changes, own
  changes, own = kind.changes(req.ctx, it, before, values, req.params)
  if not changes then return nil, own end
  local step = before and { kind.model, "update", before.row_id, changes } or { kind.model, "create", changes, id = id }
  step.annexes = kind.annex and { [kind.annex] = own } or nil
  local steps = { step }
  if kind.steps then steps, err = kind.steps(req.ctx, step, it, before) end
  if not steps then return nil, err end
  local made
  made, err = change.run(req.ctx, steps)
  local taken = not made and id and given_id.taken(err, kind.model.id, req.params.id)
  if taken then return nil, taken end
  if not made then return prefixed.not_saved(err, kind.names, kind.tag and "extension") end
  if kind.saved then kind.saved(req.ctx, values) end
  it, err = by_id(kind, req.ctx, before and before.row_id or made[#made].id)
  if not it then return nil, err end
  return answer(kind, req, it, before and 200 or 201)
end

local function changed(kind, req, whole)
  local before, err = resource.find(kind, req, 404)
  if not before then return nil, err end
  return save(kind, req, before, whole)
end

local function delete(kind, req)
  local it, err = resource.find(kind, req, 404)
  if not it then return nil, err end
  local done
  done, err = kind.model.delete(req.ctx, it.row_id)
  if not done then return nil, err end
  return json.array({})
end

-- Gives records new priorities, all or none.
local function reorder(kind, req)
  local priorities = req.params.priorities
  if type(priorities) ~= "table" or next(priorities) == nil then
    return nil, { code = "invalid", message = "No priority data provided" }
  end
  local wanted, ids = {}, {}
  for key, value in pairs(priorities) do
    -- {"15": 1}, or a list of {id, priority}
    local id, priority = key, value
    if type(value) == "table" then id, priority = tostring(value.id), value.priority or json.null end
    wanted[tostring(id)] = priority
    ids[#ids + 1] = tonumber(id)
  end
  local bound = {}
  local found, err = records(kind, req.ctx, " AND " .. sql.where({ [kind.id] = ids }, bound), bound)
  if not found then return nil, err end
  local steps = {}
  for _, it in ipairs(found) do
    if wanted[it.id] ~= nil then
      local given
      given, err = fields.clean({ priority = kind.rules.priority }, { priority = wanted[it.id] })
      if not given then return nil, err end
      if not given.priority then return nil, { code = "invalid", message = "priorities: not a number" } end
      steps[#steps + 1] = kind.prioritized(it.row_id, given.priority)
      wanted[it.id] = nil
    end
  end
  local unknown = next(wanted)
  if unknown then return nil, { code = "invalid", message = "Route ID " .. unknown .. " not found" } end
  local made
  made, err = change.run(req.ctx, steps)
  if not made then return nil, err end
  return json.ordered("updated", #steps, "message", ("Successfully updated %d route priorities"):format(#steps))
end

---- declaration

local function order_params(kind)
  local names = value_of.names(kind.orders)
  local ways = { document = { enum = { "asc", "desc", "ASC", "DESC" } } }
  return shapes.list_params(50, 1000, {
    order = { document = { enum = names } }, order_by = { summary = "the same as order", document = { enum = names } },
    orderWay = ways, order_direction = ways,
  })
end

local function actions(kind)
  local one, all = kind.path .. "/{id}", kind.path
  local body = fields.declared(kind.rules or {})
  local whole = fields.declared(kind.rules or {}, kind.required)
  local found = {
    list = { access = "read", verb = "GET /" .. all, result = shapes.list(kind.row_shape or kind.shape), params = order_params(kind) },
    get = { access = "read", verb = "GET /" .. one, result = kind.shape },
    getDefault = { access = "read", verb = "GET /" .. all .. ":getDefault", result = kind.shape },
    create = { access = "write", verb = "POST /" .. all, body = whole, result = kind.shape, statuses = { ["201"] = "Created." } },
    update = { access = "write", verb = "PUT /" .. one, body = whole, result = kind.shape },
    patch = { access = "write", verb = "PATCH /" .. one, body = body, result = kind.shape },
    delete = { access = "write", verb = "DELETE /" .. one, result = shapes.nothing },
  }
  if kind.readonly then found = { list = found.list, get = found.get } end
  if kind.copied then
    found.copy = { access = kind.copy_verb and "write" or "read", verb = (kind.copy_verb or "GET") .. " /" .. one .. ":copy",
      result = kind.shape }
  end
  if kind.prioritized then
    local name = kind.reorder or "changePriority"
    found[name] = { access = "write", verb = "POST /" .. all .. ":" .. name, result = shapes.reordered,
      body = { priorities = { type = "any", required = true, summary = "priority by id, or a list of {id, priority}",
        document = { schema = { type = "object", additionalProperties = { type = "integer" } } } } } }
  end
  for name, action in pairs(kind.actions or {}) do found[name] = action end
  return found
end

--- The route of a resource. `kind`: `path`, `summary`, `word` (one of it), `prefix` of its ids (without one they are
--- numbers), `shape`; `rules` and `required` fields, `without` (what is refused by its name), `check(it, bad)`;
--- `tag` of the destinations that lead to it where it has a number (`numbers`, a pattern); `model`, `annex`, and
--- `changes(ctx, it, before, values, sent)`, the fields of both, `names` of the model's in this API; `select`, its SELECT without
--- a condition (or `from(ctx)`, that with one and what is bound), with `id`, `order`, `orders`, `search` columns; `read(ctx, rows)`,
--- the records of some rows, and `shown(it, ctx)`; `saved(ctx, values)`, `copied(it)`, `prioritized(id, priority)`, `steps`, `actions`,
--- `readonly` where nothing is made of it.
function resource.of(kind)
  kind.orders, kind.names = kind.orders or {}, kind.names or {}
  local found = route {
    family = kind.path:gsub("-", "_"), summary = kind.summary, actions = actions(kind),
    params = { id = { pattern = kind.prefix and kind.prefix .. "%-%x+" or "%d+" } },
  }
  function found.list(req) return list(kind, req) end
  function found.get(req)
    local it, err = resource.find(kind, req, 422)
    if not it then return nil, err end
    return answer(kind, req, it)
  end
  if kind.readonly then return found end
  function found.getDefault(req) return answer(kind, req, template(kind)) end
  function found.create(req) return save(kind, req, nil, true) end
  function found.update(req) return changed(kind, req, true) end
  function found.patch(req) return changed(kind, req, false) end
  function found.delete(req) return delete(kind, req) end
  if kind.copied then
    function found.copy(req) return copy(kind, req) end
  end
  if kind.prioritized then
    found[kind.reorder or "changePriority"] = function(req) return reorder(kind, req) end
  end
  return found
end

return resource
