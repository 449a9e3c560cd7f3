-- How MANAGEDB is asked in tests, and what every object of it does.
local json = require "json"

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

local function life(t, call, it)
  t.equal(call(t, "get", { objectid = "99999" }).body, "")
  local res = call(t, "add", nil, json.encode(it.fields))
  t.equal(res.headers["content-type"], "application/json")
  t.truthy(res.json, res.body)
  local id = res.json[it.id]
  t.truthy(id, res.body)
  local got = call(t, "GET", { objectid = id }).json
  local listed = call(t, "list").json[id]
  t.truthy(listed)
  for _, column in ipairs(it.shown) do
    t.equal({ got[column], listed[column] }, { it.fields[column], it.fields[column] }, column)
  end
  res = call(t, "update", { objectid = id }, json.encode(it.change))
  for column, value in pairs(it.change) do t.equal(res.json[column], tostring(value), res.body) end
  res = call(t, "DELETE", { objectid = id })
  t.equal(res.json, { Response = "Success", Message = "OK", objectid = id })
  t.equal(call(t, "get", { objectid = id }).body, "")
end

local function guard(t, call, it)
  local id = call(t, "add", nil, json.encode(it.fields)).json[it.id]
  local foreign = { objectid = id, tenant = "OTHER" }
  t.equal(call(t, "get", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "update", foreign, json.encode(it.change), t.other_key).body, "")
  t.equal(call(t, "delete", foreign, nil, t.other_key).body, "")
  t.equal(call(t, "list", { tenant = "OTHER" }, nil, t.other_key).body, "{}")
  t.matches(call(t, "delete", { objectid = id }, nil, t.read_key).body, "^Too bad")
  t.truthy(call(t, "get", { objectid = id }).json)
end

local function global_guard(t, call, it)
  t.matches(client.ask(t, { object = it.object, action = "list" }).body, "^Too bad")
  t.matches(client.ask(t, { object = it.object, action = "list", tenant = "" }, nil, "x").body, "^Too bad")
  t.matches(call(t, "add", nil, "{}", t.global_read_key).body, "^Too bad")
end

--- An object as its tests need it: `call`, made by calls() or global_calls(), and two tests: `life` (add, get, list,
--- update, delete) and `guard` (bad data, foreign and read-only keys). Of it: {object, id = its column, fields of a new
--- one, the columns `shown` by get and list, fields to `change`, global = true where no tenant owns it}.
function client.object(it)
  local call = (it.global and client.global_calls or client.calls)(it.object)
  local guarded = it.global and global_guard or guard
  return {
    call = call,
    life = function(t) life(t, call, it) end,
    guard = function(t)
      t.equal(call(t, "add", nil, "{broken").json, { Response = "Error", Message = "Invalid jsondata" })
      guarded(t, call, it)
    end,
  }
end

--- A function that asks about one row of an object: (action, data, key, tenant).
function client.about(t, object, id)
  return function(action, data, key, tenant)
    return client.ask(t, { object = object, action = action, objectid = id, format = "json", tenant = tenant }, data, key)
  end
end

--- A routing profile and a provider, which a route lies between; their ids.
function client.route_ends(t)
  local ask, key = client.ask, t.global_key
  local profile = ask(t, { object = "routingprofile", action = "add", tenant = "" }, [[{"rp_name":"A"}]], key).json
  local provider = ask(t, { object = "provider", action = "add", tenant = "" }, [[{"pr_name":"Carrier A"}]], key).json
  return profile.rp_id, provider.pr_id
end

--- Holds the routes that an object lists, a routing profile or a provider, against a new one, whose `column` names it.
function client.lists_routes(t, call, column)
  local route = { dl_name = "Free", dl_regex = "^800.*" }
  route.dl_rp_id, route.dl_pr_id = client.route_ends(t)
  local id = route[column]
  t.equal(call(t, "listroutes", { objectid = id }).body, "{}")
  local made = client.ask(t, { object = "route", action = "add", tenant = "" }, json.encode(route), t.global_key).json
  local row = call(t, "listroutes", { objectid = id }).json[made.dl_id]
  t.equal({ row.dl_name, row.dl_regex }, { "Free", "^800.*" })
  t.matches(call(t, "listroutes", { objectid = id, format = "xml" }).body, "<dl_name>Free</dl_name>")
end

--- Adds a phone; its id.
function client.extension(t, number)
  local data = [[{"ex_number":"]] .. number .. [[","ex_name":"A","ex_tech":"PJSIP"}]]
  return client.ask(t, { object = "extension", action = "add" }, data).json.ex_id
end

return client
