-- reqtype=PHONEBOOK works on entries.
local client = require "support.proxyapi"
local ask, book, PATH = client.ask, client.book, client.PATH

local function add(t, values)
  return t.http:post(PATH, {
    query = { key = t.key, tenant = "DEMO", reqtype = "PHONEBOOK", subreqtype = "add",
      phonebook = "Default", format = "json" },
    form = { jsondata = values },
  })
end

test("add, search, dump, delete, clean", function(t)
  t.equal(ask(t, { reqtype = "PHONEBOOK", subreqtype = "getall", phonebook = "Nope" }).body,
    "Wrong or missing phonebook or id")
  book(t)
  local res = add(t, '{"NAME":"Ross","PHONE1":"3564732920"}')
  t.equal(res.json.Response, "Success", res.body)
  local id = res.json.id
  t.equal(#add(t, '[{"NAME":"Ben"},{"NAME":"Benny"}]').json.ids, 2)
  t.equal(add(t, "{broken").json.Response, "Error")
  local function query(more)
    more.reqtype, more.phonebook, more.format = "PHONEBOOK", "Default", more.format or "json"
    return ask(t, more)
  end
  local found = query({ subreqtype = "query", field = "name", value = "Ben%" }).json
  t.equal(#found, 2)
  found = query({ subreqtype = "query", field = "name", value = "Ross" }).json
  t.equal(found[1].peid, id)
  t.equal(found[1].PHONE1, "3564732920")
  t.matches(query({ subreqtype = "getall", format = "plain" }).body, "^peid|NAME|PHONE1|")
  t.equal(query({ subreqtype = "delete", peid = id }).json.Response, "Success")
  t.equal(#query({ subreqtype = "getall" }).json, 2)
  t.equal(query({ subreqtype = "cleanall" }).json.Response, "Success")
  t.equal(query({ subreqtype = "getall" }).body, "[]")
end)
