-- proxyapi/lib/content.lua: schemas and examples of what requests declare.
local answer = require "proxyapi.lib.answer"
local content = require "proxyapi.lib.content"
local json = require "json"
local parts = require "document.parts"
local schemas = require "testing.schemas"
local shapes = require "proxyapi.lib.shapes"
local xml = require "xml"

local SURFACE = { name = "proxyapi", refusal = shapes.refusal }

-- What is said of a result, and the document that says it.
local function said(result)
  local book = parts.new()
  local found = assert(content.of(book, SURFACE, result, "It"))
  return json.decode(json.encode(found)), { components = json.decode(json.encode({ schemas = book.schemas })) }
end

local function wrong(result, value)
  local found, document = said(result)
  return schemas.check(document, found["application/json"].schema, value)
end

local function wrong_xml(result, text)
  local found, document = said(result)
  return schemas.check_xml(document, found["text/xml"].schema, xml.decode(text))
end

local LIST = shapes.list({ "id", "Type ID" }, { 1, "a|b" }, { labels = { "Id", "Type" } })

test("a list has its columns and no other, each a text or null", function(t)
  t.equal(wrong(LIST, json.array({ { id = "1", ["Type ID"] = json.null } })), nil)
  t.contains(wrong(LIST, json.array({ { id = "1" } })), "Type ID is missing")
  t.contains(wrong(LIST, json.array({ { id = 1, ["Type ID"] = "x" } })), "integer instead of string")
  t.contains(wrong(LIST, json.array({ { id = "1", ["Type ID"] = "x", more = "y" } })), "more is not declared")
  t.equal(wrong_xml(LIST, "<Result><Row><id>1</id><Type_ID/></Row></Result>"), nil)
  t.equal(wrong_xml(LIST, "<Result/>"), nil)
  t.contains(wrong_xml(LIST, "<Result><Row><id>1</id></Row></Result>"), "Type_ID is missing")
end)

test("examples are written as answers are", function(t)
  local found = said(LIST)
  t.equal(found["text/html"].example, "Id|Type\n1|a b\n")
  t.equal(found["text/csv"].example, "Id,Type\n1,a|b\n")
  t.equal(found["application/json"].example, { { id = "1", ["Type ID"] = "a|b" } })
  t.equal(found["text/xml"].example, { { id = "1", Type_ID = "a|b" } })
end)

test("positions are in JSON alone, and what everybody does not see may lack", function(t)
  local it = shapes.list({ "a", "b" }, { 1, 2 }, { positional = true, optional = { b = true } })
  t.equal(wrong(it, json.array({ { ["0"] = "1", a = "1", ["1"] = "2" } })), nil)
  t.contains(wrong(it, json.array({ { a = "1", ["1"] = "2" } })), "0 is missing")
  t.contains(wrong_xml(it, "<Result><Row><_0>1</_0><a>1</a><b>2</b></Row></Result>"), "_0 is not declared")
end)

test("the columns of a statement are asked of the store", function(t)
  local it = shapes.list(function(ctx)
    return { sql = 'SELECT te_id AS "end", te_code FROM te_tenants WHERE te_id = ?', params = { ctx.tenant.id } }
  end, { 1, "DEMO" })
  t.equal(said(it)["text/csv"].example, "end,te_code\n1,DEMO\n")
  local bad = shapes.list(function() return nil, { code = "invalid", message = "no" } end)
  t.equal({ content.of(parts.new(), SURFACE, bad, "It") }, { nil, { code = "invalid", message = "no" } })
end)

test("a record, or one without members", function(t)
  local it = shapes.record({ "a" }, { "1" }, { labels = { "A b" }, none = true })
  t.equal(wrong(it, json.object({})), nil)
  t.equal(wrong(it, { a = "1" }), nil)
  t.contains(wrong(it, { b = "1" }), "a is missing")
  t.equal(wrong_xml(it, "<Result><A_b>1</A_b></Result>"), nil)
end)

test("a message says what went well, and any answer may be one that says what did not", function(t)
  t.equal(wrong(shapes.done("Queued", "1"), { Response = "Success", Message = "Queued" }), nil)
  t.equal(wrong(LIST, { Response = "Error", Message = "Internal error" }), nil)
  t.truthy(wrong(shapes.ok(), { Response = "Success", Message = "OK", id = "1" }))
  t.equal(wrong(shapes.ok({ id = "1" }), { Response = "Success", Message = "OK", id = "1" }), nil)
  t.equal(wrong_xml(shapes.ok({ ids = json.array({ "1" }) }),
    "<Result><Response>Success</Response><Message>OK</Message><ids><Row>1</Row></ids></Result>"), nil)
  t.equal(wrong_xml(LIST, "<Result><Response>Error</Response><Message>no</Message><ID/></Result>"), nil)
end)

test("a value stands bare where the original has it so", function(t)
  local found = said(shapes.value("state", "INUSE", { bare = true, schema = { type = "string", enum = { "INUSE" } } }))
  t.equal(found["application/json"]["x-bare"], true)
  t.equal(found["text/html"].example, "INUSE")
  t.equal(wrong(shapes.value("version", "1.0"), { version = "1.0" }), nil)
end)

test("what follows no other shape is said as JSON, and as elements", function(t)
  local it = shapes.custom({ type = "object", required = { "list" }, additionalProperties = { type = "integer" },
    properties = { list = { type = "array", items = { type = "array", items = { type = "string" } } } } },
    json.ordered("list", json.array({ json.array({ "a", "b" }) }), "7", 3), "a:b|")
  t.equal(wrong_xml(it, "<Result><_7>3</_7><list><Row><Row>a</Row><Row>b</Row></Row></list></Result>"), nil)
  t.contains(wrong_xml(it, "<Result><_7>x</_7><list/></Result>"), "no whole number")
  t.equal(said(it)["text/xml"].example, { list = { { "a", "b" } }, _7 = 3 })
  t.equal(said(shapes.document({ type = "object" }, json.object({})))["text/html"].example, nil)
end)

test("one of several, files and text", function(t)
  local found = said(shapes.either(LIST, shapes.body("*/*")))
  t.equal(found["*/*"].schema.format, "binary")
  t.equal(wrong(shapes.either(LIST, shapes.record({ "x" }, { "1" })), { x = "1" }), nil)
  t.equal(said(shapes.text("<pre>"))["text/html"].example, "<pre>")
end)

test("the texts that stand in an answer's place", function(t)
  t.equal(content.texts(nil), { "", answer.KEY_ERROR })
  t.equal(content.texts(shapes.with_texts(LIST, { "No id" })), { "", answer.KEY_ERROR, "No id" })
end)
