-- lib.border: what only a global key may set.
local border = require "engine.guard"

local DEMO = { id = 1, code = "DEMO" }

local function held(kind, value, expected, global)
  local ok, err = border.check({ key = { global = global } }, { x = { border = kind } }, { x = value }, DEMO,
    { x = expected }, { x = "sent" })
  return ok == true, err
end

test("dial strings: phones of the tenant, no options, no other context", function(t)
  for _, text in ipairs({ "PJSIP/100-DEMO", "PJSIP/x", "SIP/100-DEMO&PJSIP/39021@trunk", "Local/100@authenticated", "" }) do
    t.truthy((held("dial", text)), text)
  end
  for _, text in ipairs({ "PJSIP/100-OTHER", "PJSIP/100-DEMO,30,G(x)", "Local/AG-000-NF-5@fromotherpbx/n",
    "Local/1@authenticated/n", "local/1@originate", "PJSIP/${X}", "100", "PJSIP/1&SIP/2-OTHER" }) do
    t.falsy((held("dial", text)), text)
  end
end)

test("mailboxes stay in the tenant's context", function(t)
  for _, text in ipairs({ "100", "100@DEMO", "100@DEMO, 101@DEMO" }) do t.truthy((held("boxes", text)), text) end
  for _, text in ipairs({ "100@OTHER", "100@DEMO,101@OTHER", "1@DEMO@OTHER" }) do t.falsy((held("boxes", text)), text) end
end)

test("sounds and folders stay below Asterisk's own", function(t)
  for _, kind in ipairs({ "sound", "folder" }) do
    t.truthy((held(kind, "custom/welcome")))
    for _, text in ipairs({ "/etc/passwd", "../x", "a/../../b", "http://host/x" }) do t.falsy((held(kind, text)), text) end
  end
  t.falsy((held("sound", "fine&/var/x")))
end)

test("own, none and the administrator", function(t)
  t.truthy((held("own", "TENANT=DEMO", "TENANT=DEMO")))
  local ok, err = held("own", "TENANT=OTHER", "TENANT=DEMO")
  t.falsy(ok)
  t.equal(err.field, "sent")
  t.falsy((held("none", "x")))
  t.truthy((held("none", "x", nil, true)), "a global key")
end)
