-- What resources that are objects of ours do alike.
local change = require "engine.change"
local fields = require "mikopbx.lib.fields"
local json = require "json"

local resource = {}

--- Gives records of a module new priorities: `priorities` by id of a body, all or none. `step(id, priority)` is
--- the step of the change of one. Returns the answer.
function resource.reorder(module, ctx, priorities, step)
  if type(priorities) ~= "table" or next(priorities) == nil then
    return nil, { code = "invalid", message = "No priority data provided" }
  end
  local list, err = module.records(ctx)
  if not list then return nil, err end
  local wanted, steps = {}, {}
  for id, priority in pairs(priorities) do wanted[tostring(id)] = priority end
  for _, it in ipairs(list) do
    if wanted[it.id] ~= nil then
      local given
      given, err = fields.clean({ priority = module.RULES.priority }, { priority = wanted[it.id] })
      if not given then return nil, err end
      if not given.priority then return nil, { code = "invalid", message = "priorities: not a number" } end
      steps[#steps + 1] = step(tonumber(it.id), given.priority)
      wanted[it.id] = nil
    end
  end
  local unknown = next(wanted)
  if unknown then return nil, { code = "invalid", message = "Route ID " .. unknown .. " not found" } end
  local made
  made, err = change.run(ctx, steps)
  if not made then return nil, err end
  return json.ordered("updated", #steps, "message", ("Successfully updated %d route priorities"):format(#steps))
end

return resource
