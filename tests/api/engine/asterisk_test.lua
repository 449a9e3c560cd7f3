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

test("what Asterisk parses further is parsed as it does", function(t)
  -- each of these was taken, and the phone was gone from Asterisk
  local wrong = {
    allow = { "nosuchcodec", "alaw:abc", "alaw:", "ulaw alaw" }, disallow = { "nosuchcodec" }, deny = { "xx", "10.0.0.0/33" },
    permit = { "999.1.1.1/8", "10.0.0.0/255.255.255", "::1/129", "1:2:3" }, contact_deny = { "10.0.0" }, tos_audio = { "zz", "256" },
    cos_audio = { "8" }, from_user = { "a b" }, identify_by = { "foo", "username,foo" }, dtls_verify = { "maybe" },
    timers_sess_expires = { "10" }, timers_min_se = { "89" }, media_address = { "10.0.0.300", "a b" },
    outbound_proxy = { "proxy.example.net", "sip:" }, codec_prefs_incoming_offer = { "prefer:never", "keep" },
  }
  local right = {
    allow = { "alaw:20;ulaw:20", "!all,alaw,opus", "all" }, disallow = { "all" }, deny = { "0.0.0.0/0", "::/0" },
    permit = { "192.0.2.0/24,!192.0.2.7", "10.0.0.0/255.0.0.0", "2001:db8::/32" }, tos_audio = { "ef", "af41", "184" }, cos_audio = { "5" },
    from_user = { "100-A.b" }, identify_by = { "username, auth_username", "ip" }, dtls_verify = { "Fingerprint" },
    timers_sess_expires = { "1800" }, media_address = { "192.0.2.1", "media.example.net", "2001:db8::7" },
    outbound_proxy = { "sip:proxy.example.net:5070;lr", "sip:[2001:db8::1]:5060" },
    codec_prefs_incoming_offer = { "prefer:pending, operation:intersect, keep:all, transcode:allow" },
  }
  t.equal(phone(t, "705", {}).status, 201)
  local id = t.sql("SELECT ex_id FROM ex_extensions WHERE ex_number = '705'")[1].ex_id
  local function set(table_name, column, value)
    return t.http:patch(PATH .. "/extensions/" .. id .. "?tenant=DEMO", { headers = { ["X-API-Key"] = t.global_key },
      json = { [table_name] = { [column] = value } } })
  end
  for column, values in pairs(wrong) do
    for _, value in ipairs(values) do
      local res = set("ps_endpoints", column, value)
      t.equal(res.status, 400, column .. " = " .. value)
      t.equal(res.json.error.field, "ps_endpoints." .. column)
    end
  end
  for column, values in pairs(right) do
    for _, value in ipairs(values) do t.equal(set("ps_endpoints", column, value).status, 200, column .. " = " .. value) end
  end
  for _, value in ipairs({ "not a uri", "sip:a b", "sip:host:99999", "http://x" }) do
    t.equal(set("ps_aors", "contact", value).status, 400, value)
  end
  for _, value in ipairs({ "sip:100@192.0.2.1:5061", "sip:192.0.2.1;transport=tcp,sip:[2001:db8::9]" }) do
    t.equal(set("ps_aors", "contact", value).status, 200, value)
  end
end)
