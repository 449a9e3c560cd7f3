-- Call records as MikoPBX shows them, and the tokens that let a browser hear a recording.
local callpage = require "model.callpage"
local callstats = require "model.callstats"
local files = require "files"
local json = require "json"
local moment = require "lib.moment"
local ticket = require "access.ticket"
local trunk = require "mikopbx.lib.trunk"
local time = require "time"

local records = {}

-- Long enough to hear the longest to its end.
local TOKEN_SECONDS = 4 * 3600
local DAY = 86400
local LONGEST = 365 * DAY
-- A WAV of nothing but its header.
local EMPTY = 44

local function invalid(field, problem)
  return nil, { code = "invalid", field = field, message = field .. ": " .. problem }
end

local function edge(name, text, last)
  if text == nil or text == "" then return nil end
  text = tostring(text)
  local epoch = time.parse(text)
  if not epoch then return invalid(name, "not a date: " .. text:sub(1, 40)) end
  if #text == 10 then return text .. (last and " 23:59:59" or " 00:00:00"), nil, epoch end
  return moment.text(math.floor(epoch)), nil, epoch
end

--- First and last moment of dateFrom and dateTo, as stored; nil for what is not given.
function records.span(values)
  local first, err, from = edge("dateFrom", values.dateFrom)
  if err then return nil, err end
  local last, problem, to = edge("dateTo", values.dateTo, true)
  if problem then return nil, problem end
  if from and to and to - from > LONGEST then
    return invalid("dateTo", "the span is more than 365 days")
  end
  return { from = first, to = last }
end

local function given(value)
  if value ~= nil and tostring(value) ~= "" then return tostring(value) end
end

-- What the model filters by.
local function filter_of(values)
  local filter, err = records.span(values)
  if not filter then return nil, err end
  local anything = filter.from or filter.to
  for _, name in ipairs({ "src_num", "dst_num", "did", "linkedid", "search" }) do
    filter[name] = given(values[name])
    anything = anything or filter[name]
  end
  if not anything then filter.from = time.format("%Y-%m-%d 00:00:00", time.now() - 30 * DAY) end
  filter.disposition = given(values.disposition)
  filter.from_id = tonumber(values.idFrom)
  filter.sort, filter.ascending = given(values.sort), tostring(values.order):upper() == "ASC"
  -- 100 is what the published document promises.
  filter.limit = math.max(1, math.min(math.floor(tonumber(values.limit) or 50), 100))
  filter.offset = math.floor(tonumber(values.offset) or 0)
  if filter.offset < 0 then return invalid("offset", "must not be negative") end
  return filter
end

-- A record that never was answered has no time of answer.
local function stamp(text)
  if not text or text == "" or text:match("^0000") then return "" end
  return #text == 19 and text .. ".000" or text
end

local function name_of(clid)
  local name = (clid or ""):match("^(.*)%s<[^<>]*>%s*$") or (clid or ""):match("^(.*)<[^<>]*>%s*$") or ""
  return name:match('^%s*"(.*)"%s*$') or name:match("^%s*(.-)%s*$")
end

local WORDS = { ["NO ANSWER"] = "NOANSWER", CONGESTION = "CHANUNAVAIL" }

---- recordings

-- What may be heard, as a token. it: {path, name, duration}.
local function token_of(ctx, it)
  return ticket.issue(ctx, "recording", {
    tenant = ctx.tenant.code, path = it.path, name = it.name, duration = it.duration,
  }, TOKEN_SECONDS)
end

--- What a token stands for: {tenant, path, name, duration}; nil when unknown or expired.
function records.recording(token)
  return ticket.read("recording", token)
end

-- Only a file that is there and holds more than a header is a recording.
local function is_heard(path)
  local info = files.stat("recordings", path)
  return info and info.size > EMPTY
end

local function download_name(row)
  return (("call_%s_to_%s_%s"):format(row.src or "", row.rung or row.dst or "",
    (row.start or ""):gsub("[ :]", { [" "] = "_", [":"] = "-" })):gsub("[^%w_-]", ""))
end

---- shapes

