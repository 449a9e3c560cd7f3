-- Columns that nothing follows are refused by name, in every dialect, unless they ask for nothing.
local store = require "store"
local walk = require "support.walk"

local function update(t, name, id, fields) return walk.call(t, name, "patch", "/" .. id, fields) end

for name, model in walk.models() do
  if next(model.unfollowed_set) then
    test(name .. ": what would have no effect is refused, and empty values are not", function(t)
      local row = walk.create(t, name)
      for _, column in ipairs(store.columns(model.table)) do
        if model.unfollowed_set[column.name] then
          local number = column.type:find("INT") or column.type:find("DEC")
          local field = walk.known_as(model, column.name)
          local res = update(t, name, row.id, { [field] = number and 1 or "on" })
          t.equal(res.status, 400, field .. ": " .. res.body)
          t.equal(res.json.error.field, field)
          t.contains(res.json.error.message, "nothing would follow it")
          t.equal(update(t, name, row.id, { [field] = number and 0 or "" }).status, 200, field)
        end
      end
    end)
  end
end

test("MANAGEDB refuses them too, and what is there may stay", function(t)
  local id = walk.create(t, "extension", { number = "166", password = "secret-166" }).id
  local function change(fields)
    return t.http:post("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "MANAGEDB",
      object = "extension", action = "update", objectid = id }, form = { jsondata = fields } })
  end
  t.contains(change('{"ex_costlimits":"on"}').body, "ex_costlimits")
  t.sql("UPDATE ex_extensions SET ex_costlimits = 'on' WHERE ex_id = ?", { id })
  change('{"ex_costlimits":"on","ex_name":"Ann"}')
  t.equal(t.sql("SELECT ex_name FROM ex_extensions WHERE ex_id = ?", { id })[1].ex_name, "Ann")
end)
