-- lib.reading: rows of one tenant, parts of them, and one of them.
local context = require "support.context"
local did = require "model.did"

test("parts of a list, and its whole length", function(t)
  local demo, other = context(t, "DEMO"), context(t, "OTHER")
  for i = 1, 5 do did.create(demo, { number = "39" .. i }) end
  did.create(other, { number = "39" })
  t.equal(did.count(demo), 5)
  local rows = did.rows(demo, { limit = 2, offset = 1, sort = "-number" })
  t.equal(rows:column("di_number"), { "394", "393" })
  t.equal(did.rows(demo, { limit = 1, columns = { "number" } })[1].di_comment, nil)
  t.equal(#did.rows(demo, { where = { number = { "391", "395", "39" } } }), 2)
end)

test("several that match are not one", function(t)
  local demo = context(t, "DEMO")
  did.create(demo, { number = "7", country = "39" })
  did.create(demo, { number = "7", country = "49" })
  local _, err = did.find(demo, { number = "7" })
  t.equal(err.code, "conflict")
  t.equal(did.find(demo, { number = "7", country = "49" }).di_country, "49")
  _, err = did.find(demo, "7x")
  t.equal(err.code, "not_found")
end)
