-- OpenAPI musiconhold: spec example "Create a music on hold playlist".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("Create a music on hold playlist", function(t)
  local sounds = {}
  for i = 1, 2 do
    sounds[i] = call(t, "post", "/mediafiles?tenant=DEMO", { name = "M" .. i, data_base64 = "AAAA" }).json.id
  end
  local res = call(t, "post", "/musiconholds?tenant=DEMO", { name = "Support Hold", mediafiles = sounds, default = "on" })
  t.equal(res.status, 201, res.body)
  t.equal(#res.json.related.destinations.MUSICONHOLD, 2)
  t.equal(res.json.related.realtime.mode, "playlist")
  t.equal(#res.json.related.entries, 2)
end)

test("a class cannot run a command", function(t)
  local res = call(t, "post", "/moh?tenant=DEMO", { name = "X", mode = "custom", application = "/bin/sh" })
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "application")
end)
