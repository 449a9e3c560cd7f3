-- reqtype=BALANCE changes a balance.
local ask = require("support.proxyapi").ask

test("adds and takes, keeps a row of each", function(t)
  local function change(amount, key)
    return ask(t, { reqtype = "BALANCE", amount = amount, description = "top up",
      format = "json" }, key)
  end
  t.equal(change("12.5", t.global_key).json,
    { Response = "Success", Message = "OK", balance = "12.50" })
  t.equal(change("-2.25", t.global_key).json.balance, "10.25")
  t.equal(#t.sql("SELECT * FROM ba_balances"), 2)
  t.equal(ask(t, { reqtype = "INFO", info = "balance" }).body, "10.25")
  t.matches(change("1").body, "^Too bad")
  t.equal(change("ten", t.global_key).body, "")
end)
