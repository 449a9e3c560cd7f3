-- info=CDRS in every format.
local time = require "time"
local ask = require("support.proxyapi").ask

local function record(t, more)
  local row = {
    id = 1, start = time.format("%Y-%m-%d") .. " 10:00:00", uniqueid = "srv02-1.1", src = "101",
    dst = "102", userfield = "[local]", disposition = "ANSWERED", te = "DEMO",
  }
  for name, value in pairs(more or {}) do row[name] = value end
  t.sql([[INSERT INTO cdr (ID, "start", answer, "end", clid, src, dst, realsrc, lastdst, duration,
      billsec, disposition, userfield, uniqueid, linkedid, originateid, te_id, accountcode)
    SELECT :id, :start, :start, :start, '"Ann" <101>', :src, :dst, :src || '-DEMO',
      :dst || '-DEMO', 12, 10, :disposition, :userfield, :uniqueid, :uniqueid, '15a4cfe6429054',
      te_id, te_code FROM te_tenants WHERE te_code = :te]], row)
end

local function cdrs(t, query, key)
  query.reqtype, query.info = "INFO", "CDRS"
  return ask(t, query, key)
end

test("empty lists", function(t)
  t.equal(cdrs(t, { format = "json" }).body, "[]")
  t.equal(cdrs(t, {}).body, "")
  t.equal(cdrs(t, { format = "csv" }).body, "")
end)

test("json is named only, with strings and nulls", function(t)
  record(t)
  record(t, { id = 2, uniqueid = "srv02-1.2", src = "103", disposition = "BUSY" })
  record(t, { id = 3, uniqueid = "srv02-1.3", te = "OTHER" })
  local res = cdrs(t, { format = "json" })
  t.equal(res.headers["content-type"], "application/json")
  t.equal(#res.json, 2)
  local row = res.json[1]
  t.equal(row.ID, "1")
  t.equal(row.duration, "12")
  t.equal(row.accountcode, "DEMO")
  t.equal(row["0"], nil)
end)

test("csv and plain start with the column names", function(t)
  local csv = cdrs(t, { format = "csv" }).body
  t.matches(csv, "^accountcode,ID,start,answer,end,clid,realsrc,firstdst,duration,billsec,")
  t.contains(csv, '"""Ann"" <101>"')
  t.matches(cdrs(t, {}).body, "^accountcode|ID|start|answer|end|clid|")
  t.contains(cdrs(t, { format = "xml" }).body, "<Row><accountcode>DEMO</accountcode>")
end)

test("filters: OR within a field, AND across fields", function(t)
  t.equal(#cdrs(t, { format = "json", phone = "101,103" }).json, 2)
  t.equal(#cdrs(t, { format = "json", phone = "103" }).json, 1)
  t.equal(#cdrs(t, { format = "json", disposition = "BUSY", src = "101" }).json, 0)
  t.equal(#cdrs(t, { format = "json", direction = "LOCAL" }).json, 2)
  t.equal(#cdrs(t, { format = "json", start = "2019-12-01", ["end"] = "2019-12-31" }).json, 0)
  t.equal(#cdrs(t, { format = "json", uniqueid = "srv02-1.2" }).json, 1)
end)

test("all tenants with tenant=% and an administrator key only", function(t)
  t.equal(#cdrs(t, { format = "json", tenant = "%" }, t.global_read_key).json, 3)
  t.matches(cdrs(t, { format = "json", tenant = "%" }).body, "^Too bad")
end)

test("a stored template makes the text", function(t)
  t.sql([[INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'Test_CSV',
    'calls:{row_loop}{$uniqueid},{$realsrc},{$direction};{/row_loop}end')]])
  local res = cdrs(t, { template = "Test_CSV", phone = "101" })
  t.equal(res.body, "calls:srv02-1.1,101-DEMO,LOCAL;end")
  t.matches(res.headers["content-type"], "^text/plain")
  t.equal(cdrs(t, { template = "Nope" }).body, "")
end)
