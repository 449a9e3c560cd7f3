-- Settings of a tenant or of everything, by code.
local object = require "engine.object"
local store = require "store"
local value_of = require "lib.value"

-- Settings whose value is a key, a password or a token. VMSAMEPASSWORD is a yes or no.
local WORDS = { "APIKEY", "PASSWORD", "PASSWD", "SECRET", "TOKEN" }
local NONE = "VMSAMEPASSWORD"

local conditions = {}
for i, word in ipairs(WORDS) do conditions[i] = ("instr(upper(o.se_code), '%s') > 0"):format(word) end
local SECRET = ("upper(o.se_code) <> '%s' AND (%s)"):format(NONE, table.concat(conditions, " OR "))

local function is_secret(code)
  code = tostring(code):upper()
  if code == NONE then return false end
  for _, word in ipairs(WORDS) do
    if code:find(word, 1, true) then return true end
  end
  return false
end

local setting = object {
  name = "setting", summary = "A setting, by its code.",
  table = "se_settings", id = "se_id", tenant = "se_te_id", label = "se_code",
  scope = "tenant+global",
  goes_with_tenant = true,
  required = { "se_code" },
  example = { code = "LANGUAGE", value = "en" },
  columns = { se_code = { pattern = "[%w_.-]+", max = 80 }, se_value = { multiline = true } },
  aliases = { code = "se_code", value = "se_value" },
  masked = { se_value = "CASE WHEN " .. SECRET .. " THEN NULL ELSE o.se_value END" },
  sensitive = function(row) return { se_value = is_secret(row.se_code) } end,
}

local function owner(ctx)
  if ctx.tenant and not ctx.global then return ctx.tenant.id end
  return 0
end

--- The value a tenant has set, or nil. Without a tenant: the global level.
function setting.value(ctx, code)
  if is_secret(code) and not ctx.secrets then return nil end
  return store.value("SELECT se_value FROM se_settings WHERE se_te_id = ? AND se_code = ?",
    { owner(ctx), code })
end

--- The value that counts: the tenant's, or else the global one.
function setting.effective(ctx, code)
  return store.value("SELECT se_value FROM se_settings WHERE se_code = ? AND se_te_id IN (?, 0) "
    .. "ORDER BY se_te_id DESC LIMIT 1", { code, owner(ctx) })
end

--- Sets a value; makes the row when there is none.
function setting.set(ctx, code, value)
  local mine = value_of.merged(ctx)
  mine.global = owner(ctx) == 0 or nil
  if mine.global then mine.tenant = nil end
  local id, err = store.value("SELECT se_id FROM se_settings WHERE se_te_id = ? AND se_code = ?",
    { owner(ctx), code })
  if err then return nil, err end
  if id then return setting.update(mine, id, { se_value = value }) end
  return setting.create(mine, { se_code = code, se_value = value })
end

return setting
