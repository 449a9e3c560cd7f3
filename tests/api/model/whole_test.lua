-- A change is made whole or not at all: every statement of each fails once and leaves nothing behind.
local json = require "json"
local kalliope = require "support.kalliope"
local mikopbx = require "support.mikopbx"
local openapi = require "support.openapi"
local trunk = require "support.trunk"
local whole = require("support.whole").made

local open, miko, employee = openapi.administer, mikopbx.administer, mikopbx.asker("employees")

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
  trunk.named(t)
  local made = whole(t, 12, function(_, warm)
    if warm then return employee(t, "get", "") end
    return employee(t, "post", "", body)
  end)
  local path = "/" .. made.json.data.id
  whole(t, 8, function(_, warm)
    if warm then return employee(t, "get", path) end
    return employee(t, "patch", path, { user_username = "Karl", mobile_number = "79001234568", fwd_ringlength = 30 })
  end)
  trunk.named(t)
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
  -- What waits is one row; the change is made by apply.
  local function applied(least)
    whole(t, least, function(_, warm)
      if warm then return kalliope.get(t, path) end
      return kalliope.send(t, "put", "/pbx/apply", "")
    end)
  end
  t.equal(kalliope.code(kalliope.send(t, "post", "/users/configs", user), "user"), "0")
  applied(12)
  t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = '431'"), 1)
  t.equal(kalliope.code(kalliope.send(t, "put", path, changed), "user"), "0")
  applied(10)
  t.equal(kalliope.code(kalliope.get(t, path, "delete"), "user"), "0")
  applied(12)
  t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = '431'"), 0)
end)

local TRUNK = { description = "Line", host = "sip.example.com", username = "line", secret = "pw-line",
  registration_type = "outbound", note = "n" }

test("a provider, made, changed, disabled and deleted", function(t)
  trunk.told(t, "contact registration")
  local made = whole(t, 8, function(_, warm)
    if warm then return miko(t, "get", "/sip-providers") end
    return miko(t, "post", "/sip-providers", TRUNK)
  end)
  local path = "/sip-providers/" .. made.json.data.id
  for _, body in ipairs({ { host = "sip2.example.com", fromuser = "me", note = "o" }, { registration_type = "inbound" },
    { disabled = true } }) do
    trunk.told(t, body.disabled and "" or "contact registration", made.json.data.id)
    whole(t, 4, function(_, warm)
      if warm then return miko(t, "get", path) end
      return miko(t, "patch", path, body)
    end)
  end
  trunk.told(t, "", made.json.data.id)
  whole(t, 6, function(_, warm)
    if warm then return miko(t, "get", path) end
    return miko(t, "delete", path)
  end)
end)
