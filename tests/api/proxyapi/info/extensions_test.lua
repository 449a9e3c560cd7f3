-- info=EXTENSIONS lists extensions.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("plain, JSON, one by id and by number", function(t)
  local id = extension(t, "100")
  extension(t, "101")
  local function list(query, key)
    query.reqtype, query.info = "INFO", "EXTENSIONS"
    return ask(t, query, key)
  end
  t.matches(list({}).body, "^Number|Name|Tech|State|Username|Password\n100|Phone 100|PJSIP|")
  local rows = list({ format = "json" }).json
  t.equal(#rows, 2)
  t.equal(rows[1].ex_number, "100")
  t.equal(rows[1].username, "100-DEMO")
  t.equal(rows[1].password, "pw-100-DEMO")
  t.equal(rows[1]["0"], nil)
  t.equal(#list({ format = "json", id = id }).json, 1)
  t.equal(list({ format = "json", number = "101" }).json[1].ex_name, "Phone 101")
  t.equal(list({ format = "json", number = "999" }).body, "[]")
end)

test("a read-only key sees no password, another tenant sees nothing", function(t)
  local query = { reqtype = "INFO", info = "EXTENSIONS", format = "json", number = "100" }
  local res = ask(t, query, t.read_key)
  t.equal(#res.json, 1)
  t.equal(res.body:find("pw-100-DEMO", 1, true), nil)
  query.tenant = "OTHER"
  t.equal(ask(t, query, t.other_key).body, "[]")
end)
