-- Pages of call records: legs, or calls by their newest leg. What a page costs depends on the page, not
-- on how many records there are: cd_calldays holds the totals and where a day begins.
local mark = require "model.callmark"
local store = require "store"
local value_of = require "lib.value"

local callpage = {}

-- Up to so many legs are counted one by one: exact also where a call runs over the edge of the span.
local FEW = 5000

-- In these texts @ stands for the alias of the table, with its dot.
-- Whom a leg rang: the phone at its other end, or where a call from outside landed.
local RUNG = [[CASE WHEN substr(@dstchannel, 1, 6) <> 'Local/' AND instr(@dstchannel, '-' || @accountcode || '-') > 1
  THEN substr(@dstchannel, instr(@dstchannel, '/') + 1,
    instr(@dstchannel, '-' || @accountcode || '-') - instr(@dstchannel, '/') - 1)
  WHEN ]] .. mark.sql("@userfield", "IN") .. [[ AND substr(@wherelanded, -length(@accountcode) - 1) = '-' || @accountcode
  THEN substr(@wherelanded, 1, length(@wherelanded) - length(@accountcode) - 1) ELSE @dst END]]
local DID = "CASE WHEN " .. mark.sql("@userfield", "IN") .. " THEN coalesce(@firstdst, @dst) ELSE '' END"
-- A leg without a linkedid is a call of its own.
local KEY = "CASE WHEN @linkedid <> '' THEN @linkedid ELSE '#' || @ID END"

local function of(alias, text) return (text:gsub("@", alias)) end

-- What a list may be sorted by.
local SORTS = {
  id = "@ID", start = '@"start"', linkedid = "@linkedid", src_num = "@src", dst_num = RUNG, did = DID,
  disposition = "@disposition", duration = "@duration", billsec = "@billsec",
}

-- Words that say the same; Asterisk writes the first.
local DISPOSITIONS = {
  NOANSWER = { "NO ANSWER", "NOANSWER" }, ["NO ANSWER"] = { "NO ANSWER", "NOANSWER" },
  CHANUNAVAIL = { "CONGESTION", "CHANUNAVAIL" }, CONGESTION = { "CONGESTION", "CHANUNAVAIL" },
}

local function like(text) return "%" .. text:gsub("[!%%_]", "!%0") .. "%" end

local function is(text) return text .. " LIKE ? ESCAPE '!'" end

