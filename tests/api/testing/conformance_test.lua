-- testing/conformance.lua: an answer that is not as the document says fails the test that got it.
local conformance = require "testing.conformance"
local json = require "json"

local PATH = "/openapi.php"

local function real(t)
  local document = t.http:get(PATH .. "/openapi.json").json
  return document, conformance.index(document)
end

local function answer(status, body, headers)
  local response = { status = status, body = json.encode(body), json = body,
    headers = { ["content-type"] = "application/json; charset=utf-8" } }
  for name, value in pairs(headers or {}) do response.headers[name] = value end
  return response
end

local function row(more)
  local it = json.object({ id = 1, di_id = "1", object = "did", related = { destinations = json.array({}) } })
  for name, value in pairs(more or {}) do it[name] = value end
  return it
end

test("an answer as declared has nothing wrong", function(t)
  local document, known = real(t)
  local function check(...) return conformance.check(document, known, ...) end
  t.equal(check("GET", "/dids/1", nil, answer(200, row())), nil)
  t.equal(check("GET", "/did", "id=1", answer(200, row())), nil)
  t.equal(check("GET", "/did/1", nil, answer(200, row({ di_comment = json.null }))), nil)
  t.equal(check("GET", "?object=did&action=info&id=1", nil, answer(200, row())), nil)
  t.equal(check("GET", "/dids", nil, answer(200, json.array({})), nil), nil)
  t.equal(check("GET", "/phones", nil, answer(200, json.array({}))), nil)
  t.equal(check("GET", "/nowhere", nil, answer(404, { error = { code = "not_found", message = "x" } })), nil)
end)

test("every way to be wrong is found", function(t)
  local document, known = real(t)
  local function found(text, ...) t.contains(conformance.check(document, known, ...), text) end
  found("id is missing", "GET", "/dids/1", nil, answer(200, json.object({ object = "did", related = row().related })))
  found("answer.id: string instead of integer", "GET", "/dids/1", nil, answer(200, row({ id = "1" })))
  found("di_number: integer instead of string", "GET", "/dids/1", nil, answer(200, row({ di_number = 39 })))
  found("answer.object: not one of the words", "GET", "/dids/1", nil, answer(200, row({ object = "queue" })))
  found("object instead of array", "GET", "/dids", nil, answer(200, row()))
  found("status 418 is not declared", "GET", "/dids", nil, answer(418, row()))
  found("status 200 is not declared", "GET", "/nowhere", nil, answer(200, row()))
  found("content type text/xml is not declared", "GET", "/dids", nil, answer(200, row(), { ["content-type"] = "text/xml" }))
  found("error is missing", "GET", "/dids", nil, answer(400, json.object({})))
  found("message is missing", "GET", "/dids", nil, answer(401, { error = { code = "x" } }))
  found("instead of integer", "GET", "/dids", nil, answer(400, { error = { code = "x", message = "y", index = "0" } }))
  found("X-Total-Count", "GET", "/dids", nil, answer(200, json.array({}), { ["x-total-count"] = "many" }))
  found("a body where none", "GET", "/dids/1", nil, answer(304, row()))
  local refused = { error = { code = "method_not_allowed", message = "x" } }
  found("405 without Allow", "PUT", "/dids", nil, answer(405, refused))
  found("leaves out POST", "PUT", "/dids", nil, answer(405, refused, { allow = "GET, OPTIONS" }))
end)

test("a test that gets a wrong answer fails", function(t)
  local ok, problem = pcall(t.http.get, t.http, PATH .. "/wrong", { headers = { ["X-API-Key"] = t.global_key } })
  t.equal(ok, false)
  t.contains(problem, "GET /openapi.php/wrong: the answer (200) is not as the document says: answer.count: string instead of integer")
  ok, problem = pcall(t.http.get, t.http, PATH .. "/wrong/status", { headers = { ["X-API-Key"] = t.global_key } })
  t.equal(ok, false)
  t.contains(problem, "status 418 is not declared")
end)

test("the addresses of the dialect are told from others", function(t)
  t.equal(conformance.below("/mirtapbx/openapi.php/dids"), "/dids")
  t.equal(conformance.below("/openapi.php?object=did"), "?object=did")
  t.equal(conformance.below("/openapi.phpx"), nil)
  t.equal(conformance.below("/rest/openapi.php"), nil)
end)

test("answers of the other families are held against the host's own document", function(t)
  local found = conformance.paths(t.http:get("/openapi.json").json)
  local function check(...) return conformance.check_path(found, ...) end
  local kalliope = { ["content-type"] = "text/xml; charset=UTF-8" }
  local good = "<kpbx_response><users/></kpbx_response>"
  t.equal(check("GET", "/rest/users/brief", { status = 200, headers = kalliope, body = good }), nil)
  t.contains(check("GET", "/rest/users/brief", { status = 200, headers = kalliope, body = "<kpbx_response/>" }), "users is missing")
  t.contains(check("GET", "/rest/users/brief", { status = 200, headers = {}, body = good }), "content type none is not declared")
  local body = { result = true, data = { secret = "x" }, messages = json.array({}), ["function"] = "getSecret", processor = "",
    pid = 1, meta = { timestamp = "", hash = "" } }
  t.contains(check("GET", "/pbxcore/api/v3/sip/100:getSecret", answer(200, body)), "number is missing")
  body.data.number, body.data.username = "100", "100"
  t.equal(check("GET", "/pbxcore/api/v3/sip/100:getSecret", answer(200, body)), nil)
  t.contains(check("GET", "/pbxcore/api/v3/sip", answer(418, body)), "status 418 is not declared")
  t.equal(check("GET", "/nowhere", answer(200, body)), nil)
end)

