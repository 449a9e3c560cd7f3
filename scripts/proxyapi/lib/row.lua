-- One row of an object as MANAGEDB shows it: flat, with the columns of the tables that belong to it, in PHP's spelling.
local answer = require "proxyapi.lib.answer"
local child = require "engine.part"
local json = require "json"
local sql = require "engine.sql"
local store = require "store"

local row = {}

local function unicode(sequence)
  local a, b, c, d = sequence:byte(1, 4)
  local point
  if d then point = (a % 8) * 262144 + (b % 64) * 4096 + (c % 64) * 64 + d % 64
  elseif c then point = (a % 16) * 4096 + (b % 64) * 64 + c % 64
  else point = (a % 32) * 64 + b % 64 end
  if point < 65536 then return ("\\u%04x"):format(point) end
  point = point - 65536
  return ("\\u%04x\\u%04x"):format(0xD800 + math.floor(point / 1024), 0xDC00 + point % 1024)
end

--- JSON text as PHP's json_encode writes it: `\/` and \uXXXX. Both stand in texts only.
function row.php(text)
  return (text:gsub("/", "\\/"):gsub("[\194-\244][\128-\191]+", unicode))
end

-- Columns of the tables beside an object's own that have a value, in their order: {name, value, ...}.
local function beside(model, ctx, found, tenant)
  local list, seen = {}, {}
  -- What the object takes from other tables under a name of its own is no column of this answer.
  for _, extra in ipairs(model.extras or {}) do
    if ctx.secrets or not extra.secret then seen[extra.name] = true end
  end
  for _, decl in ipairs(model.children) do
    if decl.one and child.applies(decl, found) then
      local columns, err = store.columns(decl.table)
      if not columns then return nil, err end
      local key = child.key_of(decl, model, found, tenant)
      local values
      values, err = store.row(("SELECT * FROM %s WHERE %s = ?"):format(sql.name(decl.table), sql.name(decl.key)), { key })
      if err then return nil, err end
      for _, it in ipairs(values and columns or {}) do
        local name, hidden = it.name, decl.secret_set[it.name] and not ctx.secrets
        if name ~= "id" and name ~= decl.key and not hidden and not seen[name] and found[name] == nil
          and values[name] ~= nil then
          seen[name] = true
          list[#list + 1], list[#list + 2] = name, values[name]
        end
      end
    end
  end
  return list
end

--- The whole row of an object as an answer. `also`: more names of columns, as clients send them.
function row.answer(model, ctx, id, also)
  local text, err, found = model.text(ctx, id)
  if not text then return nil, err end
  local tenant = ctx.tenant or { id = found[model.tenant or ""], code = "", name = "" }
  if not ctx.tenant and model.tenant then
    tenant, err = store.row("SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants WHERE te_id = ?",
      { found[model.tenant] or 0 })
    if err then return nil, err end
  end
  local more
  more, err = beside(model, ctx, found, tenant or { id = 0, code = "", name = "" })
  if not more then return nil, err end
  for name, column in pairs(also or {}) do
    if found[column] ~= nil then more[#more + 1], more[#more + 2] = name, found[column] end
  end
  local members = { text:sub(1, -2) }
  for i = 1, #more, 2 do
    members[#members + 1] = json.encode(more[i]) .. ":" .. json.encode(tostring(more[i + 1]))
  end
  return answer.document(json.raw(row.php(table.concat(members, ",") .. "}")))
end

return row