-- Conditions beside the span: a list of {text, parameters...}.
local function conditions(ctx, filter)
  local list = {}
  local function add(...) list[#list + 1] = { ... } end
  if filter.src_num then add(is("@src"), like(filter.src_num)) end
  if filter.dst_num then
    local text = like(filter.dst_num)
    add("(" .. is("@dst") .. " OR " .. is(RUNG) .. ")", text, text)
  end
  if filter.did then add(is(DID), like(filter.did)) end
  if filter.disposition then
    local words = DISPOSITIONS[filter.disposition:upper()] or { filter.disposition:upper() }
    add("@disposition IN (?, ?)", words[1], words[2] or words[1])
  end
  if filter.linkedid then add("@linkedid = ?", filter.linkedid) end
  if filter.search then
    local text = like(filter.search)
    local named = " IN (SELECT ex_number FROM ex_extensions WHERE ex_te_id = ? AND " .. is("ex_name") .. ")"
    add("(" .. is("@src") .. " OR " .. is("@dst") .. " OR " .. is("@firstdst") .. " OR " .. is("@clid")
      .. " OR " .. is(RUNG) .. " OR @src" .. named .. " OR " .. RUNG .. named .. ")",
      text, text, text, text, text, ctx.tenant.id, text, ctx.tenant.id, text)
  end
  return list
end

-- The condition of a filter with its span, and its parameters.
local function where_of(ctx, filter)
  local texts, params = { "@te_id = ?" }, { ctx.tenant.id }
  local function add(text, ...)
    texts[#texts + 1] = text
    for i = 1, select("#", ...) do params[#params + 1] = (select(i, ...)) end
  end
  if filter.from then add('@"start" >= ?', filter.from) end
  if filter.to then add('@"start" <= ?', filter.to) end
  if filter.from_id then add("@ID > ?", filter.from_id) end
  local more = conditions(ctx, filter)
  for _, it in ipairs(more) do add(unpack(it)) end
  local text = table.concat(texts, " AND ")
  -- A call is found by its linkedid, whosever it is and whenever it was.
  if filter.linkedid then text = text:gsub("@te_id =", "@te_id + 0 ="):gsub('(@"start") ([<>]=)', "%1 || '' %2") end
  return { text = text, params = params, plain = #more == 0 }
end

local function count(where, grouped)
  return store.value("SELECT count(" .. (grouped and "DISTINCT " .. of("", KEY) or "*") .. ") FROM cdr WHERE "
    .. of("", where.text), where.params)
end

---- days

local function days_of(ctx, filter)
  local rows, err = store.query([[SELECT cd_day AS day, cd_first AS first, cd_last AS last, cd_legs AS legs,
    cd_calls AS calls, cd_continued AS continued FROM cd_calldays
    WHERE cd_te_id = ? AND cd_legs > 0 AND cd_day >= ? AND cd_day <= ? ORDER BY cd_day]],
    { ctx.tenant.id, filter.from and filter.from:sub(1, 10) or "",
      filter.to and filter.to:sub(1, 10) or "~" }, { rows = 100000 })
  if not rows then return nil, err end
  local span = { days = {}, legs = 0 }
  for row in rows:each() do
    if not filter.from_id or row.last > filter.from_id then
      span.days[#span.days + 1] = row
      span.legs = span.legs + row.legs
      span.first = math.min(span.first or row.first, row.first)
      span.last = math.max(span.last or row.last, row.last)
    end
  end
  return span
end

-- True when all legs of a day are in the span.
local function is_whole(day, filter)
  return (not filter.from or filter.from <= day.day .. " 00:00:00")
    and (not filter.to or filter.to >= day.day .. " 23:59:59")
    and (not filter.from_id or day.first > filter.from_id)
end

-- A day at the edge of the span, by its index.
local function count_day(ctx, filter, day, grouped)
  local first, last = day.day .. " 00:00:00", day.day .. " 23:59:59"
  return count(where_of(ctx, {
    from = filter.from and filter.from > first and filter.from or first,
    to = filter.to and filter.to < last and filter.to or last, from_id = filter.from_id,
  }), grouped)
end

local function total_of(ctx, filter, where, span, grouped)
  if not where.plain or span.legs <= FEW then return count(where, grouped) end
  local total = 0
  for i, day in ipairs(span.days) do
    if is_whole(day, filter) then
      total = total + (grouped and day.calls - (i > 1 and day.continued or 0) or day.legs)
    else
      local there, err = count_day(ctx, filter, day, grouped)
      if err then return nil, err end
      total = total + there
    end
  end
  return total
end

---- pages

local function order_of(filter, prefix)
  return of(prefix, SORTS[filter.sort] or "@ID"), filter.ascending and "ASC" or "DESC"
end

local function append(bound, list)
  for _, value in ipairs(list) do bound[#bound + 1] = value end
  return bound
end

-- The same condition without the columns that would tempt the planner to another index than ours.
local function unindexed(text)
  return (text:gsub('(%a%."start") ([<>]=)', "%1 || '' %2"):gsub("(%a%.te_id) =", "%1 + 0 ="))
end

-- Along an index: each leg, or each call at its last leg that the filter lets through. In the order of ids
-- the walk keeps to those of the span's days instead of the span itself.
local function walk(filter, where, span, grouped)
  local by_start = filter.sort == "start"
  local column, way = order_of(filter, "c.")
  local outer, bound = of("c.", where.text), append({}, where.params)
  if not by_start then
    outer = outer:gsub('(c%."start") ([<>]=)', "%1 || '' %2") .. " AND c.ID >= ? AND c.ID <= ?"
    append(bound, { span.first, span.last })
  end
  if grouped then
    local later = by_start and '(n."start" > c."start" OR (n."start" = c."start" AND n.ID > c.ID))'
      or "n.ID + 0 > c.ID"
    outer = outer .. " AND NOT EXISTS (SELECT 1 FROM cdr n WHERE n.linkedid = c.linkedid "
      .. "AND c.linkedid <> '' AND " .. later .. " AND " .. unindexed(of("n.", where.text)) .. ")"
    append(bound, where.params)
  end
  return store.query(("SELECT c.ID, c.linkedid FROM cdr c WHERE %s ORDER BY %s %s, c.ID %s LIMIT ? OFFSET ?")
    :format(outer, column, way, way), append(bound, { filter.limit, filter.offset }))
end

-- All of the span, for orders without an index.
local function gather(filter, where, grouped)
  local column, way = order_of(filter, "")
  local text = "SELECT ID, linkedid FROM cdr WHERE %s ORDER BY %s %s, ID %s LIMIT ? OFFSET ?"
  if grouped then
    text = "SELECT max(ID) AS ID, max(linkedid) AS linkedid FROM cdr WHERE %s GROUP BY " .. of("", KEY)
      .. " ORDER BY max(%s) %s, max(ID) %s LIMIT ? OFFSET ?"
  end
  return store.query(text:format(of("", where.text), column, way, way),
    append(append({}, where.params), { filter.limit, filter.offset }))
end

-- What a filter lets through, looked for once: found and counted, unless it is more than a few legs.
local function few(filter, where, grouped)
  local rows, err = store.query('SELECT ID, linkedid, "start" FROM cdr WHERE ' .. of("", where.text) .. " LIMIT " .. FEW + 1,
    where.params, { rows = FEW + 1 })
  if not rows then return nil, err end
  if #rows > FEW then return nil end
  local list = rows:list()
  local by_start, up = filter.sort == "start", filter.ascending
  local function later(a, b)
    local x, y = a.start or "", b.start or ""
    if by_start and x ~= y then return x > y end
    return a.ID > b.ID
  end
  table.sort(list, later)
  local kept, seen = {}, {}
  for _, row in ipairs(list) do
    local call = grouped and (row.linkedid or "") ~= "" and row.linkedid
    if not call or not seen[call] then kept[#kept + 1] = row end
    if call then seen[call] = true end
  end
  local page = { rows = {}, total = #kept }
  for i = filter.offset + 1, math.min(filter.offset + filter.limit, #kept) do
    page.rows[#page.rows + 1] = kept[up and #kept + 1 - i or i]
  end
  return page
end

--- One page: {rows = {{ID, linkedid} in order}, total}. filter: from, to (stored form), from_id, src_num,
--- dst_num, did, disposition, linkedid, search, sort, ascending, limit, offset. With `grouped` a row
--- stands for a call, by its newest leg.
function callpage.page(ctx, filter, grouped)
  local where, sort = where_of(ctx, filter), filter.sort or "id"
  local along = not filter.linkedid and (sort == "id" or sort == "start")
  if along and not where.plain then
    local page, err = few(filter, where, grouped)
    if page or err then return page, err end
  end
  local span, err = days_of(ctx, filter)
  if not span then return nil, err end
  local total
  total, err = total_of(ctx, filter, where, span, grouped)
  if err then return nil, err end
  if total == 0 or filter.offset >= total then return { rows = {}, total = total } end
  local rows
  if along then rows, err = walk(filter, where, span, grouped) else rows, err = gather(filter, where, grouped) end
  if not rows then return nil, err end
  return { rows = rows:list(), total = total }
end

---- legs

local LEG = [[SELECT ID, "start", answer, "end", clid, src, dst, channel, dstchannel, lastapp, duration,
  billsec, disposition, uniqueid, linkedid, srcCallID, accountcode, ex_name AS dst_name, ]]
  .. of("", RUNG) .. " AS rung, " .. of("", DID) .. [[ AS did FROM cdr
  LEFT JOIN ex_extensions ON ex_te_id = te_id AND ex_number = ]] .. of("", RUNG) .. " WHERE te_id + 0 = ? AND " -- by the ids, not by the owner's index

local function places(list) return ("?, "):rep(#list):sub(1, -3) end

-- The one that the call began with comes first: those of an originate all start in the same second, and
-- which of them Asterisk writes first is chance.
local ORDER = ' ORDER BY "start", CASE WHEN uniqueid = linkedid THEN 0 ELSE 1 END, ID'

local function legs_where(ctx, text, values)
  if #values == 0 then return {} end
  local rows, err = store.query(LEG .. text .. ORDER, append({ ctx.tenant.id }, values))
  if not rows then return nil, err end
  return rows:list()
end

--- Legs by their ids.
function callpage.legs(ctx, ids)
  return legs_where(ctx, "ID IN (" .. places(ids) .. ")", ids)
end

--- All legs of calls, by linkedid.
function callpage.legs_of(ctx, linkedids)
  return legs_where(ctx, "linkedid IN (" .. places(linkedids) .. ")", linkedids)
end

local function by_uniqueid(ctx, legs, text)
  local ids, seen = {}, {}
  for _, leg in ipairs(legs) do
    local id = leg.uniqueid
    if id and id ~= "" and not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
  if #ids == 0 then return {} end
  local rows, err = store.query(text:format(places(ids)), append(append({}, ids), { ctx.tenant.id }))
  if not rows then return nil, err end
  return value_of.grouped(rows, "uniqueid")
end

--- Recordings of legs, by uniqueid: lists of {path, date, size, duration}.
function callpage.recordings(ctx, legs)
  return by_uniqueid(ctx, legs, [[SELECT rm_id AS id, rm_uniqueid AS uniqueid, rm_path AS path,
    rm_date AS date, rm_duration AS duration FROM rm_recordingmetadatas
    WHERE rm_uniqueid IN (%s) AND rm_te_id = ? AND rm_path <> '' ORDER BY rm_id]])
end

--- Keys pressed in menus, by uniqueid: lists of {key}.
function callpage.keys(ctx, legs)
  return by_uniqueid(ctx, legs, [[SELECT il_uniqueid AS uniqueid, il_key AS "key" FROM il_ivrlogs
    WHERE il_uniqueid IN (%s) AND il_te_id = ? ORDER BY il_time, il_id]])
end

--- The recording that is a leg's own: one channel that was put through again has one for each party.
function callpage.recording_of(leg, found)
  local list = found[leg.uniqueid or ""]
  if not list or leg.disposition ~= "ANSWERED" then return nil end
  for _, it in ipairs(list) do
    if it.date == leg.start then return it end
  end
  return #list == 1 and list[1] or nil
end

--- First and last start of the newest `limit` legs, and how many those are.
function callpage.sample(ctx, limit)
  return store.row([[SELECT min("start") AS first, max("start") AS last, count(*) AS n FROM
    (SELECT "start" FROM cdr WHERE te_id = ? ORDER BY "start" DESC LIMIT ?) newest]],
    { ctx.tenant.id, limit })
end

return callpage
