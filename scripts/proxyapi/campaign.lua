-- reqtype=CAMPAIGN: run campaigns and keep their numbers.
local answer = require "proxyapi.lib.answer"
local control = require "model.campaigncontrol"

local NUMBER = { required = true, max = 40, pattern = "[%d*#+]+", summary = "number to call" }

local function access(name, params)
  return { access = name, tenant = "optional", params = params }
end

local campaign = route {
  reqtype = "CAMPAIGN",
  summary = "Start, stop, pause or resume a campaign; keep its numbers.",
  params = { campaign = { type = "integer", required = true, summary = "id of the campaign" } },
  actions = {
    start = access("write"), stop = access("write"), pause = access("write"), resume = access("write"),
    addnumber = access("write", { number = NUMBER, numberdescription = { max = 191 } }),
    delnumber = access("write", { number = NUMBER }),
    listnumbers = access("read"), cleannumbers = access("write"),
  },
}

local function changed(done, err)
  if done then return answer.ok() end
  return nil, err
end

for _, word in ipairs({ "start", "stop", "pause", "resume" }) do
  campaign[word] = function(req) return changed(control.move(req.ctx, req.params.campaign, word)) end
end

function campaign.addnumber(req)
  local params = req.params
  local row, err = control.add_number(req.ctx, params.campaign, params.number, params.numberdescription)
  if not row then return nil, err end
  return answer.ok({ id = row.cn_id })
end

function campaign.delnumber(req)
  return changed(control.remove_numbers(req.ctx, req.params.campaign, req.params.number))
end

function campaign.cleannumbers(req) return changed(control.remove_numbers(req.ctx, req.params.campaign)) end

function campaign.listnumbers(req)
  local selected, err = control.numbers(req.ctx, req.params.campaign)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return campaign
