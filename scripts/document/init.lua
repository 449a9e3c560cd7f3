-- The OpenAPI 3.0.3 documents, made from what the scripts declare: one for the openapi.php dialect,
-- one for everything that is loaded.
local json = require "json"
local openapi_object = require "document.object"
local openapi_route = require "document.route"
local parts = require "document.parts"
local resource = require "openapi.lib.resource"
local schemas_of = require "document.schema"

local document = {}

local object = schemas_of.object

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---- the addresses of the dialect itself

-- The words of the compatibility form by method (openapi/surface.lua).
local ACTIONS = {
  get = { "list", "info", "get" },
  post = { "list", "info", "get", "add", "create", "update", "modify", "edit", "delete", "remove" },
  put = { "update", "modify", "edit" }, patch = { "update", "modify", "edit" }, delete = { "delete", "remove" },
}
local COMPATIBLE = {
  get = { "listOrGetCompatible", "List or get" }, post = { "createCompatible", "Anything" },
  put = { "replaceCompatible", "Modify (PUT)" }, patch = { "updateCompatible", "Modify" },
  delete = { "deleteCompatible", "Delete" },
}
local TAG = "Compatibility form"

-- With it said, generated types take any name instead of none.
local ANY_OBJECT = object({ type = "object", additionalProperties = true })

local function any_answer(description)
  return object({ description = description, content = parts.json(object({ oneOf = json.array({
    ANY_OBJECT, object({ type = "array", items = ANY_OBJECT }),
  }) })) })
end

