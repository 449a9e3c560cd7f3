-- What a client wants dialled: plain data, which can neither end the dial string nor start another one,
-- and no phone of another tenant.
local failure = require "lib.failure"
local numbering = require "model.numbering"
local peers = require "model.peer"
local store = require "store"

local dialled = {}

--- A number, or the name of a phone.
dialled.NUMBER = "^[%w*#+_.-]+$"
-- What a context does at its end, on a time-out and the like is no number.
local SPECIAL = "^[aehiostT]$"

--- An optional value that must fit a pattern; nil without an error when it is missing.
function dialled.plain(name, value, pattern, max)
  if value == nil or value == "" then return nil end
  value = tostring(value)
  if #value > (max or 80) or not value:find(pattern) then
    return failure.parameter(name, "not valid: " .. value:sub(1, 40))
  end
  return value
end

-- NUMBER-TENANT of another tenant is the name of its phone. It is no number of this one, and the
-- dialplan would take it for one outside.
local function not_foreign(ctx, name, text)
  local code = text:match("%-([^-]+)$")
  if not code or code == ctx.tenant.code then return true end
  local there, err = store.value("SELECT 1 FROM te_tenants WHERE te_code = ?", { code })
  if err then return nil, err end
  if not there then return true end
  return failure.parameter(name, "not valid: " .. text:sub(1, 40))
end

--- The number that is meant by a parameter, which must be there: NUMBER or NUMBER-TENANT.
function dialled.number(ctx, name, value)
  local text, err = dialled.plain(name, value, dialled.NUMBER)
  if err then return nil, err end
  if not text then return failure.of("invalid", "missing_" .. name, ("Missing %s."):format(name), name) end
  if text:find(SPECIAL) then return failure.parameter(name, "not a number: " .. text) end
  if not ctx.tenant then return text end
  local ok
  ok, err = not_foreign(ctx, name, text)
  if not ok then return nil, err end
  return peers.number_of(ctx, text)
end

--- Whether something here has a number: the tenant's own, or what everybody has.
function dialled.inside(ctx, number)
  for _, tenant_id in ipairs { ctx.tenant.id, 0 } do
    local owners, values = numbering.owners(tenant_id, number)
    local kind, err = store.value("SELECT kind FROM " .. owners .. " LIMIT 1", values)
    if err then return nil, err end
    if kind then return true end
  end
  return false
end

return dialled
