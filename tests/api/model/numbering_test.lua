-- A number of a tenant is one object's, whatever kind it is.
local numbering = require "model.numbering"
local store = require "store"

local PATH = "/mirtapbx/openapi.php"

local FIELDS = {
  { "extensions", "number" }, { "queues", "number", { name = "Q" } },
  { "conferencerooms", "number", { name = "C" } }, { "huntlists", "number", { name = "H" } },
  { "paginggroups", "number", { name = "P" } }, { "flows", "number", { name = "F" } },
  { "shortnumbers", "number", { destination = "100" } }, { "featurecodes", "code" },
}

local function send(t, method, path, fields, key, tenant)
  return t.http[method](t.http, PATH .. path .. "?tenant=" .. (tenant or "DEMO"),
    { headers = { ["X-API-Key"] = key or t.key }, json = fields })
end

local function body(kind, number)
  local fields = { [kind[2]] = number }
  for name, value in pairs(kind[3] or {}) do fields[name] = value end
  return fields
end

test("every kind refuses the number of every other", function(t)
  for i, kind in ipairs(FIELDS) do
    local number = "77" .. i
    local made = send(t, "post", "/" .. kind[1], body(kind, number))
    t.equal(made.status, 201, made.body)
    for _, other in ipairs(FIELDS) do
      local res = send(t, "post", "/" .. other[1], body(other, number))
      t.equal(res.status, 409, other[1] .. " beside " .. kind[1] .. ": " .. res.body)
    end
    -- its own number is no obstacle to a change, and another tenant has a plan of its own
    local same = send(t, "patch", "/" .. kind[1] .. "/" .. made.json.id, { [kind[2]] = number })
    t.equal(same.status, 200, same.body)
    local foreign = send(t, "post", "/" .. kind[1], body(kind, number), t.other_key, "OTHER")
    t.equal(foreign.status, 201, foreign.body)
  end
end)

test("a number cannot be moved to that of another, and is free when that is gone", function(t)
  local queue = send(t, "post", "/queues", { name = "Q", number = "881" })
  local room = send(t, "post", "/conferencerooms", { name = "R", number = "882" })
  local res = send(t, "patch", "/queues/" .. queue.json.id, { number = "882" })
  t.equal(res.status, 409, res.body)
  t.equal(res.json.error.field, "number", res.body)
  t.contains(res.json.error.message, "882 is the number of a conference room")
  t.equal(send(t, "delete", "/conferencerooms/" .. room.json.id).status, 200)
  t.equal(send(t, "patch", "/queues/" .. queue.json.id, { number = "882" }).status, 200)
end)

-- The view is what calls go by; the tables of it are asked apart from it.
test("who has a number is who the dialplan says", function(t)
  for i, kind in ipairs(FIELDS) do t.equal(send(t, "post", "/" .. kind[1], body(kind, "66" .. i)).status, 201) end
  local menu = send(t, "post", "/ivrs", { name = "Menu" }).json.id
  t.sql("UPDATE iv_ivrs SET iv_number = '670' WHERE iv_id = :id", { id = menu })
  t.sql("INSERT INTO cu_customs (cu_te_id, cu_name, cu_number) VALUES (1, 'Custom', '671')")
  local kinds, seen = {}, 0
  for _, row in ipairs(t.sql("SELECT id, kind, target FROM dialplan_number WHERE id IS NOT NULL")) do
    local owners, values = numbering.owners(tonumber(row.id:match("^%d+")), row.id:match("^%d+%-(.*)$"))
    local found = store.query("SELECT kind, target FROM " .. owners, values)
    t.equal({ #found, found[1].kind, tostring(found[1].target) }, { 1, row.kind, tostring(row.target) }, row.id)
    if not kinds[row.kind] then seen = seen + 1 end
    kinds[row.kind] = true
  end
  t.equal(seen, 10)
end)
