-- info=AGENTS lists queue agents.
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

test("sparse positional keys, null for an unknown queue", function(t)
  local id = queue(t)
  extension(t, "103")
  ask(t, { reqtype = "QUEUE", action = "add", id = id, extension = "103" })
  local it = ask(t, { reqtype = "INFO", info = "agents", format = "json" }).json["103-DEMO"]
  t.equal(it["0"], "103")
  t.equal(it["11"], "103-DEMO")
  t.equal(it["3"], nil)
  t.matches(ask(t, { reqtype = "INFO", info = "AGENTS", queue = id }).body, "^103%-DEMO:%u%l+|$")
  t.equal(ask(t, { reqtype = "INFO", info = "agents", queue = "999", format = "json" }).body,
    "null")
end)
