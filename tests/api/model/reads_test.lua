-- How many statements an answer costs, beside the check of the key: what is in hand is not read again.
local PATH = "/mirtapbx/openapi.php"

local function get(t, path)
  return t.http:get(PATH .. path, { headers = { ["X-API-Key"] = t.key }, query = { tenant = "DEMO" } })
end

local function managedb(t, query)
  query.key, query.tenant, query.reqtype, query.format = t.key, "DEMO", "MANAGEDB", "json"
  return t.http:get("/mirtapbx/proxyapi.php", { query = query })
end

-- What `act` costs more than an object that is not there, which takes the key's check and one look-up.
local function cost(t, missing, act)
  act()
  missing() -- the first time columns are looked up
  t.statements()
  missing()
  local least = t.statements()
  act()
  local spent = t.statements()
  return spent.reads - least.reads + 1, spent.statements
end

test("an extension that nothing is related to takes at most five", function(t)
  for _, tech in ipairs({ "PJSIP", "SIP", "CUSTOM", "VIRTUAL" }) do
    local made = t.http:post(PATH .. "/extensions", { headers = { ["X-API-Key"] = t.key }, query = { tenant = "DEMO" },
      json = { number = "6" .. #tech .. tech:byte(), tech = tech } })
    t.equal(made.status, 201, made.body)
    local reads = cost(t, function() get(t, "/extensions/987654") end, function()
      t.equal(get(t, "/extensions/" .. made.json.id).status, 200)
    end)
    t.truthy(reads <= 5, tech .. ": " .. reads)
  end
end)

test("an update through MANAGEDB reads its row three times", function(t)
  local made = managedb(t, { object = "calleridblacklist", action = "add", jsondata = '{"bl_callerid":"391"}' }).json
  local turn = 0
  local reads, statements = cost(t, function()
    managedb(t, { object = "calleridblacklist", action = "update", objectid = 987654, jsondata = "{}" })
  end,
    function()
      turn = turn + 1
      local res = managedb(t, { object = "calleridblacklist", action = "update", objectid = made.bl_id,
        jsondata = '{"bl_reason":"' .. turn .. '"}' })
      t.equal(res.json.bl_reason, tostring(turn))
    end)
  -- found, read once more in the transaction, and answered; its turn, the update and the two logs are no reads
  t.equal({ reads, statements }, { 2, 5 })
end)
