-- OpenAPI /dial.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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

test("Asterisk's refusal is an error", function(t)
  t.ami:expect("Originate", {}):reply("error", "Originate failed")
  local res = call(t, "post", "/dial?tenant=DEMO", { source = "361", dest = "101" })
  t.equal(res.status, 502)
  t.equal(res.json.error.code, "dial_failed")
end)
