-- kalliope.lib.contact: contacts as entries of a phonebook.
local contact = require "kalliope.lib.contact"
local xml = require "xml"

test("a contact's tags, and its element", function(t)
  local values = contact.given(xml.decode("<contact><first_name>Ada</first_name><phone>1</phone></contact>"))
  t.equal(values, { first_name = "Ada", phone = "1" })
  contact.fold(values, { id = 3, owner = 9 })
  local text = xml.encode(contact.element(values))
  t.contains(text, "<id>3</id><first_name>Ada</first_name>")
  t.contains(text, "<type>private</type><phone>1</phone>")
end)
