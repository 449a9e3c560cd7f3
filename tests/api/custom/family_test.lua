-- A family of an integrator's own, scripts/hotel: a surface, two routes and a library, without a file of ours touched.

local function ask(t, method, path, options)
  options = options or {}
  options.headers = { ["X-Badge"] = options.badge or t.key }
  options.query = { house = "DEMO" }
  return t.http[method](t.http, "/hotel" .. path, options)
end

test("its routes answer in its dialect", function(t)
  local made = t.http:post("/openapi.php/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key },
    json = { number = "100", name = "Ada", tech = "PJSIP", password = "change-this-secret" } })
  t.equal(made.status, 201, made.body)
  local res = ask(t, "get", "/guest/100")
  t.equal(res.status, 200, res.body)
  t.matches(res.headers["content-type"], "^text/x%-bill")
  t.matches(res.body, "^100\nAda\n$")
  res = ask(t, "post", "/bill/7", { form = { nights = "2" } })
  t.equal({ res.status, res.headers.location, res.body }, { 201, "/hotel/bill/7", "Hotel\nDEMO\n2\n" })
  t.equal(ask(t, "get", "/bill/7").body, "room 7\n")
end)

test("it refuses in its dialect", function(t)
  t.equal(ask(t, "get", "/guest/999").status, 404)
  t.equal(ask(t, "get", "/guest/100", { badge = "wrong" }).status, 401)
  t.equal(ask(t, "get", "/guest/100", { badge = t.other_key }).status, 401)
  t.equal(ask(t, "post", "/bill/7", { badge = t.read_key, form = { nights = "2" } }).status, 403)
  t.equal(ask(t, "post", "/bill/7", { form = { nights = "0" } }).body, "refused\nnights: must be at least 1\n")
  t.equal(ask(t, "post", "/bill/13", { form = { nights = "1" } }).status, 409)
  t.equal(ask(t, "get", "/pool").status, 404)
end)

test("it stands in the document with what it declares", function(t)
  local document = t.http:get("/openapi.json").json
  t.contains(document.info.description, "**Hotel** answers lines of text.")
  local make = document.paths["/hotel/bill/{number}"].post
  t.equal(make.operationId, "hotelPostBillByNumber")
  t.equal(make.tags, { "Hotel: bill" })
  t.equal(make.security, { { Badge = {} } })
  t.equal(document.components.securitySchemes.Badge.name, "X-Badge")
  t.equal(make.responses["200"], nil)
  t.equal(make.responses["201"].description, "Written.")
  t.truthy(make.responses["201"].content["text/x-bill"])
  t.truthy(document.paths["/hotel/bill/{number}"].get.responses["200"].content["text/plain"])
  local taken = document.components.responses[make.responses["409"]["$ref"]:match("(%w+)$")]
  t.equal(taken.description, "The room is taken.")
  t.equal(document.components.schemas.HotelError.type, "string")
  local names = {}
  for _, it in ipairs(make.parameters) do names[it.name or "?"] = it["in"] end
  t.equal(names, { house = "query", number = "path", nights = "query" })
  local groups = {}
  for _, group in ipairs(document["x-tagGroups"]) do groups[group.name] = group.tags end
  t.equal(groups.Hotel, { "Hotel: bill", "Hotel: guest" })
end)
