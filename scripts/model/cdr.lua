-- Call records: every leg (cdr) and one row per call (sc_simplecdr), asked with the same filters.
local callmark = require "model.callmark"
local callphones = require "model.callphones"
local check = require "lib.params"
local peer = require "model.peer"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"

local cdr = { simple = {} }

cdr.columns = {
  "accountcode", "ID", "start", "answer", "end", "clid", "realsrc", "firstdst", "duration", "billsec",
  "disposition", "cc_cost", "dcontext", "dstchannel", "userfield", "uniqueid", "prevuniqueid",
  "lastdst", "wherelanded", "src", "dst", "lastapp", "srcCallID", "linkedid", "peeraccount",
  "originateid", "cc_country", "cc_network", "pincode", "cc_buy",
}

cdr.simple.columns = {
  "sc_te_id", "tenantcode", "sc_start", "sc_direction", "sc_calleridnum", "sc_calleridname",
  "sc_dialednum", "sc_disposition", "sc_duration", "sc_uniqueid", "sc_whoanswered",
}

local function text_filter(summary) return { summary = summary .. "; comma list" } end

-- The words are checked where they are read.
local DIRECTION_FILTER = { summary = "IN, OUT, LOCAL; comma list",
  document = { enum = { "", "IN", "OUT", "IN,OUT", "OUT,IN", "LOCAL" } } }

cdr.filters = {
  start = { type = "datetime", summary = "from; default today 00:00:00" },
  ["end"] = { type = "datetime", summary = "until; default today 23:59:59" },
  id = text_filter("ids of the records"), uniqueid = text_filter("uniqueids of channels"),
  linkedid = text_filter("linkedids of calls"), src = text_filter("source"),
  firstdst = text_filter("number first dialled"), disposition = text_filter("ANSWERED, BUSY, ..."),
  direction = DIRECTION_FILTER,
  phone = text_filter("any party of the call"), originateid = text_filter("ids of originates"),
}

--- Those that are a span of time, and no more.
cdr.span_filters = { start = cdr.filters.start, ["end"] = cdr.filters["end"] }

cdr.simple.filters = {
  start = cdr.filters.start, ["end"] = cdr.filters["end"],
  id = text_filter("ids of the records"), uniqueid = text_filter("uniqueids of calls"),
  linkedid = text_filter("linkedids of calls"), calleridnum = text_filter("caller number"),
  calleridname = text_filter("caller name"), dialednum = text_filter("number dialled"),
  disposition = text_filter("ANSWERED, NO ANSWER, ..."),
  direction = DIRECTION_FILTER,
  whoanswered = text_filter("who answered"), phone = text_filter("any party of the call"),
  minduration = { type = "integer", min = 0, summary = "longer than so many seconds" },
  mintalktime = { type = "integer", min = 0, summary = "talked longer than so many seconds" },
}

