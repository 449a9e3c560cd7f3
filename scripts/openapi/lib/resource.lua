-- An OpenAPI object made of a model: `return resource(require "model.did")` is a whole script.
local crypto = require "crypto"
local failure = require("lib.failure").of
local forms = require "openapi.lib.forms"
local json = require "json"
local page = require "lib.page"
local reply = require "lib.reply"
local version = require "engine.version"
local wire = require "openapi.lib.wire"

local resource = { models = {}, paths = {} }

local IDENTITY = { type = "integer", summary = "id of the object", example = 1 }
--- The parameter of everything that changes something.
resource.DRY_RUN = { type = "boolean", default = false, summary = "check everything, change nothing" }

-- Which object a request means: the id in the path, or id, objectid or number in the query.
local function which(model, req)
  local args = req.args or {}
  local id, number = forms.named(req.query, model)
  id, number = args.id or id, args.number or number
  if id == "" then id = nil end
  if number == "" then number = nil end
  if id and number then
    return failure("invalid", "invalid_identifier", "Use either id or number, not both.")
  end
  if number then return { [model.number_column] = number } end
  if not id then
    return failure("invalid", "missing_identifier", model.number_column
      and ("Provide an %s id or number."):format(model.name) or "Provide an id.")
  end
  if not tostring(id):find("^%d+$") or #tostring(id) > 15 or tonumber(id) < 1 then
    return failure("invalid", "invalid_identifier", "id: not a whole number: " .. tostring(id):sub(1, 40))
  end
  return tonumber(id)
end

-- The object as it is answered.
local function text_of(model, ctx, target)
  local whole, err = model.get(ctx, target)
  if not whole then return nil, err end
  return wire.object(model, whole)
end

local function etag(text) return '"' .. crypto.sha256(text):sub(1, 32) .. '"' end

-- `"a", "b"` or `*`. A weak tag (W/"a") says nothing about bytes: If-None-Match takes it, If-Match not.
local function names_tag(header, tag, weak_too)
  if header:find("^%s*%*%s*$") then return true end
  for weak, one in header:gmatch('(W?/?)("[^"]*")') do
    if one == tag and (weak ~= "W/" or weak_too) then return true end
  end
  return false
end

-- Refuses a change of something other than what the client has seen. The version is read first, so
-- that the transaction finds out what has changed since the text was made.
local function unchanged(model, req, ctx, target)
  local header = req.headers["if-match"]
  if not header then return true end
  local seen, err = model.version(ctx, target)
  if not seen then return nil, err end
  local text
  text, err = text_of(model, ctx, target)
  if not text then return nil, err end
  if not names_tag(header, etag(text)) then return nil, version.changed_since() end
  if not header:find("^%s*%*%s*$") then ctx.seen = seen end
  return true
end

local function list_handler(model)
  return function(req)
    local ctx, options = req.ctx, page.options(req.params)
    local filter
    for name, column in pairs(model.filters or {}) do
      local value = req.params[name]
      if value ~= nil then
        filter = filter or {}
        filter[column] = value
      end
    end
    options.where = filter
    local headers
    if page.partial(options) then
      local total, err = model.count(ctx, options)
      if not total then return nil, err end
      headers = { ["X-Total-Count"] = ("%d"):format(total) }
    end
    local body, err = model.stream(ctx, options, wire.LIST)
    if not body then return nil, err end
    return reply.body(body, { headers = headers })
  end
end

local function get_handler(model)
  return function(req)
    local target, err = which(model, req)
    if not target then return nil, err end
    local text
    text, err = text_of(model, req.ctx, target)
    if not text then return nil, err end
    local tag = etag(text)
    local seen = req.headers["if-none-match"]
    if seen and names_tag(seen, tag, true) then return reply.body("", { status = 304, headers = { ETag = tag } }) end
    return reply.body(text, { headers = { ETag = tag } })
  end
end

-- What a change made, as a text; what it would make, as a value.
local function shown(model, ctx, row)
  if ctx.dry_run then return nil, nil, { dry_run = true, object = row } end
  -- `tenant` filters lists and gets of what belongs to no tenant; what was just made is not of it yet.
  local reader = { key = ctx.key, secrets = ctx.secrets, global = ctx.global, tenant = model.tenant and ctx.tenant or nil }
  return text_of(model, reader, row[model.id])
end

