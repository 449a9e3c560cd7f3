-- OpenAPI campaign: numbers counted, files never echoed.
local call = require("support.openapi").call

test("a campaign counts its numbers and keeps its files", function(t)
  local made = call(t, "post", "/campaigns?tenant=DEMO",
    { name = "Spring", state = "active", binary_files = { { name = "a.pdf", data_base64 = "aGVsbG8=" } } })
  t.equal(made.status, 201, made.body)
  t.equal(made.json.ca_state, "ACTIVE")
  call(t, "post", "/campaignnumbers?tenant=DEMO", { campaign_id = made.json.id, number = "39021" })
  local res = call(t, "get", "/campaigns/" .. made.json.id .. "?tenant=DEMO")
  t.equal(res.json.related.numbers_count.count, "1")
  t.equal(res.json.related.binary_files[1].cf_size, "5")
  t.equal(res.json.related.binary_files[1].cf_data, nil)
  call(t, "delete", "/campaigns/" .. made.json.id .. "?tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM cn_campaignnumbers"), 0)
end)
