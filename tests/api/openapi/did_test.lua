-- OpenAPI did: spec examples of DID destinations.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("Modify a DID destination", function(t)
  local first, second = extension(t, "301"), extension(t, "302")
  local made = call(t, "post", "/dids?tenant=DEMO", { di_number = "390212345678", di_comment = "Main number",
    destinations = { DID = { "EXT-" .. first } } })
  t.equal(made.status, 201, made.body)
  local res = call(t, "patch", "/did?id=" .. made.json.id .. "&tenant=DEMO",
    { destinations = { DID = { { type = "EXT", id = second } } } })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.related.destinations.DID[1].tag, "EXT-" .. second)
  res = call(t, "patch", "/did?id=" .. made.json.id .. "&tenant=DEMO", { destination = {} })
  t.equal(#res.json.related.destinations, 0, "an empty list clears")
end)

test("a destination must exist and belong to the tenant", function(t)
  local own = extension(t, "303")
  local res = call(t, "post", "/dids?tenant=OTHER", { number = "391", destination = "EXT-" .. own }, t.other_key)
  t.equal(res.status, 409)
  t.equal(res.json.error.code, "invalid_destination")
end)

test("a list is created all or nothing", function(t)
  local res = call(t, "post", "/dids?tenant=DEMO", { { number = "4401" }, { number = "44 02" } })
  t.equal(res.status, 400)
  t.equal(res.json.error.index, 1)
  t.equal(#t.sql("SELECT 1 FROM di_dids WHERE di_number = '4401'"), 0)
  res = call(t, "post", "/dids?tenant=DEMO", { { number = "4403" }, { number = "4404" } })
  t.equal(res.status, 201, res.body)
  t.equal(#res.json, 2)
end)

test("a whole number is one tenant's, however it is written", function(t)
  local first = call(t, "post", "/dids?tenant=DEMO", { number = "5551234", country = "39", area = "02" })
  t.equal(first.status, 201, first.body)
  for _, body in ipairs({ { number = "39025551234" }, { number = "+39025551234" },
    { number = "1234", country = "3902", area = "555" } }) do
    for tenant, key in pairs({ DEMO = t.key, OTHER = t.other_key }) do
      local res = call(t, "post", "/dids?tenant=" .. tenant, body, key)
      t.equal({ res.status, res.json.error.code }, { 409, "already_exists" }, body.number .. tenant)
    end
  end
  local second = call(t, "post", "/dids?tenant=OTHER", { number = "39025559999" }, t.other_key)
  t.equal(second.status, 201, second.body)
  local path = "/dids/" .. second.json.id .. "?tenant=OTHER"
  t.equal(call(t, "patch", path, { number = "+39025551234" }, t.other_key).status, 409)
  t.equal(call(t, "patch", path, { comment = "ours", number = "39025559999" }, t.other_key).status, 200)
  t.equal(call(t, "patch", path, { country = "39", number = "025559999" }, t.other_key).status, 200)
end)
