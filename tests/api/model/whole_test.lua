-- A change is made whole or not at all: every statement of each fails once and leaves nothing behind, and a
-- dry run neither. What goes leaves no row in any table and nothing in Asterisk.
local calls = require "calls"
local json = require "json"
local kalliope = require "support.kalliope"
local mikopbx = require "support.mikopbx"
local store = require "store"
local support = require "support.whole"
local everything, same, tables, whole = support.everything, support.same, support.tables, support.made

local PATH = "/mirtapbx/openapi.php"

local function open(t, method, path, body, query)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = t.global_key }, json = body,
    query = query or { tenant = "DEMO" } })
end

local function miko(t, method, path, body)
  return t.http[method](t.http, mikopbx.BASE .. path, { headers = mikopbx.bearer(t, t.global_key), json = body })
end

local function employee(t, method, path, body)
  return t.http[method](t.http, mikopbx.BASE .. "/employees" .. path, { headers = mikopbx.bearer(t), json = body })
end

local function row_id(t, number)
  return t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = ?", { number })[1].ex_id
end

local PHONE = { number = "401", name = "Anna", onbusy = "SAMENUMBERVM", email = "a@example.com",
  callgroups = { "1", "2" }, pickupgroups = { "3" }, noanswer = { "SPECIAL-1" } }

test("an extension with its mailbox and groups, made", function(t)
  whole(t, 15, function(_, warm)
    if warm then return open(t, "post", "/extensions?dry_run=1", PHONE) end
    return open(t, "post", "/extensions", PHONE)
  end)
  t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = '401'"), 1)
end)

test("an extension with another number, name and groups", function(t)
  local path = "/extensions/" .. row_id(t, "401")
  local body = { number = "402", name = "Berta", callgroups = { "7" }, noanswer = "SAMENUMBERVM" }
  whole(t, 15, function(_, warm)
    return open(t, "patch", path, body, { tenant = "DEMO", dry_run = warm and "1" or nil })
  end)
end)

test("several at once", function(t)
  local list = json.array({ { number = "411" }, { number = "412", onbusy = "SAMENUMBERVM" } })
  whole(t, 20, function(_, warm) return open(t, "post", "/extensions", list, { tenant = "DEMO", dry_run = warm and "1" or nil }) end)
end)

test("an employee, made, changed and deleted", function(t)
  local body = { number = "421", user_username = "Carl", sip_secret = "S3cure-Pass-421!", mobile_number = "79001234567",
    fwd_forwardingonbusy = "voicemail" }
  local made = whole(t, 12, function(_, warm)
    if warm then return employee(t, "get", "") end
    return employee(t, "post", "", body)
  end)
  local path = "/" .. made.json.data.id
  whole(t, 8, function(_, warm)
    if warm then return employee(t, "get", path) end
    return employee(t, "patch", path, { user_username = "Karl", mobile_number = "79001234568", fwd_ringlength = 30 })
  end)
  whole(t, 12, function(_, warm)
    if warm then return employee(t, "get", path) end
    return employee(t, "delete", path)
  end)
end)

test("a user with the mailbox, made, changed and deleted", function(t)
  local user = "<user><exten>431</exten><sip_secret>pw-431-secret</sip_secret><first_name>Dora</first_name>"
    .. "<last_name>Rossi</last_name><vm_enabled>true</vm_enabled><vm_secret>4321</vm_secret></user>"
  local changed = "<user><first_name>Thea</first_name><vm_secret>1111</vm_secret><failover><type>HANGUP</type></failover></user>"
  local path = "/users/configs/431"
  whole(t, 12, function(_, warm)
    if warm then return kalliope.get(t, "/users/configs") end
    return kalliope.send(t, "post", "/users/configs", user)
  end)
  t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = '431'"), 1)
  whole(t, 10, function(_, warm)
    if warm then return kalliope.get(t, path) end
    return kalliope.send(t, "put", path, changed)
  end)
  whole(t, 12, function(_, warm)
    if warm then return kalliope.get(t, path) end
    return kalliope.get(t, path, "delete")
  end)
  t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = '431'"), 0)
end)

local TRUNK = { description = "Line", host = "sip.example.com", username = "line", secret = "pw-line",
  registration_type = "outbound", note = "n" }

