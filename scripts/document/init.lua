-- OpenAPI 3.0.3 documents, made from what the scripts declare. Each surface describes its own routes.
local json = require "json"
local operation = require "document.operation"
local parts = require "document.parts"
local schemas_of = require "document.schema"
local shared = require "shared"
local sorted_names = require("lib.value").names
local task = require "task"

local document = {}

local object = schemas_of.object

-- Tags by name, and in a document of several families the families as groups of tags.
local function tags_of(book)
  local tags, members, seen = json.array({}), {}, {}
  for _, operations in pairs(book.paths) do
    for _, it in pairs(operations) do
      local tag = it.tags[1]
      if not seen[tag] then
        seen[tag] = true
        local family = book.groups[tag] or ""
        members[family] = members[family] or json.array({})
        table.insert(members[family], tag)
        local short = tag:match("^" .. family:gsub("%p", "%%%0") .. ": (.*)$")
        tags[#tags + 1] = object({ name = tag, ["x-displayName"] = short,
          description = book.summaries[tag] or "Operations of " .. (short or tag) .. "." })
      end
    end
  end
  table.sort(tags, function(a, b) return a.name < b.name end)
  if not book.grouped then return tags end
  local groups = json.array({})
  for _, family in ipairs(sorted_names(members)) do
    table.sort(members[family])
    groups[#groups + 1] = object({ name = family, tags = members[family] })
  end
  return tags, groups
end

-- Paths in the order they are read, then the rest by name; each with its methods in the usual order.
local function in_order(book)
  local names, seen, list = {}, {}, {}
  for _, name in ipairs(book.order) do names[#names + 1], seen[name] = name, true end
  for _, name in ipairs(sorted_names(book.paths)) do
    if not seen[name] then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local it = book.paths[name]
    list[#list + 1] = name
    list[#list + 1] = json.ordered("get", it.get, "post", it.post, "put", it.put, "patch", it.patch, "delete", it.delete)
  end
  return json.ordered(unpack(list))
end

--- The text of a book (document/parts.lua). `about`: title, description, server.
function document.text(book, about)
  local tags, groups = tags_of(book)
  return json.encode(json.ordered(
    "openapi", "3.0.3",
    "info", json.ordered("title", about.title, "version", host.info().version, "description", about.description,
      "contact", object({ name = "Patchbay" }), "license", object({ name = "MIT", url = "https://opensource.org/licenses/MIT" })),
    "servers", json.array({ object({ url = about.server }) }),
    "tags", tags, "x-tagGroups", groups, "x-mounts", next(book.mounts) and object(book.mounts) or nil,
    "paths", in_order(book),
    "components", object({
      schemas = object(book.schemas), parameters = object(book.parameters),
      responses = object(book.responses), securitySchemes = object(book.schemes),
    })))
end

local function by_title(list)
  table.sort(list, function(a, b) return (a.title or a.name) < (b.title or b.name) end)
  return list
end

local ABOUT = "Every endpoint this host has loaded, by family. Each family has its own way to say who one is."

--- A document as a body, made once for the host and its present scripts by `make` (a text, or nil and an
--- error): it takes long and much of a lane's memory, so all who ask meanwhile wait for the one who makes it.
function document.once(name, make)
  local body = shared.get("document " .. name)
  if body then return body end
  task.commit() -- whether that one's own client still waits does not matter
  local text, err = make()
  if not text then return nil, err end
  return shared.put("document " .. name, text)
end

local function make_everything()
  local book, about = parts.new(true), { ABOUT }
  for _, surface in ipairs(by_title(routes.surfaces())) do
    local describe = surface.describe or operation.add
    local ok, err = describe(book, surface, routes.list(surface.name), surface.mounts[1] or "")
    if not ok then return nil, err end
    if surface.description then about[#about + 1] = surface.description end
  end
  return document.text(book, { title = "Patchbay", description = table.concat(about, "\n\n"), server = "/" })
end

--- The document of every loaded route, as a body.
function document.everything() return document.once("everything", make_everything) end

return document
