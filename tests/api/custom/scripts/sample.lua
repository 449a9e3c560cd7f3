-- For custom_test.lua: one route of each kind.
local reply = require "lib.reply"

local sample = route {
  family = "sample",
  summary = "What the dialect of own routes does.",
  actions = {
    open = { verb = "GET /sample/open", access = "public", tenant = "none" },
    read = {
      verb = "GET /sample/{id}", access = "read",
      params = { id = { type = "integer", required = true, min = 1 }, word = { enum = { "a", "b" }, default = "a" } },
    },
    write = {
      verb = "POST /sample", access = "write",
      params = { count = { type = "integer", required = true, max = 5 }, secret = { secret = true } },
    },
    admin = { verb = "PUT /sample", access = "admin", tenant = "optional" },
    fail = {
      verb = "GET /sample/fail/{code}", access = "public", tenant = "none",
      statuses = { ["401"] = "As asked.", ["403"] = "As asked." },
    },
    nothing = { verb = "DELETE /sample", access = "write" },
    note = { verb = "POST /sample/note", access = "public", tenant = "none", body = { text = { required = true, max = 200000 } } },
    letter = {
      verb = "POST /sample/letter", access = "public", tenant = "none", max_body = 100000, body = { text = { required = true, max = 200000 } },
    },
    own = {
      verb = "GET /sample/own", access = "public", tenant = "none", media = { "text/plain" }, statuses = { ["203"] = "Words." },
    },
  },
}

function sample.open() return { open = true } end

function sample.read(req)
  return { id = req.params.id, word = req.params.word, tenant = req.tenant.code, read_only = req.key.read_only }
end

function sample.write(req) return { count = req.params.count, more = req.params.count + 1 } end

function sample.admin(req) return { tenant = req.tenant and req.tenant.code or false } end

function sample.fail(req)
  if req.args.code == "raise" then error("a secret of the code") end
  return nil, { code = req.args.code, message = "as asked", field = "code" }
end

function sample.nothing() return nil end

function sample.note(req) return { length = #req.params.text } end

sample.letter = sample.note

function sample.own()
  return reply.body("own words", { status = 203, type = "text/plain", headers = { ["X-Own"] = "yes" } })
end

return sample
