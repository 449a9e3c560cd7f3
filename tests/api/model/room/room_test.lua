-- An object of an integrator, in a folder of its own, is worth as much as ours: named by a column of a
-- stock object, where a call goes, content of its tenant, in every dialect and the document.
local json = require "json"

local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, body, tenant)
  local key = tenant == "OTHER" and t.other_key or tenant == "" and t.global_key or t.key
  local query = tenant == "" and "" or "?tenant=" .. (tenant or "DEMO")
  return t.http[method](t.http, PATH .. path .. query, { headers = { ["X-API-Key"] = key }, json = body })
end

local function room(t, tenant)
  local res = call(t, "post", "/rooms", { name = "Library", seats = 12 }, tenant)
  t.equal(res.status, 201, res.body)
  return res.json
end

test("a column of a stock object names it, under the name its own declaration gives", function(t)
  local mine, theirs = room(t), room(t, "OTHER")
  local phone = call(t, "post", "/extensions", { number = "301", room_id = mine.id })
  t.equal(phone.status, 201, phone.body)
  t.equal(phone.json.ex_my_ro_id, tostring(mine.id))
  local one = "/extensions/" .. phone.json.id
  for _, bad in ipairs({ theirs.id, 987654 }) do
    local res = call(t, "patch", one, { room_id = bad })
    t.equal({ res.status, res.json.error.field }, { 409, "room_id" })
    t.equal(res.json.error.message, "room_id: no such meeting room: " .. bad)
  end
  local held = call(t, "delete", "/rooms/" .. mine.id)
  t.equal({ held.status, held.json.error.code }, { 409, "object_in_use" })
  t.contains(held.json.error.message, "extension 301 (id " .. phone.json.id .. ")")
  t.equal(call(t, "patch", one, { room_id = json.null }).status, 200)
  t.equal(call(t, "delete", "/rooms/" .. mine.id).status, 200)
end)

test("a DID leads to it, and it leads on", function(t)
  local mine, theirs = room(t), room(t, "OTHER")
  local did = call(t, "post", "/dids", { number = "39029991", destination = { "ROOM-" .. mine.id } })
  t.equal(did.status, 201, did.body)
  t.equal(did.json.related.destinations.DID[1].tag, "ROOM-" .. mine.id)
  t.equal(call(t, "patch", "/dids/" .. did.json.id, { destination = { "ROOM-" .. theirs.id } }).status, 409)
  t.equal(call(t, "delete", "/rooms/" .. mine.id).json.error.code, "object_in_use")
  local res = call(t, "patch", "/rooms/" .. mine.id, { full = { "DID-" .. did.json.id } })
  t.equal(res.json.related.destinations["ROOM-FULL"][1].tag, "DID-" .. did.json.id)
  -- as a source by itself, for those who change destinations alone
  local rows = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "MANAGEDB",
    object = "destination", action = "list", typesrc = "ROOM-FULL", typeidsrc = mine.id, format = "json" } })
  t.contains(rows.body, '"de_type_dst":"DID"')
end)

test("its tenant cannot go before it", function(t)
  local made = call(t, "post", "/tenants", { name = "Rooms", code = "ROOMS" }, "")
  t.equal(made.status, 201, made.body)
  local res = t.http:post(PATH .. "/rooms?tenant=ROOMS", { headers = { ["X-API-Key"] = t.global_key },
    json = { name = "Attic" } })
  t.equal(res.status, 201, res.body)
  local kept = call(t, "delete", "/tenants/" .. made.json.id, nil, "")
  t.equal(kept.json.error.message, "The tenant still has 1 meeting room.")
  t.equal(call(t, "delete", "/rooms/" .. res.json.id, nil, "").status, 200)
  t.equal(call(t, "delete", "/tenants/" .. made.json.id, nil, "").status, 200)
end)

test("it is in MANAGEDB", function(t)
  local function managedb(action, more)
    local query = { key = t.key, tenant = "DEMO", reqtype = "MANAGEDB", object = "room", action = action, format = "json" }
    for name, value in pairs(more or {}) do query[name] = value end
    return t.http:get("/mirtapbx/proxyapi.php", { query = query }).json
  end
  local made = managedb("add", { jsondata = '{"ro_name":"Cellar","ro_seats":3}' })
  t.equal(made.ro_seats, "3")
  t.equal(managedb("list")[made.ro_id].ro_name, "Cellar")
  t.equal(managedb("update", { objectid = made.ro_id, jsondata = '{"ro_seats":4}' }).ro_seats, "4")
end)

test("it is in the document, tag, column and all", function(t)
  local document = t.http:get(PATH .. "/openapi.json").json
  t.truthy(document.paths[PATH .. "/rooms"] or document.paths["/rooms"])
  t.truthy(document.components.schemas.Room)
  t.contains(json.encode(document.components.schemas.ExtensionInput), '"room_id"')
  t.contains(json.encode(document.components.schemas), "ROOM")
end)
