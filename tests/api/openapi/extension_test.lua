-- OpenAPI extension: every request example of the spec, and what makes it a phone.
local trunk = require "support.trunk"
local openapi = require "support.openapi"
local call, PATH = openapi.call, openapi.path

local function create(t, body, key)
  local res = call(t, "post", "/extensions?tenant=DEMO", body, key)
  t.equal(res.status, 201, res.body)
  return res.json
end

local function rows(t, sql, ...) return #t.sql(sql, { ... }) end

test("Create Extension", function(t)
  local made = create(t, { number = "210", name = "API Demo", tech = "PJSIP", password = "change-this-secret" })
  t.equal(made.number, "210")
  t.equal(made.ex_tech, "PJSIP")
  t.equal(made.tenant_code, "DEMO")
  t.equal(made.username, "210-DEMO")
  t.equal(made.password, nil, "a tenant's key does not see it")
  t.equal(made.tech_details.auth.password, nil)
  local endpoint = t.sql("SELECT * FROM ps_endpoints WHERE id = '210-DEMO'")[1]
  t.equal(endpoint.callerid, '"API Demo" <210>')
  t.equal(endpoint.set_var, "TENANT=DEMO")
  t.equal(endpoint.mailboxes, "210@DEMO")
  t.equal(t.sql("SELECT password FROM ps_auths WHERE id = '210-DEMO'")[1].password, "change-this-secret")
  t.equal(rows(t, "SELECT 1 FROM ps_aors WHERE id = '210-DEMO'"), 1)
  t.equal(call(t, "get", "/extension?number=210&tenant=DEMO", nil, t.global_key).json.password, "change-this-secret")
end)

test("Nested technology fields", function(t)
  local made = create(t, { ex_number = "211", ex_name = "Reception", ex_tech = "PJSIP", ps_aors = { max_contacts = 99 },
    ps_endpoints = { allow = "alaw:20;ulaw:20" }, ps_auths = { password = "secret-password" } })
  t.equal(made.tech_details.aor.max_contacts, "99")
  t.equal(made.tech_details.endpoint.allow, "alaw:20;ulaw:20")
end)

