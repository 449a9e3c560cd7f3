-- reqtype=CAMPAIGN: run campaigns and keep their numbers.
local answer = require "proxyapi.lib.answer"
local control = require "model.campaigncontrol"
local shapes = require "proxyapi.lib.shapes"

local NUMBER = { required = true, max = 40, pattern = "[%d*#+]+", summary = "number to call" }

local EXAMPLE = { 9, "0123456", "Ada", "ANSWERED", 1, "2026-01-02 03:04:05", 50 }

local function access(name, result, params)
  return { access = name, tenant = "optional", params = params, result = result }
end

local OK = shapes.ok()

local campaign = route {
  reqtype = "CAMPAIGN",
  summary = "Start, stop, pause or resume a campaign; keep its numbers.",
  params = { campaign = { type = "integer", required = true, summary = "id of the campaign" } },
  actions = {
    start = access("write", OK), stop = access("write", OK), pause = access("write", OK), resume = access("write", OK),
    addnumber = access("write", shapes.ok({ id = "9" }), { number = NUMBER, numberdescription = { max = 191 } }),
    delnumber = access("write", OK, { number = NUMBER }),
    listnumbers = access("read", shapes.list(control.NUMBER_COLUMNS, EXAMPLE)), cleannumbers = access("write", OK),
  },
}

for _, word in ipairs({ "start", "stop", "pause", "resume" }) do
  campaign[word] = function(req) return answer.changed(control.move(req.ctx, req.params.campaign, word)) end
end

function campaign.addnumber(req)
  local params = req.params
  local row, err = control.add_number(req.ctx, params.campaign, params.number, params.numberdescription)
  if not row then return nil, err end
  return answer.ok({ id = row.cn_id })
end

function campaign.delnumber(req)
  return answer.changed(control.remove_numbers(req.ctx, req.params.campaign, req.params.number))
end

function campaign.cleannumbers(req) return answer.changed(control.remove_numbers(req.ctx, req.params.campaign)) end

function campaign.listnumbers(req)
  local selected, err = control.numbers(req.ctx, req.params.campaign)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return campaign
