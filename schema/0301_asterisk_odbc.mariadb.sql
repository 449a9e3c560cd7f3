-- What Asterisk reads by ODBC. For res_config_odbc `;` ends a value, and `^` with two digits of 0-9A-F is the character
-- of that code: of the expression ^800 it would make one that no number fits, of a password another one. These views
-- write both as such codes. `id` and what else rows are found by stays as it is, so that its index is used.
-- extconfig.conf names them in place of what they are made of.
DROP VIEW asterisk_semicolon;
CREATE VIEW asterisk_semicolon AS SELECT ';' AS mark;

CREATE VIEW odbc_asterisk_endpoints AS
  SELECT
    "id", "auth", "outbound_auth", replace(replace("outbound_proxy", '^', '^5E'), ';', '^3B') AS "outbound_proxy",
    "transport", "context", replace(replace("mailboxes", '^', '^5E'), ';', '^3B') AS "mailboxes", "moh_suggest",
    replace(replace("callerid", '^', '^5E'), ';', '^3B') AS "callerid",
    replace(replace("callerid_tag", '^', '^5E'), ';', '^3B') AS "callerid_tag", "call_group", "pickup_group",
    "named_call_group", "named_pickup_group", "tone_zone", "language", "record_on_feature", "record_off_feature",
    "rtp_engine", replace(replace("sdp_owner", '^', '^5E'), ';', '^3B') AS "sdp_owner",
    replace(replace("sdp_session", '^', '^5E'), ';', '^3B') AS "sdp_session",
    replace(replace("from_domain", '^', '^5E'), ';', '^3B') AS "from_domain",
    replace(replace("from_user", '^', '^5E'), ';', '^3B') AS "from_user",
    replace(replace("mwi_from_user", '^', '^5E'), ';', '^3B') AS "mwi_from_user", "dtls_verify", "dtls_rekey",
    "media_address", "message_context", "voicemail_extension", "acl", "contact_acl", "subscribe_context",
    "incoming_mwi_mailbox", "aors", "disallow", "allow",
    replace(replace("dtls_cert_file", '^', '^5E'), ';', '^3B') AS "dtls_cert_file",
    replace(replace("dtls_private_key", '^', '^5E'), ';', '^3B') AS "dtls_private_key", "dtls_cipher",
    replace(replace("dtls_ca_file", '^', '^5E'), ';', '^3B') AS "dtls_ca_file",
    replace(replace("dtls_ca_path", '^', '^5E'), ';', '^3B') AS "dtls_ca_path", "direct_media",
    "disable_direct_media_on_nat", "force_rport", "ice_support", "rewrite_contact", "rtp_ipv6", "rtp_symmetric",
    "send_diversion", "send_pai", "send_rpid", "aggregate_mwi", "trust_id_inbound", "trust_id_outbound", "use_ptime",
    "use_avpf", "inband_progress", "fax_detect", "t38_udptl", "t38_udptl_nat", "t38_udptl_ipv6",
    "one_touch_recording", "allow_transfer", "allow_subscribe", "srtp_tag_32", "force_avp",
    "media_use_received_transport", "user_eq_phone", "moh_passthrough", "media_encryption_optimistic",
    "rpid_immediate", "g726_non_standard", "bind_rtp_to_media_address", "mwi_subscribe_replaces_unsolicited",
    "preferred_codec_only", "asymmetric_rtp_codec", "rtcp_mux", "allow_overlap", "refer_blind_progress",
    "notify_early_inuse_ringing", "webrtc", "bundle", "dtls_auto_generate_cert", "follow_early_media_fork",
    "accept_multiple_sdp_answers", "suppress_q850_reason_headers", "trust_connected_line", "send_connected_line",
    "ignore_183_without_sdp", "send_history_info", "allow_unauthenticated_options",
    "t38_bind_udptl_to_media_address", "send_aoc", "suppress_moh_on_sendonly", "connected_line_method",
    "direct_media_method", "direct_media_glare_mitigation", "dtmf_mode", "identify_by", "accountcode",
    replace(replace("contact_user", '^', '^5E'), ';', '^3B') AS "contact_user", "geoloc_incoming_call_profile",
    "geoloc_outgoing_call_profile", "stir_shaken_profile", "overlap_context", "tenantid", "timers_min_se",
    "timers_sess_expires", "device_state_busy_at", "t38_udptl_maxdatagram", "sub_min_expiry", "cos_audio",
    "cos_video", "rtp_keepalive", "rtp_timeout", "rtp_timeout_hold", "fax_detect_timeout", "max_audio_streams",
    "max_video_streams", "rtp_port_start", "rtp_port_end", "timers", "callerid_privacy", "100rel",
    "media_encryption", "t38_udptl_ec", "tos_audio", "tos_video", "dtls_setup", "redirect_method",
    replace(replace("set_var", '^', '^5E'), ';', '^3B') AS "set_var", "deny", "permit", "contact_deny",
    "contact_permit", "follow_redirect_methods", "dtls_fingerprint", "codec_prefs_incoming_offer",
    "codec_prefs_outgoing_offer", "codec_prefs_incoming_answer", "codec_prefs_outgoing_answer",
    "incoming_call_offer_pref", "outgoing_call_offer_pref", "security_negotiation", "security_mechanisms"
  FROM asterisk_endpoints;

