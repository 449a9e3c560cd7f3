-- /cdr: call records.
local call_import = require "model.call_import"
local crypto = require "crypto"
local store = require "store"
local time = require "time"
local xml = require "xml"
local client = require "support.kalliope"
local send, code, headers = client.send, client.code, client.headers

local SECOND = "%Y-%m-%d %H:%M:%S"

-- A leg as Asterisk writes it.
local function leg(more)
  local row = { start = time.format(SECOND, time.now() - 20), clid = '"Ann" <' .. more.src .. ">",
    channel = "PJSIP/" .. (more.peer or more.src .. "-DEMO") .. "-0000000a", dstchannel = "PJSIP/999-DEMO-0000000b",
    lastapp = "Dial", duration = 12,
    billsec = 10, disposition = "ANSWERED", accountcode = "DEMO", direction = "LOCAL" }
  row.answer, row["end"] = row.start, time.format(SECOND, time.now() - 8)
  for name, value in pairs(more) do row[name] = value end
  row.peer = nil
  row.realsrc, row.firstdst = row.realsrc or row.src, row.firstdst or row.dst
  return row
end

-- Calls as the importer keeps them: a list of legs each.
local function calls_made(t, list)
  for _, legs in ipairs(list) do
    for i, row in ipairs(legs) do
      row.userfield = ({ IN = "[inbound]", OUT = "[outbound]" })[row.direction] or "[local]"
      row.linkedid, row.direction = legs[1].uniqueid, nil
      t.sql([[INSERT INTO cdr ("start", answer, "end", clid, src, dst, channel, dstchannel, lastapp, duration, billsec,
          disposition, userfield, uniqueid, linkedid, te_id, accountcode, realsrc, firstdst, lastdst, wherelanded)
        SELECT :start, :answer, :end, :clid, :src, :dst, :channel, :dstchannel, :lastapp, :duration, :billsec,
          :disposition, :userfield, :uniqueid, :linkedid, te_id, te_code, :realsrc, :firstdst, :lastdst, :wherelanded
        FROM te_tenants WHERE te_code = :accountcode]], row)
      if i == #legs then
        store.transaction(function(tx) return call_import.refresh(tx, row.linkedid) end)
      end
    end
  end
end

local function record(t, id, direction, src, dst, disposition, te)
  local words = { inbound = "IN", outbound = "OUT", ["local"] = "LOCAL" }
  calls_made(t, { { leg { uniqueid = "u." .. id, src = src, dst = dst, direction = words[direction],
    disposition = disposition or "ANSWERED", accountcode = te or "DEMO" } } })
end

local function calls(res)
  local cdr = xml.child(res.root, "cdr")
  return xml.child(cdr, "calls")
end

local function ask(t, inner) return send(t, "post", "/cdr", inner or "<cdr/>") end

