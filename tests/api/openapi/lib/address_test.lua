-- openapi/lib/address.lua: what an address means beside its path, and under which names.
local PATH = "/openapi.php"

local function ask(t, method, path, body)
  local between = path:find("?", 1, true) and "&" or "?"
  return t.http[method](t.http, PATH .. path .. between .. "tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = body })
end

local function code(res) return res.json and res.json.error and res.json.error.code end

local function make(t, number)
  local res = ask(t, "post", "/extensions", { number = number, name = "Ada" })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("a name may be in capitals, another one, and with a slash at the end", function(t)
  local id = make(t, "831")
  for _, path in ipairs({ "/Extensions/" .. id, "/EXTENSION/" .. id .. "/", "/EXTENSIONS/number/831", "/Extension?number=831",
    "/extensions?id=" .. id, "?object=EXTENSIONS&action=get&number=831" }) do
    t.equal(ask(t, "get", path).json.id, id, path)
  end
  t.equal(ask(t, "patch", "/EXTENSIONS?objectid=" .. id, { name = "Bob" }).json.ex_name, "Bob")
  t.equal(ask(t, "get", "/Blacklist").status, 400, "one of them")
  t.equal(ask(t, "get", "/BLACKLISTS").status, 200, "all of them")
  t.equal(#ask(t, "get", "/MOH").json, 0, "a word that stands for both")
end)

-- The host has no route for PUT there but that of an extension called state.
test("a path of words alone is no object of that name", function(t)
  for _, path in ipairs({ "/extensions/state", "/Extensions/STATE/" }) do
    for _, method in ipairs({ "put", "patch", "delete", "post" }) do
      local res = ask(t, method, path, {})
      t.equal(res.status, 405, method .. path)
      t.equal(res.headers.allow, "GET, OPTIONS", method .. path)
    end
    t.equal(ask(t, "get", path .. "?number=" .. "899").status, 404)
  end
end)

-- Answered 404, as if nothing were there.
test("a report of one record takes its method alone", function(t)
  for _, path in ipairs({ "/cdr/12", "/CDR/12", "/simplecdr/12" }) do
    local res = ask(t, "delete", path)
    t.equal(res.status, 405, path)
    t.equal(res.headers.allow, "GET, OPTIONS", path)
  end
  t.equal(ask(t, "get", "/CDR/12").status, 200)
end)

test("methods are told in one order", function(t)
  t.equal(ask(t, "put", "/auth/token", {}).headers.allow, "DELETE, POST, OPTIONS")
  t.equal(ask(t, "post", "/extensions/1", {}).headers.allow, "GET, PUT, PATCH, DELETE, OPTIONS")
  t.equal(ask(t, "put", "/extensions", {}).headers.allow, "GET, POST, OPTIONS")
end)

test("nothing is nothing under any form", function(t)
  for _, path in ipairs({ "/nothing", "/nothing/1", "/extensions/1/2", "/extensions/number/1/2", "/dids/number/39", "/cdr/1/2",
    "?object=nothing", "?object=cdr&id=1", "?object=did&action=export" }) do
    local res = ask(t, "get", path)
    t.equal(res.status, 404, path)
    t.equal(code(res), "not_found", path)
  end
end)
