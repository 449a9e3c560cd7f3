-- What Asterisk can parse in the columns of its own tables. A value it cannot makes the whole object
-- vanish: a phone that cannot register, a queue that is not there.
local merged = require("lib.value").merged
local syntax = require "engine.asterisk_syntax"

local realtime = { keeps = { "rules" } }

-- yes and no as ast_true() and ast_false() know them.
local FLAG = {
  enum = { "yes", "no", "on", "off", "true", "false", "1", "0" }, on = "yes", off = "no", fold = true,
  blank = true, shared = "AsteriskFlag",
}
-- At most nine digits: more overflow an int.
local INT = { pattern = "%d+", max = 9, blank = true }
local DECIMAL = { pattern = "%-?%d+%.?%d*", max = 9, blank = true }

local function choice(...) return { enum = { ... }, fold = true, blank = true } end

local TABLES = {}

-- A rule for several columns, their names in one text.
local function set(table_name, names, rule)
  local rules = TABLES[table_name] or {}
  TABLES[table_name] = rules
  for name in names:gmatch("%S+") do rules[name] = rule end
end

local function texts(table_name, by_length)
  for length, names in pairs(by_length) do set(table_name, names, { max = length }) end
end

---- phones and trunks: PJSIP

texts("ps_endpoints", {
  [255] = "id auth outbound_auth outbound_proxy from_domain", [2048] = "aors",
  [40] = "transport context external_media_address mailboxes callerid_tag call_group "
    .. "pickup_group tone_zone language record_on_feature record_off_feature "
    .. "rtp_engine sdp_owner sdp_session mwi_from_user dtls_verify media_address "
    .. "message_context voicemail_extension acl contact_acl subscribe_context incoming_mwi_mailbox",
  [200] = "disallow allow dtls_cert_file dtls_private_key dtls_cipher dtls_ca_file dtls_ca_path",
  [100] = "from_user contact_user", [80] = "accountcode geoloc_incoming_call_profile "
    .. "geoloc_outgoing_call_profile stir_shaken_profile overlap_context tenantid",
  [95] = "deny permit contact_deny contact_permit follow_redirect_methods",
  [512] = "security_mechanisms",
})
set("ps_endpoints", "moh_suggest", { max = 40, text_of = "musiconhold" })
set("ps_endpoints", "direct_media disable_direct_media_on_nat force_rport ice_support rewrite_contact "
  .. "rtp_ipv6 rtp_symmetric send_diversion send_pai send_rpid aggregate_mwi trust_id_inbound "
  .. "trust_id_outbound use_ptime use_avpf inband_progress fax_detect t38_udptl t38_udptl_nat "
  .. "t38_udptl_ipv6 one_touch_recording allow_transfer allow_subscribe srtp_tag_32 force_avp "
  .. "media_use_received_transport user_eq_phone moh_passthrough media_encryption_optimistic "
  .. "rpid_immediate g726_non_standard bind_rtp_to_media_address mwi_subscribe_replaces_unsolicited "
  .. "preferred_codec_only asymmetric_rtp_codec rtcp_mux allow_overlap refer_blind_progress "
  .. "notify_early_inuse_ringing webrtc bundle dtls_auto_generate_cert follow_early_media_fork "
  .. "accept_multiple_sdp_answers suppress_q850_reason_headers trust_connected_line send_connected_line "
  .. "ignore_183_without_sdp send_history_info allow_unauthenticated_options "
  .. "t38_bind_udptl_to_media_address send_aoc suppress_moh_on_sendonly", FLAG)
set("ps_endpoints", "timers_min_se timers_sess_expires device_state_busy_at t38_udptl_maxdatagram "
  .. "sub_min_expiry cos_audio cos_video rtp_keepalive rtp_timeout rtp_timeout_hold fax_detect_timeout "
  .. "max_audio_streams max_video_streams rtp_port_start rtp_port_end dtls_rekey", INT)
set("ps_endpoints", "connected_line_method direct_media_method", choice("invite", "reinvite", "update"))
set("ps_endpoints", "direct_media_glare_mitigation", choice("none", "outgoing", "incoming"))
set("ps_endpoints", "dtmf_mode", choice("rfc4733", "inband", "info", "auto", "auto_info"))
set("ps_endpoints", "timers", choice("forced", "no", "required", "yes"))
set("ps_endpoints", "callerid_privacy", choice("allowed_not_screened", "allowed_passed_screened",
  "allowed_failed_screened", "allowed", "prohib_not_screened", "prohib_passed_screened",
  "prohib_failed_screened", "prohib", "unavailable"))
