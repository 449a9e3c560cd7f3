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

local function all(t) return ask(t, { reqtype = "PHONEBOOK", subreqtype = "getall", phonebook = "Default", format = "json" }).json end

test("a list of entries is added whole or not at all", function(t)
  t.equal(add(t, '[{"NAME":"Ann"},{"NAME":""}]').json,
    { Response = "Error", Message = "item 1: Missing required field: values." })
  t.equal(#all(t), 0)
  t.equal(add(t, '{"NAME":""}').json, { Response = "Error", Message = "Missing required field: values." })
end)

test("a large book is shown and cleaned whole, and no other", function(t)
  local other = t.http:post("/mirtapbx/openapi.php/phonebooks",
    { query = { key = t.key, tenant = "DEMO" }, json = { pb_name = "Other" } }).json.id
  t.sql([[INSERT INTO pe_phonebookentries (pe_te_id, pe_pb_id) SELECT pb_te_id, pb_id FROM pb_phonebooks
    WHERE pb_name IN ('Default', 'Other')]])
  t.sql([[INSERT INTO pd_phonebookdetails (pd_te_id, pd_pe_id, pd_pi_id, pd_pi_value)
    SELECT pe_te_id, pe_id, 1, 'Ann' FROM pe_phonebookentries]])
  for _ = 1, 14 do
    t.sql("INSERT INTO pe_phonebookentries (pe_te_id, pe_pb_id) SELECT pe_te_id, pe_pb_id FROM pe_phonebookentries "
      .. "WHERE pe_pb_id <> ?", { other })
  end
  t.equal(#all(t), 16384)
  t.equal(ask(t, { reqtype = "PHONEBOOK", subreqtype = "cleanall", phonebook = "Default" }).body, "OK")
  t.equal(#all(t), 0)
  local left = t.sql([[SELECT pe_pb_id AS book, pd_pi_value AS name FROM pe_phonebookentries
    JOIN pd_phonebookdetails ON pd_pe_id = pe_id]])
  t.equal({ #left, tostring(left[1].book), left[1].name }, { 1, tostring(other), "Ann" })
  t.equal(#t.sql("SELECT 1 FROM pd_phonebookdetails"), 1)
  t.equal(#t.sql("SELECT 1 FROM lg_processlogs WHERE lg_object = 'phonebook' AND lg_action = 'update'"), 2)
end)
