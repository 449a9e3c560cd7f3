-- How the tests of this folder ask.
local client = {}

--- A MANAGEDB request; `data` goes as jsondata of a posted form.
function client.ask(t, query, data, key)
  query.reqtype, query.key = "MANAGEDB", key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:post("/mirtapbx/proxyapi.php", { query = query, form = data and { jsondata = data } or {} })
end

--- A function that asks about an object of DEMO: call(t, action, more, data, key).
function client.calls(object)
  return function(t, action, more, data, key)
    local query = { object = object, action = action }
    for field, value in pairs(more or {}) do query[field] = value end
    return client.ask(t, query, data, key)
  end
end

--- The same for an object of no tenant, with the global key.
function client.global_calls(object)
  local call = client.calls(object)
  return function(t, action, more, data, key)
    local query = { tenant = "" }
    for field, value in pairs(more or {}) do query[field] = value end
    return call(t, action, query, data, key or t.global_key)
  end
end

--- Adds a phone; its id.
function client.extension(t, number)
  local data = [[{"ex_number":"]] .. number .. [[","ex_name":"A","ex_tech":"PJSIP"}]]
  return client.ask(t, { object = "extension", action = "add" }, data).json.ex_id
end

return client
