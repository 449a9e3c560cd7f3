-- OpenAPI disa.
local call = require("support.openapi").call

test("a DISA and its aliases", function(t)
  local res = call(t, "post", "/disas?tenant=DEMO", { name = "Line", pin = "12", calleridnum = "39" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.ds_pin, "12")
  t.equal(#res.json.related, 0)
  t.equal(call(t, "put", "/disa?id=" .. res.json.id .. "&tenant=DEMO", { pin = "x" }).json.error.field, "pin")
end)

test("times are seconds", function(t)
  for field, value in pairs({ digitstimeout = "x", responsetimeout = -5 }) do
    local res = call(t, "post", "/disas?tenant=DEMO", { name = "Line", [field] = value })
    t.equal({ res.status, res.json.error.field }, { 400, field })
  end
end)