test("List Extensions", function(t)
  create(t, { number = "212", name = "Listed" })
  local list = call(t, "get", "/extensions?tenant=DEMO").json
  local last = list[#list]
  t.equal(last, { id = last.id, number = "212", name = "Listed", tech = "PJSIP" })
  t.equal(type(last.id), "number")
  local res = call(t, "get", "/extensions?tenant=DEMO&limit=1&sort=-number")
  t.equal(res.json[1].number, "212")
  t.equal(res.headers["x-total-count"], tostring(#list))
end)

test("Get Extension Information", function(t)
  local id = create(t, { number = "213", name = "One" }).id
  for _, path in ipairs({ "/extension?id=" .. id .. "&", "/extensions/" .. id .. "?", "/extension?number=213&",
    "/extensions/number/213?", "?object=extension&action=info&id=" .. id .. "&",
    "?object=extension&action=info&number=213&" }) do
    local res = call(t, "get", path .. "tenant=DEMO")
    t.equal(res.status, 200, path .. res.body)
    t.equal(res.json.id, id)
    t.equal(res.json.ex_id, tostring(id))
    t.equal(res.json.related.sms_routing_profile, false)
    t.equal(#res.json.related.queue_members, 0)
  end
end)

test("Errors of the selection", function(t)
  create(t, { number = "214" })
  t.equal(call(t, "get", "/extension?tenant=DEMO").json.error.message, "Provide an extension id or number.")
  t.equal(call(t, "get", "/extension?id=1&number=2&tenant=DEMO").json.error.code, "invalid_identifier")
  t.equal(call(t, "get", "/extension?number=9999&tenant=DEMO").json.error.message, "Extension not found.")
  local other = call(t, "post", "/extensions?tenant=OTHER", { number = "214" }, t.other_key)
  t.equal(other.status, 201, other.body)
  local res = call(t, "get", "/extension?number=214", nil, t.global_key)
  t.equal(res.status, 409)
  t.equal(res.json.error.code, "multiple_extensions_found")
end)

test("Modify Extension", function(t)
  local id = create(t, { number = "215", name = "Reception" }).id
  local res = call(t, "patch", "/extension?id=" .. id .. "&tenant=DEMO",
    { ex_name = "Reception Desk", ex_callgroup = "1,2", ex_pickupgroup = "1,2" })
  t.equal(res.status, 200, res.body)
  t.equal(#res.json.related.callgroups, 2)
  t.equal(res.json.tech_details.endpoint.callerid, '"Reception Desk" <215>')
  t.equal(res.json.tech_details.endpoint.named_call_group, "DEMO-1,DEMO-2")
  res = call(t, "patch", "/extension?id=" .. id .. "&tenant=DEMO", { tech = "SIP" })
  t.equal(res.json.error.field, "tech")
  t.equal(call(t, "patch", "/extension?id=" .. id .. "&tenant=DEMO", {}).status, 200)
end)

test("a new number moves everything", function(t)
  local id = create(t, { number = "216" }).id
  local res = call(t, "patch", "/extensions/" .. id .. "?tenant=DEMO", { number = "217" })
  t.equal(res.json.username, "217-DEMO")
  t.equal(rows(t, "SELECT 1 FROM ps_endpoints WHERE id = '216-DEMO'"), 0)
  t.equal(t.sql("SELECT aors, auth, mailboxes FROM ps_endpoints WHERE id = '217-DEMO'")[1],
    { aors = "217-DEMO", auth = "217-DEMO", mailboxes = "217@DEMO" })
  t.equal(rows(t, "SELECT 1 FROM st_states WHERE st_extension = '217-DEMO'"), 1)
  create(t, { number = "218" })
  t.equal(call(t, "patch", "/extensions/" .. id .. "?tenant=DEMO", { number = "218" }).status, 409)
end)

test("Delete Extension", function(t)
  local id = create(t, { number = "219", callgroups = { 1 } }).id
  local res = call(t, "delete", "/extension?id=" .. id .. "&tenant=DEMO")
  t.equal(res.json, { deleted = true, id = id, number = "219" })
  for _, table_name in ipairs({ "ps_endpoints", "ps_auths", "ps_aors" }) do
    t.equal(rows(t, "SELECT 1 FROM " .. table_name .. " WHERE id = '219-DEMO'"), 0, table_name)
  end
  t.equal(rows(t, "SELECT 1 FROM cg_callgroups WHERE cg_ex_id = ?", id), 0)
  t.equal(call(t, "get", "/extensions/" .. id .. "?tenant=DEMO").status, 404)
end)

test("Extension Busy Destination", function(t)
  local id = create(t, { number = "220", name = "Busy" }).id
  local path = "/extension?id=" .. id .. "&tenant=DEMO"
  local box = call(t, "post", "/voicemails?tenant=DEMO", { mailbox = "999" }).json.id
  local res = call(t, "patch", path, { onbusy = { "VOICEMAIL-" .. box } })
  t.equal(res.json.related.destinations["EXT-BUSY"][1].tag, "VOICEMAIL-" .. box)
  res = call(t, "patch", path, { destinations = { ["EXT-BUSY"] = { "SAMENUMBERVM" } } })
  t.equal(res.json.related.destinations["EXT-BUSY"][1].tag, "SAMENUMBERVM")
  t.equal(rows(t, "SELECT 1 FROM voicemail WHERE mailbox = '220' AND context = 'DEMO'"), 1)
  res = call(t, "patch", path, { onbusy = {} })
  t.equal(#res.json.related.destinations, 0)
end)

test("an extension of another technology, or without its rows, is shown", function(t)
  t.sql("INSERT INTO ex_extensions (ex_id, ex_te_id, ex_number, ex_name, ex_tech) VALUES (9001, 1, '9001', 'Old', 'IAX2'), "
    .. "(9002, 1, '9002', 'Bare', 'PJSIP')")
  t.equal(call(t, "get", "/extensions/9001?tenant=DEMO").json.tech_details, {})
  t.equal(call(t, "get", "/extensions/9002?tenant=DEMO").json.tech_details, { aor = false, auth = false, endpoint = false })
  t.sql("DELETE FROM ex_extensions WHERE ex_id > 9000")
end)

test("SIP, CUSTOM and VIRTUAL have rows of their own", function(t)
  local sip = create(t, { number = "221", tech = "SIP", secret = "abc" })
  t.equal(t.sql("SELECT secret, accountcode FROM sipfriends WHERE name = '221-DEMO'")[1], { secret = "abc", accountcode = "DEMO" })
  local custom = create(t, { number = "222", tech = "CUSTOM", dialstring = "PJSIP/x" })
  t.equal(custom.tech_details.customextension.ce_dialstring, "PJSIP/x")
  local virtual = create(t, { number = "223", tech = "VIRTUAL", realextensions = { sip.id, custom.id } })
  t.equal(#virtual.tech_details.items, 2)
  for _, it in ipairs({ virtual, custom, sip }) do
    t.equal(call(t, "delete", "/extensions/" .. it.id .. "?tenant=DEMO").status, 200)
  end
  t.equal(rows(t, "SELECT 1 FROM sipfriends"), 0)
  t.equal(rows(t, "SELECT 1 FROM vi_virtualextensionitems"), 0)
end)

test("keys: read-only may not write, foreign ones see nothing", function(t)
  local id = create(t, { number = "224" }).id
  t.equal(call(t, "post", "/extensions?tenant=DEMO", { number = "225" }, t.read_key).json.error.code, "read_only_api_key")
  t.equal(call(t, "get", "/extensions/" .. id .. "?tenant=OTHER", nil, t.other_key).status, 404)
  t.equal(call(t, "get", "/extensions/" .. id .. "?tenant=DEMO", nil, t.other_key).status, 401)
  t.equal(call(t, "delete", "/extensions/" .. id .. "?tenant=OTHER", nil, t.other_key).status, 404)
  t.equal(rows(t, "SELECT 1 FROM ps_endpoints WHERE id = '224-DEMO'"), 1)
end)

test("a limit of the tenant is a licence limit", function(t)
  t.sql("UPDATE te_tenants SET te_maxextensions = 0 WHERE te_code = 'OTHER'")
  local res = call(t, "post", "/extensions?tenant=OTHER", { number = "900" }, t.other_key)
  t.equal(res.status, 403)
  t.equal(res.json.error.code, "license_limit")
end)

test("what Asterisk would choke on is refused", function(t)
  for field, value in pairs({ name = "a\r\nb", number = "1 2", password = "a\nb", mailbox = "a b", ex_rp_id = "x" }) do
    local body = { number = "226" }
    body[field] = value
    t.equal(call(t, "post", "/extensions?tenant=DEMO", body).json.error.field, field)
  end
end)

test("every change is in both logs", function(t)
  local id = create(t, { number = "227", password = "not-for-logs" }).id
  local log = t.sql("SELECT * FROM ul_useractivitylogs WHERE ul_object = 'extension' AND ul_object_id = ?", { tostring(id) })
  t.equal(log[1].ul_user, "OpenAPI")
  t.equal(log[1].ul_action, "create")
  t.equal(rows(t, "SELECT 1 FROM lg_processlogs WHERE lg_detail LIKE '%not-for-logs%'"), 0)
end)

test("a change of something unseen, and one that only pretends", function(t)
  local id = create(t, { number = "228", name = "A" }).id
  local path = PATH .. "/extensions/" .. id .. "?tenant=DEMO"
  local headers = { ["X-API-Key"] = t.key }
  local tag = t.http:get(path, { headers = headers }).headers.etag
  headers["If-Match"] = tag
  t.equal(t.http:patch(path, { headers = headers, json = { name = "B" } }).status, 200)
  t.equal(t.http:patch(path, { headers = headers, json = { name = "C" } }).status, 412)
  local res = call(t, "patch", "/extensions/" .. id .. "?tenant=DEMO&dry_run=1", { name = "D" })
  t.equal(res.json.dry_run, true)
  t.equal(call(t, "get", "/extensions/" .. id .. "?tenant=DEMO").json.name, "B")
  -- said deleted: true
  res = call(t, "delete", "/extensions/" .. id .. "?tenant=DEMO&dry_run=1")
  t.equal({ res.json.deleted, res.json.dry_run, res.json.id }, { false, true, id })
  t.equal(call(t, "get", "/extensions/" .. id .. "?tenant=DEMO").status, 200)
end)

test("an id of another tenant's row shows nothing of it", function(t)
  -- Related rows were read by id alone: any tenant could read another's music, caller ids, conditions. Such
  -- ids are refused now; one that came in another way shows nothing still.
  local music = call(t, "post", "/musiconholds?tenant=OTHER", { name = "Theirs" }, t.other_key).json.id
  local sound = call(t, "post", "/mediafiles?tenant=OTHER", { name = "Theirs" }, t.other_key).json.id
  local question = call(t, "post", "/conditions?tenant=OTHER", { name = "Theirs", type = "WEEKTIME" }, t.other_key).json.id
  local id = create(t, { number = "229" }).id
  t.sql("UPDATE ex_extensions SET ex_mu_id = ?, ex_dn_me_id = ?, ex_oncondition_id = ? WHERE ex_id = ?",
    { music, sound, question, id })
  local related = call(t, "get", "/extensions/" .. id .. "?tenant=DEMO").json.related
  t.equal(related.music_on_hold, false)
  t.equal(#related.mediafiles, 0)
  t.equal(#related.conditions, 0)
end)

test("a phone's rows cannot reach beyond the tenant", function(t)
  -- set_var names the tenant to the dialplan; auth and aors are other phones' by name
  for _, case in ipairs({
    { "ps_endpoints", "set_var", "TENANT=OTHER" }, { "ps_endpoints", "context", "fromoutside" },
    { "ps_endpoints", "accountcode", "OTHER" }, { "ps_endpoints", "auth", "100-OTHER" },
    { "ps_endpoints", "aors", "100-OTHER" }, { "ps_endpoints", "mailboxes", "100@OTHER" },
    { "ps_endpoints", "named_pickup_group", "OTHER-1" }, { "ps_endpoints", "pickup_group", "1" },
    { "ps_aors", "mailboxes", "100@DEMO,100@OTHER" },
  }) do
    local res = call(t, "post", "/extensions?tenant=DEMO", { number = "232", [case[1]] = { [case[2]] = case[3] } })
    t.equal(res.status, 400, case[2] .. " " .. res.body)
    t.equal(res.json.error.field, case[2])
  end
  t.equal(call(t, "post", "/extensions?tenant=DEMO", { number = "232", mailbox = "100@OTHER" }).json.error.field, "mailbox")
  t.equal(call(t, "post", "/extensions?tenant=DEMO", { number = "232", mailbox = "100@DEMO" }).status, 201)
  for _, text in ipairs({ "PJSIP/100-OTHER", "PJSIP/100,30,U(x)", "Local/1@fromotherpbx", "PJSIP/1&PJSIP/100-OTHER" }) do
    local res = call(t, "post", "/extensions?tenant=DEMO", { number = "233", tech = "CUSTOM", dialstring = text })
    t.equal(res.json.error.field, "ce_dialstring", text)
  end
  local res = call(t, "post", "/extensions?tenant=DEMO", { number = "233", tech = "CUSTOM", dialstring = "PJSIP/232-DEMO&Local/5@authenticated" })
  t.equal(res.status, 201, res.body)
  res = call(t, "post", "/extensions?tenant=DEMO", { number = "234", ps_endpoints = { context = "special" } }, t.global_key)
  t.equal(res.json.tech_details.endpoint.context, "special", "an administrator may")
end)

test("the name of the technology row cannot be chosen", function(t)
  -- related columns were joined over ex_tech_id: another tenant's user name and state showed
  call(t, "post", "/extensions?tenant=OTHER", { number = "235", username = "secret-name" }, t.other_key)
  local made = create(t, { number = "236", ex_tech_id = "235-OTHER" })
  t.equal(made.ex_tech_id, "236-DEMO")
  local res = call(t, "patch", "/extensions/" .. made.id .. "?tenant=DEMO", { ex_tech_id = "235-OTHER" })
  t.equal(res.json.username, "236-DEMO")
end)

test("values of the wrong kind are refused by name", function(t)
  for _, case in ipairs({
    { "number", true }, { "ex_rp_id", -1 }, { "ex_rp_id", 1.5 }, { "ex_rp_id", 2 ^ 60 }, { "ex_rp_id", "0x10" },
    { "ex_name", { 1 } }, { "tech", "IAX" }, { "name", ("x"):rep(70000) },
  }) do
    local body = { number = "230" }
    body[case[1]] = case[2]
    local res = call(t, "post", "/extensions?tenant=DEMO", body)
    t.equal(res.status, 400, case[1] .. " " .. res.body:sub(1, 100))
    t.equal(res.json.error.field, case[1])
  end
  local res = t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key,
    ["Content-Type"] = "application/x-www-form-urlencoded" }, body = "number=231&name=%FF%FE" })
  t.equal(res.json.error.message, "name: is not UTF-8")
end)

-- Symptom: a PATCH of nothing but realextensions answered 200 and changed nothing. Cause: they are
-- no column, so the change counted as empty.
test("the phones of a virtual extension are changed alone", function(t)
  local ids = {}
  for i, number in ipairs({ "471", "472" }) do
    ids[i] = call(t, "post", "/extensions?tenant=DEMO", { number = number, password = "secret-" .. number }).json.id
  end
  local made = call(t, "post", "/extensions?tenant=DEMO",
    { number = "470", tech = "VIRTUAL", realextensions = { ids[1] } }).json
  local res = call(t, "patch", "/extensions/" .. made.id .. "?tenant=DEMO", { realextensions = { ids[2] } })
  t.equal(#res.json.tech_details.items, 1, res.body)
  t.equal(res.json.tech_details.items[1].vi_ex_id, tostring(ids[2]))
end)

test("short names of the manual, for both kinds of phone", function(t)
  trunk.named(t)
  local made = create(t, { number = "240", sipusername = "own-name", email = "a@example.com", mailbox = "77", callgroups = { 1, "2" },
    pickupgroups = "3,4" })
  t.equal({ made.username, made.ex_email, made.ex_callgroup, made.ex_pickupgroup, made.ex_mailbox },
    { "own-name", "a@example.com", "1,2", "3,4", "77" })
  t.equal(made.tech_details.endpoint.mailboxes, "77@DEMO")
  t.equal(made.tech_details.endpoint.named_pickup_group, "DEMO-3,DEMO-4")
  made = create(t, { number = "241", tech = "sip", username = "sip-name", secret = "s3cret", mailbox = "78@DEMO" })
  t.equal({ made.tech, made.username, made.tech_details.sip.mailbox }, { "SIP", "sip-name", "78@DEMO" })
  local res = call(t, "patch", "/extensions/" .. made.id .. "?tenant=DEMO", { password = "another" })
  t.equal(t.sql("SELECT secret FROM sipfriends WHERE name = '241-DEMO'")[1].secret, "another", res.body)
  made = create(t, { number = "242" })
  t.equal(made.tech, "PJSIP", "the default")
end)

test("PUT changes only what it is sent", function(t)
  local made = create(t, { number = "243", name = "Kept", email = "k@example.com" })
  local res = t.http:put(PATH .. "/extension?id=" .. made.id .. "&tenant=DEMO", { headers = { ["X-API-Key"] = t.key }, json = { ex_notes = "n" } })
  t.equal({ res.json.name, res.json.ex_email, res.json.ex_notes }, { "Kept", "k@example.com", "n" })
end)

-- null was refused with "not text", though other columns take it as nothing.
test("no technology is PJSIP, and keeps what is there", function(t)
  local json = require "json"
  for number, value in pairs({ ["281"] = json.null, ["282"] = "" }) do
    local made = create(t, { number = number, tech = value })
    t.equal(made.ex_tech, "PJSIP")
    local res = call(t, "patch", "/extensions/" .. made.id .. "?tenant=DEMO", { tech = value, name = "Kept" })
    t.equal({ res.status, res.json.tech, res.json.name }, { 200, "PJSIP", "Kept" })
  end
end)

test("codecs separated as the original does reach Asterisk as it parses them", function(t)
  -- the manual's own example made a phone that Asterisk did not find
  create(t, { ex_number = "219", ps_endpoints = { allow = "alaw:20;ulaw:20" }, ps_auths = { password = "secret-password" } })
  t.equal(t.sql("SELECT allow FROM asterisk_endpoints WHERE id = '219-DEMO'")[1].allow, "alaw:20,ulaw:20")
end)
