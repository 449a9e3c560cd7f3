-- kalliope/lib/document.lua: bodies and answers of the document are XML within the dialect's frame.

local function document(t) return t.http:get("/openapi.json").json end

test("a request and its answer have their frames", function(t)
  local it = document(t).paths["/rest/users/configs"].post
  local body = it.requestBody.content["text/xml"]
  t.equal(body.schema.xml.name, "kpbx_request")
  t.equal(body.schema.properties.user.required, { "exten", "first_name", "last_name", "sip_secret" })
  t.truthy(body.schema.properties.request_id)
  t.truthy(body.example.user.exten)
  local answer = it.responses["200"].content["text/xml"]
  t.equal(answer.schema.xml.name, "kpbx_response")
  t.equal(answer.schema.required, { "user" })
  t.truthy(answer.example.user.error.code)
end)

test("refusals are XML too, and the way in is HTTP Basic", function(t)
  local it = document(t)
  local operation = it.paths["/rest/users/brief"].get
  t.equal(operation.security, { { Basic = {} } })
  local refusal = it.components.responses[operation.responses["401"]["$ref"]:match("(%w+)$")]
  t.equal(refusal.content["text/xml"].schema, { ["$ref"] = "#/components/schemas/KalliopeError" })
  t.truthy(it.components.schemas.KalliopeError.properties.error)
  t.truthy(it.paths["/rest/cdr"].post.responses["200"].content["text/csv"])
end)
