-- The document of openapi.php: its objects, its commands and the addresses of the dialect itself.
local column_schemas = require "document.column"
local components = require "openapi.lib.components"
local document = require "document"
local forms = require "openapi.lib.forms"
local json = require "json"
local object_paths = require "openapi.lib.object_paths"
local objects = require "document.object"
local operation = require "document.operation"
local parts = require "document.parts"
local resource = require "openapi.lib.resource"
local schemas_of = require "document.schema"
local sorted_names = require("lib.value").names

local own = {}

local object = schemas_of.object

---- the addresses of the dialect itself

local COMPATIBLE = {
  get = { "listOrGetCompatible", "List or get" }, post = { "createCompatible", "Anything" },
  put = { "replaceCompatible", "Modify (PUT)" }, patch = { "updateCompatible", "Modify" },
  delete = { "deleteCompatible", "Delete" },
}
local TAG = "Compatibility form"

-- With it said, generated types take any name instead of none.
local ANY_OBJECT = object({ type = "object", additionalProperties = true })

local ANY_BODY = object({ oneOf = json.array({ ANY_OBJECT, object({ type = "array", maxItems = 1000, items = ANY_OBJECT }) }) })

local function any_answer(description)
  return object({ description = description, content = parts.json(object({ oneOf = json.array({
    ANY_OBJECT, object({ type = "array", items = ANY_OBJECT }),
  }) })) })
end

