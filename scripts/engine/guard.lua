-- Values that reach beyond a tenant although they name no row: contexts, dial strings, mailboxes, files.
-- Only a global key may set them to what is not the tenant's own.
local sql = require "engine.sql"

local border = {}

local function every(text, separators, holds)
  for part in text:gmatch("[^" .. separators .. "]+") do
    if not holds(part:match("^%s*(.-)%s*$")) then return false end
  end
  return true
end

-- "../../voicemail/OTHER/100/INBOX/msg0000" is a sound file too.
local function inside(path)
  return path:sub(1, 1) ~= "/" and not path:find("..", 1, true) and not path:find(":", 1, true)
end

-- One phone, or several with & between them. A comma would begin the options of Dial, which can run
-- any part of the dialplan; a Local channel reaches any context.
local function dial_part(tenant)
  return function(part)
    local tech, name = part:match("^(%a[%w]*)/([%w_.+*#@-]+)$")
    if not tech then return false end
    if tech:upper() == "LOCAL" then return name:find("^[%w*#+_.]+@authenticated$") ~= nil end
    local code = name:match("%-([%w_]+)$")
    return not code or code == tenant.code
  end
end

local RULES = {
  -- what the object makes of it
  own = function(value, _, expected) return tostring(value) == tostring(expected) end,
  none = function() return false end,
  -- NUMBER or NUMBER@CODE of the tenant
  boxes = function(value, tenant)
    return every(value, ",", function(box)
      local context = box:match("@(.*)$")
      return not context or context == tenant.code
    end)
  end,
  sound = function(value) return every(value, ",&", inside) end,
  folder = inside,
  dial = function(value, tenant) return every(value, "&", dial_part(tenant)) end,
}

local WORDS = {
  own = "must be the object's own", none = "only a global key may set it",
  boxes = "names a mailbox of another tenant", sound = "must be a sound below the sounds folder",
  folder = "must be a folder below Asterisk's own", dial = "must be TECH/NAME of the tenant",
}

--- The refusal of a read-only key, or true. Everything that changes something asks.
function border.may_write(ctx)
  if not (ctx.key and ctx.key.read_only) then return true end
  return nil, { code = "denied", reason = "read_only_api_key", message = "A full API key is required." }
end

--- Checks values against the `border` of their column's rule. `expected`: what the object would make;
--- `names`: what the client called the columns.
function border.check(ctx, rules, values, tenant, expected, names)
  if ctx.key and ctx.key.global then return true end
  for name, value in pairs(values) do
    local rule = rules and rules[name]
    local holds = rule and rule.border and RULES[rule.border]
    if holds and not sql.is_null(value) and value ~= "" then
      if not holds(value, tenant, expected and expected[name]) then
        local field = names and names[name] or name
        return nil, { code = "invalid", reason = "invalid_field", field = field,
          message = field .. ": " .. WORDS[rule.border] }
      end
    end
  end
  return true
end

return border
