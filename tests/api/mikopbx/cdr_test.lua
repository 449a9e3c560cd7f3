-- /cdr: call records and recordings.
local files = require "files"
local time = require "time"
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

local function record(t, id, linked, more)
  local row = { id = id, linked = linked, start = time.format("%Y-%m-%d") .. (" 10:%02d:%02d"):format(math.floor(id / 60), id % 60),
    src = "201", dst = "202", disposition = "ANSWERED", te = "DEMO" }
  for name, value in pairs(more or {}) do row[name] = value end
  t.sql([[INSERT INTO cdr (ID, "start", answer, "end", clid, src, dst, channel, dstchannel,
      duration, billsec, disposition, uniqueid, linkedid, te_id, accountcode)
    SELECT :id, :start, :start, :start, '"John" <201>', :src, :dst, 'PJSIP/201-DEMO-1',
      'PJSIP/202-DEMO-2', 34, 30, :disposition, 'mikopbx-u.' || :id, :linked, te_id, te_code
    FROM te_tenants WHERE te_code = :te]], row)
end

local function get(t, query, key)
  return t.http:get(BASE .. "/cdr", { headers = bearer(t, key), query = query })
end

test("grouped by call, with its legs and paging", function(t)
  t.equal(get(t).json.data.records, {})
  record(t, 1, "mikopbx-1.1", { disposition = "NO ANSWER" })
  record(t, 2, "mikopbx-1.1")
  record(t, 3, "mikopbx-1.3", { src = "203", disposition = "BUSY" })
  record(t, 4, "mikopbx-1.4", { te = "OTHER" })
  local data = get(t).json.data
  t.equal(data.pagination.total, 2)
  t.equal(data.pagination.hasMore, false)
  t.equal(data.records[1].linkedid, "mikopbx-1.3")
  local call = data.records[2]
  t.equal(call.disposition, "ANSWERED")
  t.equal(call.src_num, "201")
  t.equal(call.src_name, "John")
  t.equal(call.totalBillsec, 60) -- the legs added up
  t.equal(#call.records, 2)
  t.equal(call.records[1].id, 1)
  t.equal(call.records[1].playback_url, "")
  t.matches(call.start, "%.000$")
end)

test("flat, filtered, sorted, limited", function(t)
  local function list(query)
    query.grouped = "false"
    return get(t, query).json.data.records
  end
  t.equal(#list({}), 3)
  t.equal(list({ order = "ASC" })[1].id, 1)
  t.equal(#list({ src_num = "203" }), 1)
  t.equal(#list({ disposition = "NOANSWER" }), 1)
  t.equal(#list({ limit = "1" }), 1)
  t.equal(#list({ search = "john" }), 3)
  local day = time.format("%Y-%m-%d")
  t.equal(#list({ dateFrom = day .. "T00:00:00", dateTo = day .. "T23:59:59" }), 3)
  t.equal(#list({ dateFrom = "2001-01-01", dateTo = "2001-02-01" }), 0)
  t.equal(get(t, { limit = "5000" }).json.data.pagination.limit, 100)
  t.equal(get(t, { offset = "-1" }).status, 422)
  t.equal(get(t, { dateFrom = "2001-01-01", dateTo = "2003-01-01" }).status, 422)
  t.equal(get(t, { dateFrom = "yesterday" }).status, 422)
end)

test("one record, one call, none, another tenant's", function(t)
  local function one(id, key)
    return t.http:get(BASE .. "/cdr/" .. id, { headers = bearer(t, key) })
  end
  t.equal(one("1").json.data.id, 1)
  t.equal(#one("mikopbx-1.1").json.data.records, 2)
  t.equal(one("99").status, 404)
  t.equal(one("4").status, 404)
  t.equal(one("1", t.other_key).status, 404)
end)

test("metadata", function(t)
  local data = t.http:get(BASE .. "/cdr:getMetadata", { headers = bearer(t) }).json.data
  t.equal(data.hasRecords, true)
  t.equal(data.sampleSize, 3)
end)

test("a recording is heard with the token of the list, by range, and as a download", function(t)
  files.write("recordings", "DEMO/a.wav", "RIFF0123456789" .. ("x"):rep(16030))
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_path)
    SELECT te_id, 'mikopbx-u.2', 'DEMO/a.wav' FROM te_tenants WHERE te_code = 'DEMO']])
  local row = get(t, { grouped = "false", idFrom = "1", order = "ASC" }).json.data.records[1]
  t.matches(row.playback_url, "^/pbxcore/api/v3/cdr:playback%?token=[%w_-]+$")
  local res = t.http:get(row.playback_url)
  t.equal(#res.body, 16044)
  t.equal(res.headers["content-disposition"], 'inline; filename="call_201_to_202_'
    .. time.format("%Y-%m-%d") .. '_10-00-02.wav"')
  t.equal(res.headers["content-type"], "audio/wav")
  t.equal(res.headers["x-audio-duration"], "1")
  t.equal(res.headers["access-control-allow-origin"], "*")
  t.equal(t.http:get(row.playback_url .. "&format=mp3").status, 422)
  t.equal(t.http:get(row.playback_url .. "&format=wav").status, 200)
  res = t.http:get(row.playback_url, { headers = { Range = "bytes=4-7" } })
  t.equal(res.status, 206)
  t.equal(res.body, "0123")
  res = t.http:get(row.download_url)
  t.matches(res.headers["content-disposition"], '^attachment; filename="call_201_to_202_')
  t.equal(t.http:get(BASE .. "/cdr:playback").status, 400)
  t.equal(t.http:get(BASE .. "/cdr:playback?token=0123").status, 403)
  -- found: beyond 1 KB a 500 with a traceback, without a login
  for _, path in ipairs { "cdr:playback", "cdr:download", "employees:download" } do
    t.equal(t.http:get(BASE .. "/" .. path .. "?token=" .. ("a"):rep(3000)).status, 403, path)
  end
end)

-- `did` was always empty, and the number rung that of the DID.
test("a call from outside has its DID, and its legs whom they rang", function(t)
  record(t, 6, "mikopbx-1.6", { src = "393331234567", dst = "39025551234" })
  t.sql([[UPDATE cdr SET userfield = '[inbound]', firstdst = '39025551234', wherelanded = '201-DEMO',
      dstchannel = 'PJSIP/201-DEMO-2' WHERE ID = 6]])
  local call = get(t, { did = "39025" }).json.data.records[1]
  t.equal({ call.linkedid, call.did, call.dst_num }, { "mikopbx-1.6", "39025551234", "39025551234" })
  local leg = get(t, { dst_num = "201", grouped = "false" }).json.data.records[1]
  t.equal({ leg.id, leg.did, leg.dst_num }, { 6, "39025551234", "201" })
  t.equal(get(t, { did = "202" }).json.data.records, {})
  t.equal(get(t, { sort = "did", order = "DESC" }).json.data.records[1].linkedid, "mikopbx-1.6")
end)

-- "NO ANSWER" and "CONGESTION" are Asterisk's words; each is found by either spelling.
test("dispositions in the words of the page", function(t)
  record(t, 11, "mikopbx-1.11", { disposition = "NO ANSWER", src = "211" })
  record(t, 12, "mikopbx-1.12", { disposition = "CONGESTION", src = "211" })
  local function words(query)
    local list = {}
    query.src_num, query.order = "211", "ASC"
    for i, call in ipairs(get(t, query).json.data.records) do list[i] = call.disposition end
    return list
  end
  t.equal(words({}), { "NOANSWER", "CHANUNAVAIL" })
  t.equal(words({ disposition = "NO ANSWER" }), { "NOANSWER" })
  t.equal(words({ disposition = "NOANSWER" }), { "NOANSWER" })
  t.equal(words({ disposition = "CHANUNAVAIL" }), { "CHANUNAVAIL" })
  t.equal(words({ disposition = "BUSY" }), {})
end)

-- Both legs of a transfer named the last party, and showed the second recording; the call lasted as long
-- as its longest leg.
test("a transferred call: each leg its party and its recording", function(t)
  record(t, 21, "mikopbx-1.21", { src = "221" })
  record(t, 22, "mikopbx-1.21", { src = "221" })
  t.sql("UPDATE cdr SET uniqueid = 'one', dst = '203', lastdst = '203' WHERE ID IN (21, 22)")
  t.sql("UPDATE cdr SET dstchannel = 'PJSIP/203-DEMO-0000000a', \"start\" = \"start\" || '' WHERE ID = 22")
  for _, name in ipairs({ "first", "second" }) do
    files.write("recordings", "DEMO/" .. name .. ".wav", ("x"):rep(100))
  end
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_path, rm_date)
    SELECT te_id, uniqueid, CASE WHEN ID = 21 THEN 'DEMO/first.wav' ELSE 'DEMO/second.wav' END, "start"
    FROM cdr WHERE ID IN (21, 22)]])
  local call = get(t, { src_num = "221" }).json.data.records[1]
  t.equal({ call.records[1].dst_num, call.records[2].dst_num }, { "202", "203" })
  t.equal({ call.records[1].recordingfile, call.records[2].recordingfile },
    { "DEMO/first.wav", "DEMO/second.wav" })
  t.equal({ call.totalDuration, call.totalBillsec }, { 68, 60 })
  t.equal(#get(t, { dst_num = "203" }).json.data.records, 1)
end)

-- A call that nobody answered offered 44 bytes, one whose file is gone two addresses.
test("a recording only where there is one", function(t)
  record(t, 31, "mikopbx-1.31", { src = "231", disposition = "BUSY" })
  record(t, 32, "mikopbx-1.32", { src = "231" })
  record(t, 33, "mikopbx-1.33", { src = "231" })
  files.write("recordings", "DEMO/busy.wav", ("x"):rep(100))
  files.write("recordings", "DEMO/empty.wav", ("x"):rep(44))
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_path) SELECT te_id, uniqueid,
    CASE ID WHEN 31 THEN 'DEMO/busy.wav' WHEN 32 THEN 'DEMO/empty.wav' ELSE 'DEMO/gone.wav' END
    FROM cdr WHERE ID BETWEEN 31 AND 33]])
  for _, row in ipairs(get(t, { src_num = "231", grouped = "false" }).json.data.records) do
    t.equal({ row.recordingfile, row.playback_url, row.download_url }, { "", "", "" })
  end
