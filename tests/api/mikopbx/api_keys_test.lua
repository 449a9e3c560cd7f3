-- /api-keys: bearer keys with permissions.
local client = require "support.mikopbx"
local bearer, BASE = client.bearer, client.BASE

local function create(t, fields, key)
  return t.http:post(BASE .. "/api-keys", { headers = bearer(t, key), json = fields })
end

local SECRET = ("k"):rep(64)

test("created, listed, used within its permissions, deleted", function(t)
  local res = create(t, { description = "CRM", key = SECRET,
    allowed_paths = { ["/api/v3/cdr"] = "read", ["/api/v3/employees"] = "write" } })
  t.equal(res.status, 201, res.body)
  local it = res.json.data
  t.equal(it.key_display, "kkkkk...kkkkk")
  t.equal(it.allowed_paths_count, 2)
  t.equal(it.full_permissions, false)
  t.equal(res.body:find(SECRET, 1, true), nil)
  local function status(method, path)
    return t.http[method](t.http, BASE .. path, { headers = bearer(t, SECRET), json = {} }).status
  end
  t.equal(status("get", "/cdr"), 200)
  t.equal(status("get", "/employees"), 200)
  t.equal(status("get", "/sip"), 403)
  t.equal(status("post", "/employees"), 400)
  t.equal(status("post", "/api-keys"), 403)
  local list = t.http:get(BASE .. "/api-keys", { headers = bearer(t) }).json.data
  t.equal(list[1].description, "CRM")
  t.equal(list[1].represent, '<i class="key icon"></i> CRM')
  local path = BASE .. "/api-keys/" .. it.id
  t.equal(t.http:get(path, { headers = bearer(t, t.other_key) }).status, 422)
  t.equal(t.http:patch(path, { headers = bearer(t), json = { description = "CRM",
    allowed_paths = { ["/api/v3/cdr"] = "read" } } }).status, 200)
  t.equal(status("get", "/employees"), 403)
  t.equal(t.http:put(path, { headers = bearer(t), json = { description = "CRM 2",
    allowed_paths = { ["/api/v3/cdr"] = "read" } } }).status, 200)
  local one = t.http:get(path, { headers = bearer(t) }).json.data
  t.equal({ one.description, one.key_display, one.allowed_paths_count }, { "CRM 2", "kkkkk...kkkkk", 1 })
  t.equal(t.http:delete(path, { headers = bearer(t) }).status, 200)
  t.equal(status("get", "/cdr"), 401)
  t.equal(t.http:delete(path, { headers = bearer(t) }).status, 404)
end)

test("what is wrong is refused", function(t)
  t.equal(create(t, {}).json.messages.error, { description = "Description is required" })
  t.equal(create(t, { description = "x", key = "short" }).status, 422)
  t.equal(create(t, { description = "x", allowed_paths = { ["/etc"] = "read" } }).status, 422)
  t.equal(create(t, { description = "x",
    allowed_paths = { ["/api/v3/cdr"] = "everything" } }).status, 422)
  t.equal(create(t, { description = "x" }, t.read_key).status, 403)
end)

test("a key that may not come from here", function(t)
  t.sql("INSERT INTO mk_networkfilters (mn_id, mn_permit, mn_deny) VALUES (7, '[]', ?)",
    { '["127.0.0.0/8"]' })
  local other = ("n"):rep(64)
  t.equal(create(t, { description = "far", key = other, networkfilterid = "7",
    full_permissions = true }).status, 201)
  t.equal(t.http:get(BASE .. "/cdr", { headers = bearer(t, other) }).status, 401)
end)

test("a generated key and the template", function(t)
  local res = t.http:post(BASE .. "/api-keys:generateKey", { headers = bearer(t) })
  t.equal(#res.json.data.key, 64)
  local template = t.http:get(BASE .. "/api-keys:getDefault", { headers = bearer(t) }).json.data
  t.equal(template.full_permissions, true)
end)

test("a key cannot make a stronger one", function(t)
  local weak = ("w"):rep(64)
  create(t, { description = "weak", key = weak,
    allowed_paths = { ["/api/v3/api-keys"] = "write" } })
  t.equal(create(t, { description = "strong", full_permissions = true }, weak).status, 403)
  t.equal(create(t, { description = "wider",
    allowed_paths = { ["/api/v3/cdr"] = "read" } }, weak).status, 403)
end)
