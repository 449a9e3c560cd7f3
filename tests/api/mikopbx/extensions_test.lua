-- /extensions: all numbers.
local client = require "support.mikopbx"
local bearer, employee, BASE = client.bearer, client.employee, client.BASE

test("the list, searched, and what is free", function(t)
  employee(t, "201", "John Doe")
  employee(t, "202", "Ann")
  local function get(query)
    return t.http:get(BASE .. "/extensions", { headers = bearer(t), query = query }).json.data
  end
  local list = get({})
  t.equal(#list, 2)
  t.equal(list[1].number, "201")
  t.equal(list[1].type, "SIP")
  t.equal(list[1].callerid, "John Doe")
  t.equal(#get({ search = "ann" }), 1)
  t.equal(get({ orderWay = "desc" })[1].number, "202")
  t.equal(#get({ limit = "1" }), 1)
  local function available(number)
    return t.http:post(BASE .. "/extensions:available", { headers = bearer(t),
      json = { number = number } }).json.data
  end
  t.equal(available("299"), { available = true })
  t.equal(available("201").available, false)
  t.equal(#t.http:get(BASE .. "/extensions", { headers = bearer(t, t.other_key) }).json.data, 0)
end)

test("for a form", function(t)
  local list = t.http:get(BASE .. "/extensions:getForSelect", { headers = bearer(t),
    query = { type = "phones", query = "john" } }).json.data
  t.equal(list[1].value, "201")
  local it = t.http:post(BASE .. "/extensions:getPhonesRepresent", { headers = bearer(t),
    json = { numbers = { "201", "299" } } }).json.data
  t.matches(it["201"].represent, "John Doe <201>$")
  t.equal(it["299"].represent, "299")
  local one = t.http:post(BASE .. "/extensions/201:getPhoneRepresent", { headers = bearer(t) })
  t.matches(one.json.data[1], "John Doe <201>$")
end)

test("one number, and a number that is nobody's", function(t)
  client.employee(t, "281", "One")
  local function get(number)
    return t.http:get(client.BASE .. "/extensions/" .. number, { headers = client.bearer(t) })
  end
  local it = get("281").json.data
  t.equal({ it.number, it.type, it.callerid }, { "281", "SIP", "One" })
  t.equal(get("999").status, 422)
end)
