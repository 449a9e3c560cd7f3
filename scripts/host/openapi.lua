-- GET /openapi.json: the document of everything that is loaded.
local document = require "document"
local reply = require "lib.reply"

local openapi = route {
  family = "openapi",
  summary = "OpenAPI document of every loaded endpoint.",
  actions = {
    document = {
      verb = "GET /openapi.json", access = "public", tenant = "none", summary = "The document.", result = { type = "object" },
    },
  },
}

function openapi.document()
  local body, err = document.everything()
  if not body then return nil, err end
  -- Browsers of any origin may read it: the surface says so.
  return reply.body(body, { headers = { ["Cache-Control"] = "no-cache" } })
end

return openapi
