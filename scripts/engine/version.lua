-- What If-Match holds on to: the version of an object, and the refusal of a change that came too late.
local destination = require "engine.destination"
local store = require "store"

local version = {}

local function query_of(tx)
  if not tx then return store.query, store.value end
  return function(text, params) return tx:query(text, params) end,
    function(text, params) return tx:value(text, params) end
end

--- Stays the same until somebody changes the object: every change writes the process log. Destinations
--- can be changed by their source alone. With `tx` as the transaction sees it.
function version.of(model, id, tx)
  local query, value = query_of(tx)
  local places, params = { "?" }, { model.name }
  for _, decl in ipairs(model.children) do
    places[#places + 1] = "?"
    params[#params + 1] = decl.table
  end
  params[#params + 1] = tostring(id)
  local last, err = value(("SELECT max(lg_id) FROM lg_processlogs WHERE lg_object IN (%s) "
    .. "AND lg_object_id = ?"):format(table.concat(places, ", ")), params)
  if err then return nil, err end
  local parts = { tostring(last) }
  if #model.destination_list > 0 then
    local rows
    rows, err = query(destination.select(model.destination_list, id))
    if not rows then return nil, err end
    for row in rows:each() do parts[#parts + 1] = tostring(row.de_id) end
  end
  return table.concat(parts, ",")
end

--- The refusal of If-Match.
function version.changed_since()
  return { code = "conflict", reason = "precondition_failed", status = 412,
    message = "The object has changed since." }
end

return version
