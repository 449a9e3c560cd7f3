-- /api-keys: bearer keys with permissions per resource.
local crypto = require "crypto"
local fields = require "mikopbx.lib.fields"
local given_id = require "mikopbx.lib.given_id"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local moment = require "lib.moment"
local networkfilter = require "model.networkfilter"
local pathkey = require "access.pathkey"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local sql = require "engine.sql"
local store = require "store"

local RULES = {
  description = { max = 255 },
  key = { max = 255 },
  networkfilterid = { max = 20 },
  full_permissions = { type = "boolean" },
}
local MIN_KEY = 32

local function body(required)
  local found = fields.declared(RULES, required)
  found.allowed_paths = { type = "any", summary = "what the key may do, by path: read or write",
    document = { schema = { anyOf = { { type = "object", additionalProperties = { type = "string", enum = { "read", "write" } } },
      { type = "array", items = { type = "object" } } } } } }
  return found
end

local api_keys = route {
  family = "api_keys",
  summary = "API keys.",
  params = { id = { pattern = "%d+" } },
  actions = {
    list = { access = "read", verb = "GET /api-keys", result = shapes.list(shapes.api_key_row),
      params = { search = {}, order = { document = { enum = { "id", "description" } } },
        order_by = { document = { enum = { "id", "description" } } } } },
    get = { access = "read", verb = "GET /api-keys/{id}", result = shapes.api_key },
    getDefault = { access = "read", verb = "GET /api-keys:getDefault", result = shapes.api_key },
    generateKey = { access = "write", verb = "POST /api-keys:generateKey", result = shapes.key },
    create = { access = "write", verb = "POST /api-keys", result = shapes.api_key, statuses = { ["201"] = "Created." },
      body = body({ "description", "key" }) },
    update = { access = "write", verb = "PUT /api-keys/{id}", result = shapes.api_key, body = body() },
    patch = { access = "write", verb = "PATCH /api-keys/{id}", result = shapes.api_key, body = body() },
    delete = { access = "write", verb = "DELETE /api-keys/{id}", result = shapes.nothing },
  },
}

local function display(key)
  if #key <= 15 then return key end
  return key:sub(1, 5) .. "..." .. key:sub(-5)
end

