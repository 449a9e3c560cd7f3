-- info=CDRS in every format.
local proxyapi = require "support.proxyapi"
local time = require "time"
local ask, cdrs = proxyapi.ask, proxyapi.asker("CDRS")

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

-- A day written as a database takes it answered as a day without calls does, and so did a day that is none.
test("days with one digit, and days that are none", function(t)
  t.sql([[INSERT INTO cdr (ID, "start", uniqueid, linkedid, originateid, src, dst, te_id) SELECT 900, '2025-01-01 10:00:00',
    'srv02-90.1', 'srv02-90.0', '15a4cfe6429099', '101', '102', te_id FROM te_tenants WHERE te_code = 'DEMO']])
  t.equal(#cdrs(t, { format = "json", start = "2025-1-01", ["end"] = "2025-1-1" }).json, 1)
  t.equal(#cdrs(t, { format = "json", start = "2025-1-1 9:30", ["end"] = "2025-1-1 10:00" }).json, 1)
  t.equal(cdrs(t, { start = "2025-02-31" }).body, "Error|start: not a date and time: 2025-02-31|")
  t.equal(cdrs(t, { ["end"] = "x", format = "json" }).json, { Response = "Error", Message = "end: not a date and time: x" })
end)

-- Only the number of the record found it, not the ids that DIAL and Asterisk give.
test("by the id of a record, of a channel, of an originate", function(t)
  for _, id in ipairs({ "900", "srv02-90.1", "15a4cfe6429099", "1,srv02-90.1" }) do
    local rows = cdrs(t, { format = "json", id = id }).json
    t.equal(rows[1].ID, "900", id)
  end
  t.equal(cdrs(t, { format = "json", id = "900x" }).body, "[]")
  t.sql([[INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_uniqueid, sc_dialednum) SELECT te_id, '2025-01-01 10:00:00',
    'srv02-90.0', '102' FROM te_tenants WHERE te_code = 'DEMO']])
  for _, id in ipairs({ "srv02-90.0", "srv02-90.1", "15a4cfe6429099" }) do
    local rows = proxyapi.ask(t, { reqtype = "INFO", info = "SIMPLECDRS", id = id, format = "json" }).json
    t.equal({ #rows, rows[1].sc_dialednum }, { 1, "102" }, id)
  end
end)

-- One name in windows-1251 made the whole file no UTF-8.
test("a caller's name in another encoding", function(t)
  t.sql([[INSERT INTO cdr (ID, "start", uniqueid, clid, src, te_id) SELECT 950, '2024-05-01 10:00:00', 'srv02-95.1', ?, '101', te_id
    FROM te_tenants WHERE te_code = 'DEMO']], { "\200\226 <101>" })
  for _, format in ipairs({ "csv", "plain", "json", "xml" }) do
    t.contains(cdrs(t, { id = "950", format = format }).body:gsub("\\ufffd", "\239\191\189"), "\239\191\189\239\191\189 ", format)
  end
end)

-- An empty list made `IN ()` and "()" of it: 500.
test("a list of nothing asks for nothing", function(t)
  record(t, { id = 97711, uniqueid = "nothing.1" })
  for _, name in ipairs { "phone", "direction", "id", "uniqueid", "linkedid", "src", "firstdst", "disposition", "originateid" } do
    for _, nothing in ipairs { "\n", ",", " , ", "\0,", "," .. (" "):rep(100) } do
      for _, info in ipairs { "CDRS", "SIMPLECDRS" } do
        for _, tenant in ipairs { "DEMO", "%" } do
          local res = ask(t, { reqtype = "INFO", info = info, format = "json", tenant = tenant, [name] = nothing },
            tenant == "%" and t.global_key or nil)
          t.equal(res.status, 200, name .. " " .. info .. res.body)
          t.equal(res.body:find("Internal", 1, true), nil, name .. " " .. info .. " " .. tenant .. res.body)
        end
      end
    end
  end
end)
