-- OpenAPI musiconhold: spec example "Create a music on hold playlist".
local call = require("support.openapi").call

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

test("a playlist follows its sounds, whoever changes them", function(t)
  local function sound(n) return call(t, "post", "/mediafiles?tenant=DEMO", { name = "P" .. n, data_base64 = "AAAA" }).json.id end
  local a, b = sound(1), sound(2)
  local res = call(t, "post", "/moh?tenant=DEMO", { name = "Follow", mediafiles = { "MEDIAFILE-" .. a, b } })
  t.equal(res.status, 201, res.body)
  local id = res.json.id
  local function entries()
    local list = {}
    for i, row in ipairs(t.sql("SELECT entry FROM musiconhold_entry WHERE name = ? ORDER BY position", { "moh-" .. id })) do list[i] = row.entry end
    return list
  end
  t.equal(entries(), { "media/" .. a, "media/" .. b })
  call(t, "delete", "/mediafiles/" .. a .. "?tenant=DEMO")
  t.equal(entries(), { "media/" .. b }, "a sound that goes leaves the list")
  res = call(t, "patch", "/moh/" .. id .. "?tenant=DEMO", { entries = { { me_id = b, order = 3 }, { position = 5, entry = "custom/x" } } })
  t.equal(entries(), { "media/" .. b, "custom/x" }, "raw entries replace the list")
  t.equal(res.json.related.entries[1].position, "3")
end)

test("a playlist holds sounds of the tenant only", function(t)
  local theirs = call(t, "post", "/mediafiles?tenant=OTHER", { name = "T", data_base64 = "AAAA" }, t.other_key).json.id
  for _, item in ipairs({ { me_id = theirs }, { entry = "media/" .. theirs }, { entry = "/var/spool/asterisk/voicemail/OTHER/1/INBOX/msg0000" },
    { entry = "../x" } }) do
    local res = call(t, "post", "/moh?tenant=DEMO", { name = "Y", entries = { item } })
    t.truthy(res.status == 400 or res.status == 409, res.body)
  end
  t.equal(call(t, "post", "/moh?tenant=DEMO", { name = "Y", mediafiles = { theirs } }).status, 409)
  t.equal(call(t, "post", "/moh?tenant=DEMO", { name = "Y", directory = "/etc" }).json.error.field, "directory")
end)

test("a tenant has one default, whichever word says so", function(t)
  local function make(name, default)
    local res = call(t, "post", "/musiconholds?tenant=DEMO", { name = name, default = default })
    t.equal(res.status, 201, res.body)
    return res.json.id
  end
  local first, second = make("One", true), make("Two", "yes")
  local function default(id) return call(t, "get", "/musiconholds/" .. id .. "?tenant=DEMO").json.mu_default end
  t.equal({ default(first), default(second) }, { "", "yes" })
end)
