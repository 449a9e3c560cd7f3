-- Ids and names of some providers, for what names them: routes and records. Providers belong to no tenant, but
-- whoever has a route may know what its provider is called.
local sql = require "engine.sql"
local store = require "store"

local trunk_name = {}

local function query(where)
  local parts, bound = {}, {}
  for _, column in ipairs({ "pr_id", "mp_uniqid" }) do
    if where[column] and #where[column] > 0 then parts[#parts + 1] = sql.where({ [column] = where[column] }, bound) end
  end
  local found = {}
  if #parts == 0 then return found end
  local rows, err = store.query("SELECT pr_id, pr_name, pr_tech, pr_disabled, mp_uniqid FROM pr_providers "
    .. "LEFT JOIN mk_providers ON mp_pr_id = pr_id WHERE " .. table.concat(parts, " OR "), bound, { rows = 100000 })
  if not rows then return nil, err end
  for i, row in ipairs(rows:list()) do
    local kind = row.pr_tech == "IAX2" and "IAX" or "SIP"
    found[i] = { pr_id = row.pr_id, id = row.mp_uniqid or ("%s-%d"):format(kind, row.pr_id), type = kind,
      name = row.pr_name or "", disabled = row.pr_disabled == "on" }
  end
  return found
end

--- {pr_id, id, type, name, disabled} by pr_id.
function trunk_name.by_row(pr_ids)
  local found, err = query({ pr_id = pr_ids })
  if not found then return nil, err end
  local by = {}
  for _, it in ipairs(found) do by[it.pr_id] = it end
  return by
end

--- The same by the ids of this API: SIP-TRUNK-1A2B3C4D, or SIP-5 of one made elsewhere.
function trunk_name.by_id(ids)
  local rows = {}
  for _, id in ipairs(ids) do rows[#rows + 1] = tonumber(id:match("^%u+%-(%d+)$")) end
  local found, err = query({ mp_uniqid = ids, pr_id = rows })
  if not found then return nil, err end
  local by = {}
  for _, it in ipairs(found) do by[it.id] = it end
  return by
end

return trunk_name
