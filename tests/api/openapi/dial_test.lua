-- OpenAPI /dial.
local openapi = require "support.openapi"
local call, PATH = openapi.call, openapi.path

test("a call is placed once, however often it is asked for", function(t)
  t.ami:expect("Originate", { Channel = "Local/360@originate/n", Exten = "101", Context = "authenticated" })
    :reply("success", { Message = "Originate successfully queued" })
  local function dial(body)
    return t.http:post(PATH .. "/dial?tenant=DEMO", { json = body,
      headers = { ["X-API-Key"] = t.key, ["Idempotency-Key"] = "call-1" } })
  end
  local first = dial({ source = "360", dest = "101" })
  t.equal(first.status, 200, first.body)
  t.equal(first.json.Response, "Success")
  t.equal(first.json.Message, "Originate successfully queued")
  t.matches(first.json.ID, "^%x+$")
  t.equal(#first.json.ID, 14)
  t.equal(dial({ source = "360", dest = "101" }).body, first.body)
  t.equal(dial({ source = "360", dest = "102" }).status, 422)
  t.equal(#t.sql("SELECT 1 FROM og_originates"), 1)
end)

test("what is missing or would break the dial string is refused", function(t)
  t.equal(call(t, "post", "/dial?tenant=DEMO", { dest = "1" }).json.error.code, "missing_source")
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1" }).json.error.code, "missing_dest")
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1@x", dest = "2" }).json.error.field, "source")
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1", dest = "2", vars = { ["A(b)"] = "c" } }).status, 400)
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1", dest = "2" }, t.read_key).status, 403)
end)

-- Found: a retry after the line dropped between an Originate and its answer dialled twice.
test("a call whose answer was lost is not placed again, and its id tells what became of it", function(t)
  t.log:expect("^warn ami node is away")
  t.ami:expect("Originate", { Exten = "109" }):hang_up()
  local function dial()
    return t.http:post(PATH .. "/dial?tenant=DEMO", { json = { source = "369", dest = "109" },
      headers = { ["X-API-Key"] = t.key, ["Idempotency-Key"] = "lost-1" } })
  end
  local first = dial()
  t.equal(first.status, 504, first.body)
  t.equal(first.json.error.code, "dial_failed")
  local id = first.json.error.message:match("by its id (%x+)")
  local row = t.sql("SELECT og_state, og_uniqueid FROM og_originates WHERE og_id = ?", { id })[1]
  t.equal({ row.og_state, row.og_uniqueid }, { "UNKNOWN", "patchbay-" .. id })
  t.eventually(function() return t.http:get("/healthz").json.pbx[1].state == "up" end)
  t.equal(dial().body, first.body)
  t.equal(#t.sql("SELECT 1 FROM og_originates WHERE og_source = '369'"), 1)
  local function state()
    return t.http:get("/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "INFO", info = "call", id = id,
      format = "json" } }).json.state
  end
  t.equal(state(), "UNKNOWN")
  t.ami:event("Newchannel", { Channel = "Local/369@originate-00000001;1", ChannelState = "6", AccountCode = "DEMO",
    Uniqueid = "patchbay-" .. id, Linkedid = "patchbay-" .. id })
  t.eventually(function() return state() == "UP" end)
end)

test("Asterisk's refusal is an error", function(t)
  t.ami:expect("Originate", {}):reply("error", "Originate failed")
  local res = call(t, "post", "/dial?tenant=DEMO", { source = "361", dest = "101" })
  t.equal(res.status, 502)
  t.equal(res.json.error.code, "dial_failed")
end)

-- The Originate that a body leads to.
local function dialled(t, body)
  t.ami:expect("Originate", {}):reply("success", { Message = "Originate successfully queued" })
  local res = call(t, "post", "/dial?tenant=DEMO", body)
  t.equal(res.status, 200, res.body)
  local list = t.ami:received()
  return list[#list]
end

test("every field of the body reaches Asterisk under its own variable", function(t)
  call(t, "post", "/extensions?tenant=DEMO", { number = "360" })
  local queue = call(t, "post", "/queues?tenant=DEMO", { number = "730" }).json
  local body = { ["?exten"] = "362", phone = "101", dialtimeout = 12, timeout = 600, sourceclid = "111", destclid = "222",
    logqueueoutbound = "730", recording = "yes", autoanswer = "yes", nofollow = "yes", account = "360-DEMO", var = "a=1,b=2",
    vars = { c = "3", d = 4 } }
  local answer
  for _, variable in ipairs({ "SETTIMEOUT=600", "SETSOURCECLID=111", "SETDESTCLID=222", "SETLOGQUEUEOUTBOUND=730", "SETRECORDING=yes",
    "AUTOANSWER=yes", "SETNOFOLLOWEXTENSION=yes", "SETPEERNAME=360-DEMO", "DEMO_a=1", "DEMO_b=2", "DEMO_c=3", "DEMO_d=4", "VARLIST=a\\,b\\,c\\,d",
    "TENANT=DEMO" }) do
    t.ami:expect("Originate", { Variable = variable, Channel = "Local/362@originate/n", Timeout = "12000", Exten = "101" })
      :reply("success", { Message = "Originate successfully queued" })
    local res = call(t, "post", "/dial?tenant=DEMO", body)
    t.equal(res.status, 200, variable .. res.body)
    answer = res.json
  end
  t.equal({ answer.source, answer.dest, answer.node, answer.server }, { "362", "101", "srv01", "srv01" })
  local row = t.sql("SELECT * FROM og_originates WHERE og_id = ?", { answer.ID })[1]
  t.equal({ row.og_source, row.og_dest, row.og_state }, { "362", "101", "QUEUED" })
  t.equal(dialled(t, { source = "362", dest = "101", account = "360", logqueueoutbound = tostring(queue.id) })
    .Channel, "Local/362@originate/n")
end)

test("a number may carry its tenant, and the default is thirty seconds", function(t)
  local packet = dialled(t, { exten = "363-DEMO", dest = "101-DEMO" })
  t.equal({ packet.Channel, packet.Exten, packet.Timeout }, { "Local/363@originate/n", "101", "30000" })
end)

test("values that are none are refused by name, and nothing is sent", function(t)
  for _, case in ipairs({ { "dialtimeout", 0 }, { "dialtimeout", "x" }, { "timeout", -1 }, { "recording", "maybe" }, { "autoanswer", "maybe" },
    { "nofollow", 7 }, { "sourceclid", "a\r\nb" }, { "destclid", "1,2" }, { "account", "a b" }, { "server", "x y" }, { "vars", { 1 } },
    { "vars", { a = { 1 } } }, { "vars", { ["a-b"] = "1" } }, { "vars", { a = ("x"):rep(1000) } },
    { "dest", "h" }, { "source", "s" }, { "vars", { a = "1\r\nAction: Logoff" } }, { "dest", "1\r\n2" }, { "source", ("1"):rep(81) } }) do
    local body = { source = "1", dest = "2" }
    body[case[1]] = case[2]
    local res = call(t, "post", "/dial?tenant=DEMO", body)
    t.equal(res.status, 400, case[1] .. res.body)
    t.equal(res.json.error.field, case[1], res.body)
  end
  t.equal(#t.sql("SELECT 1 FROM og_originates WHERE og_source = '1'"), 0)
end)

test("the phone that pays and the queue that logs are the tenant's own", function(t)
  call(t, "post", "/extensions?tenant=OTHER", { number = "366" }, t.other_key)
  local foreign = call(t, "post", "/queues?tenant=OTHER", { number = "731" }, t.other_key).json
  for _, case in ipairs({ { "source", "366-OTHER" }, { "dest", "366-OTHER" }, { "account", "366" }, { "account", "366-OTHER" }, { "account", "nobody" }, { "logqueueoutbound", "731" },
    { "logqueueoutbound", tostring(foreign.id) } }) do
    local body = { source = "1", dest = "2" }
    body[case[1]] = case[2]
    for _, key in ipairs({ t.key, t.global_key }) do
      local res = call(t, "post", "/dial?tenant=DEMO", body, key)
      local number = case[1] == "source" or case[1] == "dest"
      t.equal(res.status, number and 400 or 409, case[2] .. res.body)
      t.equal(res.json.error.field, case[1])
    end
  end
  t.equal(#t.sql("SELECT 1 FROM og_originates WHERE og_source = '1'"), 0)
end)

test("a variable may be null, and a number hold a hyphen", function(t)
  t.matches(dialled(t, { source = "362", dest = "555-1234", vars = { a = require("json").null } }).Exten, "^555%-1234$")
end)

test("a try rings nobody and writes nothing", function(t)
  local res = call(t, "post", "/dial?tenant=DEMO&dry_run=1", { source = "364", dest = "101" })
  t.equal(res.status, 200, res.body)
  t.equal(res.json, { dry_run = true, source = "364", dest = "101" })
  t.equal(#t.sql("SELECT 1 FROM og_originates WHERE og_source = '364'"), 0)
  t.equal(call(t, "post", "/dial?tenant=DEMO&dry_run=1", { source = "1 2", dest = "101" }).status, 400)
end)

test("a node that is not there, and keys that may not", function(t)
  local res = call(t, "post", "/dial?tenant=DEMO", { source = "365", dest = "101", server = "nowhere" })
  t.equal(res.status, 409, res.body)
  t.equal(res.json.error.field, "server")
  t.equal(call(t, "post", "/dial", { source = "1", dest = "2" }, t.global_key).json.error.code, "tenant_required")
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1", dest = "2" }, t.other_key).status, 401)
  t.equal(call(t, "post", "/dial?tenant=DEMO", { source = "1", dest = "2" }, t.global_read_key).json.error.code, "read_only_api_key")
  res = call(t, "get", "/dial?tenant=DEMO")
  t.equal(res.status, 405)
  t.equal(res.headers.allow, "POST, OPTIONS")
end)
