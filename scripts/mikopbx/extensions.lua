-- /extensions: every number of the tenant, whatever it belongs to.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local shapes = require "mikopbx.lib.shapes"
local target = require "mikopbx.lib.target"

local ORDERS = { number = "number", callerid = "name", type = "type" }

local extensions = route {
  family = "extensions",
  summary = "Numbers of the tenant.",
  actions = {
    list = {
      access = "read", verb = "GET /extensions", result = shapes.list(shapes.extension),
      params = shapes.list_params(50, 1000, {
        order = { document = { enum = { "number", "callerid", "type" } } }, order_by = { summary = "the same as order" },
        orderWay = { document = { enum = { "asc", "desc", "ASC", "DESC" } } }, order_direction = { summary = "the same as orderWay" },
      }),
    },
    get = { access = "read", verb = "GET /extensions/{number}", result = shapes.extension },
    getForSelect = {
      access = "read", verb = "GET /extensions:getForSelect", result = shapes.list(shapes.choice),
      params = { query = { summary = "text that a number or name must hold" }, type = { summary = "phones: those alone" },
        exclude = { summary = "a number to leave out" } },
    },
    available = { access = "read", verb = "POST /extensions:available", result = shapes.available,
      body = { number = { max = 40, document = { required = true }, example = "100" } } },
    getPhonesRepresent = { access = "read", verb = "POST /extensions:getPhonesRepresent",
      result = shapes.map(shapes.represented), body = { numbers = { type = "list", document = { required = true } } } },
    getPhoneRepresent = { access = "read", verb = "POST /extensions/{number}:getPhoneRepresent",
      result = shapes.list("text") },
  },
}

local function page(list, params)
  local limit, offset = tonumber(params.limit), tonumber(params.offset)
  if not limit and not offset then return list end
  limit = limit and limit > 0 and math.min(limit, 1000) or 50
  offset = offset and offset > 0 and offset or 0
  local out = json.array({})
  for i = offset + 1, math.min(offset + limit, #list) do out[#out + 1] = list[i] end
  return out
end

function extensions.list(req)
  local params = req.params
  local rows, err = target.rows(req.ctx, { text = tostring(params.search or "") })
  if not rows then return nil, err end
  local found = rows:list()
  local order = ORDERS[params.order or params.order_by] or "number"
  local down = tostring(params.orderWay or params.order_direction):lower() == "desc"
  table.sort(found, function(a, b)
    local x, y = tostring(a[order] or ""), tostring(b[order] or "")
    if x == y then x, y = a.type .. a.id, b.type .. b.id end
    if down then return x > y end
    return x < y
  end)
  local list = json.array({})
  for i, row in ipairs(found) do
    list[i] = json.ordered("id", tostring(row.id), "number", row.number, "type", row.type,
      "callerid", row.name or "")
  end
  return page(list, params)
end

local function represent(row) return mikopbx.represent_phone(row.name, row.number) end

function extensions.getForSelect(req)
  local params = req.params
  local rows, err = target.rows(req.ctx, { text = tostring(params.query or "") })
  if not rows then return nil, err end
  local phones = params.type == "phones" or params.type == "phone"
  local list = json.array({})
  for row in rows:each() do
    local text = ("%s <%s>"):format(row.name or "", row.number)
    local wanted = (not phones or row.type == "SIP") and row.number ~= params.exclude
    if wanted then
      list[#list + 1] = json.ordered("name", represent(row), "text", text, "value", row.number,
        "type", row.type == "SIP" and "user" or row.type:lower(), "typeLocalized", row.type)
    end
  end
  return list
end

-- Rows by number of those there are.
local function by_number(req, wanted)
  local found = {}
  if #wanted == 0 then return found end
  local rows, err = target.rows(req.ctx, { numbers = wanted })
  if not rows then return nil, err end
  for row in rows:each() do found[row.number] = row end
  return found
end

-- The original answers "unknown action".
function extensions.get(req)
  local number = req.params.number
  local found, err = by_number(req, { number })
  if not found then return nil, err end
  local row = found[number]
  if not row then
    return nil, { code = "not_found", status = 422, message = "Extension not found: " .. number }
  end
  return json.ordered("id", tostring(row.id), "number", row.number, "type", row.type,
    "callerid", row.name or "")
end

function extensions.available(req)
  local number = tostring(req.params.number or "")
  if number == "" then return nil, { code = "invalid", message = "number: missing" } end
  local found, err = by_number(req, { number })
  if not found then return nil, err end
  local row = found[number]
  if not row then return { available = true } end
  return { available = false, userId = tostring(row.id), represent = represent(row) }
end

function extensions.getPhonesRepresent(req)
  local wanted, sent = {}, req.params.numbers
  for i, number in ipairs(type(sent) == "table" and sent or {}) do wanted[i] = tostring(number) end
  if #wanted > 1000 then return nil, { code = "invalid", message = "numbers: more than 1000" } end
  local found, err = by_number(req, wanted)
  if not found then return nil, err end
  local out = {}
  for _, number in ipairs(wanted) do
    out[number] = {
      number = number, represent = found[number] and represent(found[number]) or mikopbx.html(number),
    }
  end
  return json.object(out)
end

function extensions.getPhoneRepresent(req)
  local number = req.params.number
  local found, err = by_number(req, { number })
  if not found then return nil, err end
  return json.array({ found[number] and represent(found[number]) or mikopbx.html(number) })
end

return extensions
