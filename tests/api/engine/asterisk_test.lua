-- lib.realtime: what Asterisk can parse; tests/api/model/values_test walks the columns.
local realtime = require "engine.asterisk"
local store = require "store"

local PATH = "/mirtapbx/openapi.php"

local function phone(t, number, endpoint)
  return t.http:post(PATH .. "/extensions?tenant=DEMO", { headers = { ["X-API-Key"] = t.key },
    json = { number = number, ps_endpoints = endpoint } })
end

test("a value Asterisk cannot parse would make the phone vanish", function(t)
  -- direct_media = maybe and rtp_timeout = abc were taken
  for column, value in pairs({ direct_media = "maybe", rtp_timeout = "abc", dtmf_mode = "loud", timers = "often",
    media_encryption = "rot13", rtp_keepalive = "99999999999", stir_shaken = "maybe" }) do
    local res = phone(t, "700", { [column] = value })
    t.equal(res.status, 400, column)
    t.equal(res.json.error.field, "ps_endpoints." .. column)
  end
end)

test("flags in any of Asterisk's words, choices in any case, empty for its default", function(t)
  local res = phone(t, "701", { direct_media = true, rtp_symmetric = false, ice_support = "On", dtmf_mode = "RFC4733",
    rtp_timeout = 30, media_encryption = "" })
  t.equal(res.status, 201, res.body)
  local row = t.sql("SELECT * FROM ps_endpoints WHERE id = '701-DEMO'")[1]
  t.equal(row.direct_media, "yes")
  t.equal(row.rtp_symmetric, "no")
  t.equal(row.ice_support, "on")
  t.equal(row.dtmf_mode, "rfc4733")
  t.equal(row.rtp_timeout, "30")
  t.equal(row.media_encryption, nil, "NULL, not an empty text")
end)

test("rules name columns that are there, and a declaration's own rule wins", function(t)
  for _, table_name in ipairs({ "ps_endpoints", "ps_aors", "ps_auths", "ps_endpoint_id_ips", "sipfriends", "queue",
    "queue_member", "aq_allowed_queue_member", "voicemail", "musiconhold", "musiconhold_entry", "meetme" }) do
    local there = {}
    for _, column in ipairs(store.columns(table_name)) do there[column.name] = true end
    for name in pairs(realtime.rules(table_name, {})) do t.truthy(there[name], table_name .. "." .. name) end
  end
  local rules = realtime.rules("ps_endpoints", { direct_media = { pattern = "x" }, allow = { border = "own" } })
  t.equal(rules.direct_media.enum, nil)
  t.equal(rules.allow.max, 200)
  t.equal(realtime.rules("di_dids"), nil)
end)
