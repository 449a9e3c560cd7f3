-- lib.page: what a list may be asked for.
local page = require "lib.page"

test("fields become columns, a limit makes a part", function(t)
  t.equal(page.options({ fields = "id, name,,x" }).columns, { "id", "name", "x" })
  t.equal(page.partial(page.options({ limit = 5 })), true)
  t.equal(page.partial(page.options({ sort = "id" })), false)
end)