test("a provider, made, changed, disabled and deleted", function(t)
  local made = whole(t, 8, function(_, warm)
    if warm then return miko(t, "get", "/sip-providers") end
    return miko(t, "post", "/sip-providers", TRUNK)
  end)
  local path = "/sip-providers/" .. made.json.data.id
  for _, body in ipairs({ { host = "sip2.example.com", fromuser = "me", note = "o" }, { registration_type = "inbound" },
    { disabled = true } }) do
    whole(t, 4, function(_, warm)
      if warm then return miko(t, "get", path) end
      return miko(t, "patch", path, body)
    end)
  end
  whole(t, 6, function(_, warm)
    if warm then return miko(t, "get", path) end
    return miko(t, "delete", path)
  end)
end)

test("a dry run leaves nothing", function(t)
  local before = everything(t)
  for _, body in ipairs({ { number = "441", onbusy = "SAMENUMBERVM" }, json.array({ { number = "442" }, { number = "443" } }) }) do
    local res = open(t, "post", "/extensions", body, { tenant = "DEMO", dry_run = "1" })
    t.equal(res.status, 200, res.body)
    same(t, before, "dry run")
  end
end)

---- what goes leaves nothing

-- Every place that names the extension by its id or its peer, beside the logs and what was called.
local function traces(t, id, peer)
  local found = {}
  for _, name in ipairs(tables(t)) do
    if not name:find("^lg_") and not name:find("^ul_") and not name:find("^ik_") and name ~= "de_destinations" then
      for _, column in ipairs(store.columns(name)) do
        local kind = column.type:upper()
        local text, params
        if kind:find("INT") and column.name:find("ex_id$") then
          text, params = ('SELECT count(*) AS n FROM "%s" WHERE "%s" = ?'):format(name, column.name), { id }
        elseif kind:find("CHAR") or kind:find("TEXT") then
          text, params = ('SELECT count(*) AS n FROM "%s" WHERE "%s" = ? OR "%s" LIKE ?'):format(name, column.name,
            column.name), { peer, "%" .. peer .. "%" }
        end
        if text and t.sql(text, params)[1].n > 0 then found[#found + 1] = name .. "." .. column.name end
      end
    end
  end
  local rows = t.sql("SELECT count(*) AS n FROM de_destinations WHERE de_type_id_src = ? AND de_type_src LIKE 'EXT-%'", { id })
  if rows[1].n > 0 then found[#found + 1] = "de_destinations" end
  return found
end

-- A phone that every dialect has something of, disturbed by nobody, lit and registered.
local function busy_phone(t, number)
  local peer = number .. "-DEMO"
  local made = employee(t, "post", "", { number = number, user_username = "Emil Rossi", sip_secret = "S3cure-Pass-1!",
    fwd_forwardingonbusy = "voicemail" })
  t.equal(made.status, 201, made.body)
  local id = tonumber(made.json.data.id)
  t.equal(kalliope.code(kalliope.send(t, "put", "/users/configs/" .. number, "<user><first_name>Emilio</first_name></user>"), "user"), "0")
  t.equal(open(t, "patch", "/extensions/" .. id, { callgroups = { "1" }, pickupgroups = { "2" } }).status, 200)
  local queue = open(t, "post", "/queues", { name = "Q" .. number, number = "7" .. number, members = { { extension_id = id } } })
  t.equal(queue.status, 201, queue.body)
  t.ami:expect("DBPut", { Family = "DND", Key = peer, Val = "on" })
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND" .. peer .. ")", Value = "BUSY" })
  local dnd = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "DND",
    action = "set", number = number, value = "on" } })
  t.equal(dnd.body, "OK")
  t.sql("INSERT INTO ps_contacts (id, uri, endpoint) VALUES (?, ?, ?)", { peer .. ";@1", "sip:" .. number .. "@192.0.2.1", peer })
  t.ami:event("DeviceStateChange", { Device = "Custom:" .. peer, State = "INUSE" })
  t.ami:event("ContactStatus", { URI = "sip:" .. number .. "@192.0.2.1:5060", ContactStatus = "Reachable", AOR = peer,
    EndpointName = peer, RoundtripUsec = "1" })
  t.eventually(function() return #calls.contacts(peer) > 0 and calls.device_state("Custom:" .. peer) == "INUSE" end)
  return id, peer
end

local DELETES = {
  openapi = function(t, id) return open(t, "delete", "/extensions/" .. id).status == 200 end,
  managedb = function(t, id)
    return t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.key, tenant = "DEMO", reqtype = "MANAGEDB",
      object = "extension", action = "delete", objectid = id } }).status == 200
  end,
  mikopbx = function(t, id) return employee(t, "delete", "/" .. id).status == 200 end,
  kalliope = function(t, _, number)
    return kalliope.code(kalliope.get(t, "/users/configs/" .. number, "delete"), "user") == "0"
  end,
}

