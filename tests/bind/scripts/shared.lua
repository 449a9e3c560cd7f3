-- A text that is made slowly, once; the first maker of /shared/yes fails.
local cache = require "cache"
local reply = require "lib.reply"
local shared = require "shared"
local task = require "task"

local slow = route {
  family = "shared",
  summary = "A shared text.",
  actions = { get = { verb = "GET /shared/{fails}", access = "public", tenant = "none" } },
}

function slow.get(req)
  local body = shared.get("text " .. req.args.fails)
  if not body then
    local times = cache.count("made " .. req.args.fails, 600)
    task.commit()
    task.sleep(0.1)
    if req.args.fails == "yes" and times == 1 then error("the first maker fails") end
    body = shared.put("text " .. req.args.fails, ("x"):rep(300000))
  end
  return reply.body(body, { type = "text/plain" })
end

return slow
