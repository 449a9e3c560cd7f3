-- info=SIMPLEDIALED: how many calls each extension made and got in a span of time.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"

local simpledialed = route {
  reqtype = "INFO",
  info = "SIMPLEDIALED",
  summary = "Count the calls of each extension.",
  params = { start = cdr.filters.start, ["end"] = cdr.filters["end"] },
  actions = { list = { access = "read" } },
}

function simpledialed.list(req)
  local selected, err = cdr.simple.by_extension(req.ctx, req.params)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return simpledialed
