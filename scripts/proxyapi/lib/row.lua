-- One row of an object as MANAGEDB shows it: flat, with the columns of the tables that belong to it, in PHP's spelling.
local answer = require "proxyapi.lib.answer"
local child = require "engine.part"
local json = require "json"
local sql = require "engine.sql"
local store = require "store"

local row = {}

local PHP = { php = true }
local FLAT = { format = "json", text = true, one = true, php = true }

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
  local rows, err = model.flat(ctx, id)
  if not rows then return nil, err end
  local found = rows[1]
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
  local members = { store.encode(rows, FLAT):sub(1, -2) }
  for i = 1, #more, 2 do
    members[#members + 1] = json.encode(more[i], PHP) .. ":" .. json.encode(tostring(more[i + 1]), PHP)
  end
  return answer.document(json.raw(table.concat(members, ",") .. "}"))
end

return row
