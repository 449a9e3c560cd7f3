-- info=SMS: the short messages of a span of time, or one by its id.
local answer = require "proxyapi.lib.answer"
local sms_model = require "model.sms"

local sms = route {
  reqtype = "INFO",
  info = "SMS",
  summary = "List short messages, or read one by its id.",
  params = {
    id = { max = 150, summary = "id that SMS answered" },
    start = { type = "datetime", summary = "from; default today 00:00:00" },
    ["end"] = { type = "datetime", summary = "until; default today 23:59:59" },
  },
  actions = { list = { access = "read", tenant = "optional" } },
}

function sms.list(req)
  local selected, err = sms_model.select(req.ctx, req.params)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return sms
