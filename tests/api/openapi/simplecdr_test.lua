-- OpenAPI /simplecdrs.
local openapi = require "support.openapi"
local call = openapi.call

test("one row per call with the length of the talk", function(t)
  t.sql("INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_dialednum, sc_disposition, "
    .. "sc_duration, sc_billsec, sc_uniqueid, sc_whoanswered) SELECT te_id, '2026-01-02 10:00:00', 'IN', '39', '100', "
    .. "'ANSWERED', 30, 20, 'c.1', '100-DEMO' FROM te_tenants WHERE te_code = 'DEMO'")
  local path = "/simplecdrs?tenant=DEMO&start=2026-01-02&end=2026-01-02"
  local res = call(t, "get", path)
  t.equal(res.json[1].tenantcode, "DEMO")
  t.equal(res.json[1].sc_billsec, "20")
  t.equal(#call(t, "get", path .. "&mintalktime=20").json, 0, "strictly longer")
  t.equal(#call(t, "get", path .. "&minduration=29").json, 1)
  t.equal(#call(t, "get", path .. "&direction=OUT").json, 0)
  t.equal(#call(t, "get", "/simplecdrs?tenant=OTHER&start=2026-01-02&end=2026-01-02", nil, t.other_key).json, 0)
end)

test("a direction that is none is refused", function(t)
  local res = t.http:get("/mirtapbx/openapi.php/simplecdrs?tenant=DEMO&direction=sideways", { headers = { ["X-API-Key"] = t.key } })
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "direction")
end)

test("every filter of a call, its names in a template, its path names", function(t)
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  t.sql("INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_calleridname, sc_dialednum, sc_disposition, "
    .. "sc_duration, sc_billsec, sc_uniqueid, sc_whoanswered) VALUES (?, '2026-02-01 10:00:00', 'IN', '39', 'Ada', '100', 'ANSWERED', 30, 20, 's.1', '100-DEMO'), "
    .. "(?, '2026-02-01 11:00:00', 'OUT', '100', 'Bob', '40', 'NO ANSWER', 9, 0, 's.2', '')", { demo, demo })
  local id = t.sql("SELECT sc_id FROM sc_simplecdr WHERE sc_uniqueid = 's.1'")[1].sc_id
  local function found(query) return openapi.column(t, "/simplecdrs?tenant=DEMO&start=2026-02-01&end=2026-02-01&" .. query, "sc_uniqueid") end
  for query, expected in pairs({
    [""] = "s.1 s.2", ["id=" .. id] = "s.1", ["uniqueid=s.2"] = "s.2", ["linkedid=s.1,s.2"] = "s.1 s.2", ["calleridnum=39"] = "s.1",
    ["calleridname=Bob,Eve"] = "s.2", ["dialednum=40"] = "s.2", ["disposition=NO%20ANSWER"] = "s.2", ["direction=in"] = "s.1",
    ["direction=OUT,IN"] = "s.1 s.2", ["whoanswered=100-DEMO"] = "s.1", ["phone=100"] = "s.1 s.2", ["minduration=9"] = "s.1",
    ["minduration=8"] = "s.1 s.2", ["mintalktime=0"] = "s.1", ["mintalktime=20"] = "", ["limit=1&offset=1"] = "s.2",
  }) do
    t.equal(found(query), expected, query)
  end
  local row = call(t, "get", "/simplecdrs?tenant=DEMO&id=" .. id).json[1]
  local count = 0
  for _ in pairs(row) do count = count + 1 end
  t.equal(count, 12)
  for _, name in ipairs({ "simplecdrs", "simplecdr", "simple_cdr", "simple_cdrs" }) do
    t.equal(call(t, "get", ("/%s/%d?tenant=DEMO"):format(name, id)).json[1].sc_uniqueid, "s.1", name)
  end
  t.equal(call(t, "get", "/simplecdrs?tenant=DEMO&uniqueid=none").json, {})
  t.equal(call(t, "get", "/simplecdrs?tenant=DEMO&minduration=x").json.error.field, "minduration")
  t.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'calls', '{row_loop}{$start};{$end};{$clid};{$callerid_number};"
    .. "{$callerid_name};{$firstdst};{$duration};{$talk_time};{$who_answered};{$direction};{$disposition}.{/row_loop}')")
  local res = call(t, "get", "/simplecdrs?tenant=DEMO&template=calls&id=" .. id)
  t.equal(res.body, '2026-02-01 10:00:00;2026-02-01 10:00:30;"Ada" <39>;39;Ada;100;30;20;100-DEMO;IN;ANSWERED.')
end)
