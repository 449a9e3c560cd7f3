-- /providers: all trunks, for reading.
local client = require "support.mikopbx"
local told = require("support.trunk").told
local bearer, BASE = client.bearer, client.BASE

test("the union, for reading only", function(t)
  local headers = bearer(t, t.global_key)
  told(t, "contact")
  local it = t.http:post(BASE .. "/sip-providers", { headers = headers, json = {
    description = "Main trunk", host = "sip.example.com", registration_type = "none",
  } })
  t.equal(it.status, 201, it.body)
  local id = it.json.data.id
  local function get(path)
    return t.http:get(BASE .. "/providers" .. path, { headers = headers }).json.data
  end
  t.equal(get("")[1].id, id)
  t.equal(get("/" .. id).description, "Main trunk")
  t.equal(get(":getForSelect")[1].value, id)
  t.truthy(get(":getStatuses").sip[id])
  t.equal(get("/" .. id .. ":getStatus").id, id)
  local res = t.http:post(BASE .. "/providers", { headers = headers, json = {} })
  t.equal(res.status, 405)
  t.matches(res.json.messages.error[1], "not supported")
  t.equal(t.http:put(BASE .. "/providers/" .. id, { headers = headers }).status, 404)
  told(t, "contact", id)
  res = t.http:post(BASE .. "/providers/" .. id .. ":updateStatus",
    { headers = headers, json = { type = "SIP", disabled = true } })
  t.equal(res.json.data.disabled, true)
end)
