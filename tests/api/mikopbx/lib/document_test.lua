-- mikopbx/lib/document.lua: every answer of the document is an envelope around what the script declares.

local function document(t) return t.http:get("/openapi.json").json end

test("an answer is an envelope with its data, and has an example", function(t)
  local it = document(t).paths["/pbxcore/api/v3/employees"].post
  t.equal(it.operationId, "mikopbxPostEmployees")
  t.equal(it.responses["200"], nil)
  local answer = it.responses["201"].content["application/json"]
  t.equal(answer.schema.required, { "data", "function", "messages", "meta", "pid", "processor", "result" })
  t.equal(answer.schema.properties.data.properties.number.type, "string")
  t.equal(answer.example.data.number, "text")
  local body = it.requestBody.content["application/json"].schema
  t.equal(body.required, { "number", "sip_secret", "user_username" })
  t.equal(body.properties.fwd_ringlength.maximum, 180)
end)

test("parameters are declared, and no tenant is asked for", function(t)
  local it = document(t).paths["/pbxcore/api/v3/cdr"].get
  local names = {}
  for _, parameter in ipairs(it.parameters) do names[parameter.name] = parameter end
  t.truthy(names.limit and names.dateFrom and names.grouped)
  t.equal(names.tenant, nil)
  t.equal(it.security, { { bearerAuth = {} } })
end)

test("the older API has its own frame, but for its pages", function(t)
  local paths = document(t).paths
  local peers = paths["/pbxcore/api/sip/getPeersStatuses"].get.responses["200"].content["application/json"].schema
  t.truthy(peers.properties.jsonapi)
  t.equal(paths["/pbxcore/api/session/start"].post.responses["200"].content["application/json"].schema.properties.jsonapi, nil)
end)
