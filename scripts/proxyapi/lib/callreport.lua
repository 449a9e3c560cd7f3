-- Call listings of ProxyAPI: streamed rows, in a format or through a stored template.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"
local config = require "config"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local callreport = {}

--- Declared filters plus what names a template.
function callreport.params(filters)
  local params = {}
  for name, it in pairs(filters) do params[name] = it end
  params.template = { max = 80, summary = "name of a stored template" }
  params.contenttype = {
    max = 80, pattern = "[%w.+-]+/[%w.+-]+", summary = "type of a template's answer",
  }
  return params
end

--- What a report answers: rows, or what a template makes of them.
function callreport.result(columns, example, options)
  return shapes.with_texts(shapes.either(shapes.list(columns, example, options), shapes.body("*/*")), { "]" })
end

-- One tenant's csv answers have the columns its own template gives them.
local function template_name(req)
  local name = req.params.template
  if name and name ~= "" then return name, true end
  if req.format ~= "csv" or not req.tenant then return nil end
  local value, err = store.value("SELECT te_csvtemplate FROM te_tenants WHERE te_id = ?",
    { req.tenant.id })
  if err or value == "" then return nil end
  return value
end

--- `options.simple`: one row per call. `options.quirk` is the original's answer to no rows in
--- JSON.
function callreport.answer(req, options)
  -- The original ends a bare date at its first second.
  local quirks = config.get("proxyapi.quirks", false)
  local name, asked = template_name(req)
  if name then
    local template, err = cdr.stored_template(req.ctx, name)
    if err then return nil, err end
    if template then
      local body
      body, err = cdr.template(req.ctx, template.td_body or "", req.params,
        { simple = options.simple })
      if not body then return nil, err end
      return answer.body(body, req.params.contenttype or template.td_contenttype
        or "text/plain; charset=UTF-8")
    end
    if asked then return answer.empty() end
  end
  local select = options.simple and cdr.simple.select or cdr.select
  local selected, err = select(req.ctx, req.params, { end_at_midnight = quirks })
  if not selected then return nil, err end
  local empty = { csv = "", plain = "", json = quirks and options.quirk or nil }
  return answer.stream(selected.sql, selected.params,
    { positional = options.simple, empty = empty })
end

return callreport
