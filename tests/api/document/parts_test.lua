-- document/parts.lua: what operations share is a component, and only when it is used.
local parts = require "document.parts"

test("a component is there once something points to it", function(t)
  local book = parts.new()
  t.equal(next(book.parameters), nil)
  t.equal(book.parameter("Tenant"), { ["$ref"] = "#/components/parameters/Tenant" })
  t.equal(book.parameters.Tenant.name, "tenant")
  t.equal(book.parameters.Tenant.required, nil)
  book.parameter("TenantRequired")
  t.equal(book.parameters.TenantRequired.required, true)
  t.equal(pcall(book.parameter, "None"), false)
end)

test("refusals have a shape, an example and their headers", function(t)
  local book, responses = parts.new(), {}
  book.errors(responses, { "401", "405", "5XX" })
  t.equal(responses["401"], { ["$ref"] = "#/components/responses/Unauthorized" })
  local json = book.responses.Unauthorized.content["application/json"]
  t.equal(json.schema, { ["$ref"] = "#/components/schemas/Error" })
  t.equal(json.example.error.code, "missing_api_key")
  t.truthy(book.responses.Unauthorized.headers["WWW-Authenticate"])
  t.truthy(book.responses.MethodNotAllowed.headers.Allow)
  t.truthy(book.schemas.Error)
  t.equal(book.schemas.Deleted, nil)
end)

test("a declared parameter is one of the document", function(t)
  local it = parts.parameter("limit", "query", { type = "integer", min = 1, max = 9, summary = "At most." })
  t.equal({ it.name, it["in"], it.required, it.description }, { "limit", "query", nil, "At most." })
  t.equal({ it.schema.type, it.schema.minimum, it.schema.maximum }, { "integer", 1, 9 })
  t.equal(parts.parameter("id", "path", {}, true).required, true)
end)
