-- /employees: extensions as people.
local client = require "support.mikopbx"
local named = require("support.trunk").named
local bearer, BASE = client.bearer, client.BASE

local function create(t, fields, key)
  return t.http:post(BASE .. "/employees", { headers = bearer(t, key), json = fields })
end

local JOHN = {
  number = "201", user_username = "John Doe", sip_secret = "S3cure-Pass-201!",
  user_email = "john@example.com", mobile_number = "79001234567",
}

test("created: 201, the detail, an extension a phone can use", function(t)
  named(t)
  local res = create(t, JOHN)
  t.equal(res.status, 201, res.body)
  local it = res.json.data
  t.equal(it.number, "201")
  t.equal(it.user_username, "John Doe")
  t.equal(it.sip_secret, "S3cure-Pass-201!")
  t.equal(it.mobile_dialstring, "79001234567")
  t.equal(it.sip_enableRecording, true)
  t.equal(it.fwd_ringlength, 45)
  t.equal(type(it.id), "string")
  t.equal(res.json.reload, "extensions/modify/" .. it.id)
  t.equal(res.json.httpCode, 201)
  t.equal(it.sip_username, "201")
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = '201-DEMO'")[1].password,
    "S3cure-Pass-201!")
  local shown = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO",
    reqtype = "INFO", info = "EXTENSIONS", number = "201", format = "json" } }).json
  t.equal(shown[1].ex_name, "John Doe")
end)

