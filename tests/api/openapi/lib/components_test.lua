-- openapi/lib/components.lua: what operations share is said once.
local components = require "openapi.lib.components"
local parts = require "document.parts"

test("a shared parameter or schema is put into the book that points to it", function(t)
  local book = parts.new()
  t.equal(components.parameter(book, "DryRun"), { ["$ref"] = "#/components/parameters/DryRunParameter" })
  t.equal(book.parameters.DryRunParameter.name, "dry_run")
  t.equal(components.schema(book, "Deleted")["$ref"], "#/components/schemas/Deleted")
  t.truthy(book.schemas.Deleted.properties.deleted)
  t.equal(book.schemas.DryRun, nil)
end)

test("a name that is none is a fault of ours", function(t)
  t.equal(pcall(components.parameter, parts.new(), "None"), false)
  t.equal(pcall(components.schema, parts.new(), "None"), false)
end)
