-- Keeps what it was given: "kind:n:node", one after another.
local cache = require "cache"

local function run(events)
  local heard = {}
  for _, event in ipairs(events) do
    if event.UserEvent == "Stumble" and cache.claim("stumbled", "yes") then error("stumbled over " .. event.Number) end
    if event.UserEvent == "Refuse" and cache.claim("refused", "yes") then
      return nil, { code = "unavailable", message = "not in the mood" }
    end
    heard[#heard + 1] = ("%s:%s:%s"):format(event.UserEvent, event.Number, event.node)
  end
  if heard[1] then cache.put("heard", (cache.get("heard") or "") .. table.concat(heard, " ") .. " ") end
end

return job { name = "collector", on = { "UserEvent" }, run = run }
