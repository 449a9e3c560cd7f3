-- /cdr: call records, filtered, masked unless the privacy password is given; XML or CSV.
local records = require "kalliope.lib.records"
local shapes = require "kalliope.lib.shapes"
local sql = require "engine.sql"
local xml = require "xml"

-- The columns of an answer, in order; those of a filter are the same without the times.
local COLUMNS = {
  "unique_id", "id", "direction", "caller_num", "caller_name", "called_num", "called_name",
  "called_callgroup", "gateway_id", "gateway_name", "status", "billsec", "start", "answer", "end",
  "duration",
}
local FILTERS = {
  "unique_id", "direction", "caller_num", "caller_name", "called_num", "called_name",
  "called_callgroup", "gateway_id", "gateway_name", "status", "billsec",
}

local cdr = route {
  family = "cdr",
  summary = "List call records.",
  actions = {
    list = {
      access = "read", verb = "POST /cdr", media = { "text/xml", "text/csv" },
      result = shapes.or_outcome(shapes.element({ cdr = shapes.element({ error_code = shapes.element({ code = "whole",
        message = "text" }), calls = shapes.list("call", shapes.element(shapes.children(table.concat(COLUMNS, " "), "text"))) }) }),
        "cdr", records.OUTCOME),
      body = { cdr = shapes.body("", shapes.children("begin end start_flag privacy_password", "text",
        { filter = shapes.element({}, shapes.children(table.concat(FILTERS, " ") .. " any", "text")) })) },
    },
  },
}

-- 1 in, 2 out, 4 internal; 1 failed, 2 busy, 3 congestion, 4 no answer, 8 cleared normally.
-- A name comes from outside: in a table it must not be a formula.
local function name_of(column, open, csv)
  if not open then return "''" end
  if not csv then return column end
  return ("CASE WHEN substr(%s, 1, 1) IN ('=', '+', '-', '@') THEN '''' || %s ELSE %s END"):format(column, column, column)
end

local function calls_of(open, csv)
  -- by hand: calls are read whole, by this dialect's columns
  return ([[
  SELECT cl_uniqueid AS unique_id, cl_id AS id,
    CASE cl_direction WHEN 'IN' THEN 1 WHEN 'OUT' THEN 2 ELSE 4 END AS direction,
    %s AS caller_num, %s AS caller_name, %s AS called_num, %s AS called_name,
    coalesce(cl_callgroup, '') AS called_callgroup, cl_pr_id AS gateway_id,
    coalesce(cl_provider, '') AS gateway_name,
    CASE cl_disposition WHEN 'ANSWERED' THEN 8 WHEN 'NO ANSWER' THEN 4 WHEN 'CONGESTION' THEN 3
      WHEN 'BUSY' THEN 2 ELSE 1 END AS status,
    cl_billsec AS billsec, cl_start AS "start", cl_answer AS answer, cl_end AS "end", cl_duration AS duration
  FROM cl_calls WHERE cl_te_id = ? AND ]]):format(
    records.party("cl_src", "cl_srcinside", open), name_of("cl_srcname", open, csv),
    records.party("cl_dst", "cl_dstinside", open), name_of("cl_dstname", open, csv))
end

local function statement(req, it, asked)
  local params = { req.tenant.id, asked.first, asked.last }
  local where = records.conditions(xml.child(it, "filter"), COLUMNS, FILTERS, params)
  local names = {}
  for i, name in ipairs(COLUMNS) do names[i] = sql.name(name) end
  return ("SELECT %s FROM (%s%s BETWEEN ? AND ?) c WHERE %s ORDER BY id"):format(
    table.concat(names, ", "), calls_of(asked.open, records.wants_csv(req)), asked.column, where), params
end

function cdr.list(req)
  local it = req.document and xml.child(req.document, "cdr")
  if not it then return records.refused("cdr", 12) end
  local asked, code, err = records.asked(it)
  if err then return nil, err end
  if not asked then return records.refused("cdr", code) end
  return records.answer(req, "cdr", statement(req, it, asked))
end

return cdr
