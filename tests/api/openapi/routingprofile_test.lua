-- OpenAPI routingprofile: spec example "Create a voice routing profile with a global key".
local openapi = require "support.openapi"
local call, PATH = openapi.global_call, openapi.path

test("Create a voice routing profile with a global key", function(t)
  local res = call(t, "post", "/routingprofiles",
    { name = "Docs Demo Voice Routing", description = "Documentation example", type = "VOICE" })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.rp_type, "VOICE")
  t.equal(#res.json.related, 0)
  t.equal(call(t, "post", "/routingprofiles", { name = "X", type = "CARRIER" }).json.error.field, "type")
end)

test("a profile of an extension stays", function(t)
  local id = call(t, "post", "/routing_profiles", { name = "Used" }).json.id
  local made = t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key },
    json = { number = "500", ex_rp_id = id } })
  t.equal(made.status, 201, made.body)
  t.matches(call(t, "delete", "/routingprofiles/" .. id).json.error.message, "500")
end)
