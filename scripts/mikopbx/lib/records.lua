-- Call records as MikoPBX shows them, and the tokens that let a browser hear a recording.
local cache = require "cache"
local crypto = require "crypto"
local json = require "json"
local store = require "store"
local time = require "time"

local records = {}

local TOKEN_SECONDS = 3600
local DAY = 86400
local LONGEST = 365 * DAY
-- Of a call from outside `dst` is the DID; whom it rang is where it landed.
local RUNG = [[CASE WHEN userfield LIKE '[inbound]%' AND wherelanded LIKE '%-' || accountcode
  THEN substr(wherelanded, 1, length(wherelanded) - length(accountcode) - 1) ELSE dst END]]
local DID = "CASE WHEN userfield LIKE '[inbound]%' THEN coalesce(firstdst, dst) ELSE '' END"
local SORTS = {
  id = "ID", start = '"start"', linkedid = "linkedid", src_num = "src", dst_num = "dst",
  did = DID, disposition = "disposition", duration = "duration", billsec = "billsec",
}

local function invalid(field, problem)
  return nil, { code = "invalid", field = field, message = field .. ": " .. problem }
end

local function moment(name, text, last)
  if text == nil or text == "" then return nil end
  text = tostring(text):gsub("T", " ")
  local epoch = time.parse(text)
  if not epoch then return invalid(name, "not a date: " .. text:sub(1, 40)) end
  if #text == 10 then text = text .. (last and " 23:59:59" or " 00:00:00") end
  return text, nil, epoch
end

local function like(text) return "%" .. text:gsub("[!%%_]", "!%0") .. "%" end

