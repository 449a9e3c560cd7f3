-- How openapi.php is asked in tests.
local openapi = { path = "/mirtapbx/openapi.php" }

--- One request below the dialect's address with a key, DEMO's unless given.
function openapi.call(t, method, path, json, key)
  return t.http[method](t.http, openapi.path .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

--- The same with the global key unless another is given.
function openapi.global_call(t, method, path, json, key)
  return openapi.call(t, method, path, json, key or t.global_key)
end

--- A request of the global key about DEMO, unless `query` says otherwise.
function openapi.administer(t, method, path, json, query)
  return t.http[method](t.http, openapi.path .. path, { headers = { ["X-API-Key"] = t.global_key }, json = json,
    query = query or { tenant = "DEMO" } })
end

--- A column of a list, in its order, as words.
function openapi.column(t, path, column)
  local res = openapi.call(t, "get", path)
  t.equal(res.status, 200, path .. res.body)
  local list = {}
  for i, row in ipairs(res.json) do list[i] = row[column] end
  return table.concat(list, " ")
end

--- The id of a new extension of DEMO.
function openapi.extension(t, number)
  local res = openapi.call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

return openapi
