-- Tables that Asterisk itself reads and writes through realtime. Column names are Asterisk's own
-- and must not change; absent values are NULL, because Asterisk parses an empty string as a value
-- and rejects the object.

-- Keyed by NUMBER-TENANT, as the two tables after it.
CREATE TABLE ps_endpoints (
  id VARCHAR(191) NOT NULL PRIMARY KEY, auth TEXT, outbound_auth TEXT, outbound_proxy TEXT,
  transport TEXT, context TEXT, external_media_address TEXT, mailboxes TEXT, moh_suggest TEXT,
  callerid TEXT, callerid_tag TEXT, call_group TEXT, pickup_group TEXT, named_call_group TEXT,
  named_pickup_group TEXT, tone_zone TEXT, "language" TEXT, record_on_feature TEXT,
  record_off_feature TEXT, rtp_engine TEXT, sdp_owner TEXT, sdp_session TEXT, from_domain TEXT,
  from_user TEXT, mwi_from_user TEXT, dtls_verify TEXT, dtls_rekey TEXT, media_address TEXT,
  message_context TEXT, voicemail_extension TEXT, acl TEXT, contact_acl TEXT,
  subscribe_context TEXT, incoming_mwi_mailbox TEXT, aors TEXT, disallow TEXT, allow TEXT,
  dtls_cert_file TEXT, dtls_private_key TEXT, dtls_cipher TEXT, dtls_ca_file TEXT,
  dtls_ca_path TEXT, direct_media TEXT, disable_direct_media_on_nat TEXT, force_rport TEXT,
  ice_support TEXT, rewrite_contact TEXT, rtp_ipv6 TEXT, rtp_symmetric TEXT, send_diversion TEXT,
  send_pai TEXT, send_rpid TEXT, aggregate_mwi TEXT, trust_id_inbound TEXT,
  trust_id_outbound TEXT, use_ptime TEXT, use_avpf TEXT, inband_progress TEXT, fax_detect TEXT,
  t38_udptl TEXT, t38_udptl_nat TEXT, t38_udptl_ipv6 TEXT, one_touch_recording TEXT,
  allow_transfer TEXT, allow_subscribe TEXT, srtp_tag_32 TEXT, force_avp TEXT,
  media_use_received_transport TEXT, user_eq_phone TEXT, moh_passthrough TEXT,
  media_encryption_optimistic TEXT, rpid_immediate TEXT, g726_non_standard TEXT,
  bind_rtp_to_media_address TEXT, mwi_subscribe_replaces_unsolicited TEXT,
  preferred_codec_only TEXT, asymmetric_rtp_codec TEXT, rtcp_mux TEXT, allow_overlap TEXT,
  refer_blind_progress TEXT, notify_early_inuse_ringing TEXT, webrtc TEXT, bundle TEXT,
  dtls_auto_generate_cert TEXT, follow_early_media_fork TEXT, accept_multiple_sdp_answers TEXT,
  suppress_q850_reason_headers TEXT, trust_connected_line TEXT, send_connected_line TEXT,
  ignore_183_without_sdp TEXT, stir_shaken TEXT, send_history_info TEXT,
  allow_unauthenticated_options TEXT, t38_bind_udptl_to_media_address TEXT, send_aoc TEXT,
  suppress_moh_on_sendonly TEXT, connected_line_method TEXT, direct_media_method TEXT,
  direct_media_glare_mitigation TEXT, dtmf_mode TEXT, identify_by TEXT, accountcode TEXT,
  contact_user TEXT, geoloc_incoming_call_profile TEXT, geoloc_outgoing_call_profile TEXT,
  stir_shaken_profile TEXT, overlap_context TEXT, tenantid TEXT, timers_min_se TEXT,
  timers_sess_expires TEXT, device_state_busy_at TEXT, t38_udptl_maxdatagram TEXT,
  sub_min_expiry TEXT, cos_audio TEXT, cos_video TEXT, rtp_keepalive TEXT, rtp_timeout TEXT,
  rtp_timeout_hold TEXT, fax_detect_timeout TEXT, max_audio_streams TEXT, max_video_streams TEXT,
  rtp_port_start TEXT, rtp_port_end TEXT, timers TEXT, callerid_privacy TEXT, "100rel" TEXT,
  media_encryption TEXT, t38_udptl_ec TEXT, tos_audio TEXT, tos_video TEXT, dtls_setup TEXT,
  redirect_method TEXT, set_var TEXT, deny TEXT, permit TEXT, contact_deny TEXT,
  contact_permit TEXT, follow_redirect_methods TEXT, dtls_fingerprint TEXT,
  codec_prefs_incoming_offer TEXT, codec_prefs_outgoing_offer TEXT,
  codec_prefs_incoming_answer TEXT, codec_prefs_outgoing_answer TEXT,
  incoming_call_offer_pref TEXT, outgoing_call_offer_pref TEXT, security_negotiation TEXT,
  security_mechanisms TEXT
);