CREATE VIEW odbc_asterisk_auths AS
  SELECT
    "id", replace(replace("realm", '^', '^5E'), ';', '^3B') AS "realm",
    replace(replace("refresh_token", '^', '^5E'), ';', '^3B') AS "refresh_token",
    replace(replace("oauth_clientid", '^', '^5E'), ';', '^3B') AS "oauth_clientid",
    replace(replace("oauth_secret", '^', '^5E'), ';', '^3B') AS "oauth_secret", "auth_type", "nonce_lifetime",
    replace(replace("md5_cred", '^', '^5E'), ';', '^3B') AS "md5_cred",
    replace(replace("username", '^', '^5E'), ';', '^3B') AS "username",
    replace(replace("password", '^', '^5E'), ';', '^3B') AS "password",
    replace(replace("password_digest", '^', '^5E'), ';', '^3B') AS "password_digest", "supported_algorithms_uas",
    "supported_algorithms_uac"
  FROM asterisk_auths;

CREATE VIEW odbc_asterisk_aors AS
  SELECT
    "id", replace(replace("contact", '^', '^5E'), ';', '^3B') AS "contact",
    replace(replace("outbound_proxy", '^', '^5E'), ';', '^3B') AS "outbound_proxy", "default_expiration",
    "max_contacts", "minimum_expiration", "qualify_frequency", "maximum_expiration",
    replace(replace("mailboxes", '^', '^5E'), ';', '^3B') AS "mailboxes", "remove_existing", "authenticate_qualify",
    "support_path", "remove_unavailable", "qualify_2xx_only", "qualify_timeout", "voicemail_extension"
  FROM asterisk_aors;

CREATE VIEW odbc_asterisk_registrations AS
  SELECT
    "id", replace(replace("client_uri", '^', '^5E'), ';', '^3B') AS "client_uri", "outbound_auth",
    replace(replace("outbound_proxy", '^', '^5E'), ';', '^3B') AS "outbound_proxy",
    replace(replace("server_uri", '^', '^5E'), ';', '^3B') AS "server_uri", "endpoint",
    replace(replace("contact_header_params", '^', '^5E'), ';', '^3B') AS "contact_header_params",
    replace(replace("user_agent", '^', '^5E'), ';', '^3B') AS "user_agent", "auth_rejection_permanent",
    "support_path", "line", "support_outbound",
    replace(replace("contact_user", '^', '^5E'), ';', '^3B') AS "contact_user", "transport", "expiration",
    "max_retries", "retry_interval", "forbidden_retry_interval", "fatal_retry_interval", "max_random_initial_delay",
    "security_negotiation", "security_mechanisms"
  FROM asterisk_registrations;

CREATE VIEW odbc_asterisk_identifies AS
  SELECT
    "id", "endpoint", replace(replace("match_header", '^', '^5E'), ';', '^3B') AS "match_header",
    replace(replace("match_request_uri", '^', '^5E'), ';', '^3B') AS "match_request_uri",
    replace(replace("match", '^', '^5E'), ';', '^3B') AS "match", "srv_lookups"
  FROM asterisk_identifies;

