-- reqtype=QUEUERESET: let app_queue count from nothing.
local answer = require "proxyapi.lib.answer"
local queue = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local queuereset = route {
  reqtype = "QUEUERESET",
  summary = "Reset the statistics of a queue.",
  params = { queueid = { type = "integer", required = true, summary = "queue id" } },
  actions = {
    reset = { access = "write", tenant = "optional", result = shapes.done("Queue stats reset successfully") },
  },
}

function queuereset.reset(req)
  local which, err = queue.which(req.ctx, { id = req.params.queueid })
  if not which then return nil, err end
  local message
  message, err = queue.reset(req.ctx, which)
  if message then return answer.done(message) end
  return answer.failed(err.message)
end

return queuereset