end)

test("a recording by its path: with a key that reads records, inside the tenant's folder", function(t)
  local function view(path, key, more)
    local query = { view = path }
    for name, value in pairs(more or {}) do query[name] = value end
    return t.http:get(BASE .. "/cdr:playback", { headers = key ~= "" and bearer(t, key) or nil, query = query })
  end
  t.equal(view("DEMO/first.wav", "").status, 401)
  t.equal(#view("DEMO/first.wav").body, 100)
  local res = view("/DEMO/first.wav", nil, { download = "1", filename = 'x"y\r\n.wav' })
  t.equal(res.headers["content-disposition"], 'attachment; filename="x_y__.wav"')
  t.equal(view("DEMO/first.wav", t.other_key).status, 403)
  t.equal(view("DEMO/../OTHER/x.wav").status, 404)
  t.equal(view("DEMO/none.wav").status, 404)
  t.equal(view("DEMO").status, 404)
end)

test("search finds either party, by number and by name, in any alphabet", function(t)
  t.sql([[INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech)
    SELECT te_id, '241', 'Анна Иванова', 'PJSIP' FROM te_tenants WHERE te_code = 'DEMO']])
  record(t, 41, "mikopbx-1.41", { src = "39001", dst = "39002" })
  t.sql("UPDATE cdr SET dstchannel = 'PJSIP/241-DEMO-0000000b', clid = '\"Борис\" <39001>' WHERE ID = 41")
  local function found(text)
    local list = get(t, { search = text }).json.data.records
    return #list == 1 and list[1].linkedid or #list
  end
  for _, text in ipairs({ "39001", "39002", "241", "Иванова", "Борис" }) do
    t.equal(found(text), "mikopbx-1.41")
  end
  t.equal(found("nobody"), 0)
  t.equal(get(t, { search = "Иванова" }).json.data.records[1].records[1].dst_name, "Анна Иванова")
end)

