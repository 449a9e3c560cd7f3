-- /user-page-tracker: pages tell that somebody looks at them. Nothing here hangs on it, so that nothing is kept.
local json = require "json"
local shapes = require "mikopbx.lib.shapes"
local time = require "time"

local PAGE = { sessionId = { max = 255 }, pageName = { max = 255, document = { required = true } } }

local tracker = route {
  family = "user_page_tracker",
  summary = "Pages that somebody looks at.",
  actions = {
    pageView = { access = "public", tenant = "none", verb = "POST /user-page-tracker:pageView",
      body = { sessionId = PAGE.sessionId, pageName = PAGE.pageName,
        expire = { type = "integer", document = { min = 1, max = 3600, default = 300 } } },
      result = shapes.record({ sessionId = "text", pageName = "text", expire = "whole", timestamp = "whole" }) },
    pageLeave = { access = "public", tenant = "none", verb = "POST /user-page-tracker:pageLeave", body = PAGE,
      result = shapes.record({ sessionId = "text", pageName = "text", timestamp = "whole" }) },
  },
}

local function told(req, expire)
  local name = tostring(req.params.pageName or "")
  if name == "" then return nil, { code = "invalid", message = "pageName: is required" } end
  return json.ordered("sessionId", tostring(req.params.sessionId or ""), "pageName", name, "expire", expire,
    "timestamp", math.floor(time.now()))
end

function tracker.pageView(req)
  local seconds = tonumber(req.params.expire) or 300
  if seconds < 1 or seconds > 3600 then return nil, { code = "invalid", message = "expire: must be 1 to 3600" } end
  return told(req, math.floor(seconds))
end

function tracker.pageLeave(req) return told(req) end

return tracker
