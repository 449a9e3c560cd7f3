-- info=TENANTS is for administrators.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

test("ids, codes and names", function(t)
  local res = ask(t, { reqtype = "INFO", info = "TENANTS", tenant = "" }, t.global_key)
  t.matches(res.body, "^te_id|te_code|te_name\n1|DEMO|Demo tenant\n2|OTHER|Other tenant\n")
  t.matches(ask(t, { reqtype = "INFO", info = "TENANTS" }).body, "^Too bad")
end)
