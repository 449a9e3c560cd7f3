-- model.call_import: one row per call out of its legs, as a real Asterisk wrote them.
local call_import = require "model.call_import"

local function leg(values)
  local row = { te_id = 1, accountcode = "DEMO", userfield = "[local]", disposition = "ANSWERED",
    start = "2026-01-02 10:00:00", duration = 5, billsec = 3, lastapp = "Dial", uniqueid = "u.1" }
  for name, value in pairs(values) do row[name] = value end
  return row
end

test("an originate is a call of its source", function(t)
  local row = call_import.summary({
    leg { uniqueid = "u.1;2", channel = "Local/210@originate-0;2", dstchannel = "PJSIP/210-DEMO-00000000",
      realsrc = "101-DEMO", firstdst = "210", clid = '"P 101" <101>' },
    leg { channel = "Local/210@originate-0;1", dstchannel = "PJSIP/101-DEMO-00000001",
      realsrc = "210-DEMO", firstdst = "101", clid = '"P 210" <210>' },
  }, "u.1")
  t.equal(row.sc_calleridnum, "210")
  t.equal(row.sc_calleridname, "P 210")
  t.equal(row.sc_dialednum, "101")
  t.equal(row.sc_whoanswered, "101-DEMO")
end)

test("an originate's source that has outlived the Local channel", function(t)
  -- Symptom: an answered click-to-dial had no dialled number. Asterisk optimizes the Local channel
  -- away, and the leg that lasts is the source's, which never had a destination.
  local row = call_import.summary({
    leg { channel = "Local/210@originate-0;1", dstchannel = "PJSIP/101-DEMO-00000001",
      realsrc = "210-DEMO", firstdst = "101", duration = 0, billsec = 0 },
    leg { uniqueid = "u.2", channel = "PJSIP/210-DEMO-00000000", dstchannel = "PJSIP/101-DEMO-00000001",
      src = "210", dst = "", lastapp = "Return", duration = 29, billsec = 29 },
  }, "u.1")
  t.equal(row.sc_dialednum, "101")
  t.equal(row.sc_calleridnum, "210")
  t.equal(row.sc_billsec, 29)
end)

test("a queue that nobody took is no answer, one with an agent is", function(t)
  local waiting = leg { channel = "PJSIP/210-DEMO-0000000a", dstchannel = "", lastapp = "Queue",
    realsrc = "210-DEMO", firstdst = "700", wherelanded = "Queue Support" }
  t.equal(call_import.summary({ waiting }, "u.1").sc_disposition, "NO ANSWER")
  t.equal(call_import.summary({ waiting }, "u.1").sc_whoanswered, "")
  local taken = leg { channel = "PJSIP/210-DEMO-0000000a", dstchannel = "Local/AG-000-NF-2@fromotherpbx-0;1",
    lastapp = "Queue", realsrc = "210-DEMO", firstdst = "700", wherelanded = "Queue Support" }
  local agent = leg { uniqueid = "u.2", channel = "Local/AG-000-NF-2@fromotherpbx-0;2",
    dstchannel = "PJSIP/101-DEMO-0000000b" }
  local row = call_import.summary({ taken, agent }, "u.1")
  t.equal(row.sc_disposition, "ANSWERED")
  t.equal(row.sc_whoanswered, "101-DEMO")
end)

test("a call from outside keeps its direction", function(t)
  local row = call_import.summary({ leg { channel = "PJSIP/provider-1", userfield = "[inbound]",
    realsrc = "390212", firstdst = "39021", disposition = "NO ANSWER", billsec = 0 } }, "u.1")
  t.equal(row.sc_direction, "IN")
  t.equal(row.sc_disposition, "NO ANSWER")
  t.equal(row.sc_billsec, 0)
end)

-- Symptom: a call of two minutes that was transferred after one was told as a call of one.
test("a transferred call lasts from its first leg to its last", function(t)
  local function part(from, to, peer, more)
    local row = leg { channel = "PJSIP/100-DEMO-0000000a", dstchannel = "PJSIP/" .. peer .. "-0000000b",
      realsrc = "100-DEMO", firstdst = "101", start = "2026-01-02 10:" .. from, answer = "2026-01-02 10:" .. from,
      ["end"] = "2026-01-02 10:" .. to, duration = 60, billsec = 60 }
    for name, value in pairs(more or {}) do row[name] = value end
    return row
  end
  local row = call_import.summary({ part("00:00", "01:00", "101-DEMO"), part("01:00", "02:00", "102-DEMO") }, "u.1")
  t.equal(row.sc_duration, 120)
  t.equal(row.sc_billsec, 120)
  -- parties that were rung together are no longer a call, and the ringing is not talk
  row = call_import.summary({
    part("00:00", "00:20", "104-DEMO", { disposition = "NO ANSWER", answer = "0000-00-00 00:00:00", billsec = 0 }),
    part("00:00", "01:00", "101-DEMO", { answer = "2026-01-02 10:00:20", billsec = 40 }),
  }, "u.1")
  t.equal(row.sc_duration, 60)
  t.equal(row.sc_billsec, 40)
  -- what another channel did meanwhile is its own
  row = call_import.summary({ part("00:00", "01:00", "101-DEMO"),
    part("00:00", "09:00", "102-DEMO", { uniqueid = "u.2", duration = 1, billsec = 1 }) }, "u.1")
  t.equal(row.sc_duration, 60)
end)
