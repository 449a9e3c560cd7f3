-- GET /docs: the document of everything that is loaded, as pages to read and try.
local files = require "files"
local reply = require "lib.reply"

local docs = route {
  family = "docs",
  summary = "Browsable pages of every loaded endpoint.",
  actions = {
    page = { verb = "GET /docs", access = "public", tenant = "none", summary = "The page.",
      media = { "text/html" } },
    part = {
      verb = "GET /docs/{file}", access = "public", tenant = "none", summary = "What the page is made of.",
      media = { "text/javascript" },
      params = { file = { enum = { "scalar.js", "start.js" }, required = true } },
    },
  },
}

local PAGE = [[
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Patchbay API</title>
  <link rel="icon" href="data:,">
</head>
<body>
  <div id="pages"><noscript>These pages need JavaScript. The document itself is <a href="/openapi.json">/openapi.json</a>.</noscript></div>
  <script src="/docs/scalar.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
]]

-- Nothing is fetched from elsewhere: no fonts, no proxy, no telemetry.
local START = [[
Scalar.createApiReference("#pages", {
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  defaultOpenAllTags: false,
  documentDownloadType: "json"
});
]]

local POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
  .. "font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

local function answer(kind, body)
  return reply.body(body, { type = kind, headers = {
    ["Content-Security-Policy"] = POLICY, ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "no-referrer",
  } })
end

function docs.page() return answer("text/html; charset=utf-8", PAGE) end

function docs.part(req)
  if req.params.file == "start.js" then return answer("text/javascript; charset=utf-8", START) end
  local body, err = files.open("pages", req.params.file)
  if err then return nil, err end
  if not body then
    return nil, { code = "not_found", message = "the pages are not installed: see files.pages in the configuration" }
  end
  return answer("text/javascript; charset=utf-8", body)
end

return docs
