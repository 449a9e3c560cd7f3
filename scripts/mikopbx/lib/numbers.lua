-- Numbers of the tenant as both APIs show them: to choose from, whether one is free, and whose they are.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local target = require "mikopbx.lib.target"

local numbers = {}

local function represent(row) return mikopbx.represent_phone(row.name, row.number) end

--- Numbers to choose from. params: `query` (text of number or name), `type` (phones), `exclude`.
function numbers.choices(ctx, params)
  local rows, err = target.rows(ctx, { text = tostring(params.query or "") })
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

--- Rows {id, number, type, name} by number, of those there are.
function numbers.by_number(ctx, wanted)
  local found = {}
  if #wanted == 0 then return found end
  local rows, err = target.rows(ctx, { numbers = wanted })
  if not rows then return nil, err end
  for row in rows:each() do found[row.number] = row end
  return found
end

--- Whether a number is nobody's yet: {available} and who has it.
function numbers.available(ctx, number)
  number = tostring(number or "")
  if number == "" then return nil, { code = "invalid", message = "number: missing" } end
  local found, err = numbers.by_number(ctx, { number })
  if not found then return nil, err end
  local row = found[number]
  if not row then return { available = true } end
  return { available = false, userId = tostring(row.id), represent = represent(row) }
end

--- {number, represent} by number, of at most 1000.
function numbers.represented(ctx, sent)
  local wanted = {}
  for i, number in ipairs(type(sent) == "table" and sent or {}) do wanted[i] = tostring(number) end
  if #wanted > 1000 then return nil, { code = "invalid", message = "numbers: more than 1000" } end
  local found, err = numbers.by_number(ctx, wanted)
  if not found then return nil, err end
  local out = {}
  for _, number in ipairs(wanted) do
    out[number] = {
      number = number, represent = found[number] and represent(found[number]) or mikopbx.html(number),
    }
  end
  return json.object(out)
end

--- What one number is shown as, in a list.
function numbers.represent(ctx, number)
  local found, err = numbers.by_number(ctx, { number })
  if not found then return nil, err end
  return json.array({ found[number] and represent(found[number]) or mikopbx.html(number) })
end

return numbers
