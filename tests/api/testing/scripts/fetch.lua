-- Asks the web for what the settings name.
local config = require "config"
local http = require "http"

local fetch = route {
  family = "fetch", summary = "What the web says.",
  actions = { get = { verb = "GET /fetch", access = "public", tenant = "none" } },
}

function fetch.get()
  local url = config.get("fetch.url")
  if not url then return { url = "none" } end
  local answer, err = http.get(url .. "?n=1")
  if not answer then return { url = url, error = err.code } end
  return { url = url, status = answer.status, of = answer.headers["x-of"], body = answer.body }
end

return fetch
