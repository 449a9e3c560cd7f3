-- document/parts.lua: what operations share is a component, and only when it is used.
local parts = require "document.parts"

local SHOP = { name = "shop", refusal = parts.REFUSAL }

test("a component is there once something points to it", function(t)
  local book = parts.new()
  t.equal(next(book.parameters), nil)
  local it = parts.parameter("tenant", "query", parts.TENANT)
  t.equal(book.parameter("Tenant", it), { ["$ref"] = "#/components/parameters/TenantParameter" })
  t.equal(book.parameters.TenantParameter.name, "tenant")
  t.equal(book.parameters.TenantParameter.required, nil)
end)

test("what two families call by one name is kept apart", function(t)
  local book = parts.new(true)
  t.equal(book.schema("Error", { type = "string" }, SHOP)["$ref"], "#/components/schemas/Error")
  t.equal(book.schema("Error", { type = "string" }, { name = "inn" })["$ref"], "#/components/schemas/Error")
  t.equal(book.schema("Error", { type = "number" }, { name = "inn" })["$ref"], "#/components/schemas/InnError")
  t.equal(book.schema("Error", { type = "object" }, { name = "inn" })["$ref"], "#/components/schemas/InnError2")
  local security = { Key = { type = "http", scheme = "basic" } }
  t.equal(book.security({ name = "shop", security = security }), { { Key = {} } })
  t.equal(book.security({ name = "inn", security = { Key = { type = "http", scheme = "digest" } } }), { { InnKey = {} } })
end)

test("other addresses of a surface are said", function(t)
  local book = parts.new()
  book.mount({ mounts = { "/a", "/b", "/c" } })
  t.equal(book.mounts, { ["/a"] = { "/b", "/c" } })
end)

test("a refusal in several types has its shape where a type can say it", function(t)
  local book, responses = parts.new(), {}
  book.refusals(responses, { "5XX" }, { name = "shop", refusal = { type = "object" }, media = { "text/html", "application/json" } })
  local content = book.responses.ShopServerError.content
  t.equal(content["text/html"].schema, { type = "string" })
  t.equal(content["application/json"].schema, { ["$ref"] = "#/components/schemas/ShopError" })
end)

test("refusals have a shape, an example and their headers", function(t)
  local book, responses = parts.new(), {}
  book.refusals(responses, { "401", "405", "5XX" }, SHOP)
  t.equal(responses["401"], { ["$ref"] = "#/components/responses/Unauthorized" })
  local json = book.responses.Unauthorized.content["application/json"]
  t.equal(json.schema, { ["$ref"] = "#/components/schemas/Error" })
  t.equal(json.example.error.code, "missing_api_key")
  t.truthy(book.responses.Unauthorized.headers["WWW-Authenticate"])
  t.truthy(book.responses.MethodNotAllowed.headers.Allow)
  t.truthy(book.schemas.Error)
end)

test("a surface without a shape of its own says what a refusal means", function(t)
  local book, responses = parts.new(), {}
  book.refusals(responses, { "404", "418" }, { name = "tea" })
  t.equal(book.responses.TeaNotFound.content, nil)
  t.equal(responses["418"], { ["$ref"] = "#/components/responses/TeaStatus418" })
end)

test("a declared parameter is one of the document", function(t)
  local it = parts.parameter("limit", "query", { type = "integer", min = 1, max = 9, summary = "At most." })
  t.equal({ it.name, it["in"], it.required, it.description }, { "limit", "query", nil, "At most." })
  t.equal({ it.schema.type, it.schema.minimum, it.schema.maximum }, { "integer", 1, 9 })
  t.equal(parts.parameter("id", "path", {}, true).required, true)
end)
