-- /cdr: call records, filtered, masked unless the privacy password is given; XML or CSV.
local config = require "config"
local crypto = require "crypto"
local kalliope = require "kalliope.lib.answer"
local reply = require "lib.reply"
local shapes = require "kalliope.lib.shapes"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"
local xml = require "xml"

local CODES = {
  [3] = "Authentication error", [11] = "Invalid date time interval", [12] = "Internal error",
}
local OUTCOME = "error_code"
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
        "cdr", OUTCOME),
      body = { cdr = shapes.body("", shapes.children("begin end start_flag privacy_password", "text",
        { filter = shapes.element({}, shapes.children(table.concat(FILTERS, " ") .. " any", "text")) })) },
    },
  },
}

-- 1 in, 2 out, 4 internal; 1 failed, 2 busy, 3 congestion, 4 no answer, 8 cleared normally.
-- A party of the outside loses three digits and every name goes, before any filter looks at them: a
-- filter must not find out what the answer hides.
local function party(column, inside, open)
  if open then return column end
  return ("CASE WHEN %s = 1 OR %s = '' THEN %s WHEN length(%s) <= 3 THEN 'XXX' "
    .. "ELSE substr(%s, 1, length(%s) - 3) || 'XXX' END"):format(inside, column, column, column, column, column)
end

local function calls_of(open)
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
    party("cl_src", "cl_srcinside", open), open and "cl_srcname" or "''",
    party("cl_dst", "cl_dstinside", open), open and "cl_dstname" or "''")
end

-- The configured password in the clear, or the MD5 of it kept under SHA-256.
local function privacy_ok(given)
  local plain = config.get("kalliope.privacy_password", nil)
  if plain then return crypto.equal(crypto.md5(plain), given:lower()) end
  local stored, err = store.value(
    "SELECT ks_value FROM ks_settings WHERE ks_code = 'privacy_password'")
  if err then return nil, err end
  return stored ~= nil and crypto.equal(crypto.sha256(given:lower()), stored)
end

local function span(it)
  local first = kalliope.given(it, "begin") or time.format("%Y-%m-01 00:00:00")
  local last = kalliope.given(it, "end") or time.format("%Y-%m-%d %H:%M:%S")
  local from, to = time.parse(first), time.parse(last)
  if not from or not to or to < from then return nil end
  return time.format("%Y-%m-%d %H:%M:%S", from), time.format("%Y-%m-%d %H:%M:%S", to)
end

-- A wildcard counts at the ends only; elsewhere it is a character.
local function like(text)
  local front, inner, back = text:match("^(%%?)(.-)(%%?)$")
  return front .. sql.like(inner) .. back
end

local function conditions(filter, params)
  if not filter then return "1 = 1" end
  local parts = {}
  local any = kalliope.given(filter, "any")
  for _, name in ipairs(any and COLUMNS or FILTERS) do
    local text = any or kalliope.given(filter, name)
    if text then
      parts[#parts + 1] = ("CAST(%s AS CHAR(255)) LIKE ? ESCAPE '!'"):format(sql.name(name))
      params[#params + 1] = like(text)
    end
  end
  if #parts == 0 then return "1 = 1" end
  return table.concat(parts, any and " OR " or " AND ")
end

local function statement(req, it, open, first, last)
  local params = { req.tenant.id, first, last }
  local column = kalliope.flag_of(it, "start_flag") and "cl_start" or "cl_end"
  local where = conditions(xml.child(it, "filter"), params)
  local names = {}
  for i, name in ipairs(COLUMNS) do names[i] = sql.name(name) end
  return ("SELECT %s FROM (%s%s BETWEEN ? AND ?) c WHERE %s ORDER BY id"):format(
    table.concat(names, ", "), calls_of(open), column, where), params
end

local function wants_csv(req)
  return (req.headers.accept or ""):lower():find("text/csv", 1, true) ~= nil
end

local function csv_answer(text, params)
  local body, err = store.stream(text, params, { format = "csv", text = true })
  if not body then return nil, err end
  return reply.body(body, { type = "text/csv; charset=UTF-8", headers = { Vary = "Accept" } })
end

-- The frame of the answer, cut where the calls go in.
local function frame(req)
  local id = xml.value(req.document, "request_id")
  local children = { { "cdr", {
    { OUTCOME, { { "code", 0 }, { "message", "Success" } } }, { "calls", "CALLS" },
  } } }
  if id and id ~= "" then table.insert(children, 1, { "request_id", id }) end
  local text = xml.encode({ "kpbx_response", children })
  local at = text:find("<calls>CALLS</calls>", 1, true)
  return text:sub(1, at + 6), text:sub(at + 12)
end

local function xml_answer(req, text, params)
  local head, tail = frame(req)
  local body, err = store.stream(text, params, {
    format = "xml", text = true, row_element = "call", head = head, tail = tail,
  })
  if not body then return nil, err end
  return reply.body(body, { type = "text/xml; charset=UTF-8", headers = { Vary = "Accept" } })
end

local function refused(code) return kalliope.refused("cdr", CODES, code, OUTCOME) end

function cdr.list(req)
  local it = req.document and xml.child(req.document, "cdr")
  if not it then return refused(12) end
  local password = kalliope.given(it, "privacy_password")
  if password then
    local right, err = privacy_ok(password)
    if err then return nil, err end
    if not right then return refused(3) end
  end
  local first, last = span(it)
  if not first then return refused(11) end
  local text, params = statement(req, it, password ~= nil, first, last)
  if wants_csv(req) then return csv_answer(text, params) end
  return xml_answer(req, text, params)
end

return cdr