CREATE TABLE ps_auths (
  id VARCHAR(191) NOT NULL PRIMARY KEY, realm TEXT, refresh_token TEXT, oauth_clientid TEXT,
  oauth_secret TEXT, auth_type TEXT, nonce_lifetime TEXT, md5_cred TEXT, username TEXT,
  "password" TEXT, password_digest TEXT, supported_algorithms_uas TEXT,
  supported_algorithms_uac TEXT
);

CREATE TABLE ps_aors (
  id VARCHAR(191) NOT NULL PRIMARY KEY, contact TEXT, outbound_proxy TEXT,
  default_expiration TEXT, max_contacts TEXT, minimum_expiration TEXT, qualify_frequency TEXT,
  maximum_expiration TEXT, mailboxes TEXT, remove_existing TEXT, authenticate_qualify TEXT,
  support_path TEXT, remove_unavailable TEXT, qualify_2xx_only TEXT, qualify_timeout TEXT,
  voicemail_extension TEXT
);

-- Written by Asterisk at each registration. The two numeric columns are compared by size.
CREATE TABLE ps_contacts (
  id VARCHAR(191) NOT NULL PRIMARY KEY, outbound_proxy TEXT, user_agent TEXT, reg_server TEXT,
  call_id TEXT, endpoint VARCHAR(191), uri TEXT, expiration_time BIGINT,
  qualify_frequency INTEGER, via_port TEXT, "path" TEXT, qualify_timeout TEXT,
  authenticate_qualify TEXT, prune_on_boot TEXT, qualify_2xx_only TEXT, via_addr TEXT
);
CREATE INDEX i_ps_contacts_endpoint ON ps_contacts (endpoint);
CREATE INDEX i_ps_contacts_qualify_frequency_expiration_time
  ON ps_contacts (qualify_frequency, expiration_time);

CREATE TABLE ps_endpoint_id_ips (
  id VARCHAR(191) NOT NULL PRIMARY KEY, endpoint VARCHAR(191), match_header TEXT,
  match_request_uri TEXT, "match" TEXT, srv_lookups TEXT
);
CREATE INDEX i_ps_endpoint_id_ips_endpoint ON ps_endpoint_id_ips (endpoint);

CREATE TABLE ps_registrations (
  id VARCHAR(191) NOT NULL PRIMARY KEY, client_uri TEXT, outbound_auth TEXT, outbound_proxy TEXT,
  server_uri TEXT, endpoint VARCHAR(191), contact_header_params TEXT, user_agent TEXT,
  auth_rejection_permanent TEXT, support_path TEXT, "line" TEXT, support_outbound TEXT,
  contact_user TEXT, transport TEXT, expiration TEXT, max_retries TEXT, retry_interval TEXT,
  forbidden_retry_interval TEXT, fatal_retry_interval TEXT, max_random_initial_delay TEXT,
  security_negotiation TEXT, security_mechanisms TEXT
);
CREATE INDEX i_ps_registrations_endpoint ON ps_registrations (endpoint);

CREATE TABLE ps_transports (
  id VARCHAR(191) NOT NULL PRIMARY KEY, bind TEXT, "domain" TEXT, external_media_address TEXT,
  external_signaling_address TEXT, local_net TEXT, "password" TEXT,
  external_signaling_hostname TEXT, async_operations TEXT, external_signaling_port TEXT,
  cos TEXT, tcp_keepalive_idle_time TEXT, tcp_keepalive_interval_time TEXT,
  tcp_keepalive_probe_count TEXT, ca_list_file TEXT, cert_file TEXT, cipher TEXT,
  priv_key_file TEXT, "method" TEXT, protocol TEXT, require_client_cert TEXT, verify_client TEXT,
  verify_server TEXT, allow_reload TEXT, symmetric_transport TEXT, allow_wildcard_certs TEXT,
  tos TEXT, tcp_keepalive_enable TEXT
);

