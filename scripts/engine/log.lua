-- The process log (which row changed) and the user activity log (who asked), written in the
-- transaction of the change itself.
local json = require "json"
local moment = require "lib.moment"
local sql = require "engine.sql"

local change_log = {}

-- A PIN is shown to whoever may read the object; the log outlives that.
local function is_secret(name, secrets) return secrets and secrets[name] or name:find("pin$") end

-- What a log line may show of a value.
local function shown(name, value, secrets)
  if is_secret(name, secrets) then return "***" end
  if type(value) == "userdata" then return value == json.null and json.null or "(binary)" end
  if type(value) == "string" and #value > 200 then return value:sub(1, 200) .. "..." end
  return value
end

--- Changed columns as JSON, secrets masked. nil for an empty table.
function change_log.detail(values, secrets)
  if not values or not next(values) then return nil end
  local out = {}
  for name, value in pairs(values) do out[name] = shown(name, value, secrets) end
  return json.encode(json.object(out))
end

--- One row of the process log. entry = {object, id, action, tenant_id, detail}.
function change_log.process(tx, ctx, entry)
  local text, params = sql.insert("lg_processlogs", {
    lg_te_id = entry.tenant_id or 0,
    lg_date = moment.now(),
    lg_object = entry.object,
    lg_object_id = tostring(entry.id),
    lg_action = entry.action,
    lg_detail = entry.detail,
    lg_source = ctx.actor,
    lg_request = ctx.request,
  })
  return tx:exec(text, params)
end

--- Both logs for one change of an object.
function change_log.write(tx, ctx, entry)
  local done, err = change_log.process(tx, ctx, entry)
  if not done then return nil, err end
  local text, params = sql.insert("ul_useractivitylogs", {
    ul_te_id = entry.tenant_id or 0,
    ul_date = moment.now(),
    ul_user = ctx.actor,
    ul_key_id = ctx.key and ctx.key.id,
    ul_peer = ctx.peer,
    ul_action = entry.action,
    ul_object = entry.object,
    ul_object_id = tostring(entry.id),
    ul_description = entry.description,
    ul_request = ctx.request,
  })
  return tx:exec(text, params)
end

return change_log
