-- lib.resource: a model is a whole set of paths.
local campaignnumber = require "model.campaignnumber"
local resource = require "openapi.lib.resource"
local task = require "task"

test("filters become parameters beside those of every list", function(t)
  local params = resource.list_params(campaignnumber)
  t.equal(params.caid.type, "integer")
  t.equal(params.limit.type, "integer")
end)

test("id comes from the path or the query, and must be one", function(t)
  local header = { ["X-API-Key"] = t.key }
  local path = "/mirtapbx/openapi.php"
  t.equal(t.http:get(path .. "/campaigns/12?tenant=DEMO", { headers = header }).status, 404)
  t.equal(t.http:get(path .. "/campaign?objectid=12&tenant=DEMO", { headers = header }).status, 404)
  t.equal(t.http:get(path .. "/campaigns/1x?tenant=DEMO", { headers = header }).json.error.code, "invalid_identifier")
end)

local PATH = "/mirtapbx/openapi.php"

local function did(t, body, headers)
  headers["X-API-Key"] = t.key
  return t.http:post(PATH .. "/dids?tenant=DEMO", { json = body, headers = headers })
end

test("of two clients with the same ETag one changes the object", function(t)
  -- The tag was compared before the transaction: both could win.
  for round = 1, 20 do
    local id = did(t, { number = "3970" .. round }, {}).json.id
    local path = PATH .. "/dids/" .. id .. "?tenant=DEMO"
    local tag = t.http:get(path, { headers = { ["X-API-Key"] = t.key } }).headers.etag
    local function change(method, json)
      return function()
        return t.http[method](t.http, path, { json = json, headers = { ["X-API-Key"] = t.key, ["If-Match"] = tag } }).status
      end
    end
    local calls = { change("patch", { comment = "first" }), change("patch", { comment = "second" }),
      round % 2 == 0 and change("delete") or change("put", { destination = {}, comment = "third" }) }
    local results, won, lost = task.all(calls), 0, 0
    for _, it in ipairs(results) do
      if it.value == 200 then won = won + 1 end
      if it.value == 412 or it.value == 404 then lost = lost + 1 end
    end
    t.equal(won, 1, "round " .. round)
    t.equal(lost, 2, "round " .. round)
  end
end)

test("If-Match names several tags, any tag, or none that fits", function(t)
  local made = did(t, { number = "39800" }, {})
  local path = PATH .. "/dids/" .. made.json.id .. "?tenant=DEMO"
  local function patch(match)
    return t.http:patch(path, { json = { comment = match }, headers = { ["X-API-Key"] = t.key, ["If-Match"] = match } })
  end
  t.equal(patch("W/" .. made.headers.etag).status, 412, "a weak tag is not the same bytes")
  t.equal(t.http:get(path, { headers = { ["X-API-Key"] = t.key, ["If-None-Match"] = "W/" .. made.headers.etag } }).status, 304)
  t.equal(patch('"x", ' .. made.headers.etag).status, 200)
  t.equal(patch("*").status, 200)
  local res = patch('"x"')
  t.equal(res.status, 412)
  t.equal(res.json.error.code, "precondition_failed")
  res = t.http:delete(path, { headers = { ["X-API-Key"] = t.key, ["If-Match"] = made.headers.etag } })
  t.equal(res.status, 412, "the first tag is old")
end)