CREATE TABLE ps_globals (
  id VARCHAR(191) NOT NULL PRIMARY KEY, default_outbound_endpoint TEXT, debug TEXT,
  endpoint_identifier_order TEXT, default_voicemail_extension TEXT, default_realm TEXT,
  max_forwards TEXT, max_initial_qualify_time TEXT, keep_alive_interval TEXT,
  contact_expiration_check_interval TEXT, unidentified_request_count TEXT,
  unidentified_request_period TEXT, unidentified_request_prune_interval TEXT,
  mwi_tps_queue_high TEXT, mwi_tps_queue_low TEXT, user_agent TEXT, default_from_user TEXT,
  regcontext TEXT, disable_multi_domain TEXT, mwi_disable_initial_unsolicited TEXT,
  ignore_uri_user_options TEXT, use_callerid_contact TEXT,
  send_contact_status_on_update_registration TEXT, norefersub TEXT,
  allow_sending_180_after_183 TEXT, all_codecs_on_empty_reinvite TEXT,
  taskprocessor_overload_trigger TEXT, default_auth_algorithms_uas TEXT,
  default_auth_algorithms_uac TEXT
);

CREATE TABLE ps_systems (
  id VARCHAR(191) NOT NULL PRIMARY KEY, timer_t1 TEXT, timer_b TEXT,
  threadpool_initial_size TEXT, threadpool_auto_increment TEXT, threadpool_idle_timeout TEXT,
  threadpool_max_size TEXT, taskpool_minimum_size TEXT, taskpool_initial_size TEXT,
  taskpool_auto_increment TEXT, taskpool_idle_timeout TEXT, taskpool_max_size TEXT,
  compact_headers TEXT, disable_tcp_switch TEXT, follow_early_media_fork TEXT,
  accept_multiple_sdp_answers TEXT, disable_rport TEXT
);

CREATE TABLE ps_domain_aliases (
  id VARCHAR(191) NOT NULL PRIMARY KEY, "domain" TEXT
);

CREATE TABLE ps_subscription_persistence (
  id VARCHAR(191) NOT NULL PRIMARY KEY, endpoint TEXT, packet TEXT, src_name TEXT,
  local_name TEXT, tag TEXT, src_port TEXT, local_port TEXT, cseq TEXT, expires TEXT,
  transport_key TEXT, contact_uri TEXT, prune_on_boot TEXT, generator_data TEXT
);

CREATE TABLE ps_outbound_publishes (
  id VARCHAR(191) NOT NULL PRIMARY KEY, outbound_auth TEXT, expiration TEXT,
  max_auth_attempts TEXT, outbound_proxy TEXT, server_uri TEXT, from_uri TEXT, to_uri TEXT,
  "@context" TEXT, "@exten" TEXT, "event" TEXT, transport TEXT, "@body" TEXT, multi_user TEXT
);

CREATE TABLE ps_inbound_publications (
  id VARCHAR(191) NOT NULL PRIMARY KEY, endpoint TEXT, "event_asterisk-devicestate" TEXT,
  "event_asterisk-mwi" TEXT
);

CREATE TABLE ps_asterisk_publications (
  id VARCHAR(191) NOT NULL PRIMARY KEY, devicestate_publish TEXT, mailboxstate_publish TEXT,
  device_state TEXT, mailbox_state TEXT, device_state_filter TEXT, mailbox_state_filter TEXT
);

CREATE TABLE ps_resource_list (
  id VARCHAR(191) NOT NULL PRIMARY KEY, "event" TEXT, list_item TEXT, full_state TEXT,
  resource_display_name TEXT, notification_batch_interval TEXT
);

