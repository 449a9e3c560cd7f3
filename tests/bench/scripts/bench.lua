-- Routes of `make bench` only: what the ceiling program answers, written as an endpoint.
local store = require "store"

local bench = route {
  family = "bench",
  summary = "What the benchmark compares with C and with nginx.",
  actions = {
    one = { verb = "GET /bench/extension/{number}", access = "read", summary = "One row of every column.",
      params = { number = { type = "extension", summary = "Which." } } },
    list = { verb = "GET /bench/extensions", access = "read", summary = "Every extension, four columns." },
    runaway = { verb = "GET /bench/runaway", access = "public", tenant = "none",
      summary = "Never ends by itself." },
  },
}

function bench.one(req)
  return store.query("SELECT * FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?",
    { req.tenant.id, req.params.number })
end

function bench.list(req)
  return store.query("SELECT ex_id AS id, ex_number AS number, ex_name AS name, ex_tech AS tech "
    .. "FROM ex_extensions WHERE ex_te_id = ?", { req.tenant.id })
end

function bench.runaway()
  while true do end
end

return bench
