-- Every object in every form: plural, singular, by path and by query, the compatibility form, PUT and
-- PATCH, other names, global level, keys and methods. docs/compat/openapi.md lists these tests.
local json = require "json"
local walk = require "support.walk"

local PATH = walk.PATH

local function ask(t, key, method, path, body)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key }, json = body })
end

local function code(res) return res.json and res.json.error and res.json.error.code end

-- A column that any text may change.
local FREE = {
  calleridblacklist = "bl_reason", campaign = "ca_name", campaignnumber = "cn_description", condition = "co_name",
  conferenceroom = "cr_name", cronjob = "cr_name", customdestination = "cu_name", did = "di_comment",
  disa = "ds_name", extension = "ex_name", featurecode = "fe_comment", flow = "fl_comment", huntlist = "hu_name",
  ivr = "iv_name", mediafile = "me_description", musiconhold = "mu_name", paginggroup = "pa_name",
  phonebook = "pb_name", phonebookentry = "NOTES", provider = "pr_callerid", provisioningphone = "ph_description",
  queue = "qu_name", routingprofile = "rp_description", setting = "se_value", shortnumber = "sn_comment",
  tenant = "te_billingcode", tenantvariable = "tv_comment", user = "us_description", userprofile = "up_description",
  voicemail = "fullname",
}

local function value_of(name, object)
  if name == "phonebookentry" then return object.values.NOTES end
  return object[FREE[name]]
end