test("a destination changed by its source alone makes an ETag old", function(t)
  local made = did(t, { number = "39801" }, {})
  local path = PATH .. "/dids/" .. made.json.id .. "?tenant=DEMO"
  local res = t.http:post("/mirtapbx/proxyapi.php", { query = { key = t.key, reqtype = "MANAGEDB", object = "destination",
    action = "replace", tenant = "DEMO", typesrc = "DID", typeidsrc = made.json.id }, form = { jsondata = '["SPECIAL-1"]' } })
  t.equal(#res.json, 1, res.body)
  res = t.http:patch(path, { json = { comment = "x" }, headers = { ["X-API-Key"] = t.key, ["If-Match"] = made.headers.etag } })
  t.equal(res.status, 412)
end)

test("an answer asked for again: 304, and none for another", function(t)
  local made = did(t, { number = "39802" }, {})
  local path = PATH .. "/dids/" .. made.json.id .. "?tenant=DEMO"
  local res = t.http:get(path, { headers = { ["X-API-Key"] = t.key, ["If-None-Match"] = made.headers.etag } })
  t.equal(res.status, 304)
  t.equal(res.body, "")
  t.equal(t.http:get(path, { headers = { ["X-API-Key"] = t.key, ["If-None-Match"] = '"x"' } }).status, 200)
  t.contains(made.headers.location, "/dids/" .. made.json.id)
end)

test("the same Idempotency-Key at the same time makes one object", function(t)
  for round = 1, 10 do
    local headers = { ["Idempotency-Key"] = "once-" .. round }
    local calls = {}
    for i = 1, 4 do
      calls[i] = function() return did(t, { number = "3990" .. round, comment = "same" }, { ["Idempotency-Key"] = headers["Idempotency-Key"] }) end
    end
    local made, running = 0, 0
    for _, it in ipairs(task.all(calls)) do
      if it.value.status == 201 then made = made + 1 end
      if it.value.status == 409 and it.value.json.error.code == "request_in_progress" then running = running + 1 end
    end
    t.equal(made + running, 4, "round " .. round)
    t.truthy(made >= 1)
    t.equal(#t.sql("SELECT 1 FROM di_dids WHERE di_number = ?", { "3990" .. round }), 1)
    local again = did(t, { number = "3990" .. round, comment = "same" }, { ["Idempotency-Key"] = headers["Idempotency-Key"] })
    t.equal(again.status, 201)
    t.equal(again.headers["idempotency-replayed"], "true")
  end
end)

test("an Idempotency-Key belongs to one request of one key in one tenant", function(t)
  local headers = { ["Idempotency-Key"] = "mine" }
  local first = did(t, { number = "39810" }, headers)
  t.equal(first.status, 201)
  local res = did(t, { number = "39811" }, headers)
  t.equal(res.status, 422)
  t.equal(res.json.error.code, "idempotency_key_reused")
  t.equal(#t.sql("SELECT 1 FROM di_dids WHERE di_number = '39811'"), 0)
  -- the administrator's own, in two tenants
  for _, tenant in ipairs({ "DEMO", "OTHER" }) do
    res = t.http:post(PATH .. "/shortnumbers?tenant=" .. tenant, { json = { number = "39812", destnumber = "1" },
      headers = { ["X-API-Key"] = t.global_key, ["Idempotency-Key"] = "mine" } })
    t.equal(res.status, 201, tenant .. res.body)
  end
  -- the compatibility form: the object it changes is part of the request
  local function modify(id)
    return t.http:post(PATH .. "?object=did&action=modify&tenant=DEMO&id=" .. id, { json = { comment = "x" },
      headers = { ["X-API-Key"] = t.key, ["Idempotency-Key"] = "change" } })
  end
  t.equal(modify(first.json.id).status, 200)
  t.equal(modify(first.json.id + 1).status, 422)
  t.equal(did(t, { number = "1" }, { ["Idempotency-Key"] = "a b" }).json.error.code, "invalid_idempotency_key")
end)

-- The store went away at the commit: it may be done, or not. Here it was.
test("a change that nobody knows of is not done twice", function(t)
  local headers = { ["Idempotency-Key"] = "unknown" }
  t.lose_commit(2) -- the first is the key's own
  t.equal(did(t, { number = "39820" }, headers).status, 503)
  local again = did(t, { number = "39820" }, headers)
  t.equal({ again.status, again.json.error.code }, { 409, "result_unknown" })
  t.equal(#t.sql("SELECT 1 FROM di_dids WHERE di_number = '39820'"), 1)
end)

test("a refusal is repeated as well", function(t)
  local headers = { ["Idempotency-Key"] = "bad" }
  t.equal(did(t, { number = "4 4" }, headers).status, 400)
  local again = did(t, { number = "4 4" }, headers)
  t.equal(again.status, 400)
  t.equal(again.headers["idempotency-replayed"], "true")
end)