local function compatible(book, surface, method, names)
  local list = json.array({
    parts.parameter("object", "query", { enum = names, summary = "What it is about.", example = "extension" }, true),
    parts.parameter("action", "query", { enum = forms.words(method:upper()), summary = "What to do; without it the method says." }),
    components.parameter(book, "IdOrNumber"),
    parts.parameter("objectid", "query", { type = "integer", min = 1, max = 999999999999999, summary = "The same as id." }),
    parts.parameter("number", "query", { type = "extension", summary = "Number of an extension, instead of id." }),
    components.parameter(book, "Tenant"), components.parameter(book, "Global"),
  })
  local responses = { ["200"] = any_answer("What the path of the object answers.") }
  if method == "get" then
    -- ?object=ailogs&action=export
    responses["200"].content["text/csv"] = object({ schema = object({ type = "string" }) })
    responses["304"] = object({ description = "Not changed." })
  else
    list[#list + 1] = components.parameter(book, "DryRun")
    book.refusals(responses, { "409", "412", "413", "422" }, surface)
  end
  if method == "post" then responses["201"] = any_answer("What was created.") end
  book.refusals(responses, { "400", "401", "403", "404", "405", "5XX" }, surface)
  local id, title = unpack(COMPATIBLE[method])
  return object({
    operationId = id, summary = title .. ": ?object=…&action=…", tags = json.array({ TAG }),
    description = "The same operations as the paths of the objects have, which say what is sent and answered.",
    security = book.security(surface), parameters = list, responses = object(responses),
    requestBody = method ~= "get" and object({ content = parts.json(book.schema("CompatibleBody", ANY_BODY)) }) or nil,
  })
end

local function add_own_paths(book, surface, mount)
  local names = sorted_names(resource.models)
  for method in pairs(COMPATIBLE) do book.put(mount == "" and "/" or mount, method, compatible(book, surface, method, names)) end
  for path, id in pairs({ ["/openapi.json"] = "getDocument", ["/swagger.json"] = "getDocumentSwagger" }) do
    local responses = { ["200"] = object({ description = "The document.",
      content = parts.json(ANY_OBJECT) }) }
    book.refusals(responses, { "404", "5XX" }, surface)
    book.put(mount .. path, "get", object({
      operationId = id, summary = "This document", tags = json.array({ "Document" }),
      description = "Also at the address itself, and there with ?spec=1.", security = json.array({}),
      responses = object(responses),
    }))
  end
  book.tag("Document", "The OpenAPI document of these paths.", surface.title)
  book.tag(TAG, "Everything the paths do, asked for with ?object=…&action=….", surface.title)
end

---- commands and reports

local function tag_of(declared) return declared.tags and declared.tags[1] or declared.object end

-- listCdr, exportAilogs, createAuthToken.
local function id_of(declared, name, path)
  local verb = declared.object == name and "" or name
  return operation.camel(verb .. "_" .. declared.object) .. (path:find("{", 1, true) and "ById" or "")
end

-- Commands have many names: those after the first, and their forms with an id, are aliases.
local function main_verbs(verbs)
  local first = verbs[1] and verbs[1]:match("^%u+ (/[^{]*)")
  local main, others = {}, {}
  for _, verb in ipairs(verbs) do
    local rest = verb:match("^%u+ (.*)$")
    if rest == first or rest:find("^" .. first:gsub("%p", "%%%0") .. "/?{") then
      main[#main + 1] = verb
    elseif not rest:find("{", 1, true) then
      others[#others + 1] = rest:sub(2)
    end
  end
  return main, #others > 0 and parts.aliases(others) or nil
end

local function add_action(book, surface, declared, name, mount)
  local action = declared.actions[name]
  local verbs, aliases = main_verbs(operation.verbs(action))
  local function finish(made, responses)
    if action.access == "read" then return end
    if action.access == "write" then
      made.parameters[#made.parameters + 1] = components.parameter(book, "IdempotencyKey")
      book.refusals(responses, { "409", "422", "502", "504" }, surface)
    end
  end
  for index, verb in ipairs(verbs) do
    local method, path = verb:match("^(%u+) (.*)$")
    method = method:lower()
    local summary = action.summary or declared.summary
    if not action.summary and not operation.is_only(declared) then summary = summary:gsub("%.$", "") .. ": " .. name end
    if path:find("{", 1, true) then summary = summary:gsub("%.$", "") .. " (by id)" end
    book.put(mount .. path, method, operation.make(book, surface, declared, name, method, mount, path, {
      id = id_of(declared, name, path), summary = summary, tag = tag_of(declared),
      aliases = index == 1 and aliases or nil, finish = finish,
    }))
  end
end

local function add_command(book, surface, declared, mount)
  for _, name in ipairs(sorted_names(declared.actions)) do add_action(book, surface, declared, name, mount) end
  book.tag(tag_of(declared), declared.summary, surface.title)
end

---- whole documents

--- What the surface declares as `describe`.
function own.describe(book, surface, list, mount)
  for name, schema in pairs(objects.destinations()) do book.schemas[name] = schema end
  for _, declared in ipairs(list) do
    local model = resource.models[declared.object]
    if model then
      local ok, err = object_paths.add(book, surface, model, mount)
      if not ok then return nil, err end
    else
      add_command(book, surface, declared, mount)
    end
  end
  add_own_paths(book, surface, mount)
  -- Columns that no body may name leave components that nothing refers to.
  local text = json.encode(object(book.schemas))
  for name, schema in pairs(column_schemas.shared()) do
    if text:find("schemas/" .. name .. '"', 1, true) or text:find("schemas\\/" .. name .. '"', 1, true) then
      book.schemas[name] = schema
    end
  end
  return true
end

local ABOUT = "Objects and commands of the PBX as JSON.\n\n"
  .. "**Keys** go into the header X-API-Key, a bearer token or ?key=. A tenant's key needs `tenant`; a global key "
  .. "may leave it out for lists and gets of all tenants. Read-only keys list and get.\n\n"
  .. "**Lists** take `limit`, `offset` (the whole length is in X-Total-Count), `sort` and `fields`.\n\n"
  .. "**Changes** take `dry_run`, and If-Match with the ETag of a get. A POST with an Idempotency-Key can be sent "
  .. "again: it is done once.\n\n"
  .. "**Methods**: what a path does not take is 405 `method_not_allowed`, with Allow. OPTIONS answers 204."

--- The document of the dialect alone, as a body. `mount` is the address it is served under.
function own.body(surface, mount)
  return document.once(mount, function()
    local book = parts.new()
    local ok, err = own.describe(book, surface, routes.list(surface.name), "")
    if not ok then return nil, err end
    return document.text(book, { title = "Patchbay OpenAPI", description = ABOUT, server = mount })
  end)
end

return own
