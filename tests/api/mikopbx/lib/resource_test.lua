-- Resources that are objects of ours: what MikoPBX keeps of one is saved with it and goes with it.
local client = require "support.mikopbx"
local json = require "json"
local made_whole = require "support.whole".made

local function ask(t, method, path, body)
  return t.http[method](t.http, client.BASE .. path, { headers = client.bearer(t, t.global_key), json = body })
end

local function ready(t)
  if #t.sql("SELECT 1 FROM pr_providers WHERE pr_id = 5") > 0 then return end
  client.employee(t, "201", "John")
  t.sql("INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech) VALUES (5, 'Main', 'main', 'PJSIP')")
end

-- path, a body, a change of it, the table of what only MikoPBX knows, the object of all dialects.
local RESOURCES = {
  { "/call-queues", { name = "Q", extension = "700", description = "mine\nall", members = { "201" } },
    { name = "R", description = "" }, "mk_queues", "queue" },
  { "/conference-rooms", { name = "C", extension = "3000", description = "mine\nall" }, { pinCode = "7", description = "" },
    "mk_rooms", "conference" },
  { "/incoming-routes", { number = "7495", extension = "201", note = "mine\nall" }, { extension = "busy", priority = 4 },
    "mk_incomingroutes", "did" },
  { "/outbound-routes", { rulename = "W", providerid = "SIP-5", note = "mine\nall" }, { priority = 4, note = "" },
    "mk_outboundroutes", "route" },
}

for _, it in ipairs(RESOURCES) do
  local path, body, changes, annex, elsewhere = unpack(it)
  local function kept(t) return t.sql("SELECT count(*) AS n FROM " .. annex)[1].n end

  test(path .. " are saved and deleted whole", function(t)
    ready(t)
    t.sql("UPDATE te_tenants SET te_rp_id = NULL")
    local function change(method, at, values)
      return made_whole(t, 4, function(_, warm)
        if warm then return ask(t, "get", path) end
        return ask(t, method, path .. at, values)
      end)
    end
    local id = change("post", "", body).json.data.id
    t.equal(kept(t), 1)
    change("patch", "/" .. id, changes)
    change("delete", "/" .. id)
    t.equal(kept(t), 0)
  end)

  test(path .. ": what is deleted through another dialect leaves nothing", function(t)
    ready(t)
    local made = ask(t, "post", path, body)
    t.equal(made.status, 201, made.body)
    t.equal(kept(t), 1)
    local id = made.json.data.id
    local row = tonumber(id) or tonumber(id:match("%x+$"), 16)
    local res = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.global_key, tenant = "DEMO", reqtype = "MANAGEDB",
      object = elsewhere, action = "delete", objectid = row } })
    t.equal(res.status, 200, res.body)
    t.equal(kept(t), 0)
  end)
end

for _, it in ipairs({ RESOURCES[3], RESOURCES[4] }) do
  local path, body = it[1], it[2]

  test(path .. ": priorities are changed together or not at all", function(t)
    ready(t)
    for _, other in ipairs(ask(t, "get", path).json.data) do ask(t, "delete", path .. "/" .. other.id) end
    local ids = {}
    for i = 1, 3 do
      if body.number then body.number = "7495" .. i end
      ids[i] = ask(t, "post", path, body).json.data.id
    end
    local function reorder(priorities) return ask(t, "post", path .. ":changePriority", { priorities = priorities }) end
    local function order()
      local found = {}
      for i, route in ipairs(ask(t, "get", path).json.data) do found[i] = route.id .. "=" .. route.priority end
      return table.concat(found, " ")
    end
    local before = order()
    for _, wrong in ipairs({ "x", -1, 10000, json.null }) do
      t.equal(reorder({ [ids[1]] = 9, [ids[2]] = wrong, [ids[3]] = 7 }).status, 422)
    end
    t.equal(reorder({ [ids[1]] = 9, ["0" .. ids[2]] = 8 }).json.messages.error, { "Route ID 0" .. ids[2] .. " not found" })
    t.equal(reorder({}).json.messages.error, { "No priority data provided" })
    t.equal(order(), before)
    local res = made_whole(t, 6, function(_, warm)
      if warm then return ask(t, "get", path) end
      return reorder({ [ids[1]] = 9, [ids[2]] = 8, [ids[3]] = 7 })
    end)
    t.equal(res.json.data.updated, 3)
    t.equal(order(), ("%s=7 %s=8 %s=9"):format(ids[3], ids[2], ids[1]))
  end)
end

for n, it in ipairs(RESOURCES) do
  local path, body = it[1], it[2]
  local naming = n > 2 and "rulename" or "name"

  test(path .. ": a list is searched, ordered and paged, and costs the same however long it is", function(t)
    ready(t)
    for _, other in ipairs(ask(t, "get", path).json.data) do ask(t, "delete", path .. "/" .. other.id) end
    local function make(i)
      local made = {}
      for name, value in pairs(body) do made[name] = value end
      made[naming] = "Name " .. i
      if made.number then made.number = "7495" .. i end
      if n < 3 then made.extension = "7" .. n .. i end
      local res = ask(t, "post", path, made)
      t.equal(res.status, 201, res.body)
    end
    local function list(query)
      return t.http:get(client.BASE .. path, { headers = client.bearer(t, t.global_key), query = query }).json.data
    end
    local function names(query)
      local found = {}
      for i, one in ipairs(list(query)) do found[i] = one[naming]:match("%d+$") end
      return table.concat(found)
    end
    -- What jobs read meanwhile is not the list's.
    local function reads()
      local least = math.huge
      for _ = 1, 4 do
        t.statements()
        list()
        least = math.min(least, t.statements().reads)
      end
      return least
    end
    make(1)
    local short = reads()
    for i = 2, 6 do make(i) end
    t.equal(#list(), 6)
    t.equal(reads(), short)
    t.equal(names({ search = "name 3" }), "3")
    t.equal(names({ order = naming, orderWay = "desc" }), "654321")
    t.equal(names({ order_by = naming, order_direction = "desc", limit = "2", offset = "1" }), "54")
    t.equal(names({ order = "nothing", limit = "0" }), "123456")
  end)
end
