-- OpenAPI /ailogs: what the AI destinations did and used.
local cdr = require "model.cdr"
local schemas = require "document.schema"
local page = require "lib.page"
local reply = require "lib.reply"
local ailogs = require "model.ailog"

local PARAMS = {
  start = cdr.filters.start, ["end"] = cdr.filters["end"], id = cdr.filters.id,
  uniqueid = cdr.filters.uniqueid, callerid = { max = 200, summary = "caller; comma list" },
  customid = { max = 200, summary = "ids of custom destinations; comma list" },
  format = { enum = { "json", "csv" }, default = "json" },
  limit = page.params.limit, offset = page.params.offset,
}

local EXAMPLE = {
  ai_id = "1", ai_te_id = "1", ai_cu_id = "1", cu_name = "Say", ai_uniqueid = "1700000000.12", ai_callerid = "390255",
  ai_start = "2026-01-02 09:00:00", ai_end = "2026-01-02 09:00:12", ai_duration = "12", ai_talk = "10",
  ai_total_tokens = "300", ai_input_tokens = "200", ai_output_tokens = "100",
}

local ailog = route {
  object = "ailogs", summary = "Calls of AI destinations.", tags = { "Call records" },
  actions = {
    list = { access = "read", tenant = "optional", params = PARAMS, media = { "application/json", "text/csv" },
      result = schemas.report(ailogs.columns, EXAMPLE), verb = { "GET /ailogs", "GET /ailog", "GET /ai_log", "GET /ai_logs" } },
    export = { access = "read", tenant = "optional", params = PARAMS, verb = "GET /ailogs/export",
      media = { "text/csv" } },
  },
}

local CSV = { type = "text/csv; charset=utf-8",
  headers = { ["Content-Disposition"] = 'attachment; filename="ailogs.csv"' } }

local function answer(req, format)
  local body, err = ailogs.stream(req.ctx, req.params, { format = format, text = true })
  if not body then return nil, err end
  return reply.body(body, format == "csv" and CSV or nil)
end

function ailog.list(req) return answer(req, req.params.format) end

function ailog.export(req) return answer(req, "csv") end

return ailog
