-- What calls ask Patchbay to do, by rows that the dialplan writes.
local function ask(t, action, target)
  t.sql([[INSERT INTO ac_callactions (ac_te_id, ac_time, ac_action, ac_target, ac_uniqueid, ac_caller)
    SELECT te_id, '2026-01-01 00:00:00', ?, ?, 'srv02-1.1', '0611' FROM te_tenants WHERE te_code = 'DEMO']],
    { action, target })
end

local function done(t)
  t.eventually(function() return #t.sql("SELECT 1 FROM ac_callactions") == 0 end)
end

test("a queue counts from nothing", function(t)
  t.ami:expect("QueueReset", { Queue = "7" }):reply("success")
  ask(t, "RESETQUEUESTATS", 7)
  done(t)
end)

test("what is not understood or has no object goes", function(t)
  ask(t, "NONSENSE", 1)
  ask(t, "HTTPREQUEST", 999)
  done(t)
end)

test("an address inside the house is not asked, and that is said once", function(t)
  t.sql([[INSERT INTO cu_customs (cu_id, cu_te_id, cu_name, cu_ct_id, cu_param1) SELECT 700, te_id, 'Ask', ct_id,
    'http://127.0.0.1:9/x' FROM te_tenants, ct_customtypes WHERE te_code = 'DEMO' AND ct_code = 'HTTPREQUEST']])
  t.log:expect("what a call asked for was not done")
  ask(t, "HTTPREQUEST", 700)
  done(t)
end)

test("a sound that was not recorded is given up", function(t)
  t.log:expect("what a call asked for was not done")
  ask(t, "RERECORD", 999)
  done(t)
end)
