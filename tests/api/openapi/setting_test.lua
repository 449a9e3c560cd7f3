-- OpenAPI setting: tenant and global level.
local call = require("support.openapi").call

test("settings of a tenant and of everything are apart", function(t)
  local res = call(t, "post", "/settings?tenant=DEMO", { code = "DIALTIMEOUT", value = "60" })
  t.equal(res.status, 201, res.body)
  t.equal(call(t, "post", "/settings?tenant=DEMO", { code = "DIALTIMEOUT", value = "61" }).status, 409)
  t.equal(call(t, "patch", "/setting?id=" .. res.json.id .. "&tenant=DEMO", { value = "90" }).json.se_value, "90")
  local global = call(t, "get", "/settings?global=true", nil, t.global_key).json
  for _, row in ipairs(global) do
    if row.se_code == "DIALTIMEOUT" then t.equal(row.se_value, "180") end
  end
end)

test("keys among the settings are hidden", function(t)
  t.sql("INSERT INTO se_settings (se_te_id, se_code, se_value) SELECT te_id, 'APIKEY', 'x' FROM te_tenants WHERE te_code = 'DEMO'")
  for _, row in ipairs(call(t, "get", "/settings?tenant=DEMO").json) do
    if row.se_code == "APIKEY" then t.not_equal(row.se_value, "x") end
  end
end)
