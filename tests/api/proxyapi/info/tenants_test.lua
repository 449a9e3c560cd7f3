-- info=TENANTS is for administrators.
local ask = require("support.proxyapi").ask

test("ids, codes and names", function(t)
  local res = ask(t, { reqtype = "INFO", info = "TENANTS", tenant = "" }, t.global_key)
  t.matches(res.body, "^te_id|te_code|te_name\n1|DEMO|Demo tenant\n2|OTHER|Other tenant\n")
  t.matches(ask(t, { reqtype = "INFO", info = "TENANTS" }).body, "^Too bad")
end)
