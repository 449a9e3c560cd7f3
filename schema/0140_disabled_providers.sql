-- A disabled provider is none for Asterisk: it neither registers nor is called, asked or recognized. Its
-- rows stay as they are, for the day it is enabled again.

DROP VIEW asterisk_endpoints;
CREATE VIEW asterisk_endpoints AS
  SELECT
    id, auth, outbound_auth, outbound_proxy, transport,
    coalesce(nullif(context, ''), 'default') AS context, mailboxes,
    coalesce(nullif(moh_suggest, ''), 'default') AS moh_suggest, callerid, callerid_tag, call_group,
    pickup_group, named_call_group, named_pickup_group, tone_zone, "language",
    coalesce(nullif(record_on_feature, ''), 'automixmon') AS record_on_feature,
    coalesce(nullif(record_off_feature, ''), 'automixmon') AS record_off_feature,
    coalesce(nullif(rtp_engine, ''), 'asterisk') AS rtp_engine,
    coalesce(nullif(sdp_owner, ''), '-') AS sdp_owner,
    coalesce(nullif(sdp_session, ''), 'Asterisk') AS sdp_session, from_domain, from_user,
    mwi_from_user, coalesce(nullif(dtls_verify, ''), 'no') AS dtls_verify,
    coalesce(nullif(dtls_rekey, ''), '0') AS dtls_rekey, media_address, message_context,
    voicemail_extension, acl, contact_acl, subscribe_context, incoming_mwi_mailbox, aors, disallow,
    allow, dtls_cert_file, dtls_private_key, dtls_cipher, dtls_ca_file, dtls_ca_path,
    coalesce(nullif(direct_media, ''), 'yes') AS direct_media,
    coalesce(nullif(disable_direct_media_on_nat, ''), 'no') AS disable_direct_media_on_nat,
    coalesce(nullif(force_rport, ''), 'yes') AS force_rport,
    coalesce(nullif(ice_support, ''), 'no') AS ice_support,
    coalesce(nullif(rewrite_contact, ''), 'no') AS rewrite_contact,
    coalesce(nullif(rtp_ipv6, ''), 'no') AS rtp_ipv6,
    coalesce(nullif(rtp_symmetric, ''), 'no') AS rtp_symmetric,
    coalesce(nullif(send_diversion, ''), 'yes') AS send_diversion,
    coalesce(nullif(send_pai, ''), 'no') AS send_pai,
    coalesce(nullif(send_rpid, ''), 'no') AS send_rpid,
    coalesce(nullif(aggregate_mwi, ''), 'yes') AS aggregate_mwi,
    coalesce(nullif(trust_id_inbound, ''), 'no') AS trust_id_inbound,
    coalesce(nullif(trust_id_outbound, ''), 'no') AS trust_id_outbound,
    coalesce(nullif(use_ptime, ''), 'no') AS use_ptime,
    coalesce(nullif(use_avpf, ''), 'no') AS use_avpf,
    coalesce(nullif(inband_progress, ''), 'no') AS inband_progress,
    coalesce(nullif(fax_detect, ''), 'no') AS fax_detect,
    coalesce(nullif(t38_udptl, ''), 'no') AS t38_udptl,
    coalesce(nullif(t38_udptl_nat, ''), 'no') AS t38_udptl_nat,
    coalesce(nullif(t38_udptl_ipv6, ''), 'no') AS t38_udptl_ipv6,
    coalesce(nullif(one_touch_recording, ''), 'no') AS one_touch_recording,
    coalesce(nullif(allow_transfer, ''), 'yes') AS allow_transfer,
    coalesce(nullif(allow_subscribe, ''), 'yes') AS allow_subscribe,
    coalesce(nullif(srtp_tag_32, ''), 'no') AS srtp_tag_32,
    coalesce(nullif(force_avp, ''), 'no') AS force_avp,
    coalesce(nullif(media_use_received_transport, ''), 'no') AS media_use_received_transport,
    coalesce(nullif(user_eq_phone, ''), 'no') AS user_eq_phone,
    coalesce(nullif(moh_passthrough, ''), 'no') AS moh_passthrough,
    coalesce(nullif(media_encryption_optimistic, ''), 'no') AS media_encryption_optimistic,
    coalesce(nullif(rpid_immediate, ''), 'no') AS rpid_immediate,
    coalesce(nullif(g726_non_standard, ''), 'no') AS g726_non_standard,
    coalesce(nullif(bind_rtp_to_media_address, ''), 'no') AS bind_rtp_to_media_address,
    coalesce(nullif(mwi_subscribe_replaces_unsolicited, ''), 'no')
      AS mwi_subscribe_replaces_unsolicited,
    coalesce(nullif(preferred_codec_only, ''), 'no') AS preferred_codec_only,
    coalesce(nullif(asymmetric_rtp_codec, ''), 'no') AS asymmetric_rtp_codec,
    coalesce(nullif(rtcp_mux, ''), 'no') AS rtcp_mux,
    coalesce(nullif(allow_overlap, ''), 'yes') AS allow_overlap,
    coalesce(nullif(refer_blind_progress, ''), 'yes') AS refer_blind_progress,
    coalesce(nullif(notify_early_inuse_ringing, ''), 'no') AS notify_early_inuse_ringing,
    coalesce(nullif(webrtc, ''), 'no') AS webrtc, coalesce(nullif(bundle, ''), 'no') AS bundle,
    coalesce(nullif(dtls_auto_generate_cert, ''), 'no') AS dtls_auto_generate_cert,
    coalesce(nullif(follow_early_media_fork, ''), 'yes') AS follow_early_media_fork,
    coalesce(nullif(accept_multiple_sdp_answers, ''), 'no') AS accept_multiple_sdp_answers,
    coalesce(nullif(suppress_q850_reason_headers, ''), 'no') AS suppress_q850_reason_headers,
    coalesce(nullif(trust_connected_line, ''), 'yes') AS trust_connected_line,
    coalesce(nullif(send_connected_line, ''), 'yes') AS send_connected_line,
    coalesce(nullif(ignore_183_without_sdp, ''), 'no') AS ignore_183_without_sdp,
    coalesce(nullif(send_history_info, ''), 'no') AS send_history_info,
    coalesce(nullif(allow_unauthenticated_options, ''), 'no') AS allow_unauthenticated_options,
    coalesce(nullif(t38_bind_udptl_to_media_address, ''), 'no') AS t38_bind_udptl_to_media_address,
    coalesce(nullif(send_aoc, ''), 'no') AS send_aoc,
    coalesce(nullif(suppress_moh_on_sendonly, ''), 'no') AS suppress_moh_on_sendonly,
    coalesce(nullif(connected_line_method, ''), 'invite') AS connected_line_method,
    coalesce(nullif(direct_media_method, ''), 'invite') AS direct_media_method,
    coalesce(nullif(direct_media_glare_mitigation, ''), 'none') AS direct_media_glare_mitigation,
    coalesce(nullif(dtmf_mode, ''), 'rfc4733') AS dtmf_mode,
    coalesce(nullif(identify_by, ''), 'username,ip') AS identify_by, accountcode, contact_user,
    geoloc_incoming_call_profile, geoloc_outgoing_call_profile, stir_shaken_profile,
    overlap_context, tenantid, coalesce(nullif(timers_min_se, ''), '90') AS timers_min_se,
    coalesce(nullif(timers_sess_expires, ''), '1800') AS timers_sess_expires,
    coalesce(nullif(device_state_busy_at, ''), '0') AS device_state_busy_at,
    coalesce(nullif(t38_udptl_maxdatagram, ''), '0') AS t38_udptl_maxdatagram,
    coalesce(nullif(sub_min_expiry, ''), '0') AS sub_min_expiry,
    coalesce(nullif(cos_audio, ''), '0') AS cos_audio,
    coalesce(nullif(cos_video, ''), '0') AS cos_video,
    coalesce(nullif(rtp_keepalive, ''), '0') AS rtp_keepalive,
    coalesce(nullif(rtp_timeout, ''), '0') AS rtp_timeout,
    coalesce(nullif(rtp_timeout_hold, ''), '0') AS rtp_timeout_hold,
    coalesce(nullif(fax_detect_timeout, ''), '0') AS fax_detect_timeout,
    coalesce(nullif(max_audio_streams, ''), '1') AS max_audio_streams,
    coalesce(nullif(max_video_streams, ''), '1') AS max_video_streams,
    coalesce(nullif(rtp_port_start, ''), '0') AS rtp_port_start,
    coalesce(nullif(rtp_port_end, ''), '0') AS rtp_port_end,
    coalesce(nullif(timers, ''), 'yes') AS timers,
    coalesce(nullif(callerid_privacy, ''), 'allowed_not_screened') AS callerid_privacy,
    coalesce(nullif("100rel", ''), 'yes') AS "100rel",
    coalesce(nullif(media_encryption, ''), 'no') AS media_encryption,
    coalesce(nullif(t38_udptl_ec, ''), 'none') AS t38_udptl_ec,
    coalesce(nullif(tos_audio, ''), '0') AS tos_audio,
    coalesce(nullif(tos_video, ''), '0') AS tos_video,
    coalesce(nullif(dtls_setup, ''), 'active') AS dtls_setup,
    coalesce(nullif(redirect_method, ''), 'user') AS redirect_method, set_var, deny, permit,
    contact_deny, contact_permit, follow_redirect_methods,
    coalesce(nullif(dtls_fingerprint, ''), 'SHA-256') AS dtls_fingerprint,
    coalesce(nullif(codec_prefs_incoming_offer, ''),
      'prefer: pending, operation: intersect, keep: all, transcode: allow')
      AS codec_prefs_incoming_offer,
   
    coalesce(nullif(codec_prefs_outgoing_offer, ''),
      'prefer: pending, operation: union, keep: all, transcode: allow')
      AS codec_prefs_outgoing_offer,
   
    coalesce(nullif(codec_prefs_incoming_answer, ''),
      'prefer: pending, operation: intersect, keep: all')
      AS codec_prefs_incoming_answer,
   
    coalesce(nullif(codec_prefs_outgoing_answer, ''),
      'prefer: pending, operation: intersect, keep: all')
      AS codec_prefs_outgoing_answer,
    coalesce(nullif(incoming_call_offer_pref, ''), 'local') AS incoming_call_offer_pref,
    coalesce(nullif(outgoing_call_offer_pref, ''), 'remote_merge') AS outgoing_call_offer_pref,
    coalesce(nullif(security_negotiation, ''), 'no') AS security_negotiation, security_mechanisms
  FROM ps_endpoints
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_endpoints.id AND pr_disabled IN ('on', 'yes', '1'));