-- Digits that were pressed; menus note "TIMEOUT" and the like as well.
local function digits_of(list)
  local text = {}
  for _, it in ipairs(list or {}) do text[#text + 1] = (it.key or ""):match("^[%d*#]+$") end
  return table.concat(text)
end

local function leg(ctx, row, with)
  local recording = callpage.recording_of(row, with.recordings)
  if recording and not is_heard(recording.path) then recording = nil end
  local token = recording and token_of(ctx, {
    path = recording.path, name = download_name(row), duration = recording.duration,
  })
  local base = "/pbxcore/api/v3/cdr:"
  local disposition = WORDS[row.disposition or ""] or row.disposition or ""
  local rung = (row.dstchannel or "") ~= ""
  return {
    id = row.ID, start = stamp(row.start), endtime = stamp(row["end"]),
    answer = stamp(row.answer), src_chan = row.channel or "", src_num = row.src or "",
    src_name = name_of(row.clid), dst_chan = row.dstchannel or "", dst_num = row.rung or "",
    dst_name = row.dst_name or "", UNIQUEID = row.uniqueid or "", linkedid = row.linkedid or "",
    did = row.did, disposition = disposition, recordingfile = recording and recording.path or "",
    from_account = with.trunks(row.channel), to_account = with.trunks(row.dstchannel),
    dialstatus = disposition, appname = row.lastapp or "", transfer = "0",
    is_app = rung and "0" or "1", duration = row.duration or 0,
    billsec = row.billsec or 0, work_completed = "1", src_call_id = row.srcCallID or "",
    dst_call_id = "", verbose_call_id = "", rec_src_channel = "",
    dtmf_digits = digits_of(with.keys[row.uniqueid or ""]),
    playback_url = token and base .. "playback?token=" .. token or "",
    download_url = token and base .. "download?token=" .. token or "",
  }
end

local function shaped(ctx, rows)
  local with, err = {}
  with.trunks, err = trunk.accounts()
  if not with.trunks then return nil, err end
  with.recordings, err = callpage.recordings(ctx, rows)
  if not with.recordings then return nil, err end
  with.keys, err = callpage.keys(ctx, rows)
  if not with.keys then return nil, err end
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = leg(ctx, row, with)
    -- One channel may have several legs; what was pressed is told once.
    with.keys[row.uniqueid or ""] = nil
  end
  return out
end

local function is_inner(row) return row.src_chan:match("^Local/") ~= nil end

-- Legs inside Asterisk repeat what their outer ones lasted.
local function totals(list)
  local duration, billsec, outer = 0, 0, false
  for _, row in ipairs(list) do outer = outer or not is_inner(row) end
  for _, row in ipairs(list) do
    if not outer or not is_inner(row) then
      duration, billsec = duration + row.duration, billsec + row.billsec
    end
  end
  return duration, billsec
end

-- The legs come with the one the call began with first.
local function group(linkedid, list)
  local first = list[1]
  local answered, did = false, ""
  for _, row in ipairs(list) do
    if did == "" then did = row.did end
    answered = answered or row.disposition == "ANSWERED"
  end
  local duration, billsec = totals(list)
  return json.ordered("linkedid", linkedid, "start", first.start, "src_num", first.src_num,
    "src_name", first.src_name, "dst_num", did ~= "" and did or first.dst_num,
    "dst_name", did ~= "" and "" or first.dst_name, "did", did,
    "disposition", answered and "ANSWERED" or first.disposition,
    "totalDuration", duration, "totalBillsec", billsec, "records", json.array(list))
end

---- lists

local function flat(ctx, rows)
  local ids = {}
  for i, row in ipairs(rows) do ids[i] = row.ID end
  local found, err = callpage.legs(ctx, ids)
  if not found then return nil, err end
  local list
  list, err = shaped(ctx, found)
  if not list then return nil, err end
  local by_id, out = {}, json.array({})
  for _, it in ipairs(list) do by_id[it.id] = it end
  for _, id in ipairs(ids) do out[#out + 1] = by_id[id] end
  return out
end

-- Legs of the calls of a page, by linkedid and, where there is none, by id.
local function legs_of(ctx, rows)
  local calls, alone = {}, {}
  for _, row in ipairs(rows) do
    if (row.linkedid or "") ~= "" then calls[#calls + 1] = row.linkedid
    else alone[#alone + 1] = row.ID end
  end
  local found, err = callpage.legs_of(ctx, calls)
  if not found then return nil, err end
  local more
  more, err = callpage.legs(ctx, alone)
  if not more then return nil, err end
  for _, row in ipairs(more) do found[#found + 1] = row end
  return shaped(ctx, found)
end

local function grouped(ctx, rows)
  local list, err = legs_of(ctx, rows)
  if not list then return nil, err end
  local by_key, out = {}, json.array({})
  for _, it in ipairs(list) do
    local key = it.linkedid ~= "" and it.linkedid or it.id
    by_key[key] = by_key[key] or {}
    table.insert(by_key[key], it)
  end
  for _, row in ipairs(rows) do
    local named = (row.linkedid or "") ~= ""
    local legs = by_key[named and row.linkedid or row.ID]
    -- What has no linkedid is known by its channel, and by its number in any case.
    if legs then out[#out + 1] = group(named and row.linkedid or legs[1].UNIQUEID, legs) end
  end
  return out
end

--- The list: grouped by call unless the filter says otherwise.
function records.list(ctx, values)
  local filter, err = filter_of(values)
  if not filter then return nil, err end
  local plain = values.grouped == false or values.grouped == "false" or values.grouped == "0"
    or values.grouped == 0
  local page
  page, err = callpage.page(ctx, filter, not plain)
  if not page then return nil, err end
  local list
  list, err = (plain and flat or grouped)(ctx, page.rows)
  if not list then return nil, err end
  local last
  for _, row in ipairs(page.rows) do last = math.max(last or 0, row.ID) end
  return json.ordered("records", list, "pagination", json.ordered("total", page.total,
    "limit", filter.limit, "offset", filter.offset,
    "hasMore", filter.offset + #page.rows < page.total, "lastId", last or json.null))
end

--- One record by number, or a whole call by its linked id.
function records.one(ctx, id)
  local number = id:match("^%d+$") and tonumber(id)
  local rows, err
  if number then rows, err = callpage.legs(ctx, { number })
  else rows, err = callpage.legs_of(ctx, { id }) end
  if not rows then return nil, err end
  if #rows == 0 then return nil, { code = "not_found", message = "Record not found" } end
  local list
  list, err = shaped(ctx, rows)
  if not list then return nil, err end
  return number and list[1] or group(id, list)
end

--- First and last day of the newest `limit` records.
function records.metadata(ctx, limit)
  limit = math.max(1, math.min(math.floor(tonumber(limit) or 100), 1000))
  local row, err = callpage.sample(ctx, limit)
  if err then return nil, err end
  local any = row and row.n > 0
  return json.ordered("earliestDate", any and stamp(row.first) or json.null,
    "latestDate", any and stamp(row.last) or json.null, "hasRecords", any or false,
    "sampleSize", row and row.n or 0)
end

--- Calls per provider of the span of dateFrom and dateTo, both required.
function records.by_provider(ctx, values)
  local span, err = records.span(values)
  if not span then return nil, err end
  if not span.from or not span.to then
    return nil, { code = "invalid", message = "dateFrom and dateTo are required" }
  end
  if span.from > span.to then
    return nil, { code = "invalid", message = "dateFrom: must not be after dateTo" }
  end
  local rows
  rows, err = callstats.by_provider(ctx, span.from, span.to)
  if not rows then return nil, err end
  local named
  named, err = trunk.names()
  if not named then return nil, err end
  local wanted = tostring(values.provider or "")
  local out = json.array({})
  for _, row in ipairs(rows) do
    local it = named[row.pr_id]
    if it and (wanted == "" or wanted == it.id) then
      out[#out + 1] = json.ordered("provider", it.id, "providerName", it.name,
        "direction", row.incoming == 1 and "incoming" or "outgoing", "totalCalls", row.calls,
        "answeredCalls", row.answered, "totalDuration", row.duration or 0,
        "totalBillsec", row.billsec or 0)
    end
  end
  return out
end

return records
