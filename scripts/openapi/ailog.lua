-- OpenAPI /ailogs: what the AI destinations did and used.
local cdr = require "model.cdr"
local page = require "lib.page"
local resource = require "lib.resource"
local ailogs = require "model.ailog"

local PARAMS = {
  start = cdr.filters.start, ["end"] = cdr.filters["end"], id = cdr.filters.id,
  uniqueid = cdr.filters.uniqueid, callerid = { max = 200, summary = "caller; comma list" },
  customid = { max = 200, summary = "ids of custom destinations; comma list" },
  format = { enum = { "json", "csv" }, default = "json" },
  limit = page.params.limit, offset = page.params.offset,
}

local ailog = route {
  object = "ailogs", summary = "Calls of AI destinations.", tags = { "Call records" },
  actions = {
    list = { access = "read", tenant = "optional", params = PARAMS,
      verb = { "GET /ailogs", "GET /ailog", "GET /ai_log", "GET /ai_logs" } },
    export = { access = "read", tenant = "optional", params = PARAMS, verb = "GET /ailogs/export" },
  },
}

local function answer(req, format)
  req.reply = { ready = true }
  if format == "csv" then
    req.reply.type = "text/csv; charset=utf-8"
    req.reply.headers = { ["Content-Disposition"] = 'attachment; filename="ailogs.csv"' }
  end
  return ailogs.stream(resource.context(req), req.params, { format = format, text = true })
end

function ailog.list(req) return answer(req, req.params.format) end

function ailog.export(req) return answer(req, "csv") end

return ailog