local function parts(text)
  local list = {}
  for part in tostring(text):gmatch("[^,]+") do
    part = part:match("^%s*(.-)%s*$")
    if part ~= "" then list[#list + 1] = part end
  end
  return list
end

local function given(value) return value ~= nil and value ~= "" end

-- One of several values in one of several columns.
local function any_of(columns, value, params)
  local list, alternatives = parts(value), {}
  if #list == 0 then return nil end
  for _, column in ipairs(columns) do
    local places = {}
    for i, item in ipairs(list) do
      places[i] = "?"
      params[#params + 1] = item
    end
    alternatives[#alternatives + 1] = column .. " IN (" .. table.concat(places, ", ") .. ")"
  end
  return "(" .. table.concat(alternatives, " OR ") .. ")"
end

-- The ids that people have: of a record, of a channel, of an originate. Not as text against a number: MariaDB would
-- take the digits it begins with.
local function any_id(column, more, value, params)
  local alternatives, numbers = {}, {}
  for _, item in ipairs(parts(value)) do
    if item:find("^%d+$") and #item < 16 then numbers[#numbers + 1] = tonumber(item) end
  end
  if #numbers > 0 then
    local places = {}
    for i, item in ipairs(numbers) do
      places[i] = "?"
      params[#params + 1] = item
    end
    alternatives[1] = column .. " IN (" .. table.concat(places, ", ") .. ")"
  end
  local texts = {}
  for _, item in ipairs(parts(value)) do
    if not item:find("^%d+$") or #item > 13 then texts[#texts + 1] = item end
  end
  for _, condition in ipairs(#texts > 0 and more or {}) do
    local places = {}
    for i, item in ipairs(texts) do
      places[i] = "?"
      params[#params + 1] = item
    end
    alternatives[#alternatives + 1] = condition:format(table.concat(places, ", "))
  end
  if #alternatives == 0 then return nil end
  return "(" .. table.concat(alternatives, " OR ") .. ")"
end

local function direction_condition(value, params)
  local alternatives = {}
  for _, word in ipairs(parts(value)) do
    local mark = callmark.of(word)
    if not mark then
      return nil, { code = "invalid", reason = "invalid_parameter", field = "direction",
        message = "direction: must be IN, OUT or LOCAL" }
    end
    -- userfield may hold more text after the mark.
    alternatives[#alternatives + 1] = "substr(c.userfield, 1, ?) = ?"
    params[#params + 1] = #mark
    params[#params + 1] = mark
  end
  if #alternatives == 0 then return "1 = 1" end
  return "(" .. table.concat(alternatives, " OR ") .. ")"
end

--- Start and end as stored text. Bare dates cover the day; options.end_at_midnight ends before it.
function cdr.span(filters, options)
  local today = time.format("%Y-%m-%d")
  local first = given(filters.start) and filters.start or today
  local last = given(filters["end"]) and filters["end"] or today
  local start = check.datetime(first)
  local finish = check.datetime(last, { last = not (options and options.end_at_midnight) })
  if not start or not finish then
    local field = start and "end" or "start"
    return nil, { code = "invalid", reason = "invalid_parameter", field = field,
      message = field .. ": not a date: " .. tostring(start and last or first):sub(1, 40) }
  end
  return start, finish
end

-- Ids name calls by themselves, whatever day they were.
local function by_id(filters)
  return given(filters.id) or given(filters.uniqueid) or given(filters.linkedid)
    or given(filters.originateid)
end

local function add_span(where, params, filters, options, column)
  if by_id(filters) then return true end
  local start, finish = cdr.span(filters, options)
  if not start then return nil, finish end
  where[#where + 1] = column .. " >= ?"
  where[#where + 1] = column .. " <= ?"
  params[#params + 1] = start
  params[#params + 1] = finish
  return true
end

-- What a statement reads from: the table, or of that the calls of phones; the parameters of that come first.
local function source_of(of, ctx, columns, filters, options, params)
  if not columns then return of.table .. " c" end
  local start, finish
  if not by_id(filters) then
    start, finish = cdr.span(filters, options)
    if not start then return nil, finish end
  end
  local text, own = callphones.source(of, ctx.tenant.id, columns, start, finish)
  for i, value in ipairs(own) do table.insert(params, i, value) end
  return text
end

local function finish_select(text, where, order, options)
  text = text .. (#where > 0 and " WHERE " .. table.concat(where, " AND ") or "") .. " ORDER BY " .. order
  if options.limit then
    text = text .. (" LIMIT %d OFFSET %d"):format(options.limit, options.offset or 0)
  elseif options.offset then
    text = text .. (" LIMIT 9223372036854775807 OFFSET %d"):format(options.offset)
  end
  return text
end

local function listed(columns)
  local names = {}
  for i, name in ipairs(columns) do names[i] = "c." .. sql.name(name) end
  return table.concat(names, ", ")
end

-- Templates name the direction, which a record only holds as a mark.
local DIRECTION = ", " .. callmark.direction_sql("c.userfield") .. " AS direction"

local RECORDS = { table = "cdr", id = "ID", te = "te_id", start = '"start"' }

-- What every statement begins with: the conditions of the tenant and of the span, and their parameters.
local function begun(of, ctx, phones, filters, options)
  local where, params = {}, {}
  if ctx.tenant then
    -- Ids and the calls of a phone are few; as a mere condition the tenant leaves their index to be taken, not that
    -- of the time.
    where[1], params[1] = "c." .. of.te .. ((phones or by_id(filters)) and " + 0 = ?" or " = ?"), ctx.tenant.id
  end
  if phones then return where, params end
  local ok, err = add_span(where, params, filters, options, "c." .. of.start)
  if not ok then return nil, err end
  return where, params
end

-- People ask for a number, records hold NUMBER-TENANT as well.
local function phone_columns(ctx, phone)
  local numbers = parts(phone)
  if not ctx.tenant or #numbers == 0 then return nil end
  local both = {}
  for i, number in ipairs(numbers) do both[i] = number end
  for _, number in ipairs(numbers) do both[#both + 1] = peer.name(number, ctx.tenant.code) end
  return { { "src", numbers }, { "dst", numbers }, { "firstdst", numbers }, { "lastdst", both }, { "realsrc", both },
    { "wherelanded", both } }
end

--- The statement for filters. options = {columns, order, limit, offset, count, end_at_midnight,
--- direction (adds that column)}.
function cdr.select(ctx, filters, options)
  options = options or {}
  local phones = given(filters.phone) and phone_columns(ctx, filters.phone) or nil
  local where, params = begun(RECORDS, ctx, phones, filters, options)
  if not where then return nil, params end
  if given(filters.id) then
    where[#where + 1] = any_id("c.ID", { "c.uniqueid IN (%s)", "c.originateid IN (%s)" }, filters.id, params) or "1 = 0"
  end
  for _, item in ipairs({
    { "uniqueid", { "c.uniqueid" } }, { "linkedid", { "c.linkedid" } }, { "originateid", { "c.originateid" } },
    { "src", { "c.src" } }, { "firstdst", { "c.firstdst" } }, { "disposition", { "c.disposition" } },
    { "phone", { "c.src", "c.dst", "c.firstdst", "c.lastdst", "c.realsrc", "c.wherelanded" } },
  }) do
    if given(filters[item[1]]) and not (item[1] == "phone" and phones) then
      where[#where + 1] = any_of(item[2], filters[item[1]], params)
    end
  end
  if given(filters.direction) then
    local err
    where[#where + 1], err = direction_condition(filters.direction, params)
    if err then return nil, err end
  end
  local source, err = source_of(RECORDS, ctx, phones, filters, options, params)
  if not source then return nil, err end
  if options.count then
    return { sql = finish_select("SELECT count(*) FROM " .. source, where, "1", {}), params = params }
  end
  local text = "SELECT " .. listed(options.columns or cdr.columns)
    .. (options.direction and DIRECTION or "") .. " FROM " .. source
  return { sql = finish_select(text, where, options.order or 'c."start", c.ID', options), params = params }
end

local SIMPLE = {
  "c.sc_te_id", "(SELECT te_code FROM te_tenants WHERE te_id = c.sc_te_id) AS tenantcode", "c.sc_start",
  "c.sc_direction", "c.sc_calleridnum", "c.sc_calleridname", "c.sc_dialednum", "c.sc_disposition",
  "c.sc_duration", "c.sc_uniqueid", "c.sc_whoanswered",
}

-- What templates call the columns.
local SIMPLE_NAMES = [[, c.sc_id AS "ID", c.sc_te_id AS te_id, c.sc_uniqueid AS uniqueid, c.sc_start AS "start",
  coalesce(addtime(c.sc_start, sec_to_time(coalesce(c.sc_duration, 0))), '') AS "end",
  '"' || coalesce(c.sc_calleridname, '') || '" <' || coalesce(c.sc_calleridnum, '') || '>' AS clid,
  c.sc_calleridnum AS callerid_number, c.sc_calleridname AS callerid_name, c.sc_calleridnum AS realsrc,
  c.sc_dialednum AS firstdst, c.sc_dialednum AS lastdst, c.sc_direction AS direction,
  c.sc_disposition AS disposition, c.sc_duration AS duration, c.sc_billsec AS talk_time,
  c.sc_whoanswered AS who_answered]]

local CALLS = { table = "sc_simplecdr", id = "sc_id", te = "sc_te_id", start = "sc_start" }

--- As cdr.select over sc_simplecdr. options.billsec adds that column, options.direction the names that
--- templates use.
function cdr.simple.select(ctx, filters, options)
  options = options or {}
  local numbers = ctx.tenant and given(filters.phone) and parts(filters.phone) or {}
  local phones = #numbers > 0 and { { "sc_calleridnum", numbers }, { "sc_dialednum", numbers },
    { "sc_whoanswered", numbers } } or nil
  local where, params = begun(CALLS, ctx, phones, filters, options)
  if not where then return nil, params end
  if given(filters.id) then
    where[#where + 1] = any_id("c.sc_id", { "c.sc_uniqueid IN (%s)",
      "c.sc_uniqueid IN (SELECT linkedid FROM cdr WHERE uniqueid IN (%s))",
      "c.sc_uniqueid IN (SELECT linkedid FROM cdr WHERE originateid IN (%s))" }, filters.id, params) or "1 = 0"
  end
  if given(filters.direction) then
    -- Only its words: the column itself is compared below.
    local ok, err = direction_condition(filters.direction, {})
    if not ok then return nil, err end
    where[#where + 1] = any_of({ "c.sc_direction" }, filters.direction:upper(), params)
  end
  for _, item in ipairs({
    { "uniqueid", { "c.sc_uniqueid" } }, { "linkedid", { "c.sc_uniqueid" } },
    { "calleridnum", { "c.sc_calleridnum" } }, { "calleridname", { "c.sc_calleridname" } },
    { "dialednum", { "c.sc_dialednum" } }, { "disposition", { "c.sc_disposition" } },
    { "whoanswered", { "c.sc_whoanswered" } },
    { "phone", { "c.sc_calleridnum", "c.sc_dialednum", "c.sc_whoanswered" } },
  }) do
    if given(filters[item[1]]) and not (item[1] == "phone" and phones) then
      where[#where + 1] = any_of(item[2], filters[item[1]], params)
    end
  end
  for name, column in pairs({ minduration = "c.sc_duration", mintalktime = "c.sc_billsec" }) do
    if filters[name] then
      where[#where + 1] = column .. " > ?"
      params[#params + 1] = tonumber(filters[name])
    end
  end
  local columns = table.concat(SIMPLE, ", ") .. (options.billsec and ", c.sc_billsec" or "")
    .. (options.direction and SIMPLE_NAMES or "")
  local source, err = source_of(CALLS, ctx, phones, filters, options, params)
  if not source then return nil, err end
  local text = "SELECT " .. columns .. " FROM " .. source
  return { sql = finish_select(text, where, options.order or "c.sc_start, c.sc_id", options), params = params }
end

--- Calls in and out by extension, over sc_simplecdr. A call inside the house counts on both sides.
function cdr.simple.by_extension(ctx, filters)
  local start, finish = cdr.span(filters)
  if not start then return nil, finish end
  local suffix = peer.suffix(ctx.tenant.code)
  return { sql = [[SELECT ex_number AS extension, SUM(i) AS "in", SUM(o) AS "out", SUM(a) AS answered,
      SUM(s) AS talktime FROM (
    SELECT sc_calleridnum AS number, 0 AS i, 1 AS o, CASE WHEN sc_disposition = 'ANSWERED' THEN 1 ELSE 0 END AS a,
      COALESCE(sc_billsec, 0) AS s FROM sc_simplecdr
      WHERE sc_te_id = ? AND sc_start >= ? AND sc_start <= ? AND sc_direction IN ('OUT', 'LOCAL')
    UNION ALL
    SELECT CASE WHEN substr(sc_whoanswered, -length(?)) = ?
        THEN substr(sc_whoanswered, 1, length(sc_whoanswered) - length(?))
        WHEN COALESCE(sc_whoanswered, '') <> '' THEN sc_whoanswered ELSE sc_dialednum END, 1, 0,
      CASE WHEN sc_disposition = 'ANSWERED' THEN 1 ELSE 0 END, COALESCE(sc_billsec, 0) FROM sc_simplecdr
      WHERE sc_te_id = ? AND sc_start >= ? AND sc_start <= ? AND sc_direction IN ('IN', 'LOCAL')) c
    JOIN ex_extensions ON ex_te_id = ? AND ex_number = c.number
    GROUP BY ex_number ORDER BY ex_number]],
    params = { ctx.tenant.id, start, finish, suffix, suffix, suffix, ctx.tenant.id, start, finish, ctx.tenant.id } }
end

local function stream_of(select)
  return function(ctx, filters, stream_options, options)
    local selected, err = select(ctx, filters, options)
    if not selected then return nil, err end
    return store.stream(selected.sql, selected.params, stream_options)
  end
end

local function rows_of(select)
  return function(ctx, filters, options)
    local selected, err = select(ctx, filters, options)
    if not selected then return nil, err end
    return store.query(selected.sql, selected.params, { rows = options and options.rows or 10000 })
  end
end

cdr.stream, cdr.simple.stream = stream_of(cdr.select), stream_of(cdr.simple.select)
cdr.rows, cdr.simple.rows = rows_of(cdr.select), rows_of(cdr.simple.select)

-- The text around and inside {row_loop}.
local function split_template(text)
  local head, row, tail = text:match("^(.-){row_loop}(.*){/row_loop}(.*)$")
  if not head then return text, "", "" end
  return head, row, tail
end

local function fill(text, span)
  return (text:gsub("{%$(%w+)}", function(name) return span[name] or "" end))
end

--- Records through a template text, streamed.
function cdr.template(ctx, text, filters, options)
  local select = options and options.simple and cdr.simple.select or cdr.select
  local selected, err = select(ctx, filters, {
    direction = true, billsec = true, limit = filters.limit, offset = filters.offset,
    columns = { "ID", "te_id", "start", "answer", "end", "clid", "realsrc", "firstdst", "lastdst",
      "wherelanded", "src", "dst", "duration", "billsec", "disposition", "userfield", "uniqueid",
      "linkedid", "originateid", "accountcode", "cc_cost", "lastapp", "dcontext", "channel",
      "dstchannel", "prevuniqueid", "peeraccount", "pincode" },
  })
  if not selected then return nil, err end
  local head, row, tail = split_template(text)
  local start, finish = cdr.span(filters)
  local span = { start = start or "", ["end"] = start and finish or "" }
  return store.stream(selected.sql, selected.params, {
    format = "template", head = fill(head, span), row = row, tail = fill(tail, span), text = true,
  })
end

--- A stored template: the tenant's own, or else a global one.
function cdr.stored_template(ctx, name)
  return store.row("SELECT td_body, td_contenttype FROM td_cdrtemplates WHERE td_name = ? "
    .. "AND td_te_id IN (?, 0) ORDER BY td_te_id DESC LIMIT 1", { name, ctx.tenant and ctx.tenant.id or 0 })
end

return cdr