DROP VIEW asterisk_aors;
CREATE VIEW asterisk_aors AS
  SELECT
    id, contact, outbound_proxy,
    coalesce(nullif(default_expiration, ''), '3600') AS default_expiration,
    coalesce(nullif(max_contacts, ''), '0') AS max_contacts,
    coalesce(nullif(minimum_expiration, ''), '60') AS minimum_expiration,
    coalesce(nullif(qualify_frequency, ''), '0') AS qualify_frequency,
    coalesce(nullif(maximum_expiration, ''), '7200') AS maximum_expiration, mailboxes,
    coalesce(nullif(remove_existing, ''), 'no') AS remove_existing,
    coalesce(nullif(authenticate_qualify, ''), 'no') AS authenticate_qualify,
    coalesce(nullif(support_path, ''), 'no') AS support_path,
    coalesce(nullif(remove_unavailable, ''), 'no') AS remove_unavailable,
    coalesce(nullif(qualify_2xx_only, ''), 'no') AS qualify_2xx_only,
    coalesce(nullif(qualify_timeout, ''), '3.0') AS qualify_timeout, voicemail_extension
  FROM ps_aors
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_aors.id AND pr_disabled IN ('on', 'yes', '1'));

DROP VIEW asterisk_registrations;
CREATE VIEW asterisk_registrations AS
  SELECT
    id, client_uri, outbound_auth, outbound_proxy, server_uri, endpoint, contact_header_params,
    user_agent, coalesce(nullif(auth_rejection_permanent, ''), 'yes') AS auth_rejection_permanent,
    coalesce(nullif(support_path, ''), 'no') AS support_path,
    coalesce(nullif("line", ''), 'no') AS "line",
    coalesce(nullif(support_outbound, ''), 'no') AS support_outbound, contact_user, transport,
    coalesce(nullif(expiration, ''), '3600') AS expiration,
    coalesce(nullif(max_retries, ''), '10') AS max_retries,
    coalesce(nullif(retry_interval, ''), '60') AS retry_interval,
    coalesce(nullif(forbidden_retry_interval, ''), '0') AS forbidden_retry_interval,
    coalesce(nullif(fatal_retry_interval, ''), '0') AS fatal_retry_interval,
    coalesce(nullif(max_random_initial_delay, ''), '10') AS max_random_initial_delay,
    coalesce(nullif(security_negotiation, ''), 'no') AS security_negotiation, security_mechanisms
  FROM ps_registrations
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_registrations.id AND pr_disabled IN ('on', 'yes', '1'));

DROP VIEW asterisk_identifies;
CREATE VIEW asterisk_identifies AS
  SELECT
    id, endpoint, match_header, match_request_uri, "match",
    coalesce(nullif(srv_lookups, ''), 'yes') AS srv_lookups
  FROM ps_endpoint_id_ips
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_endpoint_id_ips.id AND pr_disabled IN ('on', 'yes', '1'));
