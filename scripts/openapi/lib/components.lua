-- Components that operations of openapi.php share in its document.
local json = require "json"
local parts = require "document.parts"
local schemas_of = require "document.schema"

local components = {}

local object, parameter = schemas_of.object, parts.parameter

local function header(name, summary, pattern)
  return object({ name = name, ["in"] = "header", description = summary,
    schema = object({ type = "string", pattern = pattern }) })
end

local GLOBAL = { enum = { "1", "yes", "true", "on", "0", "no", "false", "off" },
  summary = "Act on the global level (administrator keys)." }
local ID = { type = "integer", min = 1, max = 999999999999999, summary = "Id of the object.", example = 1 }
local NUMBER = { type = "extension", summary = "Number, instead of id.", example = "100" }
local DRY_RUN = { type = "boolean", default = false, summary = "Check everything, change nothing." }

local PARAMETERS = {
  Tenant = parameter("tenant", "query", parts.TENANT), TenantRequired = parameter("tenant", "query", parts.TENANT, true),
  Global = parameter("global", "query", GLOBAL), DryRun = parameter("dry_run", "query", DRY_RUN),
  Id = parameter("id", "path", ID, true), IdQuery = parameter("id", "query", ID, true),
  IdOrNumber = parameter("id", "query", ID), Number = parameter("number", "path", NUMBER, true),
  NumberQuery = parameter("number", "query", NUMBER),
  IfMatch = header("If-Match", "Change only what still has this ETag."),
  IfNoneMatch = header("If-None-Match", "Answer 304 when the object still has this ETag."),
  IdempotencyKey = header("Idempotency-Key", "The same key and body answer the first result again.",
    "^[A-Za-z0-9_.:-]{1,80}$"),
}

local function text() return object({ type = "string" }) end

local SCHEMAS = {
  Deleted = object({
    type = "object", required = json.array({ "deleted", "id" }), properties = object({
      deleted = object({ type = "boolean", description = "False when it was only tried (dry_run)." }),
      dry_run = object({ type = "boolean" }), id = object({ type = "integer" }),
      object = object({ type = "string" }), number = object({ type = "string" }),
    }),
  }),
  DryRun = object({
    type = "object", required = json.array({ "dry_run", "object" }), properties = object({
      dry_run = object({ type = "boolean" }),
      object = object({ type = "object", additionalProperties = true, description = "The row as it would be." }),
    }),
  }),
  TextRow = object({
    type = "object", description = "A row: every column text or null.", additionalProperties = schemas_of.nullable_text(),
  }),
  DestinationRow = object({
    type = "object", description = "A row of de_destinations, and where it leads.",
    required = json.array({ "type", "id", "tag", "de_id", "de_te_id", "de_type_src", "de_type_id_src", "de_type_dst",
      "de_type_id_dst", "de_ord" }),
    properties = object({
      type = text(), id = object({ type = "integer" }), tag = object({ type = "string", description = "TYPE-ID.",
        example = "EXT-101" }),
      de_id = text(), de_te_id = text(), de_type_src = text(), de_type_id_src = text(), de_type_dst = text(),
      de_type_id_dst = text(), de_ord = text(),
    }),
  }),
}

--- Headers of answers, by name.
components.headers = {
  ETag = parts.text_header("Changes with the object."),
  Location = parts.text_header("Path of what was created."),
  ["Idempotency-Replayed"] = parts.text_header("`true` when this is the first answer again."),
  ["X-Total-Count"] = object({ description = "Rows without `limit` and `offset`; present with either.",
    schema = object({ type = "integer", minimum = 0 }) }),
}

--- One of the parameters above, to be pointed to.
function components.parameter(book, name)
  return book.parameter(name, PARAMETERS[name] or error("no parameter " .. name, 2))
end

--- One of the schemas above, to be pointed to.
function components.schema(book, name)
  return book.schema(name, SCHEMAS[name] or error("no schema " .. name, 2))
end

return components