local number = 500
for name, delete in pairs(DELETES) do
  number = number + 1
  local mine = tostring(number)
  test("an extension deleted through " .. name .. " is gone everywhere", function(t)
    local id, peer = busy_phone(t, mine)
    t.ami:expect("DBDel", { Family = "DND", Key = peer })
    t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND" .. peer .. ")", Value = "NOT_INUSE" })
    t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:" .. peer .. ")", Value = "NOT_INUSE" })
    t.ami:expect("Command", { Command = "pjsip reload qualify aor " .. peer })
    t.truthy(delete(t, id, mine), "deleted")
    t.equal(traces(t, id, peer), {})
  end)
end

test("with another number the old name is free of it, the new one has it", function(t)
  local id, peer = busy_phone(t, "520")
  t.ami:expect("DBDel", { Family = "DND", Key = peer })
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND" .. peer .. ")", Value = "NOT_INUSE" })
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:" .. peer .. ")", Value = "NOT_INUSE" })
  t.ami:expect("Command", { Command = "pjsip reload qualify aor " .. peer })
  t.ami:expect("DBPut", { Family = "DND", Key = "521-DEMO", Val = "on" })
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND521-DEMO)", Value = "BUSY" })
  t.equal(open(t, "patch", "/extensions/" .. id, { number = "521" }).status, 200)
  t.equal(traces(t, 0, peer), {})
end)

---- trunks

local function trunk(t)
  local res = miko(t, "post", "/sip-providers", TRUNK)
  t.equal(res.status, 201, res.body)
  local id = res.json.data.id
  return id, t.sql("SELECT pr_id FROM pr_providers WHERE pr_peername = ?", { id })[1].pr_id
end

local function endpoint(t, id) return t.sql("SELECT * FROM ps_endpoints WHERE id = ?", { id })[1] end

test("a provider changed through MikoPBX keeps what OpenAPI set on its endpoint", function(t)
  local id, row = trunk(t)
  local res = open(t, "patch", "/providers/" .. row, { ps_endpoints = { allow = "opus,g722", transport = "transport-tls",
    from_domain = "ours.example.com" }, ps_registrations = { expiration = "120" } }, {})
  t.equal(res.status, 200, res.body)
  for _, body in ipairs({ { note = "new" }, { host = "sip9.example.com" }, { disabled = true }, { disabled = false },
    { registration_type = "inbound" }, { registration_type = "outbound" } }) do
    t.equal(miko(t, "patch", "/sip-providers/" .. id, body).status, 200)
    local it = endpoint(t, id)
    t.equal({ it.allow, it.transport, it.from_domain }, { "opus,g722", "transport-tls", "ours.example.com" }, json.encode(body))
  end
  t.equal(t.sql("SELECT server_uri FROM asterisk_registrations WHERE id = ?", { id })[1].server_uri, "sip:sip9.example.com:5060")
  t.equal(#t.sql("SELECT 1 FROM ps_endpoint_id_ips WHERE id = ? AND \"match\" = 'sip9.example.com'", { id }), 1)
end)

test("deleted through OpenAPI it leaves no registration, and nothing of MikoPBX", function(t)
  local id, row = trunk(t)
  t.equal(open(t, "delete", "/providers/" .. row, nil, {}).status, 200)
  t.equal(traces(t, 0, id), {})
  t.equal(#t.sql("SELECT 1 FROM mk_providers WHERE mp_pr_id = ?", { row }), 0)
end)

test("null takes a registration away, and a provider may have one through OpenAPI", function(t)
  local made = open(t, "post", "/providers", { name = "Own", host = "192.0.2.9", registration = { client_uri = "sip:me@192.0.2.9",
    server_uri = "sip:192.0.2.9" } }, {})
  t.equal(made.status, 201, made.body)
  t.equal(made.json.related.registration.client_uri, "sip:me@192.0.2.9")
  local res = open(t, "patch", "/providers/" .. made.json.id, { registration = json.null }, {})
  t.equal(res.json.related.registration, false)
  t.equal(#t.sql("SELECT 1 FROM ps_registrations WHERE id = ?", { made.json.pr_peername }), 0)
end)
