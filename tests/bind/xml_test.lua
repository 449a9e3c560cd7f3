-- Module `xml`.
local json = require "json"
local xml = require "xml"

local BARE = { declaration = false }

test("elements, text, attributes", function(t)
  t.equal(xml.encode({ "a", { { "b", 1 }, { "c", "x<&>y" }, { "d" }, { "e", json.null } } }, BARE),
    "<a><b>1</b><c>x&lt;&amp;&gt;y</c><d/><e/></a>")
  t.contains(xml.encode({ "a", "t", attributes = { z = '"', b = 2 } }, BARE), '<a b="2" z="&quot;">t</a>')
  t.equal(xml.encode({ "a" }), '<?xml version="1.0" encoding="UTF-8"?>\n<a/>')
end)

test("characters XML cannot hold do not get out", function(t)
  t.equal(xml.encode({ "a", "x\1\0y\255" }, BARE), "<a>xy\239\191\189</a>")
end)

test("what is no element raises", function(t)
  for _, element in ipairs { { "1a" }, { "a b" }, { "" }, { "a><b" }, { "a", function() end }, { "a", { "text" } } } do
    t.falsy(pcall(xml.encode, element, BARE))
  end
  local cycle = { "a" }
  cycle[2] = { cycle }
  t.falsy(pcall(xml.encode, cycle))
end)

test("decode gives names, texts, attributes and children", function(t)
  local root = xml.decode('<?xml version="1.0"?><r id="7"> <a>1</a><b x="&amp;">t&#233;</b><a>2</a></r>')
  t.equal(root.name, "r")
  t.equal(root.attributes.id, "7")
  t.equal(#root, 3)
  t.equal(root[3].text, "2")
  t.equal(xml.value(root, "b"), "t\195\169")
  t.equal(xml.child(root, "b").attributes.x, "&")
  t.equal(xml.child(root, "none"), nil)
  t.equal(xml.value(root, "none"), nil)
end)

test("entities, DTDs and broken documents are invalid", function(t)
  for _, text in ipairs {
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nbsp;</a>", "<a>\255</a>",
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ("<a>"):rep(65) .. ("</a>"):rep(65),
  } do
    local root, err = xml.decode(text)
    t.equal(root, nil, text)
    t.equal(err.code, "invalid", text)
  end
  t.truthy(xml.decode(("<a>"):rep(64) .. ("</a>"):rep(64)))
end)

test("what was written is read back", function(t)
  local text = xml.encode({ "r", { { "t", " a\n<b>&\"' " } } })
  t.contains(xml.value(xml.decode(text), "t"), "a\n<b>&\"'")
end)
