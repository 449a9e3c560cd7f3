-- reqtype=QUEUERESET.
local function ask(t, query, key)
  query.reqtype, query.key, query.tenant = "QUEUERESET", key or t.key, query.tenant or "DEMO"
  return t.http:get("/mirtapbx/proxyapi.php", { query = query }).body
end

test("the queue of the tenant, in Asterisk's words", function(t)
  local id = t.http:post("/mirtapbx/openapi.php/queues", { query = { key = t.key, tenant = "DEMO" },
    json = { qu_name = "Support", qu_number = "9200" } }).json.id
  t.ami:expect("QueueReset", { Queue = tostring(id) }):reply("success", { Message = "Queue stats reset successfully" })
  t.equal(ask(t, { queueid = id }), "Success|Queue stats reset successfully|")
  t.equal(ask(t, { queueid = id, tenant = "OTHER" }, t.other_key), "")
  t.equal(ask(t, {}), "")
  t.matches(ask(t, { queueid = id }, t.read_key), "^Too bad")
end)
