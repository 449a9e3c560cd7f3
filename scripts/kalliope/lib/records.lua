-- What the two lists of call records share: the privacy password, the span, masks, filters, XML and CSV.
local config = require "config"
local crypto = require "crypto"
local kalliope = require "kalliope.lib.answer"
local moment = require "lib.moment"
local reply = require "lib.reply"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"
local xml = require "xml"

local records = { OUTCOME = "error_code" }

--- What is wrong with a request, by code.
records.CODES = {
  [3] = "Authentication error", [11] = "Invalid date time interval", [12] = "Internal error",
}

--- A party of the outside loses three digits, before any filter looks at it: a filter must not find out what the
--- answer hides. `inside` is the column that says 1 for a party of the house.
function records.party(column, inside, open)
  if open then return column end
  return ("CASE WHEN %s = 1 OR %s = '' THEN %s WHEN length(%s) <= 3 THEN 'XXX' "
    .. "ELSE substr(%s, 1, length(%s) - 3) || 'XXX' END"):format(inside, column, column, column, column, column)
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
  local last = kalliope.given(it, "end") or moment.now()
  local from, to = time.parse(first), time.parse(last)
  if not from or not to or to < from then return nil end
  return moment.text(from), moment.text(to)
end

--- What a request asks for: {open, first, last, column}, the column of the times; or nil and the code of what is wrong.
function records.asked(it)
  local password = kalliope.given(it, "privacy_password")
  local open, err
  if password then
    open, err = privacy_ok(password)
    if err then return nil, nil, err end
    if not open then return nil, 3 end
  end
  local first, last = span(it)
  if not first then return nil, 11 end
  local column = kalliope.flag_of(it, "start_flag") and "cl_start" or "cl_end"
  return { open = open or false, first = first, last = last, column = column }
end

-- A wildcard counts at the ends only; elsewhere it is a character.
local function like(text)
  local front, inner, back = text:match("^(%%?)(.-)(%%?)$")
  return front .. sql.like(inner) .. back
end

--- The condition of a filter over columns of an answer, its parameters appended. `any` looks at all `columns`.
function records.conditions(filter, columns, filters, params)
  if not filter then return "1 = 1" end
  local parts = {}
  local any = kalliope.given(filter, "any")
  for _, name in ipairs(any and columns or filters) do
    local text = any or kalliope.given(filter, name)
    if text then
      parts[#parts + 1] = ("CAST(%s AS CHAR(255)) LIKE ? ESCAPE '!'"):format(sql.name(name))
      params[#params + 1] = like(text)
    end
  end
  if #parts == 0 then return "1 = 1" end
  return table.concat(parts, any and " OR " or " AND ")
end

--- True when the answer is to be a table.
function records.wants_csv(req)
  return (req.headers.accept or ""):lower():find("text/csv", 1, true) ~= nil
end

-- The frame of the answer, cut where the calls go in.
local function frame(req, tag)
  local id = xml.value(req.document, "request_id")
  local children = { { tag, {
    { records.OUTCOME, { { "code", 0 }, { "message", "Success" } } }, { "calls", "CALLS" },
  } } }
  if id and id ~= "" then table.insert(children, 1, { "request_id", id }) end
  local text = xml.encode({ "kpbx_response", children })
  local at = text:find("<calls>CALLS</calls>", 1, true)
  return text:sub(1, at + 6), text:sub(at + 12)
end

--- The answer to a statement, streamed: a table, `<call>` elements of its columns, or with `row` texts made of them.
function records.answer(req, tag, text, params, row)
  local options = { format = "csv", text = true }
  if not records.wants_csv(req) then
    options.head, options.tail = frame(req, tag)
    options.format, options.row, options.row_element = row and "template" or "xml", row, not row and "call" or nil
  end
  local body, err = store.stream(text, params, options)
  if not body then return nil, err end
  return reply.body(body, { type = options.format == "csv" and "text/csv; charset=UTF-8" or "text/xml; charset=UTF-8",
    headers = { Vary = "Accept" } })
end

--- The refusal of a code.
function records.refused(tag, code) return kalliope.refused(tag, records.CODES, code, records.OUTCOME) end

return records
