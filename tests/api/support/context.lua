-- Who asks, for a model that is called without a request.

--- The context of a key of a tenant, DEMO unless another is named, with the fields `more`.
return function(t, code, more)
  local row = t.sql("SELECT te_id, te_code, te_name FROM te_tenants WHERE te_code = ?", { code or "DEMO" })[1]
  local ctx = { tenant = { id = row.te_id, code = row.te_code, name = row.te_name }, actor = "Test",
    key = { id = 1, global = false, read_only = false } }
  for name, value in pairs(more or {}) do ctx[name] = value end
  return ctx
end
