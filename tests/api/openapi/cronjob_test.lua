-- OpenAPI cronjob: spec example "Run a cron job".
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

test("Run a cron job", function(t)
  local made = call(t, "post", "/cronjobs?tenant=DEMO", { name = "Nightly", hour = "3", minute = "*/5" })
  t.equal(made.status, 201, made.body)
  local res = call(t, "patch", "/cronjob?id=" .. made.json.id .. "&tenant=DEMO", { run = "yes" })
  t.equal(res.json.cr_run, "yes")
end)

test("a time that is none is refused", function(t)
  t.equal(call(t, "post", "/cronjobs?tenant=DEMO", { name = "X", minute = "often" }).json.error.field, "minute")
end)