test("masked without the privacy password", function(t)
  t.equal(#calls(ask(t)), 0)
  for _, number in ipairs({ "100", "101" }) do
    t.sql("INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech) VALUES (1, ?, 'Phone', 'VIRTUAL')", { number })
  end
  record(t, 1, "inbound", "0612345678", "100")
  record(t, 2, "outbound", "100", "0698765432", "NO ANSWER")
  record(t, 3, "local", "100", "101", "BUSY")
  record(t, 4, "local", "100", "101", "ANSWERED", "OTHER")
  local res = ask(t, "<request_id>c1</request_id><cdr/>")
  t.equal(xml.value(res.root, "request_id"), "c1")
  t.equal(code(res, "cdr", "error_code"), "0", res.body)
  local list = calls(res)
  t.equal(#list, 3)
  t.equal(xml.value(list[1], "direction"), "1")
  t.equal(xml.value(list[1], "caller_num"), "0612345XXX")
  t.equal(xml.value(list[1], "caller_name") or "", "")
  t.equal(xml.value(list[1], "status"), "8")
  t.equal(xml.value(list[1], "unique_id"), "u.1")
  t.equal(xml.value(list[2], "called_num"), "0698765XXX")
  t.equal(xml.value(list[2], "status"), "4")
  t.equal(xml.value(list[3], "called_num"), "101")
  t.equal(xml.value(list[3], "status"), "2")
end)

test("a filter finds nothing that the mask hides", function(t)
  for filter, count in pairs({
    ["<caller_num>0612345678</caller_num>"] = 0, ["<caller_num>0612345XXX</caller_num>"] = 1,
    ["<caller_num>06%</caller_num>"] = 1, ["<direction>4</direction>"] = 1, ["<any>%0698%</any>"] = 1,
    ["<unique_id>u.3</unique_id>"] = 1, ["<called_num>10_</called_num>"] = 0,
  }) do
    t.equal(#calls(ask(t, "<cdr><filter>" .. filter .. "</filter></cdr>")), count, filter)
  end
end)

test("the privacy password opens, a wrong one is refused", function(t)
  t.equal(code(ask(t, "<cdr><privacy_password>x</privacy_password></cdr>"), "cdr",
    "error_code"), "3")
  local password = crypto.md5("private")
  t.sql("INSERT INTO ks_settings (ks_code, ks_value) VALUES ('privacy_password', ?)",
    { crypto.sha256(password) })
  local res = ask(t, "<cdr><privacy_password>" .. password .. "</privacy_password></cdr>")
  t.equal(xml.value(calls(res)[1], "caller_num"), "0612345678")
  t.equal(xml.value(calls(res)[1], "caller_name"), "Ann")
  res = ask(t, "<cdr><privacy_password>nope</privacy_password></cdr>")
  t.equal(code(res, "cdr", "error_code"), "3")
  t.equal(xml.child(xml.child(res.root, "cdr"), "calls"), nil)
end)

test("spans of time", function(t)
  local function span(first, last)
    return ask(t, ("<cdr><begin>%s</begin><end>%s</end><start_flag>true</start_flag></cdr>")
      :format(first, last))
  end
  t.equal(#calls(span("2001-01-01 00:00:00", "2001-02-01 00:00:00")), 0)
  t.equal(#calls(span("2001-01-01 00:00:00", "2099-01-01 00:00:00")), 3)
  t.equal(code(span("2002-01-01 00:00:00", "2001-01-01 00:00:00"), "cdr", "error_code"), "11")
  t.equal(code(ask(t, ""), "cdr", "error_code"), "12")
  t.equal(code(span("nonsense", "2001-01-01 00:00:00"), "cdr", "error_code"), "11")
end)

test("csv for those who accept it", function(t)
  local res = t.http:post("/rest/cdr", {
    headers = headers(t, { Accept = "text/csv", ["Content-Type"] = "text/xml" }),
    body = "<kpbx_request><cdr/></kpbx_request>",
  })
  t.matches(res.headers["content-type"], "^text/csv")
  t.matches(res.body, "^unique_id,id,direction,caller_num,caller_name,called_num,")
  t.contains(res.body, "u.1,1,1,0612345XXX,")
end)

-- Symptom: a group call of three members was six <call>s, click2call two; group and gateway were empty.
test("a call is one, whatever its legs", function(t)
  t.sql("INSERT INTO hu_huntlists (hu_te_id, hu_name, hu_number) VALUES (1, 'Sales', '600')")
  t.sql("INSERT INTO pr_providers (pr_name, pr_peername) VALUES ('Carrier', 'trunk_carrier')")
  local function members(more)
    local legs = {}
    for i, disposition in ipairs({ "NO ANSWER", "ANSWERED", "NO ANSWER" }) do
      legs[i] = leg { uniqueid = more .. i, src = "0612345678", dst = "600", firstdst = "39021234567", direction = "IN",
        peer = "trunk_carrier", dstchannel = "PJSIP/10" .. i .. "-DEMO-0000001" .. i, lastdst = "Hunt List Sales",
        wherelanded = "Hunt List Sales", disposition = disposition }
    end
    return legs
  end
  calls_made(t, { members("g.") })
  local list = calls(ask(t, "<cdr><filter><called_callgroup>Sales</called_callgroup></filter></cdr>"))
  t.equal(#list, 1)
  t.equal(xml.value(list[1], "gateway_name"), "Carrier")
  t.truthy(tonumber(xml.value(list[1], "gateway_id")))
  t.equal(xml.value(list[1], "status"), "8")
  t.equal(xml.value(list[1], "called_num"), "39021234XXX")
  local id = xml.value(list[1], "id")
  -- a leg that comes later does not make another call of it
  store.transaction(function(tx) return call_import.refresh(tx, "g.1") end)
  list = calls(ask(t, "<cdr><filter><gateway_name>Carr%</gateway_name></filter></cdr>"))
  t.equal(#list, 1)
  t.equal(xml.value(list[1], "id"), id)
end)

-- Symptom: what was no outward call by its mark showed the outside number in full, and the house's own
-- DID was masked.
test("a party is outside by what it is", function(t)
  t.sql("INSERT INTO di_dids (di_te_id, di_number) VALUES (1, '390299887766')")
  t.sql("INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech) VALUES (1, '177', 'Bea', 'VIRTUAL')")
  calls_made(t, {
    { leg { uniqueid = "m.1", src = "177", dst = "0455667788", direction = "LOCAL" } },
    { leg { uniqueid = "m.2", src = "0455667788", dst = "390299887766", direction = "IN" },
      leg { uniqueid = "m.3", src = "0455667788", dst = "0499887766", direction = "OUT" } },
    { leg { uniqueid = "m.4", src = "12", dst = "177", direction = "IN" } },
  })
  local function one(unique)
    local list = calls(ask(t, "<cdr><filter><unique_id>" .. unique .. "</unique_id></filter></cdr>"))
    t.equal(#list, 1, unique)
    return xml.value(list[1], "caller_num"), xml.value(list[1], "called_num")
  end
  local caller, called = one("m.1")
  t.equal(caller, "177")
  t.equal(called, "0455667XXX")
  caller, called = one("m.2")
  t.equal(caller, "0455667XXX")
  t.equal(called, "390299887766")
  t.equal(one("m.4"), "XXX")
  t.equal(#calls(ask(t, "<cdr><filter><any>%7788%</any></filter></cdr>")), 0)
end)

-- Symptom: a caller's name became a formula.
test("a name is no formula in a table", function(t)
  calls_made(t, { { leg { uniqueid = "f.1", src = "177", dst = "0455667788", direction = "LOCAL", clid = '"=1+cmd|x!A1" <177>' } } })
  local function list(accept)
    return t.http:post("/rest/cdr", { headers = headers(t, { Accept = accept, ["Content-Type"] = "text/xml" }),
      body = "<kpbx_request><cdr><privacy_password>" .. crypto.md5("private") .. "</privacy_password><filter><unique_id>f.1"
        .. "</unique_id></filter></cdr></kpbx_request>" }).body
  end
  t.contains(list("text/csv"), ",'=1+cmd|x!A1,")
  t.contains(list("text/xml"), "<caller_name>=1+cmd|x!A1</caller_name>")
end)
