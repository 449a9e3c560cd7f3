-- /extensions: every number of the tenant, whatever it belongs to.
local json = require "json"
local numbers = require "mikopbx.lib.numbers"
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

function extensions.getForSelect(req) return numbers.choices(req.ctx, req.params) end

-- The original answers "unknown action".
function extensions.get(req)
  local number = req.params.number
  local found, err = numbers.by_number(req.ctx, { number })
  if not found then return nil, err end
  local row = found[number]
  if not row then
    return nil, { code = "not_found", status = 422, message = "Extension not found: " .. number }
  end
  return json.ordered("id", tostring(row.id), "number", row.number, "type", row.type,
    "callerid", row.name or "")
end

function extensions.available(req) return numbers.available(req.ctx, req.params.number) end

function extensions.getPhonesRepresent(req) return numbers.represented(req.ctx, req.params.numbers) end

function extensions.getPhoneRepresent(req) return numbers.represent(req.ctx, req.params.number) end

return extensions
