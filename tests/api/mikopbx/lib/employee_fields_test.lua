-- What a MikoPBX employee may hold.
local employee = require "mikopbx.lib.employee_fields"

local GOOD = { number = "201", user_username = "Ann", sip_secret = "S3cure-Pass-1!" }

local function with(changes)
  local values = {}
  for name, value in pairs(GOOD) do values[name] = value end
  for name, value in pairs(changes) do values[name] = value end
  return values
end

test("defaults on create only", function(t)
  local values = employee.check(with({ mobile_number = "+79001234567" }), "create")
  t.equal(values.fwd_ringlength, 45)
  t.equal(values.sip_transport, "udp")
  t.equal(values.mobile_dialstring, "+79001234567")
  t.equal(employee.check({ user_username = "B" }, "patch"), { user_username = "B" })
end)

test("each problem is refused with 400", function(t)
  for _, changes in ipairs({
    { sip_secret = "1234" }, { sip_secret = "secret" }, { sip_secret = ("x"):rep(81) },
    { user_email = "nobody" }, { mobile_number = "abc" }, { fwd_forwarding = "201" },
    { fwd_forwarding = "elsewhere" }, { fwd_forwarding = "202", fwd_ringlength = 2 },
    { fwd_ringlength = 181 }, { number = "" }, { number = "1" }, { sip_dtmfmode = "x" },
    { number = "123456789" }, { number = "12a4" }, { number = 12345678901234567 },
    { user_email = "a@b" }, { mobile_number = "+7900123456789012" }, { fwd_forwarding = "did2user" },
    { sip_networkfilterid = "office" }, { sip_manualattributes = "context=fromoutside" },
    { user_username = ("я"):rep(101) },
  }) do
    local values, err = employee.check(with(changes), "create")
    t.equal(values, nil)
    t.equal(err.status, 400)
  end
end)

test("a patch clears, an empty secret keeps", function(t)
  t.equal(employee.check({ sip_secret = "", mobile_number = "", fwd_forwarding = "" }, "patch"),
    { mobile_number = "", mobile_dialstring = "", fwd_forwarding = "", fwd_ringlength = 0 })
  t.equal(employee.check({ fwd_forwarding = "voicemail" }, "patch").fwd_ringlength, 45)
  local values, err = employee.check({ user_username = "" }, "patch")
  t.equal({ values, err.status, err.fields }, { nil, 400, { user_username = "ex_ValidateUsernameEmpty" } })
end)

test("a mobile as people write it, a name of a hundred characters of any alphabet", function(t)
  t.equal(employee.check(with({ mobile_number = "+7 (900) 123-45-67" }), "create").mobile_number, "79001234567")
  t.equal(employee.check(with({ user_username = ("я"):rep(100) }), "create").user_username, ("я"):rep(100))
end)
