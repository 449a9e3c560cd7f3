-- document/operation.lua: operations made of what is declared.
local operation = require "document.operation"
local parts = require "document.parts"

local function document(t) return t.http:get("/openapi.json").json end

test("every operation has a name of its own, a summary and a group", function(t)
  local it = document(t)
  local seen, grouped = {}, {}
  for _, group in ipairs(it["x-tagGroups"]) do
    for _, tag in ipairs(group.tags) do
      t.equal(grouped[tag], nil, tag)
      grouped[tag] = group.name
    end
  end
  for path, operations in pairs(it.paths) do
    for method, one in pairs(operations) do
      local id = one.operationId
      t.equal(seen[id], nil, path .. " " .. method .. " " .. id)
      t.matches(id, "^%l%w+$")
      seen[id] = true
      t.truthy(one.summary and one.summary ~= "", path)
      t.truthy(grouped[one.tags[1]], one.tags[1])
    end
  end
  t.equal(grouped["ProxyAPI: DND"], "ProxyAPI")
  t.equal(grouped.Queue, "OpenAPI")
end)

local HOTEL = {
  name = "hotel", title = "Hotel", words = { "room" }, media = { "text/x-bill" }, statuses = { "404", ["409"] = "Taken." },
  security = { Badge = { type = "apiKey", ["in"] = "header", name = "X-Badge" } }, refusal = { type = "string" },
  params = { floor = { type = "integer" } }, tenant = { summary = "House." },
}

local function route_of(action)
  return { room = "bath", summary = "Baths.", surface = "hotel", actions = { look = action } }
end

local function made(action, method, path)
  local book = parts.new(true)
  operation.add(book, HOTEL, { route_of(action) }, "/hotel")
  return book.paths["/hotel" .. path][method], book
end

test("a surface says how its routes are asked and answered", function(t)
  local it, book = made({ access = "read", verb = "GET /bath/{id}" }, "get", "/bath/{id}")
  t.equal(it.operationId, "hotelGetBathById")
  t.equal(it.tags, { "Hotel: bath" })
  t.equal(it.security, { { Badge = {} } })
  t.equal(book.schemes.Badge.name, "X-Badge")
  t.equal(it.parameters[1].name, "id")
  t.equal(it.parameters[2], { ["$ref"] = "#/components/parameters/TenantRequiredParameter" })
  t.equal(it.parameters[3].name, "floor")
  t.truthy(it.responses["200"].content["text/x-bill"])
  t.equal(it.responses["409"], { ["$ref"] = "#/components/responses/HotelStatus409" })
  t.equal(book.responses.HotelStatus409.description, "Taken.")
  t.truthy(book.responses.HotelNotFound.content["text/x-bill"].schema)
end)

test("an action has its own types, statuses and fields", function(t)
  local it, book = made({
    access = "public", verb = "POST /bath", media = { "application/json" }, statuses = { ["201"] = "Made.", ["422"] = "Cold." },
    result = { id = { type = "integer" } }, body = { name = { required = true, example = "Big" },
      size = { document = { schema = { type = "number" } } } },
  }, "post", "/bath")
  t.equal(it.security, {})
  t.equal(it.responses["200"], nil)
  t.equal(it.responses["201"].content["application/json"].schema.properties.id.type, "integer")
  t.equal(book.responses.HotelStatus422.description, "Cold.")
  local body = it.requestBody.content["application/json"]
  t.equal(body.schema.required, { "name" })
  t.equal(body.schema.properties.size, { type = "number" })
  t.equal(body.example, { name = "Big" })
end)