set("ps_endpoints", "100rel", choice("no", "required", "peer_supported", "yes"))
set("ps_endpoints", "media_encryption", choice("no", "sdes", "dtls"))
set("ps_endpoints", "t38_udptl_ec", choice("none", "fec", "redundancy"))
set("ps_endpoints", "dtls_setup", choice("active", "passive", "actpass"))
set("ps_endpoints", "dtls_fingerprint", choice("SHA-1", "SHA-256"))
set("ps_endpoints", "redirect_method", choice("user", "uri_core", "uri_pjsip"))
set("ps_endpoints", "incoming_call_offer_pref", choice("local", "local_first", "remote", "remote_first"))
set("ps_endpoints", "outgoing_call_offer_pref", choice("local", "local_merge", "local_first", "remote",
  "remote_merge", "remote_first"))
set("ps_endpoints", "security_negotiation", choice("no", "mediasec"))
-- Asterisk refuses the endpoint for any other word.
set("ps_endpoints", "stir_shaken", choice("no", "yes", "on", "off", "attest", "verify"))
set("ps_endpoints", "tos_audio tos_video", { max = 10, blank = true, check = syntax.tos })
set("ps_endpoints", "cos_audio cos_video", { pattern = "[0-7]", blank = true })
set("ps_endpoints", "timers_min_se timers_sess_expires", merged(INT, { check = syntax.least(90) }))
set("ps_endpoints", "allow disallow", { max = 200, check = syntax.codecs })
set("ps_endpoints", "deny permit contact_deny contact_permit", { max = 95, check = syntax.networks })
set("ps_endpoints", "media_address external_media_address", { max = 40, check = syntax.host })
set("ps_endpoints", "outbound_proxy", { max = 255, check = syntax.uris })
set("ps_endpoints", "from_user contact_user", { max = 100, pattern = "[^%s<>\"]+" })
set("ps_endpoints", "dtls_verify", choice("yes", "no", "fingerprint", "certificate"))
set("ps_endpoints", "set_var", { check = syntax.assignment })
set("ps_endpoints", "codec_prefs_incoming_offer codec_prefs_outgoing_offer codec_prefs_incoming_answer "
  .. "codec_prefs_outgoing_answer", { max = 128, blank = true, check = syntax.codec_preference })
set("ps_endpoints", "identify_by", { max = 80, blank = true,
  check = syntax.words("username auth_username ip header request_uri transport") })
set("ps_endpoints", "call_group pickup_group", { pattern = "[%d, -]+", max = 40, blank = true })

set("ps_aors", "contact outbound_proxy", { max = 255, check = syntax.uris })
texts("ps_aors", { [80] = "mailboxes", [40] = "voicemail_extension" })
set("ps_aors", "default_expiration max_contacts minimum_expiration qualify_frequency maximum_expiration", INT)
set("ps_aors", "remove_existing authenticate_qualify support_path remove_unavailable qualify_2xx_only", FLAG)
set("ps_aors", "qualify_timeout", { pattern = "%d+%.?%d*", max = 9, blank = true })

texts("ps_auths", {
  [255] = "realm refresh_token oauth_clientid oauth_secret", [100] = "username", [80] = "password",
  [1024] = "password_digest supported_algorithms_uas supported_algorithms_uac",
})
set("ps_auths", "md5_cred", { pattern = "%x+", max = 40, blank = true })
set("ps_auths", "auth_type", choice("userpass", "md5", "google_oauth"))
set("ps_auths", "nonce_lifetime", INT)

texts("ps_endpoint_id_ips", { [255] = "match_header match_request_uri" })
set("ps_endpoint_id_ips", "match", { max = 4096, check = syntax.sources })
set("ps_endpoint_id_ips", "srv_lookups", FLAG)

texts("ps_registrations", {
  [255] = "contact_header_params user_agent",
  [100] = "contact_user", [80] = "outbound_auth", [40] = "transport",
})
set("ps_registrations", "client_uri server_uri outbound_proxy", { max = 255, check = syntax.uris })
set("ps_registrations", "auth_rejection_permanent support_path line support_outbound", FLAG)
set("ps_registrations", "expiration max_retries retry_interval forbidden_retry_interval "
  .. "fatal_retry_interval max_random_initial_delay", INT)
set("ps_registrations", "security_negotiation", choice("no", "mediasec"))

---- phones: chan_sip

texts("sipfriends", {
  [40] = "defaultuser host context secret md5secret remotesecret callgroup pickupgroup language insecure "
    .. "amaflags mailbox t38pt_usertpsource regexten fromdomain fromuser qualify outboundproxy "
    .. "callbackextension auth fullname trunkname cid_number parkinglot vmexten",
  [45] = "ipaddr defaultip", [80] = "fullcontact accountcode", [20] = "regserver", [255] = "useragent",
  [95] = "permit deny contactpermit contactdeny", [29] = "nat", [200] = "disallow allow setvar", [256] = "path",
})
set("sipfriends", "permit deny contactpermit contactdeny", { max = 95, check = syntax.networks })
set("sipfriends", "disallow allow", { max = 200, check = syntax.codecs })
set("sipfriends", "mohinterpret mohsuggest", { max = 40, text_of = "musiconhold" })
set("sipfriends", "port regseconds lastms busylevel maxcallbitrate session-expires session-minse rtptimeout "
  .. "rtpholdtimeout timert1 timerb qualifyfreq rtpkeepalive call-limit", INT)
