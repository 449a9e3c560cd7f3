-- Queue membership as QUEUE and AGENT of ProxyAPI word it.
local answer = require "proxyapi.lib.answer"
local extension = require "model.extension"
local peer = require "model.peer"
local queue = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local membership = {}

membership.params = {
  order = { type = "integer", default = 0, min = 0, max = 999 },
  type = { default = "NF", pattern = "%u+", summary = "NF, AD, NFR, ADR, EA, EANM, EAC ..." },
  paused = { type = "integer", default = 0, min = 0, max = 1 },
  penalty = { type = "integer", default = 0, min = 0, max = 10000 },
}

--- What a change of members answers.
membership.RESULT = shapes.with_texts(shapes.ok(), { "No extension specified", "No queue (id or number) specified" })

local function given(text)
  if text and text ~= "" then return text end
end

--- Extension row of an agent; nil without an error when none was named.
function membership.agent(ctx, text)
  text = given(text)
  if not text then return nil end
  return extension.by_number(ctx, ctx.tenant and peer.number(text, ctx.tenant.code) or text)
end

--- Queue row by id or number; nil without an error when neither was given.
function membership.queue(ctx, id, number)
  id, number = given(id), given(number)
  if not id and not number then return nil end
  if id then return queue.which(ctx, { id = tonumber(id) or -1 }) end
  return queue.which(ctx, { number = number })
end

--- The queue that a request names, for answer.about.
function membership.target(req)
  local params = req.params
  local found, err = membership.queue(req.ctx, params.queue or params.id,
    params.queuenumber or params.number)
  if found or err then return found, err end
  return nil, nil, answer.text("No queue (id or number) specified")
end

--- The agent that a request names, for answer.about.
function membership.who(req)
  local found, err = membership.agent(req.ctx, req.params.extension)
  if found or err then return found, err end
  return nil, nil, answer.text("No extension specified")
end

--- The action add: the agent becomes a member of the queue.
membership.add = answer.about(membership.who, answer.about(membership.target, function(req, which, agent)
  local params = req.params
  local done, err = queue.add_member(req.ctx, which, agent, {
    type = params.type, order = params.order, penalty = params.penalty, paused = params.paused,
  })
  if done then return answer.ok() end
  if err.code == "conflict" then return answer.refused("Unable to add interface: Already there") end
  return nil, err
end))

--- The action del: the agent is no member of the queue any more.
membership.remove = answer.about(membership.who, answer.about(membership.target, function(req, which, agent)
  local done, err = queue.remove_member(req.ctx, which, agent)
  if done then return answer.ok() end
  if err.code == "not_found" then return answer.refused("Unable to remove interface: Not there") end
  return nil, err
end))

return membership
