-- lib.answer: the generic shapes in every format.
local answer = require "proxyapi.lib.answer"
local json = require "json"

local function body(it, format, callback) return answer.encode(it, format, callback).body end

local LIST = answer.list({ "a", "b" }, { { a = 1, b = "x|y\n" }, { a = json.null } },
  { labels = { "A", "B" } })

test("a list", function(t)
  t.equal(body(LIST, "plain"), "A|B\n1|x y \n|\n")
  t.equal(body(LIST, "json"), '[{"a":"1","b":"x|y\\n"},{"a":null,"b":null}]')
  t.contains(body(LIST, "xml"), "<Result><Row><a>1</a>")
  t.matches(body(LIST, "csv"), "^A,B\r?\n1,")
  t.equal(body(answer.list({ "a" }, {}), "json"), "[]")
end)

test("positional keys stand beside the names, doubled in plain", function(t)
  local it = answer.list({ "a", "b" }, { { a = "1", b = "2" } },
    { positional = true, header = false })
  t.equal(body(it, "json"), '[{"0":"1","a":"1","1":"2","b":"2"}]')
  t.equal(body(it, "plain"), "1|1|2|2|\n")
end)

test("one record, none", function(t)
  t.equal(body(answer.record({ "a" }, { a = "1" }), "plain"), "a\n1\n")
  t.equal(body(answer.record({ "a" }, nil), "json"), "{}")
  t.equal(body(answer.record({ "a" }, nil), "plain"), "a\n")
end)

test("actions and changes", function(t)
  t.equal(body(answer.done("Queued", "1f"), "plain"), "Success|Queued|1f|")
  t.equal(body(answer.failed("No such channel"), "plain"), "Error|No such channel|")
  t.equal(body(answer.done("Q"), "json"), '{"Response":"Success","Message":"Q"}')
  t.equal(body(answer.ok(), "plain"), "OK")
  t.equal(body(answer.ok({ id = 5 }), "json"), '{"Response":"Success","Message":"OK","id":"5"}')
  t.equal(body(answer.refused("No."), "plain"), "No.")
  t.contains(body(answer.failed("a<b"), "xml"), "<Message>a&lt;b</Message>")
end)

-- PHONEBOOK add of several entries was "Internal error" in csv, and "table: 0x..." in XML.
test("a list that joins a change", function(t)
  local it = answer.ok({ ids = json.array({ "7", "8" }) })
  t.equal(body(it, "json"), '{"Response":"Success","Message":"OK","ids":["7","8"]}')
  t.matches(body(it, "csv"), '^Response,Message,ids\r?\nSuccess,OK,"7,8"')
  t.contains(body(it, "xml"), "<Message>OK</Message><ids><Row>7</Row><Row>8</Row></ids>")
end)

test("a bare value is bare in JSON, a callback wraps", function(t)
  t.equal(body(answer.value("v", "x", true), "json"), "x")
  t.equal(body(answer.value("v", "x"), "json"), '{"v":"x"}')
  local it = answer.encode(answer.value("v", "x"), "json", "cb")
  t.equal(it.body, 'cb({"v":"x"});')
  t.equal(it.type, "application/javascript")
end)

test("element names are made well formed", function(t)
  t.contains(body(answer.record({ "Line ID", "0" }, { ["Line ID"] = "1", ["0"] = "2" }), "xml"),
    "<Line_ID>1</Line_ID><_0>2</_0>")
end)

-- XML showed "userdata: 0x..." of every answer whose JSON is made in order or is ready text.
test("an own JSON value is elements in XML", function(t)
  local it = answer.custom("1|2", json.ordered("b", "2", "a", json.ordered("Line ID", "x")))
  t.contains(body(it, "xml"), "<Result><a><Line_ID>x</Line_ID></a><b>2</b></Result>")
  t.contains(body(answer.document(json.raw('{"a":null,"b":["x"]}')), "xml"),
    "<Result><a/><b><Row>x</Row></b></Result>")
end)
