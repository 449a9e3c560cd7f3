-- OpenAPI campaignnumber: spec example "Create a campaign number".
local call = require("support.openapi").call

test("Create a campaign number", function(t)
  local one = call(t, "post", "/campaigns?tenant=DEMO", { name = "One" }).json.id
  local two = call(t, "post", "/campaigns?tenant=DEMO", { name = "Two" }).json.id
  local res = call(t, "post", "/campaignnumbers?tenant=DEMO",
    { campaign_id = one, number = "390212345678", description = "Lead A" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.campaign.ca_name, "One")
  call(t, "post", "/campaignnumbers?tenant=DEMO", { campaign_id = two, number = "39" })
  t.equal(#call(t, "get", "/campaignnumbers?tenant=DEMO").json, 2)
  t.equal(#call(t, "get", "/campaignnumbers?tenant=DEMO&caid=" .. one).json, 1)
end)

test("a campaign of another tenant is unknown", function(t)
  local id = call(t, "post", "/campaigns?tenant=DEMO", { name = "Three" }).json.id
  local res = call(t, "post", "/campaignnumbers?tenant=OTHER", { campaign_id = id, number = "39" }, t.other_key)
  t.equal(res.json.error.field, "campaign_id")
end)

test("the list of one campaign under each of the filter's names", function(t)
  local id = call(t, "post", "/campaigns?tenant=DEMO", { name = "Filtered" }).json.id
  call(t, "post", "/campaignnumbers?tenant=DEMO", { campaign_id = id, number = "391" })
  call(t, "post", "/campaignnumbers?tenant=DEMO", { campaign_id = id, number = "392", disposition = "ANSWERED" })
  for _, name in ipairs({ "campaign_id", "caid", "cn_ca_id" }) do
    t.equal(#call(t, "get", "/campaignnumbers?tenant=DEMO&" .. name .. "=" .. id).json, 2, name)
    t.equal(#call(t, "get", "/campaignnumbers?tenant=DEMO&" .. name .. "=999999").json, 0, name)
    t.equal(call(t, "get", "/campaignnumbers?tenant=DEMO&" .. name .. "=x").json.error.field, name)
  end
  t.equal(#call(t, "get", "?object=campaignnumber&action=list&tenant=DEMO&caid=" .. id).json, 2)
  local related = call(t, "get", "/campaigns/" .. id .. "?tenant=DEMO").json.related
  t.equal(related.numbers_count.count, "2")
  local counts = {}
  for _, row in ipairs(related.numbers_by_disposition) do counts[row.cn_disposition or ""] = row.count end
  t.equal(counts.ANSWERED, "1")
end)
