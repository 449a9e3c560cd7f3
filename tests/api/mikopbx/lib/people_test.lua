-- Whose an e-mail address is.
local client = require "support.mikopbx"

test("nobody's, somebody's, in both APIs", function(t)
  client.employee(t, "231", "Mail", { user_email = "mail@example.com" })
  local function both(email)
    local v3 = t.http:get(client.BASE .. "/users:available", { headers = client.bearer(t), query = { email = email } }).json
    local older = t.http:get("/pbxcore/api/users/available", { headers = client.bearer(t), query = { email = email } }).json
    t.equal({ older.result, older.data, older.messages }, { v3.result, v3.data, v3.messages })
    return v3
  end
  t.equal(both("nobody@example.com").data, { available = true })
  t.equal(both("mail@example.com").data.available, false)
  t.equal(both("").result, false)
end)
