-- Files in parts; /files's tests send them.
local upload = require "model.upload"

test("bounds are said before anything is kept", function(t)
  local ctx = { tenant = { code = "DEMO" } }
  for _, part in ipairs({ { size = upload.MOST_BYTES + 1 }, { number = 0 }, { total = 501, number = 501 }, { name = "x" } }) do
    local ok, err = upload.put(ctx, { id = "a", name = part.name or "a.wav", number = part.number or 1, total = part.total or 1,
      size = part.size or 1, bytes = "x" })
    t.equal(ok, nil)
    t.equal(err.code, "invalid")
  end
end)
