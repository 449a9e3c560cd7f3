-- info=QUEUES lists queues.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function extension(t, number, name)
  local res = t.http:post("/mirtapbx/openapi.php/extensions", {
    query = { key = t.key, tenant = "DEMO" },
    json = { number = number, name = name or ("Phone " .. number), tech = "PJSIP",
      password = "pw-" .. number .. "-DEMO" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

local function queue(t)
  local res = t.http:post("/mirtapbx/openapi.php/queues", {
    query = { key = t.key, tenant = "DEMO" },
    json = { qu_name = "Support", qu_number = "9200", strategy = "ringall" },
  })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("pairs in plain, an object in JSON", function(t)
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES", format = "json" }).body, "{}")
  local id = queue(t)
  extension(t, "103")
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES", format = "json" }).json,
    { [tostring(id)] = "Support" })
  t.equal(ask(t, { reqtype = "INFO", info = "QUEUES" }).body, id .. ":Support|")
end)
