-- Call listings of ProxyAPI: streamed rows, in a format or through a stored template.
local answer = require "lib.answer"
local config = require "config"
local json = require "json"
local store = require "store"
local time = require "time"

local callreport = {}

--- Declared filters plus what names a template.
function callreport.params(filters)
  local params = {}
  for name, it in pairs(filters) do params[name] = it end
  params.template = { max = 80, summary = "name of a stored template" }
  params.contenttype = {
    max = 80, pattern = "^[%w.+-]+/[%w.+-]+$", summary = "type of a template's answer",
  }
  return params
end

-- The tenant's own template hides a global one of the same name.
local function find_template(req, name)
  local id = req.tenant and req.tenant.id or 0
  return store.row([[SELECT td_body, td_contenttype FROM td_cdrtemplates
    WHERE td_name = ? AND td_te_id IN (?, 0) ORDER BY td_te_id DESC LIMIT 1]], { name, id })
end

-- Text around the loop goes out once; the asked span is all it can name.
local function fill(text, filters)
  return (text:gsub("{%$(%w+)}", { start = filters.start or "", ["end"] = filters["end"] or "" }))
end

local function with_template(req, selected, template)
  local head, row, tail = template.td_body:match("^(.-){row_loop}(.*){/row_loop}(.*)$")
  if not head then head, row, tail = template.td_body, "", "" end
  return answer.stream(selected.sql, selected.params, {
    template = true, row = row, head = fill(head, req.params), tail = fill(tail, req.params),
    type = req.params.contenttype or template.td_contenttype or "text/plain; charset=UTF-8",
  })
end

-- Without dates the original lists today.
local function today(filters)
  if filters.start or filters["end"] or filters.id or filters.uniqueid or filters.linkedid then
    return filters
  end
  local day = time.format("%Y-%m-%d")
  filters.start, filters["end"] = day .. " 00:00:00", day .. " 23:59:59"
  return filters
end

local function template_name(req)
  local name = req.params.template
  if name and name ~= "" then return name, true end
  if req.format ~= "csv" or not req.tenant then return nil end
  local value, err = store.value("SELECT te_csvtemplate FROM te_tenants WHERE te_id = ?",
    { req.tenant.id })
  if err or value == json.null or value == "" then return nil end
  return value
end

--- `select` makes the statement; `options.quirk` is the original's answer to no rows in JSON.
function callreport.answer(req, select, options)
  local filters = today(req.params)
  local selected, err = select(req.ctx, filters)
  if not selected then return nil, err end
  local name, asked = template_name(req)
  if name then
    local template
    template, err = find_template(req, name)
    if err then return nil, err end
    if template then return with_template(req, selected, template) end
    if asked then return answer.empty() end
  end
  local empty = { csv = "", plain = "" }
  if config.get("proxyapi.quirks", false) then empty.json = options.quirk end
  return answer.stream(selected.sql, selected.params,
    { positional = options.positional, empty = empty })
end

return callreport
