-- OpenAPI huntlist: members in their order.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("members keep their order and leave with their extension", function(t)
  local first, second = extension(t, "601"), extension(t, "602")
  local res = call(t, "post", "/huntlists?tenant=DEMO",
    { name = "Sales", number = "600", type = "RINGALL", extensions = { "EXT-" .. second, "EXT-" .. first } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.destinations.HUNTLIST[1].id, second)
  t.equal(call(t, "delete", "/extensions/" .. second .. "?tenant=DEMO").status, 200)
  res = call(t, "get", "/huntlists/" .. res.json.id .. "?tenant=DEMO")
  t.equal(#res.json.related.destinations.HUNTLIST, 1)
end)

local function numbers(t, id)
  local list = {}
  for i, row in ipairs(t.sql('SELECT ordinal, phonenumber, "timeout" FROM followme_numbers WHERE name = ? ORDER BY ordinal',
    { "huntlist-" .. id })) do
    list[i] = ("%d %s %d"):format(row.ordinal, row.phonenumber, row.timeout)
  end
  return list
end

test("follow-me records are made, kept in step and removed", function(t)
  local a, b, c = extension(t, "611"), extension(t, "612"), extension(t, "613")
  local made = call(t, "post", "/huntlists?tenant=DEMO", { name = "Follow", number = "610", ringtime = 12, extensions = { "EXT-" .. a, "EXT-" .. b },
    hu_requestconfirm = "on" })
  t.equal(made.status, 201, made.body)
  local id = made.json.id
  t.equal(made.json.related.followme.context, "fromotherpbx")
  t.equal(made.json.related.followme.enable_callee_prompt, "yes")
  t.equal(#made.json.related.followme_numbers, 1)
  t.equal(numbers(t, id), { ("1 AG-000-NF-%d&AG-000-NF-%d 12"):format(a, b) }, "all at once")
  local path = "/huntlists/" .. id .. "?tenant=DEMO"
  call(t, "patch", path, { type = "SEQUENTIAL", hu_dialtimeout = "7", hu_requestconfirm = "" })
  t.equal(numbers(t, id), { ("1 AG-000-NF-%d 7"):format(a), ("2 AG-000-NF-%d 7"):format(b) }, "one after the other")
  t.equal(t.sql("SELECT enable_callee_prompt FROM followme WHERE name = ?", { "huntlist-" .. id })[1].enable_callee_prompt, "no")
  call(t, "patch", path, { members = { "EXT-" .. b, "EXT-" .. c, "EXT-" .. a } })
  t.equal(#numbers(t, id), 3)
  call(t, "delete", "/extensions/" .. c .. "?tenant=DEMO")
  t.equal(numbers(t, id), { ("1 AG-000-NF-%d 7"):format(b), ("2 AG-000-NF-%d 7"):format(a) }, "a member that goes leaves")
  local res = t.http:post("/mirtapbx/proxyapi.php", { query = { key = t.key, reqtype = "MANAGEDB", object = "destination",
    action = "replace", tenant = "DEMO", typesrc = "HUNTLIST", typeidsrc = id }, form = { jsondata = ('["EXT-%d"]'):format(a) } })
  t.equal(#res.json, 1, res.body)
  t.equal(numbers(t, id), { ("1 AG-000-NF-%d 7"):format(a) }, "the other dialect keeps them too")
  call(t, "patch", path, { members = {} })
  t.equal(numbers(t, id), {})
  -- a body cannot write them
  call(t, "patch", path, { followme = { context = "x" }, followme_numbers = { { phonenumber = "1" } } })
  t.equal(numbers(t, id), {})
  t.equal(t.sql("SELECT context FROM followme WHERE name = ?", { "huntlist-" .. id })[1].context, "fromotherpbx")
  call(t, "delete", path)
  t.equal(#t.sql("SELECT 1 FROM followme WHERE name = ?", { "huntlist-" .. id }), 0)
  t.equal(numbers(t, id), {})
end)