local function walk_forms(name)
  local model = walk.model(name)
  local query = walk.scope(name)
  local function key(t) return model.tenant and t.key or t.global_key end

  test(name .. ": list", function(t)
    local made = walk.create(t, name)
    local paths = { "/" .. model.plural .. "?" .. query, "/" .. model.plural .. "/?" .. query,
      "?object=" .. name .. "&" .. query, "?object=" .. name .. "&action=list&" .. query,
      "?object=" .. model.plural:upper() .. "&action=LIST&" .. query }
    for _, path in ipairs(paths) do
      local res = ask(t, key(t), "get", path)
      t.equal(res.status, 200, path .. " " .. res.body:sub(1, 200))
      t.truthy(json.is_array(res.json), path)
      local found
      for _, row in ipairs(res.json) do
        t.equal(type(row.id), "number", path)
        if row.id == made.id then found = row end
      end
      t.truthy(found, path .. " lists it")
      if name ~= "extension" then
        t.equal(found[model.id], tostring(made.id), "columns are texts")
        t.equal(found.related, nil)
      end
      if model.label then t.equal(found.name, made.name) end
    end
    t.equal(ask(t, key(t), "get", "/" .. name .. "?" .. query).json.error.code, "missing_identifier")
  end)

  test(name .. ": get", function(t)
    local id = walk.create(t, name).id
    for _, path in ipairs({ "/%s/%d?%s", "/%s/%d/?%s" }) do
      for _, word in ipairs({ name, model.plural, name:upper() }) do
        local res = ask(t, key(t), "get", path:format(word, id, query))
        t.equal(res.status, 200, word .. res.body:sub(1, 200))
        t.equal(res.json.id, id)
        t.equal(res.json.object, name)
        t.truthy(res.json.related, "related")
      end
    end
    for _, path in ipairs({ "/" .. name .. "?id=", "/" .. name .. "?objectid=", "/" .. model.plural .. "?id=",
      "?object=" .. name .. "&action=info&id=", "?object=" .. name .. "&action=get&objectid=", "?object=" .. name .. "&id=" }) do
      local res = ask(t, key(t), "get", path .. id .. "&" .. query)
      t.equal(res.status, 200, path .. res.body:sub(1, 200))
      t.equal(res.json.id, id, path)
    end
    local missing = ask(t, key(t), "get", "/" .. model.plural .. "/99999999?" .. query)
    t.equal(missing.status, 404)
    t.equal(code(missing), name == "extension" and "extension_not_found" or "object_not_found")
    for _, bad in ipairs({ "0", "-1", "1.5", "abc", "1%20OR%201=1", "99999999999999999999" }) do
      local res = ask(t, key(t), "get", "/" .. model.plural .. "/" .. bad .. "?" .. query)
      t.equal(res.status, 400, bad)
      t.equal(code(res), "invalid_identifier", bad)
    end
  end)

  test(name .. ": create", function(t)
    for _, path in ipairs({ "/" .. model.plural .. "?", "/" .. name .. "?", "?object=" .. name .. "&action=create&",
      "?object=" .. name .. "&action=add&", "?object=" .. model.plural .. "&" }) do
      local res = ask(t, key(t), "post", path .. query, walk.body(t, name))
      t.equal(res.status, 201, path .. res.body:sub(1, 200))
      t.equal(res.json.object, name)
      local again = ask(t, key(t), "get", "/" .. model.plural .. "/" .. res.json.id .. "?" .. query)
      t.equal(again.json, res.json, "create answers the get object")
      t.matches(res.headers.location, "/" .. model.plural .. "/" .. res.json.id .. "$")
    end
    if #model.required > 0 then
      local res = ask(t, key(t), "post", "/" .. model.plural .. "?" .. query, json.object({}))
      t.equal(res.status, 400)
      t.equal(code(res), "missing_required_field")
      t.truthy(res.json.error.field, "names it")
    end
    for _, path in ipairs({ "?object=" .. name .. "&action=create&", "?object=" .. name .. "&action=add&" }) do
      local res = ask(t, key(t), "get", path .. query)
      t.equal(res.status, 405, "nothing is made on GET")
      t.equal(res.headers.allow, "POST, OPTIONS")
    end
  end)

  test(name .. ": modify", function(t)
    local id = walk.create(t, name).id
    local count = 0
    for _, method in ipairs({ "patch", "put" }) do
      for _, path in ipairs({ "/" .. model.plural .. "/" .. id .. "?", "/" .. name .. "/" .. id .. "?",
        "/" .. name .. "?id=" .. id .. "&", "/" .. model.plural .. "?objectid=" .. id .. "&",
        "?object=" .. name .. "&action=modify&id=" .. id .. "&", "?object=" .. name .. "&action=update&objectid=" .. id .. "&",
        "?object=" .. name .. "&id=" .. id .. "&" }) do
        count = count + 1
        local res = ask(t, key(t), method, path .. query, { [FREE[name]] = "value " .. count })
        t.equal(res.status, 200, method .. path .. res.body:sub(1, 200))
        t.equal(res.json.id, id)
        t.equal(value_of(name, res.json), "value " .. count, method .. path)
      end
    end
    local res = ask(t, key(t), "post", "?object=" .. name .. "&action=modify&id=" .. id .. "&" .. query, { [FREE[name]] = "posted" })
    t.equal(value_of(name, res.json), "posted", res.body:sub(1, 200))
    res = ask(t, key(t), "patch", "/" .. model.plural .. "/" .. id .. "?" .. query, json.object({}))
    t.equal(res.status, 200, "an empty body changes nothing")
    t.equal(value_of(name, res.json), "posted")
    for _, action in ipairs({ "modify", "update" }) do
      res = ask(t, key(t), "get", "?object=" .. name .. "&action=" .. action .. "&id=" .. id .. "&" .. query)
      t.equal(res.status, 405, "nothing changes on GET")
    end
    res = ask(t, key(t), "patch", "/" .. name .. "?" .. query, json.object({}))
    t.equal(code(res), "missing_identifier")
    res = ask(t, key(t), "patch", "/" .. model.plural .. "?" .. query, json.object({}))
    t.equal(code(res), "method_not_allowed")
    t.equal(ask(t, key(t), "patch", "/" .. model.plural .. "/99999999?" .. query, json.object({})).status, 404)
  end)

  test(name .. ": what get shows may be sent back", function(t)
    local id = walk.create(t, name).id
    local path = "/" .. model.plural .. "/" .. id .. "?" .. query
    for _, by in ipairs({ key(t), t.global_key }) do
      local before = ask(t, by, "get", path)
      local rows = #t.sql("SELECT 1 FROM ul_useractivitylogs")
      local res = ask(t, by, "put", path, before.json)
      t.equal(res.status, 200, res.body:sub(1, 300))
      t.equal(res.json, before.json, "unchanged")
      t.equal(#t.sql("SELECT 1 FROM ul_useractivitylogs"), rows, "nothing to log")
    end
  end)

  test(name .. ": delete", function(t)
    for _, path in ipairs({ "/" .. model.plural .. "/%d?", "/" .. name .. "/%d?", "/" .. name .. "?id=%d&",
      "?object=" .. name .. "&action=delete&objectid=%d&", "?object=" .. name .. "&action=delete&id=%d&",
      "?object=" .. name .. "&id=%d&" }) do
      local made = walk.create(t, name)
      local res = ask(t, key(t), "get", "?object=" .. name .. "&action=delete&id=" .. made.id .. "&" .. query)
      t.equal(res.status, 405, "nothing goes on GET")
      res = ask(t, key(t), "delete", path:format(made.id) .. query)
      t.equal(res.status, 200, path .. res.body:sub(1, 200))
      if name == "extension" then
        t.equal(res.json, { deleted = true, id = made.id, number = made.number })
      else
        t.equal(res.json, { deleted = true, id = made.id, object = name })
      end
      t.equal(ask(t, key(t), "get", "/" .. model.plural .. "/" .. made.id .. "?" .. query).status, 404, "gone")
      t.equal(ask(t, key(t), "delete", "/" .. model.plural .. "/" .. made.id .. "?" .. query).status, 404, "twice")
    end
    t.equal(code(ask(t, key(t), "delete", "/" .. name .. "?" .. query)), "missing_identifier")
    t.equal(code(ask(t, key(t), "delete", "/" .. model.plural .. "?" .. query)), "method_not_allowed")
  end)

  test(name .. ": other names of the path", function(t)
    local id = walk.create(t, name).id
    for _, alias in ipairs(model.paths or {}) do
      local res = ask(t, key(t), "get", "/" .. alias .. "/" .. id .. "?" .. query)
      t.equal(res.status, 200, alias)
      t.equal(res.json.object, name)
      t.equal(ask(t, key(t), "get", "/" .. alias .. "?id=" .. id .. "&" .. query).json.id, id, alias)
      t.equal(ask(t, key(t), "patch", "/" .. alias .. "/" .. id .. "?" .. query, { [FREE[name]] = alias }).status, 200, alias)
      res = ask(t, key(t), "get", "?object=" .. alias .. "&action=list&" .. query)
      t.equal(res.status, 200, alias)
    end
  end)

  test(name .. ": keys, tenants and the global level", function(t)
    local made = walk.create(t, name)
    local one = "/" .. model.plural .. "/" .. made.id
    local all = "/" .. model.plural
    if not model.tenant then
      for _, tenant_key in ipairs({ t.key, t.read_key, t.other_key }) do
        local tenant = tenant_key == t.other_key and "OTHER" or "DEMO"
        for _, method in ipairs({ "get", "patch", "delete" }) do
          local res = ask(t, tenant_key, method, one .. "?tenant=" .. tenant, method ~= "get" and json.object({}) or nil)
          t.equal(res.status, 403, method)
          t.truthy(code(res) == "admin_required" or code(res) == "read_only_api_key", code(res))
        end
        t.equal(code(ask(t, tenant_key, "get", all .. "?tenant=" .. tenant)), "admin_required")
      end
      t.equal(ask(t, t.global_read_key, "get", one).status, 200)
      t.equal(code(ask(t, t.global_read_key, "patch", one, json.object({}))), "read_only_api_key")
      return
    end
    -- a stranger, with its own tenant and with this one
    for _, method in ipairs({ "get", "patch", "put", "delete" }) do
      local body = method ~= "get" and { [FREE[name]] = "x" } or nil
      local res = ask(t, t.other_key, method, one .. "?tenant=OTHER", body)
      t.equal(res.status, 404, method .. " of another tenant's")
      t.equal(res.json.error.message, model.title .. " not found.")
      res = ask(t, t.other_key, method, one .. "?tenant=DEMO", body)
      t.equal(res.status, 401)
      t.equal(code(res), "invalid_api_key")
    end
    for _, row in ipairs(ask(t, t.other_key, "get", all .. "?tenant=OTHER").json) do t.not_equal(row.id, made.id) end
    t.equal(ask(t, t.read_key, "get", one .. "?tenant=DEMO").status, 200)
    for _, method in ipairs({ "patch", "put", "delete" }) do
      t.equal(code(ask(t, t.read_key, method, one .. "?tenant=DEMO", json.object({}))), "read_only_api_key")
    end
    t.equal(code(ask(t, t.read_key, "post", all .. "?tenant=DEMO", json.object({}))), "read_only_api_key")
    t.equal(code(ask(t, t.key, "get", all)), "invalid_api_key", "a tenant's key needs the tenant")
    -- the administrator: by code, by name, of all tenants
    t.equal(ask(t, t.global_key, "get", one .. "?tenant=DEMO").status, 200)
    t.equal(ask(t, t.global_key, "get", one .. "?tenant=Demo%20tenant").status, 200)
    t.equal(ask(t, t.global_key, "get", one .. "?tenant=OTHER").status, 404)
    t.equal(ask(t, t.global_key, "get", one).status, 200, "of all tenants")
    t.equal(ask(t, t.global_read_key, "get", one).status, 200)
    local theirs = walk.create(t, name, nil, "OTHER").id
    local seen = {}
    for _, row in ipairs(ask(t, t.global_key, "get", all).json) do seen[row.id] = true end
    t.truthy(seen[made.id] and seen[theirs], "a list of all tenants")
    local res = ask(t, t.global_key, "post", all, walk.body(t, name))
    t.equal(res.status, 400)
    t.equal(code(res), "tenant_required")
    t.equal(code(ask(t, t.global_key, "get", all .. "?tenant=NOPE")), "tenant_not_found")
    t.equal(code(ask(t, t.global_key, "get", all .. "?tenant=%25")), "single_tenant_required")
    -- the global level
    t.equal(code(ask(t, t.key, "get", all .. "?tenant=DEMO&global=yes")), "admin_required")
    if model.scope ~= "tenant+global" then
      res = ask(t, t.global_key, "post", all .. "?global=yes", walk.body(t, name))
      t.equal(res.status, 400, "no global level")
      t.contains(res.json.error.message, "has no global level")
      return
    end
    for _, flag in ipairs({ "yes", "1", "true", "on" }) do
      res = ask(t, t.global_key, "post", all .. "?global=" .. flag, walk.body(t, name))
      t.equal(res.status, 201, flag .. res.body:sub(1, 200))
      t.equal(res.json[model.tenant], "0")
      local path = all .. "/" .. res.json.id
      t.equal(ask(t, t.global_key, "get", path .. "?global=" .. flag).status, 200)
      t.equal(ask(t, t.key, "get", path .. "?tenant=DEMO").status, 404, "not a tenant's")
      t.equal(ask(t, t.global_key, "patch", path .. "?global=yes", { [FREE[name]] = "g" }).status, 200)
      t.equal(ask(t, t.key, "delete", path .. "?tenant=DEMO").status, 404)
      for _, row in ipairs(ask(t, t.global_key, "get", all .. "?global=yes").json) do
        if name ~= "extension" then t.equal(row[model.tenant], "0") end
      end
      t.equal(ask(t, t.global_key, "delete", path .. "?global=" .. flag).status, 200)
    end
    t.equal(ask(t, t.global_key, "get", all .. "?global=no").status, 200)
    t.equal(ask(t, t.global_key, "get", all .. "?global=maybe").json.error.field, "global")
  end)

  test(name .. ": methods it does not take", function(t)
    local id = walk.create(t, name).id
    local function allow(res) return res.headers.allow end
    local res = ask(t, key(t), "post", "/" .. model.plural .. "/" .. id .. "?" .. query, json.object({}))
    t.equal(res.status, 405)
    t.equal(code(res), "method_not_allowed")
    t.equal(res.json.error.message, "Supported methods are GET, POST, PUT, PATCH and DELETE.")
    t.equal(allow(res), "GET, PUT, PATCH, DELETE, OPTIONS")
    res = ask(t, key(t), "post", "/" .. name .. "?id=" .. id .. "&" .. query, json.object({}))
    t.equal(res.status, 405)
    t.equal(allow(res), "GET, PUT, PATCH, DELETE, OPTIONS")
    res = ask(t, key(t), "patch", "?object=" .. name .. "&action=list&" .. query, json.object({}))
    t.equal(res.status, 405)
    t.equal(allow(res), "GET, POST, OPTIONS")
    res = ask(t, key(t), "put", "?object=" .. name .. "&action=delete&id=" .. id .. "&" .. query, json.object({}))
    t.equal(allow(res), "DELETE, POST, OPTIONS")
    t.equal(code(ask(t, key(t), "get", "?object=" .. name .. "&action=explode&" .. query)), "not_found")
    t.equal(ask(t, key(t), "options", "/" .. model.plural).status, 204)
    t.equal(ask(t, key(t), "head", "/" .. model.plural .. "/" .. id .. "?" .. query).status, 200)
    t.equal(ask(t, key(t), "get", "/" .. model.plural .. "/" .. id .. "/more?" .. query).status, 404)
  end)

  test(name .. ": parts of a list, order and columns", function(t)
    for _ = 1, 3 do walk.create(t, name) end
    local all = "/" .. model.plural .. "?" .. query
    local whole = ask(t, key(t), "get", all)
    local total = #whole.json
    t.equal(whole.headers["x-total-count"], nil, "nobody asked")
    local res = ask(t, key(t), "get", all .. "&limit=2&offset=1")
    t.equal(res.headers["x-total-count"], tostring(total))
    t.equal(#res.json, math.min(2, total - 1))
    t.equal(res.json[1].id, whole.json[2].id)
    res = ask(t, key(t), "get", all .. "&limit=1&sort=-id")
    t.equal(res.json[1].id, whole.json[total].id)
    t.equal(#ask(t, key(t), "get", all .. "&offset=100000").json, 0)
    res = ask(t, key(t), "get", all .. "&fields=id," .. (model.label or model.id) .. "&limit=1")
    local names = {}
    for column in pairs(res.json[1]) do names[column] = true end
    names.id, names.name, names[model.label or model.id], names[model.id] = nil, nil, nil, nil
    t.equal(next(names), nil, "only these columns")
    for _, bad in ipairs({ "limit=0", "limit=x", "limit=100001", "offset=-1", "sort=nope", "sort=id;DROP" }) do
      res = ask(t, key(t), "get", all .. "&" .. bad)
      t.equal(res.status, 400, bad)
      t.equal(res.json.error.field, bad:match("^%a+"), bad)
    end
    for _, secret in ipairs(model.secrets or {}) do
      res = ask(t, key(t), "get", all .. "&sort=" .. secret)
      t.equal(res.json.error.field, "sort", "no order by a secret")
    end
  end)

  test(name .. ": many at once and only to try", function(t)
    local all = "/" .. model.plural .. "?" .. query
    local function rows() return #t.sql("SELECT 1 FROM " .. model.table) end
    local function logs() return #t.sql("SELECT 1 FROM lg_processlogs") + #t.sql("SELECT 1 FROM ul_useractivitylogs") end
    local first, second, bad = walk.body(t, name), walk.body(t, name), walk.body(t, name)
    bad[FREE[name]] = json.object({ x = 1 })
    local count, lines = rows(), logs()
    local res = ask(t, key(t), "post", all, { first, second, bad })
    t.equal(res.status, 400, res.body:sub(1, 200))
    t.equal(res.json.error.index, 2)
    t.matches(res.json.error.message, "^item 2: ")
    t.equal(rows(), count, "none of them")
    res = ask(t, key(t), "post", all .. "&dry_run=1", first)
    t.equal(res.status, 200, res.body:sub(1, 200))
    t.equal(res.json.dry_run, true)
    res = ask(t, key(t), "post", all .. "&dry_run=1", { first, second })
    t.equal(res.status, 200, res.body:sub(1, 200))
    t.equal(#res.json, 2)
    t.equal(rows(), count, "only tried")
    t.equal(logs(), lines, "and not logged")
    res = ask(t, key(t), "post", all, { first, second })
    t.equal(res.status, 201, res.body:sub(1, 200))
    t.equal(#res.json, 2)
    t.equal(rows(), count + 2)
    local one = "/" .. model.plural .. "/" .. res.json[1].id .. "?" .. query
    local before = ask(t, key(t), "get", one)
    lines = logs()
    t.equal(ask(t, key(t), "patch", one .. "&dry_run=1", { [FREE[name]] = "tried" }).json.dry_run, true)
    t.equal(ask(t, key(t), "delete", one .. "&dry_run=1").status, 200)
    t.equal(ask(t, key(t), "get", one).body, before.body, "as it was")
    t.equal(logs(), lines)
    t.equal(code(ask(t, key(t), "post", all, json.array({}))), "invalid_json")
    t.equal(code(ask(t, key(t), "post", all, json.array({ 1 }))), "invalid_json")
  end)

  test(name .. ": every change is in both logs", function(t)
    local function last(object_id)
      return t.sql("SELECT * FROM ul_useractivitylogs WHERE ul_object = ? AND ul_object_id = ? ORDER BY ul_id DESC",
        { name, tostring(object_id) })[1], t.sql("SELECT * FROM lg_processlogs WHERE lg_object = ? "
        .. "AND lg_object_id = ? ORDER BY lg_id DESC", { name, tostring(object_id) })[1]
    end
    local id = walk.create(t, name).id
    local path = "/" .. model.plural .. "/" .. id .. "?" .. query
    local tenant = model.tenant and t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id or 0
    for _, step in ipairs({ { "create" }, { "update", "patch", { [FREE[name]] = "logged" } }, { "delete", "delete" } }) do
      if step[2] then t.equal(ask(t, key(t), step[2], path, step[3]).status, 200, step[1]) end
      local activity, process = last(id)
      t.equal(activity.ul_action, step[1])
      t.equal(activity.ul_user, "OpenAPI")
      t.equal(activity.ul_te_id, tenant)
      t.truthy(activity.ul_key_id and activity.ul_peer, "who")
      t.equal(process.lg_action, step[1])
      t.equal(process.lg_source, "OpenAPI")
      t.equal(process.lg_request, activity.ul_request)
    end
  end)
end

for _, name in ipairs(walk.NAMES) do walk_forms(name) end