-- WHERE text and its parameters.
local function condition(ctx, filter)
  local first, err, from = moment("dateFrom", filter.dateFrom)
  if err then return nil, err end
  local last, problem, to = moment("dateTo", filter.dateTo, true)
  if problem then return nil, problem end
  if from and to and to - from > LONGEST then
    return invalid("dateTo", "the span is more than 365 days")
  end
  local parts, params = { "te_id = ?" }, { ctx.tenant.id }
  local function add(text, ...)
    parts[#parts + 1] = text
    for i = 1, select("#", ...) do params[#params + 1] = (select(i, ...)) end
  end
  local function given(name)
    local value = filter[name]
    if value ~= nil and tostring(value) ~= "" then return tostring(value) end
  end
  if first then add('"start" >= ?', first) end
  if last then add('"start" <= ?', last) end
  if given("src_num") then add("src LIKE ? ESCAPE '!'", like(given("src_num"))) end
  if given("dst_num") then
    local text = like(given("dst_num"))
    add("(dst LIKE ? ESCAPE '!' OR " .. RUNG .. " LIKE ? ESCAPE '!')", text, text)
  end
  if given("did") then add(DID .. " LIKE ? ESCAPE '!'", like(given("did"))) end
  if given("disposition") then
    -- Both spellings are in use; Asterisk writes the one with a blank.
    local word = given("disposition"):upper()
    if word == "NOANSWER" then word = "NO ANSWER" end
    add("disposition = ?", word)
  end
  if given("linkedid") then add("linkedid = ?", given("linkedid")) end
  if given("search") then
    local text = like(given("search"))
    add([[(src LIKE ? ESCAPE '!' OR dst LIKE ? ESCAPE '!' OR clid LIKE ? ESCAPE '!')]],
      text, text, text)
  end
  if tonumber(filter.idFrom) then add("ID > ?", tonumber(filter.idFrom)) end
  if #parts == 1 then
    add('"start" >= ?', time.format("%Y-%m-%d %H:%M:%S", time.now() - 30 * DAY))
  end
  return table.concat(parts, " AND "), params
end

local function page(filter)
  local limit = math.floor(tonumber(filter.limit) or 50)
  local offset = math.floor(tonumber(filter.offset) or 0)
  if offset < 0 then return invalid("offset", "must not be negative") end
  -- 100 is what the published document promises.
  return { limit = math.max(1, math.min(limit, 100)), offset = offset }
end

-- A record that never was answered has no time of answer.
local function stamp(text)
  if not text or text == "" or text:match("^0000") then return "" end
  return #text == 19 and text .. ".000" or text
end

local function name_of(clid)
  return (clid or ""):match('^"?([^"<]-)"?%s*<') or ""
end

local function paths_of(ctx, rows)
  local ids, seen = {}, {}
  for _, row in ipairs(rows) do
    local id = row.uniqueid
    if id and not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
  if #ids == 0 then return {} end
  local places = ("?, "):rep(#ids):sub(1, -3)
  ids[#ids + 1] = ctx.tenant.id
  local found, err = store.query("SELECT rm_uniqueid, rm_path FROM rm_recordingmetadatas "
    .. "WHERE rm_uniqueid IN (" .. places .. ") AND rm_te_id = ?", ids)
  if not found then return nil, err end
  local paths = {}
  for row in found:each() do paths[row.rm_uniqueid] = row.rm_path end
  return paths
end

local function token_of(ctx, row, path)
  local token = crypto.random(16)
  local name = ("call_%s_to_%s_%s"):format(row.src or "", row.dst or "",
    (row.start or ""):gsub("[ :]", { [" "] = "_", [":"] = "-" })):gsub("[^%w_-]", "")
  cache.put("mikopbx.recording." .. token,
    json.encode({ tenant = ctx.tenant.code, path = path, name = name }), TOKEN_SECONDS)
  return token
end

--- What a token stands for: {tenant, path, name}; nil when unknown or expired.
function records.recording(token)
  local text = cache.get("mikopbx.recording." .. token)
  if not text then return nil end
  cache.put("mikopbx.recording." .. token, text, TOKEN_SECONDS)
  return json.decode(text)
end

local function leg(ctx, row, path)
  local token = path and token_of(ctx, row, path)
  local base = "/pbxcore/api/v3/cdr:"
  return {
    id = row.ID, start = stamp(row.start), endtime = stamp(row["end"]),
    answer = stamp(row.answer), src_chan = row.channel or "", src_num = row.src or "",
    src_name = name_of(row.clid), dst_chan = row.dstchannel or "", dst_num = row.rung or "",
    dst_name = row.dst_name or "", UNIQUEID = row.uniqueid or "", linkedid = row.linkedid or "",
    did = row.did, disposition = row.disposition or "", recordingfile = path or "",
    from_account = "", to_account = "", dialstatus = row.disposition or "",
    appname = row.lastapp or "", transfer = "0", is_app = "0", duration = row.duration or 0,
    billsec = row.billsec or 0, work_completed = "1", src_call_id = row.srcCallID or "",
    dst_call_id = "", verbose_call_id = "", rec_src_channel = "", dtmf_digits = "",
    playback_url = token and base .. "playback?token=" .. token or "",
    download_url = token and base .. "download?token=" .. token or "",
  }
end

local LEG = [[SELECT ID, "start", answer, "end", clid, src, dst, channel, dstchannel, lastapp,
  duration, billsec, disposition, uniqueid, linkedid, srcCallID, ex_name AS dst_name, ]]
  .. RUNG .. " AS rung, " .. DID .. " AS did FROM cdr LEFT JOIN ex_extensions ON ex_te_id = te_id"
  .. " AND ex_number = " .. RUNG .. " WHERE "

local function legs(ctx, text, params)
  local rows, err = store.query(text, params)
  if not rows then return nil, err end
  local list = rows:list()
  local paths
  paths, err = paths_of(ctx, list)
  if not paths then return nil, err end
  local out = {}
  for i, row in ipairs(list) do out[i] = leg(ctx, row, paths[row.uniqueid]) end
  return out
end

local function order_of(filter)
  local column = SORTS[filter.sort] or "ID"
  return column, tostring(filter.order):upper() == "ASC" and "ASC" or "DESC"
end

local function pagination(total, at, count, last)
  return json.ordered("total", total, "limit", at.limit, "offset", at.offset,
    "hasMore", at.offset + count < total, "lastId", last or json.null)
end

local function flat(ctx, filter, where, params, at)
  local total, err = store.value("SELECT COUNT(*) FROM cdr WHERE " .. where, params)
  if err then return nil, err end
  local column, way = order_of(filter)
  params[#params + 1], params[#params + 2] = at.limit, at.offset
  local list
  list, err = legs(ctx, LEG .. where .. (" ORDER BY %s %s, ID %s LIMIT ? OFFSET ?"):format(
    column, way, way), params)
  if not list then return nil, err end
  local last
  for _, row in ipairs(list) do last = math.max(last or 0, row.id) end
  return json.ordered("records", json.array(list),
    "pagination", pagination(total, at, #list, last))
end

-- The legs come with the one the call began with first: those of an originate all start in the
-- same second, and which of them Asterisk writes first is chance.
local function group(linkedid, list)
  local first = list[1]
  local answered, duration, billsec, did = false, 0, 0, ""
  for _, row in ipairs(list) do
    if did == "" then did = row.did end
    answered = answered or row.disposition == "ANSWERED"
    duration = math.max(duration, row.duration)
    billsec = math.max(billsec, row.billsec)
  end
  return json.ordered("linkedid", linkedid, "start", first.start, "src_num", first.src_num,
    "src_name", first.src_name, "dst_num", did ~= "" and did or first.dst_num,
    "dst_name", did ~= "" and "" or first.dst_name, "did", did, "disposition", answered and "ANSWERED" or first.disposition,
    "totalDuration", duration, "totalBillsec", billsec, "records", json.array(list))
end

local function grouped(ctx, filter, where, params, at)
  local total, err = store.value("SELECT COUNT(DISTINCT linkedid) FROM cdr WHERE " .. where,
    params)
  if err then return nil, err end
  local column, way = order_of(filter)
  params[#params + 1], params[#params + 2] = at.limit, at.offset
  local found
  found, err = store.query(("SELECT linkedid, MAX(ID) AS newest FROM cdr WHERE %s "
    .. "GROUP BY linkedid ORDER BY MAX(%s) %s, MAX(ID) %s LIMIT ? OFFSET ?"):format(
    where, column, way, way), params)
  if not found then return nil, err end
  local ids, last = {}, nil
  for row in found:each() do
    ids[#ids + 1] = row.linkedid or ""
    last = math.max(last or 0, row.newest)
  end
  if #ids == 0 then
    return json.ordered("records", json.array({}), "pagination", pagination(total, at, 0))
  end
  local bound = {}
  for i, id in ipairs(ids) do bound[i] = id end
  bound[#bound + 1] = ctx.tenant.id
  local list
  list, err = legs(ctx, LEG .. "linkedid IN (" .. ("?, "):rep(#ids):sub(1, -3)
    .. [[) AND te_id = ? ORDER BY "start", uniqueid <> linkedid, ID]], bound)
  if not list then return nil, err end
  local by_id = {}
  for _, row in ipairs(list) do
    by_id[row.linkedid] = by_id[row.linkedid] or {}
    table.insert(by_id[row.linkedid], row)
  end
  local groups = json.array({})
  for _, id in ipairs(ids) do
    if by_id[id] then groups[#groups + 1] = group(id, by_id[id]) end
  end
  return json.ordered("records", groups, "pagination", pagination(total, at, #ids, last))
end

--- The list: grouped by call unless the filter says otherwise.
function records.list(ctx, filter)
  local at, err = page(filter)
  if not at then return nil, err end
  local where, params = condition(ctx, filter)
  if not where then return nil, params end
  local plain = filter.grouped == false or filter.grouped == "false" or filter.grouped == "0"
    or filter.grouped == 0
  return (plain and flat or grouped)(ctx, filter, where, params, at)
end

--- One record by number, or a whole call by its linked id.
function records.one(ctx, id)
  local number = id:match("^%d+$") and tonumber(id)
  local list, err
  if number then
    list, err = legs(ctx, LEG .. "ID = ? AND te_id = ?", { number, ctx.tenant.id })
  else
    list, err = legs(ctx, LEG .. [[linkedid = ? AND te_id = ? ORDER BY "start", uniqueid <> linkedid, ID]],
      { id, ctx.tenant.id })
  end
  if not list then return nil, err end
  if #list == 0 then return nil, { code = "not_found", message = "Record not found" } end
  return number and list[1] or group(id, list)
end

--- First and last day of the newest `limit` records.
function records.metadata(ctx, limit)
  limit = math.max(1, math.min(math.floor(tonumber(limit) or 100), 1000))
  local row, err = store.row([[SELECT MIN("start") AS first, MAX("start") AS last, COUNT(*) AS n
    FROM (SELECT "start" FROM cdr WHERE te_id = ? ORDER BY "start" DESC LIMIT ?) newest]],
    { ctx.tenant.id, limit })
  if err then return nil, err end
  local any = row and row.n > 0
  return json.ordered("earliestDate", any and stamp(row.first) or json.null,
    "latestDate", any and stamp(row.last) or json.null, "hasRecords", any or false,
    "sampleSize", row and row.n or 0)
end

return records