set("sipfriends", "trustrpid promiscredir useclientcode callcounter allowoverlap allowsubscribe "
  .. "videosupport rfc2833compensate constantssrc usereqphone textsupport faxdetect buggymwi "
  .. "hasvoicemail subscribemwi autoframing g726nonstandard ignoresdpversion allowtransfer dynamic "
  .. "supportpath", FLAG)
set("sipfriends", "sendrpid", choice("yes", "no", "pai", "rpid"))
set("sipfriends", "type", choice("friend", "user", "peer"))
set("sipfriends", "transport", choice("udp", "tcp", "tls", "ws", "wss", "udp,tcp", "tcp,udp"))
set("sipfriends", "dtmfmode", choice("rfc2833", "info", "shortinfo", "inband", "auto"))
set("sipfriends", "directmedia", choice("yes", "no", "nonat", "update", "outgoing"))
set("sipfriends", "progressinband", choice("yes", "no", "never"))
set("sipfriends", "session-timers", choice("accept", "refuse", "originate"))
set("sipfriends", "session-refresher", choice("uac", "uas"))
set("sipfriends", "callingpres", choice("allowed_not_screened", "allowed_passed_screen",
  "allowed_failed_screen", "allowed", "prohib_not_screened", "prohib_passed_screen",
  "prohib_failed_screen", "prohib"))

---- queues

texts("queue", {
  [128] = "announce context queue_youarenext queue_thereare queue_callswaiting queue_holdtime "
    .. "queue_minutes queue_seconds queue_lessthan queue_thankyou queue_reporthold announce_holdtime "
    .. "announce_position joinempty leavewhenempty defaultrule",
  [8] = "monitor_format", [50] = "periodic_announce",
})
set("queue", "musiconhold", { max = 128, text_of = "musiconhold" })
set("queue", "timeout announce_frequency min_announce_frequency announce_round_seconds "
  .. "announce_position_limit periodic_announce_frequency periodic_announce_startdelay retry wrapuptime "
  .. "penaltymemberslimit autopausedelay maxlen servicelevel memberdelay weight", INT)
set("queue", "ringinuse setinterfacevar setqueuevar setqueueentryvar announce_to_first_user "
  .. "relative_periodic_announce autofill autopausebusy autopauseunavail reportholdtime timeoutrestart "
  .. "monitor_join eventmemberstatus eventwhencalled log_restricted_caller_id", FLAG)
set("queue", "autopause", { enum = { "yes", "no", "all" }, on = "yes", off = "no", fold = true, blank = true })
set("queue", "strategy", choice("ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear",
  "wrandom", "rrordered"))

for _, it in ipairs({ { "queue_member", "" }, { "aq_allowed_queue_member", "aq_" } }) do
  set(it[1], it[2] .. "membername", { max = 80 })
  set(it[1], it[2] .. "penalty", { low = 0, high = 1000000 })
  set(it[1], it[2] .. "paused", { low = 0, high = 1 })
end

---- boxes, music, rooms

texts("voicemail", {
  [80] = "fullname email pager serveremail callback dialout exitcontext imapuser imappassword",
  [10] = "attachfmt", [20] = "language", [30] = "tz",
})
set("voicemail", "attach deletevoicemail saycid sendvoicemail review tempgreetwarn operator envelope "
  .. "forcename forcegreetings", FLAG)
set("voicemail", "sayduration saydurationm maxmsg minsecs maxsecs", INT)
set("voicemail", "volgain", DECIMAL)

texts("musiconhold", { [255] = "directory application", [10] = "sort format", [1] = "digit" })
set("musiconhold", "mode", choice("custom", "files", "mp3nb", "quietmp3nb", "quietmp3", "playlist"))
set("musiconhold", "loop_last", FLAG)
set("musiconhold_entry", "entry", { max = 1024 })

texts("meetme", { [80] = "recordingfilename", [20] = "pin adminpin opts adminopts", [10] = "recordingformat" })

--- The rules of a table's columns with those of a declaration on top; what a declaration says wins key
--- by key.
function realtime.rules(table_name, own)
  local base = TABLES[table_name]
  if not base then return own end
  local rules = merged(base)
  for name, rule in pairs(own or {}) do
    local given = merged(base[name])
    if rule.enum or rule.pattern then
      given.enum, given.pattern, given.shared, given.on, given.off = nil, nil, nil, nil, nil
    end
    rules[name] = merged(given, rule)
  end
  return rules
end

return realtime
