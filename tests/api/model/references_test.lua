-- Ids of other rows: in every column of every object they must be there and be the tenant's own, and
-- what a column names does not go before it.
local json = require "json"
local reference = require "engine.kind"
local store = require "store"
local walk = require "support.walk"

-- Rows that no object of the API makes.
local function insert(t, kind, tenant_id)
  local columns, values = "", ""
  if kind.tenant then columns, values = ", " .. kind.tenant, ", " .. tenant_id end
  local label = ({ ca_callerids = "ca_name", cl_clientrates = "cl_name", no_nodes = "no_name",
    bl_buttonlayouts = "bl_name" })[kind.table]
  local number = #t.sql("SELECT 1 FROM " .. kind.table) + 1
  t.sql(("INSERT INTO %s (%s%s) VALUES ('row %d'%s)"):format(kind.table, label, columns, number, values))
  return t.sql(("SELECT max(%s) AS id FROM %s"):format(kind.id, kind.table))[1].id
end

local function tenant_id(t, code)
  return t.sql("SELECT te_id FROM te_tenants WHERE te_code = ?", { code })[1].te_id
end

-- A row of a kind in a tenant, and the object to delete it by, if any.
local function target(t, name, tenant)
  local kind = reference.kind(name)
  if name == "variable" then
    t.sql("INSERT INTO al_variables (al_name) SELECT 'REFERENCE' || count(*) FROM al_variables")
    return t.sql("SELECT max(al_id) AS id FROM al_variables")[1].id
  end
  local seeded = { customtype = true, phonemodel = true }
  if seeded[name] then return t.sql(("SELECT max(%s) AS id FROM %s"):format(kind.id, kind.table))[1].id end
  local made = { callerid = true, clientrate = true, node = true, buttonlayout = true }
  if made[name] then return insert(t, kind, tenant_id(t, tenant)) end
  return walk.create(t, name, nil, tenant).id, name
end