CREATE VIEW odbc_qu_queues AS
  SELECT
    "qu_id", "qu_te_id", replace(replace("qu_name", '^', '^5E'), ';', '^3B') AS "qu_name", "qu_hosted",
    "qu_alwaysrecord", "qu_timeout", "qu_parameters", "qu_youarenext_me_id", "qu_thereare_me_id",
    "qu_callswaiting_me_id", "qu_thankyou_me_id", "qu_periodic_announce_me_id", "qu_nobodyhome", "qu_ringinuse",
    "qu_calltimeout", "qu_agent_announce_me_id", "qu_id_text", "qu_number", "qu_callbackabandoned",
    "qu_callbackwhenfree", "qu_callbackabandonedstart", "qu_callbackcalleridnum", "qu_callbackcalleridname",
    "qu_callbackmaxattempts", "qu_nofreemember", "qu_ivr_id", "qu_agent_ag_id", "qu_notifyabandoned",
    "qu_notifyabandonedemail", "qu_notifyabandonedstart", "qu_holdtime_me_id", "qu_callback",
    "qu_agent_confirmmessage_me_id", "qu_agentname", "qu_allowoptimization", "qu_spygroups", "qu_api_type",
    "qu_api_url", "qu_api_username", "qu_api_password", "qu_usequeuerules", "qu_minpenalty", "qu_maxpenalty",
    "qu_raisepenalty", "qu_callbackhours", "qu_notifyabandonedurl", "qu_onautopause", "qu_emailrecording",
    "qu_minemailrecording", "qu_callbackdelay", "qu_notifyabandonedsmsnumbers", "qu_notifyabandonedsmstext",
    "qu_notifyabandonedsmssender", "qu_callbackconfirm", "qu_callbackconfirmmessage_me_id", "qu_callbackagentfirst",
    "qu_numcallers", "qu_progress", "qu_ringoffline", "qu_callbackexpiration", "qu_pauseonend", "qu_agent_end_ag_id",
    "qu_callbackfirstdelay", "qu_api_enabled", "qu_api_lastmessage", "qu_allowredirect", "qu_logagentstatus",
    "qu_notifytimeoutemail", "qu_dialplan"
  FROM qu_queues;

CREATE VIEW odbc_dialplan_extension AS
  SELECT
    "id", "number", "te_id", "tenant", "peer", "tech", replace(replace("dial", '^', '^5E'), ';', '^3B') AS "dial",
    "timeout", "recording", "mailbox", "follow_unconditional", "follow_busy", "follow_noanswer", "follow_offline"
  FROM dialplan_extension;

CREATE VIEW odbc_dialplan_huntlist AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name", "ring",
    replace(replace("steps", '^', '^5E'), ';', '^3B') AS "steps", "skipbusy", "confirm", "music", "prompt"
  FROM dialplan_huntlist;

CREATE VIEW odbc_dialplan_caller AS
  SELECT
    "id", "ex_id", "profile", replace(replace("cidnum", '^', '^5E'), ';', '^3B') AS "cidnum",
    replace(replace("cidname", '^', '^5E'), ';', '^3B') AS "cidname",
    replace(replace("emergencycid", '^', '^5E'), ';', '^3B') AS "emergencycid", "blockcid",
    replace(replace("allowed", '^', '^5E'), ';', '^3B') AS "allowed",
    replace(replace("filtered", '^', '^5E'), ';', '^3B') AS "filtered",
    replace(replace("destinations", '^', '^5E'), ';', '^3B') AS "destinations", "onlyallow", "donotcall", "music"
  FROM dialplan_caller;

CREATE VIEW odbc_dialplan_paging AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name",
    replace(replace("pin", '^', '^5E'), ';', '^3B') AS "pin", "duplex", "skipbusy", "prompt",
    replace(replace("dial", '^', '^5E'), ';', '^3B') AS "dial"
  FROM dialplan_paging;

CREATE VIEW odbc_dialplan_ivr AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name", "timeout", "digittimeout", "direct", "digits",
    "maxloops", "looptimeout", "loopwrong", "prompt"
  FROM dialplan_ivr;

CREATE VIEW odbc_dialplan_condition AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name", "type", "zone", "question",
    replace(replace("a", '^', '^5E'), ';', '^3B') AS "a", replace(replace("b", '^', '^5E'), ';', '^3B') AS "b"
  FROM dialplan_condition;

CREATE VIEW odbc_dialplan_flow AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name", "lamp", "state",
    replace(replace("value", '^', '^5E'), ';', '^3B') AS "value",
    replace(replace("variable", '^', '^5E'), ';', '^3B') AS "variable",
    replace(replace("value_inuse", '^', '^5E'), ';', '^3B') AS "value_inuse",
    replace(replace("value_not_inuse", '^', '^5E'), ';', '^3B') AS "value_not_inuse",
    replace(replace("value_ringing", '^', '^5E'), ';', '^3B') AS "value_ringing",
    replace(replace("value_unavailable", '^', '^5E'), ';', '^3B') AS "value_unavailable"
  FROM dialplan_flow;

