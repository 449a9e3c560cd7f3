-- What Asterisk is told when a trunk or a name to log in with has changed.
local trunk = {}

--- Expects it. `what` holds words: contact (somebody is asked whether he is there), registration, register.
function trunk.told(t, what, name)
  local function expect(word, action, headers)
    if what:find(word, 1, true) then t.ami:expect(action, headers):reply("success") end
  end
  expect("contact", "Command", name and { Command = "pjsip reload qualify aor " .. name } or {})
  t.ami:expect("SorceryMemoryCacheExpire", { Cache = "identifies" }):reply("success")
  expect("registration", "Reload", { Module = "res_pjsip_outbound_registration.so" })
  expect("login", "PJSIPRegister", name and { Registration = name } or {})
end

--- Expects what Asterisk is told when a phone or trunk gets or loses a name to log in with, `times` times.
function trunk.named(t, times)
  for _ = 1, times or 1 do t.ami:expect("SorceryMemoryCacheExpire", { Cache = "identifies" }):reply("success") end
end

return trunk