-- chan_sip peers, for nodes up to Asterisk 20.
CREATE TABLE sipfriends (
  id INTEGER PRIMARY KEY AUTOINCREMENT, port VARCHAR(191), regseconds TEXT, lastms TEXT,
  busylevel TEXT, maxcallbitrate TEXT, "session-expires" TEXT, "session-minse" TEXT,
  rtptimeout TEXT, rtpholdtimeout TEXT, timert1 TEXT, timerb TEXT, qualifyfreq TEXT,
  rtpkeepalive TEXT, "call-limit" TEXT, name VARCHAR(191) NOT NULL, defaultuser TEXT,
  host VARCHAR(191), context TEXT, secret TEXT, md5secret TEXT, remotesecret TEXT,
  callgroup TEXT, pickupgroup TEXT, "language" TEXT, insecure TEXT, callerid TEXT, amaflags TEXT,
  mailbox TEXT, t38pt_usertpsource TEXT, regexten TEXT, fromdomain TEXT, fromuser TEXT,
  qualify TEXT, outboundproxy TEXT, callbackextension TEXT, auth TEXT, fullname TEXT,
  trunkname TEXT, cid_number TEXT, mohinterpret TEXT, mohsuggest TEXT, parkinglot TEXT,
  vmexten TEXT, ipaddr VARCHAR(191), defaultip TEXT, fullcontact TEXT, accountcode TEXT,
  regserver TEXT, useragent TEXT, "type" TEXT, permit TEXT, deny TEXT, contactpermit TEXT,
  contactdeny TEXT, transport TEXT, dtmfmode TEXT, directmedia TEXT, nat TEXT, disallow TEXT,
  allow TEXT, setvar TEXT, trustrpid TEXT, promiscredir TEXT, useclientcode TEXT,
  callcounter TEXT, allowoverlap TEXT, allowsubscribe TEXT, videosupport TEXT,
  rfc2833compensate TEXT, sendrpid TEXT, constantssrc TEXT, usereqphone TEXT, textsupport TEXT,
  faxdetect TEXT, buggymwi TEXT, hasvoicemail TEXT, subscribemwi TEXT, autoframing TEXT,
  g726nonstandard TEXT, ignoresdpversion TEXT, allowtransfer TEXT, dynamic TEXT,
  supportpath TEXT, progressinband TEXT, "session-timers" TEXT, "session-refresher" TEXT,
  callingpres TEXT, "path" TEXT
);
CREATE UNIQUE INDEX u_sipfriends_name ON sipfriends (name);
CREATE INDEX i_sipfriends_ipaddr_port ON sipfriends (ipaddr, port);
CREATE INDEX i_sipfriends_host_port ON sipfriends (host, port);

CREATE TABLE iaxfriends (
  id INTEGER PRIMARY KEY AUTOINCREMENT, port VARCHAR(191), regseconds TEXT, maxauthreq TEXT,
  name VARCHAR(191) NOT NULL, username TEXT, mailbox TEXT, secret TEXT, dbsecret TEXT,
  context TEXT, regcontext TEXT, host VARCHAR(191), ipaddr VARCHAR(191), regexten TEXT,
  inkeys TEXT, outkeys TEXT, cid_number TEXT, fullname TEXT, codecpriority TEXT, "type" TEXT,
  defaultip TEXT, sourceaddress TEXT, mask TEXT, mohinterpret TEXT, mohsuggest TEXT, auth TEXT,
  timezone TEXT, amaflags TEXT, accountcode TEXT, "language" TEXT, qualify TEXT,
  qualifyfreqok TEXT, qualifyfreqnotok TEXT, callerid TEXT, sendani TEXT, trunk TEXT,
  jitterbuffer TEXT, forcejitterbuffer TEXT, qualifysmoothing TEXT, adsi TEXT,
  requirecalltoken TEXT, encryption TEXT, transfer TEXT, disallow TEXT, allow TEXT, setvar TEXT
);
CREATE UNIQUE INDEX u_iaxfriends_name ON iaxfriends (name);
CREATE INDEX i_iaxfriends_host_port ON iaxfriends (host, port);
CREATE INDEX i_iaxfriends_ipaddr_port ON iaxfriends (ipaddr, port);

CREATE TABLE extensions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, context VARCHAR(80) NOT NULL, exten VARCHAR(80) NOT NULL,
  app VARCHAR(40) NOT NULL, priority INTEGER NOT NULL, appdata TEXT
);
CREATE UNIQUE INDEX u_extensions_context_exten_priority ON extensions (context, exten, priority);

CREATE TABLE musiconhold (
  name VARCHAR(191) NOT NULL PRIMARY KEY, "mode" TEXT, directory TEXT, application TEXT,
  digit TEXT, "sort" TEXT, "format" TEXT, stamp TEXT, loop_last TEXT
);

CREATE TABLE musiconhold_entry (
  name VARCHAR(80) NOT NULL, position INTEGER NOT NULL, entry TEXT, PRIMARY KEY (name, position)
);

-- Rooms of a conference; app_meetme needs DAHDI, so the dialplan feeds ConfBridge from these rows.
CREATE TABLE meetme (
  bookid INTEGER PRIMARY KEY AUTOINCREMENT, maxusers INTEGER NOT NULL DEFAULT 0,
  members INTEGER NOT NULL DEFAULT 0, confno VARCHAR(80) NOT NULL, recordingfilename TEXT,
  starttime DATETIME, endtime DATETIME, pin TEXT, adminpin TEXT, opts TEXT, adminopts TEXT,
  recordingformat TEXT
);
CREATE INDEX i_meetme_confno_starttime_endtime ON meetme (confno, starttime, endtime);
