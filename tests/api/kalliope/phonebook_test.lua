-- /phonebook: contacts.
local xml = require "xml"
local client = require "support.kalliope"
local get, send, code = client.get, client.send, client.code

local function contact(first, last, phone, more)
  return ("<contact><first_name>%s</first_name><last_name>%s</last_name><phone>%s</phone>%s"
    .. "</contact>"):format(first, last, phone, more or "")
end

local function contacts(res) return xml.child(res.root, "contacts") end

test("add, list, get, search", function(t)
  t.equal(#contacts(get(t, "/phonebook/contacts")), 0)
  local res = send(t, "post", "/phonebook/contacts",
    contact("Ben", "Ross", "3564732920", "<organization>ACME</organization>"))
  t.equal(code(res, "contact"), "0", res.body)
  send(t, "post", "/phonebook/contacts", contact("Benny", "Hill", "123"))
  local list = contacts(get(t, "/phonebook/contacts"))
  t.equal(#list, 2)
  t.equal(xml.value(list[1], "organization"), "ACME")
  t.equal(xml.value(list[1], "type"), "system")
  local id = xml.value(list[1], "id")
  t.equal(xml.value(contacts(get(t, "/phonebook/contacts/" .. id))[1], "phone"), "3564732920")
  local function found(filter)
    return #contacts(send(t, "post", "/phonebook/search", "<filter>" .. filter .. "</filter>"))
  end
  t.equal(found(""), 2)
  t.equal(found("<first_name>Ben</first_name>"), 1)
  t.equal(found("<first_name>Ben%</first_name>"), 2)
  t.equal(found("<any>%acm%</any>"), 1)
  t.equal(found("<any>%</any>"), 2)
  t.equal(found("<first_name>Ben%</first_name><last_name>Hill</last_name>"), 1)
  t.equal(code(send(t, "post", "/phonebook/search", ""), "contact"), "19")
end)

test("what is missing or odd", function(t)
  t.equal(code(send(t, "post", "/phonebook/contacts", ""), "contact"), "10")
  t.equal(code(send(t, "post", "/phonebook/contacts", contact("A", "", "1")), "contact"), "12")
  t.equal(code(send(t, "post", "/phonebook/contacts",
    contact("A", "B", "1", "<owner>999</owner>")), "contact"), "11")
  t.equal(code(get(t, "/phonebook/contacts/abc"), "contact"), "14")
  t.equal(code(get(t, "/phonebook/contacts/999"), "contact"), "15")
end)

test("change and delete; a private contact is its owner's", function(t)
  local id = xml.value(contacts(get(t, "/phonebook/contacts"))[1], "id")
  local res = send(t, "put", "/phonebook/contacts",
    "<contact><id>" .. id .. "</id><phone>777</phone></contact>")
  t.equal(code(res, "contact"), "0", res.body)
  local it = contacts(get(t, "/phonebook/contacts/" .. id))[1]
  t.equal(xml.value(it, "phone"), "777")
  t.equal(xml.value(it, "first_name"), "Ben")
  t.equal(code(send(t, "put", "/phonebook/contacts", "<contact/>"), "contact"), "12")
  -- Symptom: an empty number was taken and emptied a mandatory field.
  t.equal(code(send(t, "put", "/phonebook/contacts",
    "<contact><id>" .. id .. "</id><phone></phone></contact>"), "contact"), "12")
  t.equal(xml.value(contacts(get(t, "/phonebook/contacts/" .. id))[1], "phone"), "777")
  t.equal(code(get(t, "/phonebook/contacts/" .. id .. ".0"), "contact"), "14")
  t.equal(code(send(t, "put", "/phonebook/contacts", "<contact><id>999</id></contact>"),
    "contact"), "15")
  send(t, "post", "/users/configs", "<user><exten>220</exten><sip_secret>pw-220-x</sip_secret>"
    .. "<first_name>A</first_name><last_name>B</last_name></user>")
  t.equal(code(send(t, "post", "/phonebook/contacts",
    contact("Own", "Contact", "5", "<owner>220</owner>")), "contact"), "0")
  local list = contacts(get(t, "/phonebook/contacts"))
  local own = list[#list]
  t.equal(xml.value(own, "type"), "private")
  t.equal(code(get(t, "/phonebook/contacts/" .. xml.value(own, "id"), "delete"), "contact"), "17")
  local function put(inner) return code(send(t, "put", "/phonebook/contacts", inner), "contact") end
  t.equal(put(""), "10")
  t.equal(put("<contact><id>" .. xml.value(own, "id") .. "</id><phone>6</phone></contact>"), "17")
  t.equal(put("<contact><id>1.0</id><phone>6</phone></contact>"), "14")
  t.equal(put("<contact><id>" .. id .. "</id><organization>" .. ("x"):rep(200) .. "</organization></contact>"), "13")
  t.equal(code(get(t, "/phonebook/contacts/abc", "delete"), "contact"), "14")
  t.equal(code(get(t, "/phonebook/contacts/" .. id, "delete"), "contact"), "0")
  t.equal(code(get(t, "/phonebook/contacts/" .. id, "delete"), "contact"), "15")
end)

-- Symptom: a speed dial called nothing, and could be given twice.
test("a speed dial is dialled, once, and goes with its contact", function(t)
  local function shorts()
    local list = {}
    for i, row in ipairs(t.sql("SELECT sn_number, sn_destnumber FROM sn_shortnumbers ORDER BY sn_number")) do
      list[i] = row.sn_number .. " " .. row.sn_destnumber
    end
    return list
  end
  local function id_of(last)
    for _, it in ipairs(contacts(get(t, "/phonebook/contacts"))) do
      if xml.value(it, "last_name") == last then return xml.value(it, "id") end
    end
  end
  t.equal(code(send(t, "post", "/phonebook/contacts", contact("S", "One", "06 123", "<speed_dial>71</speed_dial>")), "contact"), "0")
  t.equal(code(send(t, "post", "/phonebook/contacts", contact("S", "Two", "1", "<speed_dial>71</speed_dial>")), "contact"), "13")
  t.equal(code(send(t, "post", "/phonebook/contacts", contact("S", "Two", "1", "<speed_dial>220</speed_dial>")), "contact"), "13")
  local id = id_of("One")
  t.equal(code(send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><phone>07</phone></contact>"), "contact"), "0")
  client.apply(t)
  t.equal(shorts(), { "71 07" })
  send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><speed_dial>72</speed_dial></contact>")
  client.apply(t)
  t.equal(shorts(), { "72 07" })
  send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><speed_dial></speed_dial></contact>")
  client.apply(t)
  t.equal(shorts(), {})
  send(t, "put", "/phonebook/contacts", "<contact><id>" .. id .. "</id><speed_dial>73</speed_dial></contact>")
  client.apply(t)
  t.equal(shorts(), { "73 07" })
  t.equal(code(get(t, "/phonebook/contacts/" .. id, "delete"), "contact"), "0")
  client.apply(t)
  t.equal(shorts(), {})
end)

-- Symptom: ZANÈ did not find Zanè.
test("a search knows no case, of no letter", function(t)
  send(t, "post", "/phonebook/contacts", contact("Zanè", "Łukasz", "9"))
  for _, filter in ipairs({ "<first_name>ZANÈ</first_name>", "<last_name>łUK%</last_name>", "<any>%anÈ</any>" }) do
    t.equal(#contacts(send(t, "post", "/phonebook/search", "<filter>" .. filter .. "</filter>")), 1, filter)
  end
  local res = send(t, "post", "/phonebook/contacts", contact("A", "B", "1", "<organization>" .. ("x"):rep(200) .. "</organization>"))
  t.equal(code(res, "contact"), "13")
  t.contains(res.body, "organization: ")
end)

-- Symptom: the list and a search stopped at 10,000 without a word.
test("the list has no end", function(t)
  client.apply(t)
  local before = #t.sql("SELECT 1 FROM pe_phonebookentries")
  t.sql([[INSERT INTO pe_phonebookentries (pe_te_id, pe_pb_id)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
    SELECT 1, min(pb_id) FROM n, pb_phonebooks GROUP BY i]])
  local _, n = get(t, "/phonebook/contacts").body:gsub("<contact>", "")
  t.equal(n, before + 10050)
end)