local function references(model)
  local list = {}
  for column, rule in pairs(model.columns) do
    -- All 201 lines of a phone are alike.
    if rule.ref and not column:find("^ph_line[1-9]%d") then list[#list + 1] = { column = column, kind = rule.ref } end
  end
  table.sort(list, function(a, b) return a.column < b.column end)
  return list
end

local function field_of(res) return res.json and res.json.error and res.json.error.field end

test("every column that looks like an id says what it names", function(t)
  for name, model in walk.models() do
    for _, column in ipairs(store.columns(model.table)) do
      local looks = column.type:find("INT") and (column.name:find("id$"))
      local own = column.name == model.id or column.name == model.tenant or model.readonly_set[column.name]
      local rule = model.columns[column.name]
      if looks and not own and not model.unfollowed_set[column.name] then
        t.truthy(rule and rule.ref, name .. "." .. column.name)
      end
    end
  end
end)

for name, model in walk.models() do
  local list = references(model)
  if #list > 0 then
    test(name .. ": what is not there or is another tenant's cannot be named", function(t)
      for _, it in ipairs(list) do
        local body = walk.body(t, name)
        body[walk.known_as(model, it.column)] = nil
        body[it.column] = 987654
        local res = walk.call(t, name, "post", "", body)
        t.equal(res.status, 409, it.column .. " " .. res.body)
        t.equal(field_of(res), it.column)
        t.matches(res.json.error.message, "^" .. it.column .. ": no such ")
        local missing = res.json.error.message
        if reference.kind(it.kind).tenant and model.tenant then
          body[it.column] = (target(t, it.kind, "OTHER"))
          res = walk.call(t, name, "post", "", body)
          t.equal(res.status, 409, it.column .. " of another tenant: " .. res.body)
          t.equal(res.json.error.message, (missing:gsub("987654", tostring(body[it.column]))), "the same answer")
        end
        local id = walk.create(t, name).id
        res = walk.call(t, name, "patch", "/" .. id, { [it.column] = 987654 })
        t.equal(res.status, 409, "patch " .. it.column)
        t.equal(field_of(res), it.column)
      end
    end)

    test(name .. ": what it names stays until it is let go", function(t)
      for _, it in ipairs(list) do
        local id, object = target(t, it.kind, "DEMO")
        -- Deleting these takes what names them along, by contract.
        local cascade = it.kind == "phonebook" and name == "phonebookentry" or it.kind == "campaign"
        local made = walk.create(t, name, { [it.column] = id, [walk.known_as(model, it.column)] = id })
        if object and not cascade then
          local res = walk.call(t, object, "delete", "/" .. id)
          t.equal(res.status, 409, it.column .. " " .. res.body)
          t.equal(res.json.error.code, "object_in_use")
          t.contains(res.json.error.message, ("%s "):format(name))
          t.contains(res.json.error.message, ("(id %d)"):format(made.id))
          res = walk.call(t, name, "patch", "/" .. made.id, { [it.column] = json.null })
          t.equal(res.status, 200, it.column .. " " .. res.body)
          res = walk.call(t, object, "delete", "/" .. id)
          t.equal(res.status, 200, it.column .. " let go: " .. res.body)
        end
      end
    end)
  end
end

for name, model in walk.models() do
  local column = model.unique
  if column then
    test(name .. ": one of a number per tenant", function(t)
      local first, second = walk.create(t, name), walk.create(t, name)
      local taken = first[column]
      for method, rest in pairs({ post = "", patch = "/" .. second.id }) do
        local body = walk.body(t, name)
        local field = body.number and "number" or "code"
        body[field] = taken
        local res = walk.call(t, name, method, rest, body)
        t.equal({ res.status, res.json.error.code }, { 409, "already_exists" }, method)
        t.equal(res.json.error.field, field)
      end
      -- what it has already may be sent again, and another tenant has numbers of its own
      t.equal(walk.call(t, name, "patch", "/" .. first.id, { [column] = taken }).status, 200)
      walk.create(t, name, { [column] = taken }, "OTHER")
    end)
  end
end

test("music classes: the tenant's own, the global level's and those of the PBX", function(t)
  local mine = walk.create(t, "musiconhold", { name = "Mine" }, "DEMO")
  local theirs = walk.create(t, "musiconhold", { name = "Theirs" }, "OTHER")
  local all = t.http:post(walk.PATH .. "/musiconholds?global=yes", { headers = { ["X-API-Key"] = t.global_key },
    json = { name = "Everybody's" } }).json
  local function class(row) return "moh-" .. row.id end
  for _, case in ipairs({ { "queue", "musiconhold", {} }, { "extension", "moh_suggest", {} },
    { "extension", "mohinterpret", { tech = "SIP" } }, { "extension", "mohsuggest", { tech = "SIP" } } }) do
    local name, column, more = case[1], case[2], case[3]
    local object = walk.create(t, name, more, "DEMO")
    for _, key in ipairs({ t.key, t.global_key }) do
      for _, bad in ipairs({ class(theirs), class(theirs):upper(), " " .. class(theirs), "moh-99999999" }) do
        local res = walk.call(t, name, "patch", "/" .. object.id, { [column] = bad }, { key = key, query = "tenant=DEMO" })
        t.equal(res.status, 409, column .. " " .. bad .. res.body)
        t.equal(res.json.error.field, column)
      end
    end
    for _, good in ipairs({ "default", class(all), json.null, "", class(mine) }) do
      local res = walk.call(t, name, "patch", "/" .. object.id, { [column] = good })
      t.equal(res.status, 200, column .. " " .. tostring(good) .. res.body)
    end
  end
  local res = walk.call(t, "musiconhold", "delete", "/" .. mine.id)
  t.equal(res.status, 409)
  t.equal(res.json.error.code, "object_in_use")
  for _, word in ipairs({ "queue ", "extension " }) do t.contains(res.json.error.message, word) end
end)
