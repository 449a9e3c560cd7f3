-- /cdr: call records.
local crypto = require "crypto"
local time = require "time"
local xml = require "xml"
local client = require "support.kalliope"
local send, code, headers = client.send, client.code, client.headers

local function record(t, id, direction, src, dst, disposition, te)
  t.sql([[INSERT INTO cdr (ID, "start", answer, "end", clid, src, dst, duration, billsec,
      disposition, userfield, uniqueid, linkedid, te_id, accountcode)
    SELECT :id, :at, :at, :at, '"Ann" <' || :src || '>', :src, :dst, 12, 10, :disposition,
      '[' || :direction || ']', 'u.' || :id, 'u.' || :id, te_id, te_code
    FROM te_tenants WHERE te_code = :te]],
    { id = id, at = time.format("%Y-%m-%d %H:%M:%S", time.now() - 2), src = src, dst = dst,
      disposition = disposition or "ANSWERED", direction = direction, te = te or "DEMO" })
end

local function calls(res)
  local cdr = xml.child(res.root, "cdr")
  return xml.child(cdr, "calls")
end

local function ask(t, inner) return send(t, "post", "/cdr", inner or "<cdr/>") end

test("masked without the privacy password", function(t)
  t.equal(#calls(ask(t)), 0)
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
  local function found(filter)
    return #calls(ask(t, "<cdr><filter>" .. filter .. "</filter></cdr>"))
  end
  t.equal(found("<caller_num>0612345678</caller_num>"), 0)
  t.equal(found("<caller_num>0612345XXX</caller_num>"), 1)
  t.equal(found("<caller_num>06%</caller_num>"), 1)
  t.equal(found("<direction>4</direction>"), 1)
  t.equal(found("<any>%0698%</any>"), 1)
  t.equal(found("<unique_id>u.3</unique_id>"), 1)
  t.equal(found("<called_num>10_</called_num>"), 0)
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
