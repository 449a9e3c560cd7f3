-- Parts of files; /files's and /sound-files's tests send them.
local resumable = require "mikopbx.lib.resumable"

test("the upload that a path names", function(t)
  t.equal(resumable.id_of("uploads/a b"), "a b")
  t.equal(resumable.id_of("/etc/passwd"), nil)
  local it, err = resumable.take({ params = {} })
  t.equal(it, nil)
  t.equal(err.code, "invalid")
end)
