-- Operations that the original has and this host does not do: they are declared, and say so.
local refusal = {}

-- Actions of a name: that of its verbs that read, and that of the others.
local function each(verbs, visit)
  for name, some in pairs(verbs) do
    local reads, writes = {}, {}
    for _, verb in ipairs(type(some) == "table" and some or { some }) do
      table.insert(verb:find("^GET ") and reads or writes, verb)
    end
    if #reads > 0 then visit(name, name, "read", reads) end
    if #writes > 0 then visit(name, #reads > 0 and name .. "Change" or name, "write", writes) end
  end
end

--- Adds actions for each name of `verbs` (a verb, or several) that refuse it.
function refusal.actions(verbs, into)
  into = into or {}
  each(verbs, function(_, action, access, list) into[action] = { access = access, verb = list, refuses = true } end)
  return into
end

--- Adds their handlers. `why` follows the name of the operation.
function refusal.handlers(route_of, verbs, why)
  each(verbs, function(name, action)
    route_of[action] = function() return nil, { code = "invalid", message = ("Action '%s' %s"):format(name, why) } end
  end)
  return route_of
end

return refusal
