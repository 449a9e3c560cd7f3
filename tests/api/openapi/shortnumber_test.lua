-- OpenAPI shortnumber.
local call = require("support.openapi").call

test("a short number for a long one", function(t)
  local res = call(t, "post", "/short_numbers?tenant=DEMO", { number = "5", destination = "390212", comment = "Office" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.sn_destnumber, "390212")
  t.equal(res.json.name, "5")
end)