-- The keys of a caller's own tenant; the host's administrator sees all.
local function scope(req, params)
  if req.ctx.key.global then return "" end
  params[#params + 1] = req.tenant.id
  -- by hand: these keys are this dialect's own
  return " AND ma_te_id = ?"
end

local function paths_of(row)
  local paths = json.decode(row.ma_allowed_paths or "{}") or {}
  local count = 0
  for _ in pairs(paths) do count = count + 1 end
  return count > 0 and json.object(paths) or json.array({}), count
end

local function shown(row)
  local paths, count = paths_of(row)
  local filtered = row.ma_networkfilterid ~= "none"
  return {
    id = tostring(row.ma_id), description = row.ma_description, created_at = row.ma_created_at,
    last_used_at = row.ma_last_used_at or "", networkfilterid = row.ma_networkfilterid,
    key_display = row.ma_display or "", full_permissions = row.ma_full_permissions == 1,
    allowed_paths = paths, has_key = true, allowed_paths_count = count,
    networkfilter_represent = '<i class="globe icon"></i>', has_network_filter = filtered,
  }
end

function api_keys.list(req)
  local params = {}
  local condition = scope(req, params)
  local search = tostring(req.params.search or "")
  if search ~= "" then
    condition = condition .. " AND (ma_description LIKE ? ESCAPE '!'"
      .. " OR ma_display LIKE ? ESCAPE '!')"
    local text = "%" .. sql.like(search) .. "%"
    params[#params + 1], params[#params + 2] = text, text
  end
  local order = (req.params.order or req.params.order_by) == "id" and "ma_id" or "ma_description"
  local rows, err = store.query("SELECT * FROM mk_apikeys WHERE 1 = 1" .. condition
    .. " ORDER BY " .. order .. ", ma_id", params)
  if not rows then return nil, err end
  local list = json.array({})
  for row in rows:each() do
    local it = shown(row)
    list[#list + 1] = json.ordered("id", it.id, "description", it.description,
      "represent", mikopbx.represent("key", it.description), "created_at", it.created_at,
      "last_used_at", it.last_used_at, "allowed_paths_count", it.allowed_paths_count,
      "has_network_filter", it.has_network_filter, "has_key", true,
      "key_display", it.key_display, "full_permissions", it.full_permissions)
  end
  return list
end

local function find(req, status, text)
  local params = { tonumber(req.params.id) or 0 }
  local condition = scope(req, params)
  local row, err = store.row("SELECT * FROM mk_apikeys WHERE ma_id = ?" .. condition, params)
  if row or err then return row, err end
  return nil, { code = "not_found", status = status, message = text:format(req.params.id) }
end

function api_keys.get(req)
  local row, err = find(req, 422, "API key not found (ID: %s)")
  if not row then return nil, err end
  return shown(row)
end

function api_keys.getDefault()
  return {
    id = "", description = "", key = "", networkfilterid = "none", full_permissions = true,
    allowed_paths = json.array({}), key_display = "", has_key = false, allowed_paths_count = 0,
    networkfilter_represent = '<i class="globe icon"></i>', has_network_filter = false,
  }
end

function api_keys.generateKey() return { key = crypto.random(32) } end

local function path_ok(path)
  return #path >= 10 and #path <= 255 and not path:find("..", 1, true)
    and not path:find("//", 1, true) and path:match("^/api/v%d+/[%l%d/-]+$") ~= nil
end

-- Paths come as an object, as a list of {path, permission}, or as the text of either.
local function read_paths(value)
  if type(value) == "string" then value = json.decode(value) or {} end
  if type(value) ~= "table" then return {} end
  local paths = {}
  for path, level in pairs(value) do
    if type(level) == "table" then path, level = level.path, level.permission or level.level end
    if type(path) ~= "string" or not path_ok(path) then
      return nil, { code = "invalid", message = "allowed_paths: not a path of the API" }
    end
    if level ~= "read" and level ~= "write" then
      return nil, { code = "invalid", message = "allowed_paths: unknown permission for " .. path }
    end
    paths[path] = level
  end
  return paths
end

-- A key may not hand out more than its owner has.
local function within_caller(req, values, paths)
  local caller = req.caller
  if caller.full then return true end
  if values.full_permissions then
    return nil, { code = "denied", message = "a key cannot grant more than it has" }
  end
  for path, level in pairs(paths) do
    local own = caller.paths[path]
    if own ~= "write" and own ~= level then
      return nil, { code = "denied", message = "a key cannot grant more than it has" }
    end
  end
  return true
end

local function columns_of(req, creating)
  local values, err = fields.clean(RULES, req.params, false)
  if not values then return nil, err end
  if (values.description or "") == "" then
    return nil, {
      code = "invalid", message = "Description is required",
      fields = { description = "Description is required" },
    }
  end
  local columns = { ma_description = values.description }
  local filter = values.networkfilterid
  if filter and filter ~= "" then
    if filter ~= "none" and filter ~= "localhost" then
      local found
      found, err = networkfilter.named(req.ctx, filter)
      if not found and err.code ~= "not_found" then return nil, err end
      if not found then return nil, { code = "invalid", message = "networkfilterid: no such network filter: " .. filter } end
    end
    columns.ma_networkfilterid = filter
  end
  local paths
  paths, err = read_paths(req.params.allowed_paths)
  if not paths then return nil, err end
  local allowed
  allowed, err = within_caller(req, values, paths)
  if not allowed then return nil, err end
  if values.full_permissions ~= nil then
    columns.ma_full_permissions = values.full_permissions and 1 or 0
  end
  if values.full_permissions then columns.ma_allowed_paths = "{}"
  elseif req.params.allowed_paths ~= nil or creating then
    columns.ma_allowed_paths = json.encode(json.object(paths))
  end
  local key = values.key
  if key and key ~= "" then
    if #key < MIN_KEY then
      return nil, { code = "invalid", message = "key: at least 32 characters" }
    end
  elseif creating then key = crypto.random(32)
  else key = nil end
  if key then
    columns.ma_hash, columns.ma_display = crypto.sha256(key), display(key)
  end
  return columns, nil, key
end

-- The key itself must be nobody else's, and an id that was given.
local function not_saved(err, id)
  if err.code ~= "conflict" then return nil, err end
  local taken = id and given_id.taken(err, "ma_id", id)
  if taken then return nil, taken end
  return nil, { code = "conflict", message = "key: already in use", fields = { key = "already in use" } }
end

function api_keys.create(req)
  local columns, err = columns_of(req, true)
  if not columns then return nil, err end
  columns.ma_created_at = moment.now()
  columns.ma_id, err = given_id.of(req.params)
  if err then return nil, err end
  if not req.ctx.key.global then columns.ma_te_id = req.tenant.id end
  local id
  id, err = pathkey.create(columns)
  if not id then return not_saved(err, columns.ma_id) end
  req.params.id = tostring(id)
  local row
  row, err = find(req, 422, "API key not found (ID: %s)")
  if not row then return nil, err end
  return reply.of(shown(row), { status = 201, reload = "api-keys/modify/" .. id })
end

function api_keys.update(req)
  local row, err = find(req, 404, "API Key not found")
  if not row then return nil, err end
  local columns
  columns, err = columns_of(req, false)
  if not columns then return nil, err end
  local done
  done, err = pathkey.update(row.ma_id, columns)
  if not done then return not_saved(err) end
  row, err = find(req, 404, "API Key not found")
  if not row then return nil, err end
  return reply.of(shown(row), { status = 200, reload = "api-keys/modify/" .. row.ma_id })
end

-- The original saves both alike.
api_keys.patch = api_keys.update

function api_keys.delete(req)
  local row, err = find(req, 404, "API Key not found")
  if not row then return nil, err end
  local done
  done, err = pathkey.delete(row.ma_id)
  if not done then return nil, err end
  return json.array({})
end

return api_keys
