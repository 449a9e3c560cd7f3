-- What columns, settings and flags mean to a call. Each view has one key that is an index, and no
-- column of them is NULL: Asterisk's drivers hand a NULL on in different ways.

-- The limits of a tenant, by its code, and the settings a call goes by (the tenant's, or else the
-- global ones).
CREATE VIEW dialplan_tenant AS
  SELECT te_code AS id, te_id,
    CASE WHEN te_disabled IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS disabled,
    te_maxchannels AS maxchannels,
    coalesce(te_timezone, '') AS zone, coalesce(te_rp_id, 0) AS "profile",
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = te_id AND se_code = 'MAXCALLDURATION'),
      (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'MAXCALLDURATION'), '')
      AS maxduration,
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = te_id AND se_code = 'DIALTIMEOUT'),
      (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'DIALTIMEOUT'), '')
      AS dialtimeout,
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = te_id AND se_code = 'PARKTIMEOUT'),
      (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'PARKTIMEOUT'), '')
      AS parktimeout,
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = te_id AND se_code = 'EMERGENCYNUMBERS'),
      (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'EMERGENCYNUMBERS'), '')
      AS emergency
  FROM te_tenants;

-- Numbers whose calls pass every limit; a tenant may have others.
INSERT INTO se_settings (se_te_id, se_code, se_value) VALUES (0, 'EMERGENCYNUMBERS', '112,911');

-- The extension behind a phone, what it may call and as whom it calls outside.
DROP VIEW dialplan_caller;
CREATE VIEW dialplan_caller AS
  SELECT ex_tech_id AS id, ex_id, coalesce(nullif(ex_rp_id, 0), nullif(te_rp_id, 0), 0) AS "profile",
    coalesce(ex_cidnum, '') AS cidnum, coalesce(ex_cidname, '') AS cidname,
    coalesce(ex_emergencycidnum, '') AS emergencycid,
    CASE WHEN ex_blockcid IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS blockcid,
    lower(coalesce(ex_callallowed, '')) AS allowed,
    CASE WHEN coalesce(ex_destallowregex, '') <> '' THEN 'yes' ELSE '' END AS filtered,
    coalesce(ex_destallowregex, '') AS destinations,
    CASE WHEN EXISTS (SELECT 1 FROM de_destinations WHERE de_type_id_src = ex_id
        AND de_type_src = 'EXT-ONLYALLOWCALL') THEN 'yes' ELSE '' END AS onlyallow,
    CASE WHEN EXISTS (SELECT 1 FROM de_destinations WHERE de_type_id_src = ex_id
        AND de_type_src = 'EXT-DONOTCALL') THEN 'yes' ELSE '' END AS donotcall,
    coalesce(nullif(ex_mu_id, 0), (SELECT min(mu_id) FROM mu_musiconholds WHERE mu_te_id = ex_te_id
        AND mu_default IN ('on', 'yes')), 0) AS music
  FROM ex_extensions JOIN te_tenants ON te_id = ex_te_id;

-- How an extension takes a call, by ex_id. A column that says nothing leaves it to the setting.
CREATE VIEW dialplan_rules AS
  SELECT ex_id AS id,
    CASE WHEN ex_dnd IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS dnd,
    CASE WHEN coalesce(nullif(ex_callwaiting, ''),
        (SELECT se_value FROM se_settings WHERE se_te_id = ex_te_id AND se_code = 'CALLWAITING'),
        (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'CALLWAITING'), 'yes')
      IN ('no', 'off', '0') THEN 'no' ELSE 'yes' END AS callwaiting,
    CASE WHEN ex_blockanonymous IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS noanonymous,
    CASE WHEN ex_autoanswer IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS autoanswer,
    CASE WHEN coalesce(ex_onconditionstatus, 'on') IN ('on', 'yes', '1')
      THEN coalesce(ex_oncondition_id, 0) ELSE 0 END AS oncondition,
    coalesce(ex_fmfmonconditionid, 0) AS findcondition,
    coalesce(nullif(ex_mu_id, 0), (SELECT min(mu_id) FROM mu_musiconholds WHERE mu_te_id = ex_te_id
        AND mu_default IN ('on', 'yes')), 0) AS music
  FROM ex_extensions;

-- What is put before the caller's name and number when a call comes in on a DID.
CREATE VIEW dialplan_didrules AS
  SELECT di_id AS id, coalesce(di_didnameprefix, '') AS nameprefix,
    coalesce(di_didprefix, '') AS numberprefix,
    CASE WHEN di_unconditionalstatus IN ('yes', 'on', '1') THEN 'yes' ELSE '' END AS unconditional
  FROM di_dids;

-- What a rule of a routing profile does beside its pattern.
CREATE VIEW dialplan_routerules AS
  SELECT dl_id AS id,
    CASE WHEN dl_emergencyroute IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS emergency,
    coalesce(pr_ca_id, 0) AS callerids, coalesce(pr_did_ca_id, 0) AS didcallerids
  FROM dl_dialingrules JOIN pr_providers ON pr_id = dl_pr_id;