CREATE VIEW odbc_dialplan_custom AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name", "code",
    replace(replace("a", '^', '^5E'), ';', '^3B') AS "a", replace(replace("b", '^', '^5E'), ';', '^3B') AS "b",
    replace(replace("c", '^', '^5E'), ';', '^3B') AS "c", "lot"
  FROM dialplan_custom;

CREATE VIEW odbc_dialplan_route AS
  SELECT
    "id", replace(replace("name", '^', '^5E'), ';', '^3B') AS "name",
    replace(replace("regex", '^', '^5E'), ';', '^3B') AS "regex",
    replace(replace("add_digits", '^', '^5E'), ';', '^3B') AS "add_digits", "del_digits", "usepin", "peer",
    "maxchannels", "ignorebusy", replace(replace("cidnum", '^', '^5E'), ';', '^3B') AS "cidnum",
    replace(replace("cidname", '^', '^5E'), ';', '^3B') AS "cidname"
  FROM dialplan_route;

CREATE VIEW odbc_dialplan_provider AS
  SELECT
    "id", "peer", "maxchannels", replace(replace("cidnum", '^', '^5E'), ';', '^3B') AS "cidnum",
    replace(replace("cidname", '^', '^5E'), ';', '^3B') AS "cidname", "ignorebusy"
  FROM dialplan_provider;

CREATE VIEW odbc_co_conditions AS
  SELECT
    "co_id", "co_te_id", "co_name", "co_type", "co_timezone",
    replace(replace("co_param1", '^', '^5E'), ';', '^3B') AS "co_param1",
    replace(replace("co_param2", '^', '^5E'), ';', '^3B') AS "co_param2",
    replace(replace("co_param3", '^', '^5E'), ';', '^3B') AS "co_param3",
    replace(replace("co_param4", '^', '^5E'), ';', '^3B') AS "co_param4",
    replace(replace("co_param5", '^', '^5E'), ';', '^3B') AS "co_param5",
    replace(replace("co_param6", '^', '^5E'), ';', '^3B') AS "co_param6",
    replace(replace("co_param7", '^', '^5E'), ';', '^3B') AS "co_param7",
    replace(replace("co_param8", '^', '^5E'), ';', '^3B') AS "co_param8",
    replace(replace("co_param9", '^', '^5E'), ';', '^3B') AS "co_param9",
    replace(replace("co_param10", '^', '^5E'), ';', '^3B') AS "co_param10",
    replace(replace("co_param11", '^', '^5E'), ';', '^3B') AS "co_param11",
    replace(replace("co_param12", '^', '^5E'), ';', '^3B') AS "co_param12",
    replace(replace("co_param13", '^', '^5E'), ';', '^3B') AS "co_param13",
    replace(replace("co_param14", '^', '^5E'), ';', '^3B') AS "co_param14",
    replace(replace("co_param15", '^', '^5E'), ';', '^3B') AS "co_param15",
    replace(replace("co_param16", '^', '^5E'), ';', '^3B') AS "co_param16",
    replace(replace("co_param17", '^', '^5E'), ';', '^3B') AS "co_param17",
    replace(replace("co_param18", '^', '^5E'), ';', '^3B') AS "co_param18",
    replace(replace("co_param19", '^', '^5E'), ';', '^3B') AS "co_param19",
    replace(replace("co_param20", '^', '^5E'), ';', '^3B') AS "co_param20",
    replace(replace("co_param21", '^', '^5E'), ';', '^3B') AS "co_param21",
    replace(replace("co_param22", '^', '^5E'), ';', '^3B') AS "co_param22"
  FROM co_conditions;

CREATE VIEW odbc_ds_disas AS
  SELECT
    "ds_id", "ds_te_id", replace(replace("ds_name", '^', '^5E'), ';', '^3B') AS "ds_name", "ds_me_id",
    replace(replace("ds_pin", '^', '^5E'), ';', '^3B') AS "ds_pin", "ds_outbound", "ds_blockcid",
    replace(replace("ds_calleridnum", '^', '^5E'), ';', '^3B') AS "ds_calleridnum",
    replace(replace("ds_calleridname", '^', '^5E'), ';', '^3B') AS "ds_calleridname", "ds_digitstimeout",
    "ds_responsetimeout", "ds_looponattempt"
  FROM ds_disas;

