-- info=CALL shows one call.
local ask = require("support.proxyapi").ask

test("an ended call by both ids, and a miss", function(t)
  t.sql([[INSERT INTO cdr (ID, "start", uniqueid, linkedid, src, dst, disposition, duration,
      billsec, originateid, te_id, accountcode)
    SELECT 1, '2026-01-02 03:04:05', 'srv02-1.1', 'srv02-1.1', '101', '102', 'ANSWERED', 12, 10,
      '15a4cfe6429054', te_id, te_code FROM te_tenants WHERE te_code = 'DEMO']])
  local function call(id, key, tenant)
    return ask(t, { reqtype = "INFO", info = "call", id = id, format = "json",
      tenant = tenant }, key)
  end
  t.equal(call("srv02-1.1").json.state, "HANGUP")
  t.equal(call("15a4cfe6429054").json.src, "101")
  t.equal(call("none").body, "")
  t.equal(call().body, "")
  t.equal(call("srv02-1.1", t.other_key, "OTHER").body, "")
end)

-- The leg that rang the source is written first, and showed the call the wrong way round.
test("of an originated call the leg that DIAL's id names", function(t)
  t.sql([[INSERT INTO og_originates (og_id, og_te_id, og_uniqueid, og_started) SELECT 'aa11bb22cc33dd', te_id, 'o-2.1', '2026-01-02'
    FROM te_tenants WHERE te_code = 'DEMO']])
  for id, leg in pairs({ [11] = { "o-2.1;2", "101", "210" }, [12] = { "o-2.1", "210", "101" } }) do
    t.sql([[INSERT INTO cdr (ID, "start", uniqueid, linkedid, src, dst, disposition, duration, billsec,
        originateid, te_id) SELECT ?, '2026-01-02 03:04:05', ?, 'o-2.1', ?, ?, 'ANSWERED', 2, 2,
        'aa11bb22cc33dd', te_id FROM te_tenants WHERE te_code = 'DEMO']], { id, leg[1], leg[2], leg[3] })
  end
  local it = ask(t, { reqtype = "INFO", info = "call", id = "aa11bb22cc33dd", format = "json" }).json
  t.equal({ it.uniqueid, it.src, it.dst }, { "o-2.1", "210", "101" })
end)

test("a running call", function(t)
  t.ami:event("Newchannel", {
    Channel = "PJSIP/100-DEMO-00000001", ChannelState = "5", ChannelStateDesc = "Ringing",
    CallerIDNum = "100", AccountCode = "DEMO", Exten = "101", Uniqueid = "srv01-9.9",
    Linkedid = "srv01-9.9",
  })
  t.eventually(function()
    local res = ask(t, { reqtype = "INFO", info = "call", id = "srv01-9.9", format = "json" })
    return res.json and res.json.state == "RINGING"
  end)
end)