test("a phone logs in as its number where that is one tenant's alone, as NUMBER-TENANT where it is not", function(t)
  local function employee(number, key)
    local res = create(t, { number = number, user_username = "N", sip_secret = "S3cure-Pass-1!" }, key)
    t.equal(res.status, 201, res.body)
    return res.json.data
  end
  named(t)
  local first = employee("231")
  t.equal(first.sip_username, "231")
  t.equal(employee("231", t.other_key).sip_username, "231-OTHER")
  t.equal(t.sql("SELECT aors FROM asterisk_endpoints WHERE id = '231-DEMO'")[1].aors, "231-DEMO,231")
  t.equal(t.sql("SELECT aors FROM asterisk_endpoints WHERE id = '231-OTHER'")[1].aors, "231-OTHER")
  t.equal(t.sql("SELECT max_contacts FROM asterisk_aors WHERE id = '231'")[1].max_contacts, "10")
  t.equal(t.sql("SELECT endpoint, match_header FROM asterisk_identifies WHERE id = 'login-231'")[1],
    { endpoint = "231-DEMO", match_header = "From: /sips?:231@/" })
  -- with its number it goes over
  named(t)
  local path = BASE .. "/employees/" .. first.id
  local it = t.http:patch(path, { headers = bearer(t), json = { number = "232" } }).json.data
  t.equal(it.sip_username, "232")
  t.equal(#t.sql("SELECT 1 FROM asterisk_aors WHERE id = '231'"), 0)
  t.equal(t.sql("SELECT username FROM ps_auths WHERE id = '232-DEMO'")[1].username, "232")
  -- nobody takes a name that is somebody's
  t.equal(t.http:post("/mirtapbx/openapi.php/extensions", { headers = { ["X-API-Key"] = t.other_key },
    query = { tenant = "OTHER" }, json = { number = "233", tech = "PJSIP", username = "232" } }).status, 201)
  t.equal(t.sql("SELECT ln_endpoint FROM ln_logins WHERE ln_name = '232'")[1].ln_endpoint, "232-DEMO")
  named(t)
  t.equal(t.http:delete(path, { headers = bearer(t) }).status, 200)
  t.equal(#t.sql("SELECT 1 FROM ln_logins WHERE ln_name = '232'"), 0)
end)

test("a number in use is 409", function(t)
  local res = create(t, JOHN)
  t.equal(res.status, 409)
  t.equal(res.json.result, false)
  t.equal(create(t, { number = "202", user_username = "X", sip_secret = "S3cure-Pass-202!",
    mobile_number = "79001234567" }).status, 409)
end)

test("missing fields are named, weak passwords refused", function(t)
  local res = create(t, {})
  t.equal(res.status, 400)
  t.equal(res.json.messages.error.user_username, "ex_ValidateUsernameEmpty")
  t.equal(res.json.messages.error.number, "ex_ValidateNumberIsEmpty")
  res = create(t, { number = "203", user_username = "X", sip_secret = "1234" })
  t.equal(res.status, 400)
  t.equal(create(t, { number = "203", user_username = "X", sip_secret = "password" }).status, 400)
  t.equal(create(t, { number = "203", user_username = "X", sip_secret = "S3cure-Pass",
    sip_transport = "carrier pigeon" }).status, 400)
  t.equal(#t.sql("SELECT 1 FROM ex_extensions WHERE ex_number = '203'"), 0)
end)

test("the list has its own shape, is searched and paged", function(t)
  named(t)
  create(t, { number = "202", user_username = "Ann", sip_secret = "S3cure-Pass-202!" })
  local function list(query)
    return t.http:get(BASE .. "/employees", { headers = bearer(t), query = query }).json.data
  end
  local all = list({})
  t.equal(all.recordsTotal, 2)
  t.equal(all.data[1].number, "202") -- by name
  t.equal(type(all.data[1].id), "number")
  t.equal(list({ search = "ann" }).recordsFiltered, 1)
  t.equal(list({ search = "number:201" }).data[1].user_username, "John Doe")
  t.equal(list({ limit = "1", offset = "1" }).data[1].number, "201")
  t.equal(list({ order_by = "username" }).data[1].user_username, "Ann")
  t.equal(list({ search = "100%" }).recordsFiltered, 0)
end)

test("get, patch, put", function(t)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '201'")[1].ex_id
  local path = BASE .. "/employees/" .. id
  t.equal(t.http:get(path, { headers = bearer(t) }).json.data.user_email, "john@example.com")
  local res = t.http:patch(path, { headers = bearer(t),
    json = { user_username = "John Smith", fwd_forwarding = "202" } })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.data.user_username, "John Smith")
  t.equal(res.json.data.fwd_forwarding, "202")
  t.equal(res.json.data.fwd_ringlength, 45)
  t.equal(res.json.data.number, "201")
  t.matches(res.json.data.fwd_forwarding_represent, "Ann <202>$")
  t.equal(#t.sql("SELECT 1 FROM de_destinations WHERE de_type_src = 'EXT-NOANSWER'"), 1)
  res = t.http:patch(path, { headers = bearer(t), json = { fwd_forwarding = "" } })
  t.equal(res.json.data.fwd_forwarding, "")
  t.equal(res.json.data.fwd_ringlength, 0)
  res = t.http:put(path, { headers = bearer(t),
    json = { number = "201", user_username = "John Doe" } })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.data.sip_secret, "S3cure-Pass-201!")
  t.equal(t.http:put(path, { headers = bearer(t), json = {} }).status, 400)
  t.equal(t.http:put(BASE .. "/employees/99999", { headers = bearer(t),
    json = { number = "299", user_username = "N" } }).status, 404)
  t.equal(t.http:get(BASE .. "/employees/99999", { headers = bearer(t) }).status, 422)
end)

test("a forward to an outside number is kept, hangup and busy too", function(t)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '202'")[1].ex_id
  local path = BASE .. "/employees/" .. id
  local it = t.http:patch(path, { headers = bearer(t), json = { fwd_forwarding = "79005556677",
    fwd_forwardingonbusy = "hangup", fwd_forwardingonunavailable = "busy" } }).json.data
  t.equal(it.fwd_forwarding, "79005556677")
  t.equal(it.fwd_forwardingonbusy, "hangup")
  t.equal(it.fwd_forwardingonunavailable, "busy")
  t.equal(t.sql("SELECT targets FROM dialplan_destination WHERE id = ?", { "EXT-NOANSWER-" .. id })[1].targets, "FORWARD-1")
  t.equal(t.sql("SELECT number1 FROM dialplan_forward WHERE id = ?", { id })[1].number1, "79005556677")
  -- the mobile of a colleague is dialled as that says
  t.sql("UPDATE mk_employees SET me_mobile_number = '+79005556677', me_mobile_dialstring = '9005556677' WHERE me_ex_id <> ?", { id })
  t.equal(t.sql("SELECT number1 FROM dialplan_forward WHERE id = ?", { id })[1].number1, "9005556677")
  it = t.http:patch(path, { headers = bearer(t), json = { fwd_forwarding = "201" } }).json.data
  t.equal({ it.fwd_forwarding, it.fwd_forwardingonbusy }, { "201", "hangup" })
  t.equal(t.http:patch(path, { headers = bearer(t), json = { fwd_forwarding = "202" } }).status,
    400)
end)

test("a template offers the next number and a password", function(t)
  local it = t.http:get(BASE .. "/employees:getDefault", { headers = bearer(t) }).json.data
  t.equal(it.id, "")
  t.equal(it.number, "203")
  t.equal(#it.sip_secret, 20)
  t.equal(it.sip_transport, "udp,tcp")
end)

test("a batch stops at the first bad one unless told to skip", function(t)
  local list = {
    { number = "210", user_username = "A" }, { user_username = "B" },
    { number = "211", user_username = "C" },
  }
  local function batch(more)
    more.employees = list
    return t.http:post(BASE .. "/employees:batchCreate", { headers = bearer(t), json = more }).json
  end
  local answer = batch({ mode = "validate" })
  t.equal(answer.result, false)
  t.equal(#answer.data.results, 2)
  t.equal(answer.data.results[2].status, "validation_failed")
  t.equal(answer.data.results[1].data.number, "210")
  t.equal(#t.sql("SELECT 1 FROM ex_extensions WHERE ex_number = '210'"), 0)
  named(t, 2)
  answer = batch({ mode = "create", skip_errors = true })
  t.equal(answer.result, true)
  t.equal(answer.data.stats.created, 2)
  t.equal(answer.data.stats.failed, 1)
  t.equal(answer.data.results[1].data.number, "210")
end)

test("deleted: gone everywhere, and a second time 422", function(t)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '210'")[1].ex_id
  local path = BASE .. "/employees/" .. id
  t.equal(t.http:delete(path, { headers = bearer(t, t.read_key) }).status, 403)
  t.equal(t.http:delete(path, { headers = bearer(t, t.other_key) }).status, 422)
  named(t)
  local res = t.http:delete(path, { headers = bearer(t) })
  t.equal(res.json.data, { deleted_id = tostring(id) })
  t.equal(t.http:delete(path, { headers = bearer(t) }).status, 422)
  t.equal(#t.sql("SELECT 1 FROM ps_endpoints WHERE id = '210-DEMO'"), 0)
end)

test("a key that may only read sees no password", function(t)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '201'")[1].ex_id
  local res = t.http:get(BASE .. "/employees/" .. id, { headers = bearer(t, t.read_key) })
  t.equal(res.status, 200)
  t.equal(res.json.data.sip_secret, "")
end)

test("broken JSON is an empty body", function(t)
  local res = t.http:post(BASE .. "/employees", { body = "{broken", headers = {
    Authorization = "Bearer " .. t.key, ["Content-Type"] = "application/json",
  } })
  t.equal(res.status, 400)
end)

test("what the extension refuses is said in the employee's words", function(t)
  local res = t.http:post(BASE .. "/employees", { headers = bearer(t),
    json = { number = "299", user_username = "A", sip_secret = "S3cure\npass" } })
  t.equal(res.status, 400)
  t.matches(res.json.messages.error[1], "sip_secret")
end)

-- A number in use, or twice in the batch, was found valid.
test("a batch is validated against the numbers in use and its own", function(t)
  local res = t.http:post(BASE .. "/employees:batchCreate", { headers = bearer(t), json = { mode = "validate",
    skip_errors = true, employees = { { number = "201", user_username = "A" }, { number = "290", user_username = "B" },
      { number = "290", user_username = "C" } } } }).json
  local words = {}
  for i, it in ipairs(res.data.results) do words[i] = it.status end
  t.equal(words, { "validation_failed", "validated", "validation_failed" })
end)

-- 201 came before 99.
test("numbers are ordered as numbers", function(t)
  for _, number in ipairs({ "99", "1000" }) do
    named(t)
    create(t, { number = number, user_username = "N" .. number, sip_secret = "S3cure-Pass-1!" })
  end
  local list = t.http:get(BASE .. "/employees", { headers = bearer(t),
    query = { order_by = "number", order_direction = "asc" } }).json.data.data
  t.equal({ list[1].number, list[#list].number }, { "99", "1000" })
end)

test("additional SIP parameters reach the endpoint and leave it again", function(t)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '99'")[1].ex_id
  local function patch(text)
    return t.http:patch(BASE .. "/employees/" .. id, { headers = bearer(t), json = { sip_manualattributes = text } })
  end
  local function endpoint()
    return t.sql("SELECT rtp_symmetric, language FROM ps_endpoints WHERE id = '99-DEMO'")[1]
  end
  t.equal(patch("[endpoint]\nrtp_symmetric=no\nlanguage=ru").json.data.sip_manualattributes,
    "[endpoint]\nrtp_symmetric=no\nlanguage=ru")
  t.equal(endpoint(), { rtp_symmetric = "no", language = "ru" })
  t.equal(patch("rtp_symmetric=perhaps").status, 400)
  t.equal(patch("").status, 200)
  t.equal(endpoint(), { rtp_symmetric = "yes" })
end)

test("names and addresses as long as the page says", function(t)
  local name = ("я"):rep(100)
  local address = ("a"):rep(240) .. "@example.com"
  named(t)
  local it = create(t, { number = "291", user_username = name, user_email = address,
    sip_secret = "S3cure-Pass-1!" }).json.data
  t.equal({ it.user_username, it.user_email }, { name, address })
end)

test("employees as CSV: a link, once for a template and once for those of a span", function(t)
  local function ask(what, json, key)
    return t.http:post(BASE .. "/employees:" .. what, { headers = bearer(t, key), json = json })
  end
  local data = ask("export", { format = "minimal", filter = { number_from = "99", number_to = "201" } }).json.data
  t.equal({ data.count, data.format }, { 2, "minimal" })
  local res = t.http:get(data.filename)
  t.matches(res.headers["content-type"], "^text/csv")
  t.matches(res.body, "^\239\187\191number,user_username,sip_secret\r?\n99,N99,S3cure%-Pass%-1!\r?\n201,\"John Doe\",")
  data = ask("exportTemplate", { format = "full" }).json.data
  t.matches(t.http:get(data.filename).body, "^\239\187\191number,user_username,[%w_,]+\r?\n$")
  t.equal(ask("export", { filter = { number_from = "9000", number_to = "9001" } }).status, 422)
  t.equal(ask("export", { format = "other" }).status, 422)
  t.equal(ask("export", {}, t.read_key).status, 403)
  t.equal(t.http:get(BASE .. "/employees:download?token=x").status, 403)
  res = ask("batchDelete", { employees = { "1" } })
  t.equal({ res.status, res.json.messages.error[1] }, { 422, "Action 'batchDelete' is not implemented yet" })
end)