local function compatible(book, method, names)
  local list = json.array({
    parts.parameter("object", "query", { enum = names, summary = "What it is about.", example = "extension" }, true),
    parts.parameter("action", "query", { enum = ACTIONS[method], summary = "What to do; without it the method says." }),
    book.parameter("IdOrNumber"),
    parts.parameter("objectid", "query", { type = "integer", min = 1, max = 999999999999999, summary = "The same as id." }),
    parts.parameter("number", "query", { type = "extension", summary = "Number of an extension, instead of id." }),
    book.parameter("Tenant"), book.parameter("Global"),
  })
  local responses = { ["200"] = any_answer("What the path of the object answers.") }
  if method == "get" then
    -- ?object=ailogs&action=export
    responses["200"].content["text/csv"] = object({ schema = object({ type = "string" }) })
    responses["304"] = object({ description = "Not changed." })
  else
    list[#list + 1] = book.parameter("DryRun")
    book.errors(responses, { "409", "412", "413", "422" })
  end
  if method == "post" then responses["201"] = any_answer("What was created.") end
  book.errors(responses, { "400", "401", "403", "404", "405", "5XX" })
  local id, title = unpack(COMPATIBLE[method])
  return object({
    operationId = id, summary = title .. ": ?object=…&action=…", tags = json.array({ TAG }),
    description = "The same operations as the paths of the objects have, which say what is sent and answered.",
    security = parts.keys, parameters = list, responses = object(responses),
    requestBody = method ~= "get" and object({ content = parts.json(object({ oneOf = json.array({
      ANY_OBJECT, object({ type = "array", maxItems = 1000, items = ANY_OBJECT }) }) })) }) or nil,
  })
end

local function add_own_paths(book, paths, mount)
  local names = sorted_names(resource.models)
  local operations = {}
  for method in pairs(ACTIONS) do operations[method] = compatible(book, method, names) end
  paths[mount == "" and "/" or mount] = object(operations)
  for path, id in pairs({ ["/openapi.json"] = "getDocument", ["/swagger.json"] = "getDocumentSwagger" }) do
    local responses = { ["200"] = object({ description = "The document.",
      content = parts.json(ANY_OBJECT) }) }
    book.errors(responses, { "404", "5XX" })
    paths[mount .. path] = object({ get = object({
      operationId = id, summary = "This document", tags = json.array({ "Document" }),
      description = "Also at the address itself, and there with ?spec=1.", security = json.array({}),
      responses = object(responses),
    }) })
  end
end

---- whole documents

-- Tags in the order of the families, and families as groups of tags.
local function tags_of(paths, summaries, groups)
  local tags, members, seen = json.array({}), {}, {}
  for path, operations in pairs(paths) do
    for _, operation in pairs(operations) do
      local tag = operation.tags[1]
      if not seen[tag] then
        seen[tag] = true
        local family = groups and groups[tag] or "OpenAPI"
        members[family] = members[family] or json.array({})
        table.insert(members[family], tag)
        local short = tag:match("^" .. family:gsub("%p", "%%%0") .. ": (.*)$")
        tags[#tags + 1] = object({ name = tag, ["x-displayName"] = short,
          description = summaries[tag] or "Operations of " .. (short or tag) .. "." })
      end
    end
    seen[path] = true
  end
  table.sort(tags, function(a, b) return a.name < b.name end)
  local list = json.array({})
  for _, family in ipairs({ "OpenAPI", "ProxyAPI", "MikoPBX REST v3", "MikoPBX, older REST", "KalliopePBX", "This host" }) do
    if members[family] then
      table.sort(members[family])
      list[#list + 1] = object({ name = family, tags = members[family] })
    end
  end
  return tags, #list > 1 and list or nil
end

local DIALECT = "Objects and commands of the PBX as JSON.\n\n"
  .. "**Keys** go into the header X-API-Key, a bearer token or ?key=. A tenant's key needs `tenant`; a global key "
  .. "may leave it out for lists and gets of all tenants. Read-only keys list and get.\n\n"
  .. "**Lists** take `limit`, `offset` (the whole length is in X-Total-Count), `sort` and `fields`.\n\n"
  .. "**Changes** take `dry_run`, and If-Match with the ETag of a get. A POST with an Idempotency-Key can be sent "
  .. "again: it is done once.\n\n"
  .. "**Methods**: what a path does not take is 405 `method_not_allowed`, with Allow. OPTIONS answers 204."

-- Objects in the order they are read, then the rest by name; each with its methods in the usual order.
local function in_order(paths, first)
  local names, seen, list = {}, {}, {}
  for _, name in ipairs(first) do names[#names + 1], seen[name] = name, true end
  for _, name in ipairs(sorted_names(paths)) do
    if not seen[name] then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local it = paths[name]
    list[#list + 1] = name
    list[#list + 1] = json.ordered("get", it.get, "post", it.post, "put", it.put, "patch", it.patch, "delete", it.delete)
  end
  return json.ordered(unpack(list))
end

local function finish(it)
  local schemes = {
    ApiKeyHeader = object({ type = "apiKey", ["in"] = "header", name = "X-API-Key" }),
    ApiKeyQuery = object({ type = "apiKey", ["in"] = "query", name = "key" }),
    Bearer = object({ type = "http", scheme = "bearer" }),
  }
  if it.everything then
    schemes.Basic = object({ type = "http", scheme = "basic" })
    schemes.Session = object({ type = "apiKey", ["in"] = "cookie", name = "PHPSESSID" })
  end
  local tags, groups = tags_of(it.paths, it.summaries, it.groups)
  return json.encode(json.ordered(
    "openapi", "3.0.3",
    "info", json.ordered("title", it.title, "version", host.info().version, "description", it.description,
      "contact", object({ name = "Patchbay" }), "license", object({ name = "MIT", url = "https://opensource.org/licenses/MIT" })),
    "servers", json.array({ object({ url = it.server }) }),
    "tags", tags, "x-tagGroups", groups,
    "paths", in_order(it.paths, it.book.order),
    "components", object({
      schemas = object(it.book.schemas), parameters = object(it.book.parameters),
      responses = object(it.book.responses), securitySchemes = object(schemes),
    })))
end

local function add_openapi(book, paths, summaries, list, mount)
  for name, schema in pairs(schemas_of.destinations()) do book.schemas[name] = schema end
  for _, declared in ipairs(list) do
    local model = resource.models[declared.object]
    if model then
      local ok, err = openapi_object.add(book, paths, model, mount)
      if not ok then return nil, err end
      summaries[model.title] = model.summary .. (summaries[model.title] and "\n\n" .. summaries[model.title] or "")
    else
      local tag = openapi_route.add(book, paths, declared, mount)
      summaries[tag] = summaries[tag] and summaries[tag] .. "\n\n" .. declared.summary or declared.summary
    end
  end
  add_own_paths(book, paths, mount)
  summaries.Document = "The OpenAPI document of these paths."
  summaries[TAG] = "Everything the paths do, asked for with ?object=…&action=…."
  -- Columns that no body may name leave components that nothing refers to.
  local text = json.encode(object(book.schemas))
  for name, schema in pairs(schemas_of.shared()) do
    if text:find("schemas/" .. name .. '"', 1, true) or text:find("schemas\\/" .. name .. '"', 1, true) then
      book.schemas[name] = schema
    end
  end
  return true
end

-- Made once per generation: declarations do not change within one.
local made = {}

--- The document of the openapi.php dialect, as text. `mount` is the address it is served under.
function document.dialect(mount)
  if made[mount] then return made[mount] end
  local book, paths, summaries = parts.new(), {}, {}
  local ok, err = add_openapi(book, paths, summaries, routes.list("openapi"), "")
  if not ok then return nil, err end
  made[mount] = finish({ title = "Patchbay OpenAPI", description = DIALECT, server = mount, book = book, paths = paths,
    summaries = summaries })
  return made[mount]
end

local EVERYTHING = "Every endpoint this host has loaded, by family. Each family has its own way to say who one is.\n\n"
  .. "**ProxyAPI** has one address, `/mirtapbx/proxyapi.php`; what follows it in a path here only tells its requests "
  .. "apart, and the query says which is meant."

--- The document of every loaded route, as text.
function document.everything()
  if made[1] then return made[1] end
  local book, paths, summaries, groups = parts.new(), {}, {}, {}
  local mounts = {}
  for _, it in ipairs(routes.surfaces()) do mounts[it.name] = it.mounts[1] or "" end
  local ok, err = add_openapi(book, paths, summaries, routes.list("openapi"), mounts.openapi or "")
  if not ok then return nil, err end
  for _, declared in ipairs(routes.list()) do
    if declared.surface ~= "openapi" then
      local tag = openapi_route.add(book, paths, declared, mounts[declared.surface] or "", true)
      summaries[tag] = declared.summary
      groups[tag] = openapi_route.family(declared.surface).title
    end
  end
  made[1] = finish({ title = "Patchbay", description = EVERYTHING, server = "/", book = book, paths = paths,
    summaries = summaries, groups = groups, everything = true })
  return made[1]
end

return document
