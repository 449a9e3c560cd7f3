-- Changes of IP routes as the words of a helper, on routes that no machine needs to have.
local xml = require "xml"
local routing = require "kalliope.lib.routing"

local ROUTES = { { id = 1, destination = "0.0.0.0/0", gateway = "10.0.0.1" },
  { id = 2, destination = "192.168.1.0/24", gateway = "10.0.0.2" } }
local INTERFACES = { { id = 0, name = "eth0", enabled = true, address = "10.0.0.9", netmask = "255.255.255.0" } }

local function element(inner) return xml.decode("<route>" .. inner .. "</route>") end

test("a route is added", function(t)
  local function add(inner) return routing.addition(element(inner), INTERFACES) end
  t.equal(add("<destination>10.9.0.0/16</destination><gateway>10.0.0.7</gateway>"), { "add", "10.9.0.0/16", "10.0.0.7", "true" })
  t.equal(add("<destination>10.9.0.0/16</destination><gateway>10.0.0.7</gateway><enabled>false</enabled>"),
    { "add", "10.9.0.0/16", "10.0.0.7", "false" })
  for inner, code in pairs({
    [""] = 12, ["<destination>10.9.0.0/16</destination>"] = 12, ["<gateway>10.0.0.7</gateway>"] = 12,
    ["<destination>10.9.0.0</destination><gateway>10.0.0.7</gateway>"] = 41,
    ["<destination>10.9.0.0/33</destination><gateway>10.0.0.7</gateway>"] = 41,
    ["<destination>-a/16</destination><gateway>10.0.0.7</gateway>"] = 41,
    ["<destination>10.9.0.0/16</destination><gateway>x</gateway>"] = 42,
    ["<destination>10.9.0.0/16</destination><gateway>10.0.1.7</gateway>"] = 43,
  }) do
    local words, refused = add(inner)
    t.equal(words, nil, inner)
    t.equal(refused, code, inner)
  end
end)

test("a route is changed by what is sent, the rest stays", function(t)
  local function change(inner) return routing.change(element(inner), ROUTES, INTERFACES) end
  for inner, expected in pairs({
    ["<ip_address>192.168.9.0</ip_address>"] = "192.168.9.0/24 10.0.0.2 true",
    ["<netmask>255.255.0.0</netmask>"] = "192.168.1.0/16 10.0.0.2 true",
    ["<ip_address>10.8.0.0</ip_address><netmask>255.255.255.240</netmask><gateway>10.0.0.3</gateway>"] = "10.8.0.0/28 10.0.0.3 true",
    ["<destination>10.7.0.0/16</destination>"] = "10.7.0.0/16 10.0.0.2 true",
    ["<gateway>10.0.0.4</gateway><enabled>false</enabled>"] = "192.168.1.0/24 10.0.0.4 false",
  }) do
    local words, code = change("<id>2</id>" .. inner)
    t.truthy(words, inner .. " " .. tostring(code))
    t.equal(table.concat(words, " "), "change 192.168.1.0/24 10.0.0.2 " .. expected)
  end
  for inner, expected in pairs({
    ["<gateway>10.0.0.4</gateway>"] = 12, ["<id>9</id><gateway>10.0.0.4</gateway>"] = 45, ["<id>2</id>"] = 12,
    ["<id>2</id><ip_address>x</ip_address>"] = 41, ["<id>2</id><netmask>255.0.255.0</netmask>"] = 41,
    ["<id>2</id><destination>x</destination>"] = 41, ["<id>2</id><gateway>x</gateway>"] = 42,
    ["<id>2</id><gateway>10.1.0.4</gateway>"] = 43,
    ["<id>1</id><enabled>false</enabled>"] = 44, ["<id>1</id><ip_address>10.0.0.0</ip_address>"] = 44,
    ["<id>1</id><netmask>255.0.0.0</netmask>"] = 44,
  }) do
    local words, code = change(inner)
    t.equal(words, nil, inner)
    t.equal(code, expected, inner)
  end
  t.equal(change("<id>1</id><gateway>10.0.0.4</gateway><enabled>true</enabled>"),
    { "change", "0.0.0.0/0", "10.0.0.1", "0.0.0.0/0", "10.0.0.4", "true" })
end)

test("a route is removed, but not the one for all that no other is for", function(t)
  t.equal(routing.removal("2", ROUTES), { "delete", "192.168.1.0/24", "10.0.0.2" })
  for id, expected in pairs({ ["1"] = 46, ["3"] = 45, ["2.0"] = 45 }) do
    local words, code = routing.removal(id, ROUTES)
    t.equal(words, nil)
    t.equal(code, expected)
  end
end)
