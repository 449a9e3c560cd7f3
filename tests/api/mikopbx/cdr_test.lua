-- /cdr: call records and recordings.
local files = require "files"
local time = require "time"
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

local function record(t, id, linked, more)
  local row = { id = id, linked = linked, start = time.format("%Y-%m-%d") .. " 10:00:0" .. id,
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
  t.equal(call.totalBillsec, 30)
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
  files.write("recordings", "DEMO/a.wav", "RIFF0123456789")
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_path)
    SELECT te_id, 'mikopbx-u.2', 'DEMO/a.wav' FROM te_tenants WHERE te_code = 'DEMO']])
  local row = get(t, { grouped = "false", idFrom = "1", order = "ASC" }).json.data.records[1]
  t.matches(row.playback_url, "^/pbxcore/api/v3/cdr:playback%?token=%x+$")
  local res = t.http:get(row.playback_url)
  t.equal(res.body, "RIFF0123456789")
  t.equal(res.headers["content-disposition"], "inline")
  res = t.http:get(row.playback_url, { headers = { Range = "bytes=4-7" } })
  t.equal(res.status, 206)
  t.equal(res.body, "0123")
  res = t.http:get(row.download_url)
  t.matches(res.headers["content-disposition"], '^attachment; filename="call_201_to_202_')
  t.equal(t.http:get(BASE .. "/cdr:playback").status, 400)
  t.equal(t.http:get(BASE .. "/cdr:playback?token=0123").status, 403)
end)

-- `did` was always empty, and the number rung that of the DID.
test("a call from outside has its DID, and its legs whom they rang", function(t)
  record(t, 6, "mikopbx-1.6", { src = "393331234567", dst = "39025551234" })
  t.sql([[UPDATE cdr SET userfield = '[inbound]', firstdst = '39025551234', wherelanded = '201-DEMO'
    WHERE ID = 6]])
  local call = get(t, { did = "39025" }).json.data.records[1]
  t.equal({ call.linkedid, call.did, call.dst_num }, { "mikopbx-1.6", "39025551234", "39025551234" })
  local leg = get(t, { dst_num = "201", grouped = "false" }).json.data.records[1]
  t.equal({ leg.id, leg.did, leg.dst_num }, { 6, "39025551234", "201" })
  t.equal(get(t, { did = "202" }).json.data.records, {})
  t.equal(get(t, { sort = "did", order = "DESC" }).json.data.records[1].linkedid, "mikopbx-1.6")
end)
