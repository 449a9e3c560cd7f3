-- Every column of every object, and of every row it owns, against values that neither the store nor
-- Asterisk could live with: each is refused, and the refusal names the column.
local columns = require "engine.column"
local context_of = require "support.context"
local json = require "json"
local walk = require "support.walk"

local function context(t, model)
  local ctx = context_of(t, "DEMO", { key = { id = 1, global = true, read_only = false }, secrets = true })
  if not model.tenant then ctx.tenant = nil end
  return ctx
end

-- Values no such column takes.
local function wrong(column, rule)
  local list = { json.object({ x = 1 }), json.array({ json.object({}) }) }
  local function add(value) list[#list + 1] = value end
  if column.kind == "integer" or column.kind == "number" then
    for _, value in ipairs({ "abc", "0x10", "1e5", "", 2 ^ 60, -2 ^ 60, math.huge, -math.huge, 0 / 0, "nan" }) do
      if value ~= "" or column.not_null then add(value) end
    end
    if column.kind == "integer" then add(1.5) end
    local low, high = columns.bounds(column, rule)
    if low then add(low - 1) end
    if high then add(high + 1) end
    return list
  end
  if column.kind == "datetime" then
    for _, value in ipairs({ "yesterday", "2024-13-01", "2023-02-29", "2024-01-01 25:00", 5, true }) do add(value) end
    return list
  end
  add(("x"):rep((rule.max or column.max or 65535) + 1))
  add("a\0b")
  add("a\1b")
  add("\255\254")
  add("\237\160\128") -- half a surrogate pair
  if not column.free and not rule.multiline then add("a\r\nb") end
  if rule.enum then add("no-such-word") end
  return list
end

local function shown(value)
  if type(value) == "table" then return json.encode(value) end
  return ("%q"):format(tostring(value):sub(1, 20))
end

local function refused(model, ctx, id, fields, field, what)
  local row, err = model.update(ctx, id, fields)
  if row or err.code ~= "invalid" or tostring(err.field):sub(1, #field) ~= field then
    return ("%s: %s"):format(what, row and "taken" or err.code .. " " .. tostring(err.field) .. ": " .. tostring(err.message):sub(1, 80))
  end
  if not err.message:find(field, 1, true) then return what .. ": the message does not name it: " .. err.message:sub(1, 80) end
end

local function settable(model, column)
  if column.kind == "blob" or column.name == model.id or column.name == model.tenant then return false end
  if model.readonly_set[column.name] then return false end
  -- All 201 lines of a phone are alike.
  return not column.name:find("^ph_line[1-9]")
end

-- Columns that the object reads in its own way; their tests are its own.
local OWN = { ex_tech = true, us_password = true, ph_mac = true, voicemail_operator = true }

for name, model in walk.models() do
  test(name .. ": no column takes what it cannot hold", function(t)
    local ctx, problems = context(t, model), {}
    local id = walk.create(t, name).id
    for _, column in ipairs(columns.of(model.table).list) do
      if settable(model, column) and not OWN[column.name] and not OWN[name .. "_" .. column.name] then
        for _, value in ipairs(wrong(column, model.columns[column.name] or {})) do
          problems[#problems + 1] = refused(model, ctx, id, { [column.name] = value }, column.name,
            column.name .. " = " .. shown(value))
        end
      end
    end
    t.equal(problems, {})
  end)

  test(name .. ": no row it owns takes what it cannot hold", function(t)
    local ctx, problems = context(t, model), {}
    local id = walk.create(t, name).id
    for _, decl in ipairs(model.children) do
      if decl.one and decl.names[1] then
        for _, column in ipairs(columns.of(decl.table).list) do
          local link = column.name == decl.key or column.name == decl.id or column.name == decl.tenant
          if not link and column.kind ~= "blob" then
            for _, value in ipairs(wrong(column, decl.columns and decl.columns[column.name] or {})) do
              problems[#problems + 1] = refused(model, ctx, id, { [decl.names[1]] = json.object({ [column.name] = value }) },
                decl.names[1] .. "." .. column.name, decl.names[1] .. "." .. column.name .. " = " .. shown(value))
            end
          end
        end
      elseif decl.names[1] then
        for _, value in ipairs({ "\0", 5, true, json.object({ x = 1 }) }) do
          local field = decl.names[1]
          problems[#problems + 1] = refused(model, ctx, id, { [field] = value }, field, field .. " = " .. shown(value))
        end
      end
    end
    t.equal(problems, {})
  end)
end