CREATE VIEW odbc_dialplan_trunk AS
  SELECT
    "id", replace(replace("cid_header", '^', '^5E'), ';', '^3B') AS "cid_header",
    replace(replace("cid_start", '^', '^5E'), ';', '^3B') AS "cid_start",
    replace(replace("cid_end", '^', '^5E'), ';', '^3B') AS "cid_end",
    replace(replace("cid_before", '^', '^5E'), ';', '^3B') AS "cid_before",
    replace(replace("cid_regex", '^', '^5E'), ';', '^3B') AS "cid_regex",
    replace(replace("cid_behind", '^', '^5E'), ';', '^3B') AS "cid_behind",
    replace(replace("did_header", '^', '^5E'), ';', '^3B') AS "did_header",
    replace(replace("did_start", '^', '^5E'), ';', '^3B') AS "did_start",
    replace(replace("did_end", '^', '^5E'), ';', '^3B') AS "did_end",
    replace(replace("did_before", '^', '^5E'), ';', '^3B') AS "did_before",
    replace(replace("did_regex", '^', '^5E'), ';', '^3B') AS "did_regex",
    replace(replace("did_behind", '^', '^5E'), ';', '^3B') AS "did_behind", "debug"
  FROM dialplan_trunk;

CREATE VIEW odbc_dialplan_findme AS
  SELECT
    "id", replace(replace("number", '^', '^5E'), ';', '^3B') AS "number", "delay", "timeout", "confirm", "prompt"
  FROM dialplan_findme;

CREATE VIEW odbc_dialplan_variable AS
  SELECT
    "id", replace(replace("value", '^', '^5E'), ';', '^3B') AS "value"
  FROM dialplan_variable;

CREATE VIEW odbc_dialplan_tenant AS
  SELECT
    "id", "te_id", "disabled", "maxchannels", "zone", "profile", "maxduration", "dialtimeout", "parktimeout",
    replace(replace("emergency", '^', '^5E'), ';', '^3B') AS "emergency"
  FROM dialplan_tenant;

CREATE VIEW odbc_dialplan_didrules AS
  SELECT
    "id", replace(replace("nameprefix", '^', '^5E'), ';', '^3B') AS "nameprefix",
    replace(replace("numberprefix", '^', '^5E'), ';', '^3B') AS "numberprefix", "unconditional"
  FROM dialplan_didrules;

CREATE VIEW odbc_dialplan_queue AS
  SELECT
    "id", "minpenalty", "maxpenalty", "callback", "callabandoned", "delay", "attempts",
    replace(replace("cidnum", '^', '^5E'), ';', '^3B') AS "cidnum",
    replace(replace("cidname", '^', '^5E'), ';', '^3B') AS "cidname", "abandoned"
  FROM dialplan_queue;

CREATE VIEW odbc_dialplan_outside AS
  SELECT
    "id", replace(replace("prefix", '^', '^5E'), ';', '^3B') AS "prefix", "shortest", "longest", "seconds",
    "callerids"
  FROM dialplan_outside;

CREATE VIEW odbc_dialplan_findas AS
  SELECT
    "id", replace(replace("cidnum", '^', '^5E'), ';', '^3B') AS "cidnum",
    replace(replace("numberprefix", '^', '^5E'), ';', '^3B') AS "numberprefix",
    replace(replace("nameprefix", '^', '^5E'), ';', '^3B') AS "nameprefix"
  FROM dialplan_findas;

CREATE VIEW odbc_dialplan_room AS
  SELECT
    "id", "ask", replace(replace("guest", '^', '^5E'), ';', '^3B') AS "guest",
    replace(replace("admin", '^', '^5E'), ';', '^3B') AS "admin"
  FROM dialplan_room;

CREATE VIEW odbc_dialplan_pageheader AS
  SELECT
    "id", replace(replace("header", '^', '^5E'), ';', '^3B') AS "header"
  FROM dialplan_pageheader;

CREATE VIEW odbc_dialplan_faxanswer AS
  SELECT
    "id", replace(replace("station", '^', '^5E'), ';', '^3B') AS "station",
    replace(replace("header", '^', '^5E'), ';', '^3B') AS "header"
  FROM dialplan_faxanswer;