local function create_all(model, req, ctx)
  if #req.fields > 1000 then
    return failure("invalid", "invalid_json", "At most 1000 objects at once.")
  end
  if #req.fields == 0 then return failure("invalid", "invalid_json", "The list is empty.") end
  local rows, err = model.create_all(ctx, req.fields)
  if not rows then return nil, err end
  local answers = json.array({})
  for i, row in ipairs(rows) do
    local text, failed, tried = shown(model, ctx, row)
    if failed then return nil, failed end
    answers[i] = tried or json.raw(text)
  end
  return reply.of(answers, { status = ctx.dry_run and 200 or 201 })
end

local function create_handler(model)
  return function(req)
    local ctx = req.ctx
    if json.is_array(req.fields) then return create_all(model, req, ctx) end
    local row, err = model.create(ctx, req.fields)
    if not row then return nil, err end
    local text, failed, tried = shown(model, ctx, row)
    if not text then return tried, failed end
    return reply.body(text, { status = 201, headers = {
      ETag = etag(text), Location = ("%s/%s/%d"):format(req.mount, model.plural, row[model.id]),
    } })
  end
end

local function update_handler(model)
  return function(req)
    local ctx = req.ctx
    local target, err = which(model, req)
    if not target then return nil, err end
    -- PHP writes an empty object as an empty list.
    if json.is_array(req.fields) and req.fields[1] ~= nil then
      return failure("invalid", "invalid_json", "The body must be a JSON object.")
    end
    local ok
    ok, err = unchanged(model, req, ctx, target)
    if not ok then return nil, err end
    local row
    row, err = model.update(ctx, target, req.fields)
    if not row then return nil, err end
    local text, failed, tried = shown(model, ctx, row)
    if not text then return tried, failed end
    return reply.body(text, { headers = { ETag = etag(text) } })
  end
end

local function delete_handler(model)
  return function(req)
    local ctx = req.ctx
    local target, err = which(model, req)
    if not target then return nil, err end
    local ok
    ok, err = unchanged(model, req, ctx, target)
    if not ok then return nil, err end
    local answer
    answer, err = model.delete(ctx, target)
    if not answer then return nil, err end
    local tried = answer.dry_run or nil
    if answer.number then
      return json.ordered("deleted", answer.deleted, "dry_run", tried, "id", answer.id, "number", answer.number)
    end
    return json.ordered("deleted", answer.deleted, "dry_run", tried, "id", answer.id, "object", answer.object)
  end
end

local function list_params(model)
  local params = {}
  for name, param in pairs(page.params) do params[name] = param end
  for name in pairs(model.filters or {}) do
    params[name] = { type = "integer", summary = "only rows of this " .. name:gsub("_?id$", "") }
  end
  return params
end
resource.list_params = list_params

-- What the columns are the model says (openapi/lib/object_paths.lua).
local OBJECT, LIST = { type = "object" }, { type = "array", items = { type = "object" } }

--- Declares the five actions of a model for the file being loaded.
local function declare(model)
  local found = forms.verbs(model)
  local title = model.title:lower()
  local tenant = model.tenant and "required" or "optional"
  local declared = route {
    object = model.name, summary = model.summary, tags = { model.title }, aliases = model.paths,
    actions = {
      list = { access = "read", verb = found.list, summary = "List: " .. title, tenant = "optional", result = LIST,
        params = list_params(model) },
      get = { access = "read", verb = found.get, summary = "Get: " .. title, tenant = "optional", result = OBJECT,
        params = { id = IDENTITY } },
      create = { access = "write", verb = found.create, summary = "Create: " .. title, tenant = tenant, result = OBJECT,
        params = { dry_run = resource.DRY_RUN } },
      update = { access = "write", verb = found.update, summary = "Modify: " .. title,
        tenant = "optional", params = { id = IDENTITY, dry_run = resource.DRY_RUN }, result = OBJECT },
      delete = { access = "write", verb = found.delete, summary = "Delete: " .. title,
        tenant = "optional", params = { id = IDENTITY, dry_run = resource.DRY_RUN }, result = OBJECT },
    },
  }
  declared.list, declared.get = list_handler(model), get_handler(model)
  declared.create, declared.update = create_handler(model), update_handler(model)
  declared.delete = delete_handler(model)
  resource.models[model.name] = model
  return declared
end

return setmetatable(resource, { __call = function(_, model) return declare(model) end })