-- A filter that is not of time or party lifted the default of thirty days.
test("without a span the last thirty days", function(t)
  record(t, 52, "mikopbx-1.52", { disposition = "FAILED", start = "2020-01-01 10:00:00" })
  t.equal(get(t, { disposition = "FAILED" }).json.data.pagination.total, 0)
  t.equal(get(t, { disposition = "FAILED", dateFrom = "2020-01-01" }).json.data.pagination.total, 1)
  t.equal(get(t, { linkedid = "mikopbx-1.52" }).json.data.pagination.total, 1)
end)

-- Four rows without a linkedid were two calls, or one.
test("records without a linkedid are a call each", function(t)
  for id = 61, 64 do record(t, id, id % 2 == 0 and "" or nil, { src = "261" }) end
  t.sql("UPDATE cdr SET linkedid = NULL WHERE ID IN (61, 63)")
  local data = get(t, { src_num = "261" }).json.data
  t.equal({ data.pagination.total, #data.records }, { 4, 4 })
  t.equal(data.records[1].linkedid, "mikopbx-u.64")
  t.equal(#get(t, { src_num = "261", limit = "2", offset = "2" }).json.data.records, 2)
  t.equal(#get(t, { src_num = "261", sort = "src_num" }).json.data.records, 4)
  t.equal(#get(t, { src_num = "261", sort = "start", order = "ASC" }).json.data.records, 4)
end)

test("digits of a menu, trunks of a leg, calls per provider", function(t)
  t.sql([[INSERT INTO pr_providers (pr_id, pr_name, pr_peername, pr_tech)
    VALUES (71, 'Main', 'SIP-TRUNK-0000AAAA', 'PJSIP')]])
  record(t, 71, "mikopbx-1.71", { src = "271" })
  record(t, 72, "mikopbx-1.72", { src = "271" })
  t.sql("UPDATE cdr SET channel = 'PJSIP/SIP-TRUNK-0000AAAA-00000001' WHERE ID = 71")
  t.sql("UPDATE cdr SET dstchannel = 'PJSIP/SIP-TRUNK-0000AAAA-00000002' WHERE ID = 72")
  t.sql([[INSERT INTO il_ivrlogs (il_te_id, il_time, il_uniqueid, il_key)
    SELECT te_id, '2026-01-01', 'mikopbx-u.71', value FROM te_tenants,
      (SELECT '1' AS value UNION ALL SELECT 'TIMEOUT' UNION ALL SELECT '42') pressed WHERE te_code = 'DEMO']])
  local list = get(t, { src_num = "271", grouped = "false", order = "ASC" }).json.data.records
  t.equal({ list[1].dtmf_digits, list[1].from_account, list[1].to_account }, { "142", "SIP-71", "" })
  t.equal({ list[2].dtmf_digits, list[2].from_account, list[2].to_account }, { "", "", "SIP-71" })
  local function stats(query, key)
    return t.http:get(BASE .. "/cdr:getStatsByProvider", { headers = bearer(t, key), query = query })
  end
  local day = time.format("%Y-%m-%d")
  t.equal(stats({ dateFrom = day, dateTo = day }).json.data, {
    { provider = "SIP-71", providerName = "Main", direction = "incoming", totalCalls = 1,
      answeredCalls = 1, totalDuration = 34, totalBillsec = 30 },
    { provider = "SIP-71", providerName = "Main", direction = "outgoing", totalCalls = 1,
      answeredCalls = 1, totalDuration = 34, totalBillsec = 30 },
  })
  t.equal(stats({ dateFrom = day, dateTo = day, provider = "SIP-1" }).json.data, {})
  t.equal(stats({ dateFrom = day, dateTo = day }, t.other_key).json.data, {})
  t.equal(stats({ dateFrom = day }).status, 422)
  t.equal(stats({ dateFrom = day, dateTo = "2001-01-01" }).status, 422)
end)

test("a record, a call and their recordings are deleted", function(t)
  local function delete(id, query, key)
    return t.http:delete(BASE .. "/cdr/" .. id, { headers = bearer(t, key), query = query })
  end
  t.equal(delete("21", nil, t.read_key).status, 403)
  t.equal(delete("21", nil, t.other_key).status, 404)
  t.equal(delete("x", nil).status, 400)
  t.equal(delete("999999").status, 404)
  local res = delete("21")
  t.equal(res.json.data, { id = "21", linkedid = "mikopbx-1.21", recordingDeleted = false,
    linkedRecordsDeleted = 0 })
  t.truthy(files.stat("recordings", "DEMO/first.wav"))
  res = delete("mikopbx-1.21", { deleteRecording = "true" })
  t.equal(res.json.data, { id = "mikopbx-1.21", linkedid = "mikopbx-1.21", recordingDeleted = true,
    linkedRecordsDeleted = 1 })
  t.equal(files.stat("recordings", "DEMO/second.wav"), nil)
  t.equal(delete("mikopbx-1.21").status, 404)
  t.equal(t.sql("SELECT count(*) AS n FROM lg_processlogs WHERE lg_object = 'cdr' AND lg_action = 'delete'")[1].n, 2)
end)

-- A page counted and sorted all records of the tenant.
test("a page over many days walks an index, and its total is that of the days", function(t)
  t.sql([[INSERT INTO cdr (ID, "start", "end", src, dst, duration, billsec, disposition, uniqueid, linkedid,
      te_id, accountcode)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT 1000 + i,
      addtime(addtime('2024-03-01 12:00:00', sec_to_time(i * 300)), sec_to_time(i * 300)),
      addtime(addtime('2024-03-01 12:01:00', sec_to_time(i * 300)), sec_to_time(i * 300)), '281', '282', 10, 5, 'ANSWERED', 'u' || i,
      'many-' || CAST((i - i % 2) / 2 AS INTEGER), te_id, te_code FROM n, te_tenants WHERE te_code = 'DEMO']])
  local function page(query)
    query.dateFrom, query.dateTo = query.dateFrom or "2024-03-01", query.dateTo or "2024-04-30"
    return get(t, query).json.data
  end
  local function counted(text)
    return t.sql("SELECT count(" .. text .. ") AS n FROM cdr WHERE linkedid LIKE 'many-%'")[1].n
  end
  local data = page({ limit = "3" })
  t.equal(data.pagination.total, counted("DISTINCT linkedid"))
  t.equal({ data.records[1].linkedid, data.records[2].linkedid, #data.records[2].records },
    { "many-3000", "many-2999", 2 })
  t.equal(data.pagination.lastId, 7000)
  t.equal(page({ grouped = "false" }).pagination.total, 6000)
  t.equal(page({ grouped = "false", idFrom = "5000", order = "ASC", limit = "1" }).records[1].id, 5001)
  t.equal(page({ grouped = "false", idFrom = "5000" }).pagination.total, 2000)
  t.equal(page({ grouped = "false", dateFrom = "2024-03-01T20:00:00" }).pagination.total, 6000 - 47)
  -- A filter that lets many legs through, and one that lets few.
  local dense, thin = page({ src_num = "28", limit = "2" }), page({ src_num = "28", limit = "2", idFrom = "5999" })
  t.equal({ dense.pagination.total, dense.records[1].linkedid, dense.records[2].linkedid }, { 3001, "many-3000", "many-2999" })
  t.equal({ thin.pagination.total, thin.records[1].linkedid, thin.records[2].linkedid }, { 501, "many-3000", "many-2999" })
  t.equal({ page({ linkedid = "many-7" }).pagination.total, #page({ linkedid = "many-7" }).records[1].records }, { 1, 2 })
  -- The last page, and one behind it.
  t.equal(#page({ limit = "100", offset = "3000" }).records, 1)
  t.equal(#page({ limit = "100", offset = "3001" }).records, 0)
  t.sql("DELETE FROM cdr WHERE ID BETWEEN 1001 AND 1100")
  t.equal(page({ grouped = "false" }).pagination.total, 5900)
  t.equal(page({}).pagination.total, counted("DISTINCT linkedid"))
end)

test("a page of what a filter finds: sorted both ways, cut, counted by calls and by legs", function(t)
  for i, linked in ipairs({ "f-1", "f-2", "f-1", "", "f-3" }) do
    record(t, 800 + i, linked, { src = "0612" .. i, start = time.format("%Y-%m-%d 10:0") .. 6 - i .. ":00" })
  end
  record(t, 806, "f-6", { src = "999" })
  local function ids(query)
    query.src_num = "0612"
    local data, list = get(t, query).json.data, {}
    for i, it in ipairs(data.records) do list[i] = query.grouped and it.id or it.linkedid end
    return { data.pagination.total, data.pagination.hasMore, table.concat(list, " ") }
  end
  t.equal(ids({}), { 4, false, "f-3 mikopbx-u.804 f-1 f-2" })
  t.equal(ids({ order = "ASC" }), { 4, false, "f-2 f-1 mikopbx-u.804 f-3" })
  t.equal(ids({ sort = "start" }), { 4, false, "f-1 f-2 mikopbx-u.804 f-3" })
  t.equal(ids({ limit = "2", offset = "1" }), { 4, true, "mikopbx-u.804 f-1" })
  t.equal(ids({ offset = "4" }), { 4, false, "" })
  t.equal(ids({ grouped = "false", sort = "start", order = "ASC" }), { 5, false, "805 804 803 802 801" })
  t.equal(ids({ sort = "duration", limit = "1" })[1], 4)
end)
