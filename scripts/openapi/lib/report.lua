-- Reports of OpenAPI over call records: filters, formats and templates are the same for all.
local cdr = require "model.cdr"
local schemas = require "document.schema"
local page = require "lib.page"
local reply = require "lib.reply"

local FORMATS = {
  json = "application/json; charset=utf-8", xml = "text/xml; charset=UTF-8",
  template = "text/plain; charset=UTF-8",
}

-- A template has the type it asks for.
local MEDIA = { "application/json", "text/plain", "text/xml", "*/*" }

local function declared_params(filters)
  local params = {
    format = { max = 20, default = "json", summary = "json, template or xml", example = "json",
      document = { enum = { "json", "template", "xml" } } },
    template = { max = 80, summary = "name of a stored template" },
    contenttype = { pattern = "[%w.+-]+/[%w.+-]+", max = 80, summary = "type of a template's answer" },
    limit = page.params.limit, offset = page.params.offset,
  }
  for name, param in pairs(filters) do params[name] = param end
  return params
end

local function with_template(ctx, req, declaration)
  local params = req.params
  local found, err = cdr.stored_template(ctx, params.template or "")
  if err then return nil, err end
  if not found then
    return nil, { code = "not_found", reason = "template_not_found", message = "Template not found." }
  end
  local body
  body, err = cdr.template(ctx, found.td_body or "", params, { simple = declaration.simple })
  if not body then return nil, err end
  return reply.body(body, { type = params.contenttype or found.td_contenttype or FORMATS.template })
end

local function list_handler(declaration)
  return function(req)
    local params, ctx = req.params, req.ctx
    if req.args and req.args.id then params.id = req.args.id end
    local format = params.format:lower()
    if params.template and params.template ~= "" then format = "template" end
    if not FORMATS[format] then
      return nil, { code = "invalid", reason = "invalid_format", field = "format",
        message = "format: must be json, template or xml" }
    end
    if format == "template" then return with_template(ctx, req, declaration) end
    local options = { limit = params.limit, offset = params.offset }
    for name, value in pairs(declaration.options or {}) do options[name] = value end
    local body, err = declaration.stream(ctx, params, { format = format, text = true }, options)
    if not body then return nil, err end
    return reply.body(body, { type = FORMATS[format] })
  end
end

--- Declares a report for the file being loaded: object, summary, tags, names (of the path), filters,
--- stream, options, columns and an example of a row.
return function(declaration)
  local verbs = {}
  for _, name in ipairs(declaration.names) do
    verbs[#verbs + 1] = "GET /" .. name
    verbs[#verbs + 1] = "GET /" .. name .. "/{id}"
  end
  local declared = route {
    object = declaration.object, summary = declaration.summary, tags = declaration.tags,
    actions = {
      list = { access = "read", tenant = "optional", verb = verbs, media = MEDIA, params = declared_params(declaration.filters),
        result = schemas.report(declaration.columns, declaration.example) },
    },
  }
  declared.list = list_handler(declaration)
  return declared
end
