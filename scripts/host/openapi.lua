-- GET /openapi.json: the document of everything that is loaded.
local document = require "document"
local reply = require "lib.reply"

local openapi = route {
  family = "openapi",
  summary = "OpenAPI document of every loaded endpoint.",
  actions = {
    document = { verb = "GET /openapi.json", access = "public", tenant = "none", summary = "The document." },
  },
}

function openapi.document()
  local text, err = document.everything()
  if not text then return nil, err end
  return reply.body(text, { headers = { ["Access-Control-Allow-Origin"] = "*", ["Cache-Control"] = "no-cache" } })
end

return openapi