-- What an IVR does beside its keys.
CREATE VIEW dialplan_menu AS
  SELECT iv_id AS id,
    CASE WHEN iv_allowfeatures IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS features,
    CASE WHEN iv_allowdisa IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS outside,
    CASE WHEN iv_loopplaymessageonce IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS promptonce,
    CASE WHEN iv_allowfeatures IN ('on', 'yes', '1') OR iv_allowdisa IN ('on', 'yes', '1')
      THEN 30 ELSE 0 END AS digits,
    coalesce(iv_language, '') AS "language",
    CASE WHEN EXISTS (SELECT 1 FROM de_destinations WHERE de_type_id_src = iv_id
        AND de_type_src = 'IVR_HANGUP') THEN 'yes' ELSE '' END AS hangup
  FROM iv_ivrs;

-- What a queue does beside its members.
CREATE VIEW dialplan_queue AS
  SELECT qu_id AS id, coalesce(nullif(qu_minpenalty, ''), '') AS minpenalty,
    coalesce(nullif(qu_maxpenalty, ''), '') AS maxpenalty,
    CASE WHEN qu_callback IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS callback,
    CASE WHEN qu_callbackabandoned IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS callabandoned,
    coalesce(nullif(qu_callbackdelay, ''), '0') AS delay,
    coalesce(nullif(qu_callbackmaxattempts, ''), '1') AS attempts,
    coalesce(qu_callbackcalleridnum, '') AS cidnum, coalesce(qu_callbackcalleridname, '') AS cidname,
    CASE WHEN EXISTS (SELECT 1 FROM de_destinations WHERE de_type_id_src = qu_id
        AND de_type_src = 'QUEUE-ONABANDONEDCALL') THEN 'yes' ELSE '' END AS abandoned
  FROM qu_queues;

-- asterisk_queue with the announcements that are media files of the tenant, and the context where a
-- caller who presses a key leaves to be called back.
CREATE VIEW asterisk_queues AS
  SELECT
    name, "timeout", monitor_join, monitor_format, queue_minutes, queue_seconds,
    queue_lessthan, queue_reporthold, announce_frequency, announce_round_seconds,
    retry, wrapuptime, maxlen, servicelevel, strategy, joinempty,
    leavewhenempty, eventmemberstatus, eventwhencalled, reportholdtime, memberdelay, weight,
    timeoutrestart, setinterfacevar, announce_position_limit,
    setqueueentryvar, setqueuevar, autofill, autopause, relative_periodic_announce,
    penaltymemberslimit, defaultrule, autopausedelay, autopausebusy, autopauseunavail,
    min_announce_frequency, periodic_announce_startdelay, log_restricted_caller_id,
    announce_to_first_user, musiconhold, announce_position, announce_holdtime,
    CASE WHEN coalesce(periodic_announce_frequency, '') IN ('', '0') AND qu_periodic_announce_me_id > 0
      THEN '60' ELSE periodic_announce_frequency END AS periodic_announce_frequency,
    coalesce(nullif(ringinuse, ''), qu_ringinuse) AS ringinuse,
    coalesce(nullif(context, ''),
      CASE WHEN qu_callback IN ('on', 'yes', '1') THEN 'queue-exit' END) AS context,
    coalesce(nullif(announce, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_agent_announce_me_id)) AS announce,
    coalesce(nullif(queue_youarenext, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_youarenext_me_id)) AS queue_youarenext,
    coalesce(nullif(queue_thereare, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_thereare_me_id)) AS queue_thereare,
    coalesce(nullif(queue_callswaiting, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_callswaiting_me_id)) AS queue_callswaiting,
    coalesce(nullif(queue_holdtime, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_holdtime_me_id)) AS queue_holdtime,
    coalesce(nullif(queue_thankyou, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_thankyou_me_id)) AS queue_thankyou,
    coalesce(nullif(periodic_announce, ''),
      (SELECT path FROM dialplan_mediafile WHERE id = qu_periodic_announce_me_id))
      AS periodic_announce
  FROM asterisk_queue LEFT JOIN qu_queues ON qu_id = CAST(name AS INTEGER);

-- Where a media file is recorded anew; it has a place before it has a sound.
CREATE VIEW dialplan_recordable AS
  SELECT me_id AS id,
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'MEDIAFOLDER'),
      '/var/lib/patchbay/media')
      || '/' || coalesce(te_code, '_global') || '/' || me_id AS path
  FROM me_mediafiles LEFT JOIN te_tenants ON te_id = me_te_id;

-- What a call asks Patchbay to do: RERECORD, RESETQUEUESTATS, HTTPREQUEST. A job does it and removes
-- the row, so that nothing is lost while Patchbay is away.
CREATE TABLE ac_callactions (
  ac_id INTEGER PRIMARY KEY AUTOINCREMENT, ac_te_id INTEGER NOT NULL, ac_time DATETIME,
  ac_action VARCHAR(40) NOT NULL, ac_target INTEGER NOT NULL DEFAULT 0, ac_uniqueid VARCHAR(150),
  ac_caller VARCHAR(80), ac_attempts INTEGER NOT NULL DEFAULT 0
);
