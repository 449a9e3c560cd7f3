-- The ProxyAPI dialect: keys, tenants, formats, unknown requests.
local patience = require "support.patience"
local proxyapi = require "support.proxyapi"
local ask, PATH = proxyapi.ask, proxyapi.PATH

local KEY_ERROR = "Too bad... you mistaken the security api key.\n"

test("every key and tenant error is the same 46 bytes with status 200", function(t)
  t.equal(#KEY_ERROR, 46)
  local function refused(query, key)
    query.reqtype = "COUNTCALLS"
    local res = ask(t, query, key)
    t.equal(res.status, 200)
    t.equal(res.body, KEY_ERROR)
  end
  refused({}, "wrong")
  refused({}, "")
  refused({ tenant = "" })
  refused({ tenant = "NOWHERE" })
  refused({ tenant = "OTHER" })
  refused({}, t.other_key)
  refused({ tenant = "NOWHERE" }, t.global_key)
  refused({ tenant = "%" }, t.global_key)
end)

test("the key error has the content type of the asked format", function(t)
  for format, expected in pairs({
    plain = "text/html; charset=UTF-8", json = "application/json",
    xml = "text/xml; charset=UTF-8", csv = "text/csv; charset=UTF-8",
  }) do
    local res = ask(t, { reqtype = "COUNTCALLS", format = format }, "wrong")
    t.equal(res.headers["content-type"], expected)
    t.equal(res.body, KEY_ERROR)
  end
end)

test("unknown and missing requests answer no bytes", function(t)
  for _, query in ipairs({
    {}, { reqtype = "NONSENSE" }, { reqtype = "INFO" }, { reqtype = "INFO", info = "NONSENSE" },
    { reqtype = "MANAGEDB", object = "nonsense", action = "list" },
    { reqtype = "DND", action = "nonsense", number = "100" },
  }) do
    local res = ask(t, query)
    t.equal(res.status, 200)
    t.equal(res.body, "")
  end
end)

test("reqtype is read in any case and from a posted form, the body winning", function(t)
  local res = t.http:post("/proxyapi.php", {
    query = { reqtype = "HELP", key = "wrong", tenant = "OTHER" },
    form = { reqtype = "countCalls", key = t.key, tenant = "DEMO" },
  })
  t.equal(res.body, "0")
  t.equal(ask(t, { reqtype = "CountCalls" }).body, "0")
end)

test("a JSONP callback wraps JSON only and must be a name", function(t)
  local res = ask(t, { reqtype = "COUNTCALLS", format = "json", callback = "app.cb" })
  t.equal(res.headers["content-type"], "application/javascript")
  t.matches(res.body, '^app%.cb%({"calls":%d+}%);$')
  res = ask(t, { reqtype = "COUNTCALLS", format = "json", callback = "alert(1)//" })
  t.equal(res.headers["content-type"], "application/json")
  res = ask(t, { reqtype = "COUNTCALLS", callback = "cb" })
  t.matches(res.body, "^%d+$")
end)

test("a read ends when its client has gone", function(t)
  patience.ends_reads(t, PATH, { query = { reqtype = "DAWDLE", key = t.key, tenant = "DEMO" } })
end)

-- OPTIONS and HEAD ran the request: a browser's question, or a checker of links, placed the call.
test("only GET and POST change anything", function(t)
  local query = { key = t.key, tenant = "DEMO", reqtype = "SETTING", action = "set", code = "X", value = "1" }
  for method, status in pairs({ head = 405, put = 405, patch = 405, delete = 405, options = 204 }) do
    local res = t.http[method](t.http, PATH, { query = query })
    t.equal({ res.status, res.headers.allow }, { status, "GET, POST" })
  end
  t.equal(t.sql("SELECT 1 FROM se_settings WHERE se_code = 'X'"), {})
  t.equal(t.http:head(PATH, { query = { key = t.key, tenant = "DEMO", reqtype = "COUNTCALLS" } }).status, 200)
end)

-- Symptom: what callers put into a plain answer ran in a browser that was led to its address.
test("plain answers are HTML that runs nothing", function(t)
  local res = ask(t, { reqtype = "HELP" })
  t.equal(res.headers["content-security-policy"], "sandbox; default-src 'none'")
  t.equal(res.headers["x-content-type-options"], "nosniff")
  t.equal(ask(t, { reqtype = "HELP" }, "wrong").headers["content-security-policy"], "sandbox; default-src 'none'")
  res = ask(t, { reqtype = "COUNTCALLS", format = "json" })
  t.equal(res.headers["content-security-policy"], nil)
  t.equal(res.headers["x-content-type-options"], "nosniff")
end)