-- A document of one address where words tell requests apart, and where else it is.
local function worded()
  local function operation(words, params, content)
    local list = { { name = "tenant" } }
    for _, it in ipairs(params) do list[#list + 1] = it end
    return { get = { ["x-words"] = words, parameters = list, responses = {
      ["200"] = { content = content, ["x-texts"] = { "", "Go away.\n" } },
      ["4XX"] = {},
    } } }
  end
  local reqtype = { name = "reqtype", schema = { enum = { "COUNT", "COUNTS" } } }
  local whole = { schema = { type = "object", required = { "n" }, properties = { n = { type = "integer" } } } }
  return conformance.paths({ components = {}, ["x-mounts"] = { ["/a/x.php"] = { "/x.php" } }, paths = {
    ["/a/x.php/COUNT"] = operation({ "reqtype" }, { reqtype },
      { ["application/json"] = whole, ["application/javascript"] = {}, ["text/html"] = { schema = { type = "string" } } }),
    ["/a/x.php/COUNT/word"] = operation({ "action", "reqtype" },
      { reqtype, { name = "action", ["x-aliases"] = { "subreqtype" }, schema = { enum = { "word" } } } },
      { ["application/json"] = { schema = { anyOf = { { type = "string", enum = { "INUSE" } }, { type = "object" } } },
        ["x-bare"] = true } }),
  } })
end

test("words of the query tell the requests of one address apart", function(t)
  local found = worded()
  local function check(asked, given, path)
    return conformance.check_path(found, "GET", path or "/a/x.php", given, asked)
  end
  local count = { reqtype = "count" }
  t.equal(check(count, answer(200, { n = 1 })), nil)
  t.contains(check(count, answer(200, { n = "1" })), "answer.n: string instead of integer")
  t.contains(check({ reqtype = "Counts" }, answer(200, { m = 1 }), "/x.php/COUNT"), "n is missing")
  t.contains(conformance.check_path(found, "POST", "/x.php", answer(200, { m = 1 }), count), "n is missing")
  t.contains(check(count, answer(200, { n = 1 }, { ["content-type"] = "text/css" })), "text/css is not declared")
  t.contains(check(count, answer(500, { n = 1 })), "status 500 is not declared")
  t.equal(check(count, answer(404, { n = 1 })), nil)
  -- the texts that may stand in an answer's place
  local plain = { ["content-type"] = "text/html" }
  local function text(body, headers)
    local it = answer(200, "", headers)
    it.body, it.json = body, json.decode(body)
    return it
  end
  t.equal(check(count, text("")), nil)
  t.equal(check(count, text("Go away.\n")), nil)
  t.contains(check(count, text("Go on.")), "no JSON: Go on.")
  t.equal(check(count, text("Go on.", plain)), nil)
  -- JSON as an argument
  local script = { ["content-type"] = "application/javascript" }
  t.equal(check(count, text('a.b({"n":1});', script)), nil)
  t.contains(check(count, text('a.b({"n":true});', script)), "boolean instead of integer")
  t.contains(check(count, text('{"n":1}', script)), "no JSONP")
  -- text that is no JSON, where it is said
  for _, name in ipairs({ "action", "subreqtype" }) do
    t.equal(check({ reqtype = "COUNT", [name] = "WORD" }, text("INUSE")), nil)
    t.truthy(check({ reqtype = "COUNT", [name] = "WORD" }, text("OTHER")))
  end
  -- other words are answered with nothing
  t.equal(check({ reqtype = "NONE" }, text("")), nil)
  t.contains(check({ reqtype = "NONE" }, answer(200, { n = 1 })), "words that the document does not know")
  t.equal(check({ reqtype = "NONE" }, answer(405, {})), nil)
  t.equal(check({ reqtype = "NONE" }, answer(200, { n = 1 }), "/a/x.phpx"), nil)
end)

test("answers of the real address are held against its words, of a form too", function(t)
  local ok, problem = pcall(t.http.get, t.http, "/proxyapi.php/x",
    { query = { key = t.key, tenant = "DEMO", reqtype = "WRONG", format = "json" } })
  t.equal(ok, false)
  t.contains(problem, "GET /proxyapi.php/x: the answer (200) is not as the document says: answer.count: integer instead of string")
  ok, problem = pcall(t.http.post, t.http, "/pbx/proxyapi.php",
    { form = { key = t.key, tenant = "DEMO", reqtype = "WRONG", format = "xml" } })
  t.equal(ok, false)
  t.contains(problem, "answer: more is not declared")
end)
