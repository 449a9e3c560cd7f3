-- A dry run leaves nothing behind. What goes leaves no row in any table and nothing in Asterisk.
local calls = require "calls"
local json = require "json"
local kalliope = require "support.kalliope"
local mikopbx = require "support.mikopbx"
local openapi = require "support.openapi"
local store = require "store"
local asterisk = require "support.trunk"
local support = require "support.whole"
local everything, same, tables = support.everything, support.same, support.tables

local open, miko, employee = openapi.administer, mikopbx.administer, mikopbx.asker("employees")

local TRUNK = { description = "Line", host = "sip.example.com", username = "line", secret = "pw-line",
  registration_type = "outbound", note = "n" }

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
    -- gn_: what takes leave of Asterisk for ten minutes (tests/api/jobs/trunks_test.lua).
    if not name:find("^gn_") and not name:find("^lg_") and not name:find("^ul_") and not name:find("^ik_") and name ~= "de_destinations" then
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
  asterisk.named(t)
  local made = employee(t, "post", "", { number = number, user_username = "Emil Rossi", sip_secret = "S3cure-Pass-1!",
    fwd_forwardingonbusy = "voicemail" })
  t.equal(made.status, 201, made.body)
  local id = tonumber(made.json.data.id)
  local named = kalliope.send(t, "put", "/users/configs/" .. number, "<user><first_name>Emilio</first_name></user>")
  t.equal(kalliope.code(named, "user"), "0", named.body)
  kalliope.apply(t)
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
    if kalliope.code(kalliope.get(t, "/users/configs/" .. number, "delete"), "user") ~= "0" then return false end
    kalliope.apply(t)
    return true
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
    asterisk.named(t)
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
  asterisk.named(t)
  t.equal(open(t, "patch", "/extensions/" .. id, { number = "521" }).status, 200)
  t.equal(traces(t, 0, peer), {})
end)

---- trunks

local function trunk(t)
  asterisk.told(t, "contact registration")
  local res = miko(t, "post", "/sip-providers", TRUNK)
  t.equal(res.status, 201, res.body)
  local id = res.json.data.id
  return id, t.sql("SELECT pr_id FROM pr_providers WHERE pr_peername = ?", { id })[1].pr_id
end

local function endpoint(t, id) return t.sql("SELECT * FROM ps_endpoints WHERE id = ?", { id })[1] end

test("a provider changed through MikoPBX keeps what OpenAPI set on its endpoint", function(t)
  local id, row = trunk(t)
  asterisk.told(t, "contact registration", id)
  local res = open(t, "patch", "/providers/" .. row, { ps_endpoints = { allow = "opus,g722", transport = "transport-tls",
    from_domain = "ours.example.com" }, ps_registrations = { expiration = "120" } }, {})
  t.equal(res.status, 200, res.body)
  for _, body in ipairs({ { note = "new" }, { host = "sip9.example.com" }, { disabled = true }, { disabled = false },
    { registration_type = "inbound" }, { registration_type = "outbound" } }) do
    asterisk.told(t, "contact registration", id)
    t.equal(miko(t, "patch", "/sip-providers/" .. id, body).status, 200)
    local it = endpoint(t, id)
    t.equal({ it.allow, it.transport, it.from_domain }, { "opus,g722", "transport-tls", "ours.example.com" }, json.encode(body))
  end
  t.equal(t.sql("SELECT server_uri FROM asterisk_registrations WHERE id = ?", { id })[1].server_uri, "sip:sip9.example.com:5060")
  t.equal(#t.sql("SELECT 1 FROM ps_endpoint_id_ips WHERE id = ? AND \"match\" = 'sip9.example.com'", { id }), 1)
end)

test("deleted through OpenAPI it leaves no registration, and nothing of MikoPBX", function(t)
  local id, row = trunk(t)
  asterisk.told(t, "contact registration", id)
  t.equal(open(t, "delete", "/providers/" .. row, nil, {}).status, 200)
  t.equal(traces(t, 0, id), {})
  t.equal(#t.sql("SELECT 1 FROM mk_providers WHERE mp_pr_id = ?", { row }), 0)
end)

test("null takes a registration away, and a provider may have one through OpenAPI", function(t)
  asterisk.told(t, "contact registration", "trunk_own")
  local made = open(t, "post", "/providers", { name = "Own", host = "192.0.2.9", registration = { client_uri = "sip:me@192.0.2.9",
    server_uri = "sip:192.0.2.9" } }, {})
  t.equal(made.status, 201, made.body)
  t.equal(made.json.related.registration.client_uri, "sip:me@192.0.2.9")
  asterisk.told(t, "contact registration", "trunk_own")
  local res = open(t, "patch", "/providers/" .. made.json.id, { registration = json.null }, {})
  t.equal(res.json.related.registration, false)
  t.equal(#t.sql("SELECT 1 FROM ps_registrations WHERE id = ?", { made.json.pr_peername }), 0)
end)
