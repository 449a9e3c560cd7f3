-- reqtype=PHONEBOOKS lists phonebooks.
local PATH = "/mirtapbx/proxyapi.php"

local function ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(PATH, { query = query })
end

local function book(t)
  local res = t.http:post("/mirtapbx/openapi.php/phonebooks", {
    query = { key = t.key, tenant = "DEMO" }, json = { pb_name = "Default" },
  })
  t.equal(res.status, 201, res.body)
end

test("id and name", function(t)
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json" }).body, "[]")
  book(t)
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json" }).json,
    { { pb_id = "1", pb_name = "Default" } })
  t.equal(ask(t, { reqtype = "PHONEBOOKS", subreqtype = "list" }).body,
    "pb_id|pb_name\n1|Default\n")
  t.equal(ask(t, { reqtype = "PHONEBOOKS", format = "json", tenant = "OTHER" },
    t.other_key).body, "[]")
end)
