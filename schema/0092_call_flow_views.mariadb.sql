-- 0092 for MariaDB: as in 0090 a hidden column with an index stands for the expression, and lists are
-- ordered inside group_concat. What 0103 says anew is not said here.
ALTER TABLE fe_features ADD COLUMN fe_dialplan VARCHAR(255) AS (fe_te_id || '-' || fe_code) VIRTUAL INVISIBLE;
CREATE INDEX i_fe_features_dialplan ON fe_features (fe_dialplan);
ALTER TABLE bl_blacklists ADD COLUMN bl_dialplan VARCHAR(255) AS (bl_te_id || '-' || bl_callerid) VIRTUAL INVISIBLE;
CREATE INDEX i_bl_blacklists_dialplan ON bl_blacklists (bl_dialplan);
ALTER TABLE pc_pincodes ADD COLUMN pc_dialplan VARCHAR(255) AS (pc_te_id || '-' || pc_pin) VIRTUAL INVISIBLE;
CREATE INDEX i_pc_pincodes_dialplan ON pc_pincodes (pc_dialplan);

-- A tenant of 0 is the global level, which the dialplan asks when the tenant has no such number.
-- Who dials a flow's number switches it, unlike a call that is sent to the flow.
CREATE VIEW dialplan_number AS
  SELECT ex_dialplan AS id, 'EXT' AS kind, ex_id AS target FROM ex_extensions
  UNION ALL
  SELECT qu_dialplan, 'QUEUE', qu_id FROM qu_queues
  UNION ALL
  SELECT cr_dialplan, 'CONFERENCE', cr_id FROM cr_conferencerooms
  UNION ALL
  SELECT hu_dialplan, 'HUNTLIST', hu_id FROM hu_huntlists
  UNION ALL
  SELECT pa_dialplan, 'PAGING', pa_id FROM pa_paginggroups
  UNION ALL
  SELECT fl_dialplan, 'FLOWSWITCH', fl_id FROM fl_flows
  UNION ALL
  SELECT fe_dialplan, 'FEATURE', fe_id FROM fe_features
  UNION ALL
  SELECT sn_dialplan, 'SHORTNUMBER', sn_destnumber FROM sn_shortnumbers;

-- What happens to a call that an extension does not take is decided by its destinations; a status
-- column that was set to anything but yes turns the matching one off.
CREATE VIEW dialplan_extension AS
  SELECT ex_id AS id, ex_number AS number, ex_te_id AS te_id, te_code AS tenant,
    ex_number || '-' || te_code AS peer, ex_tech AS tech,
    CASE ex_tech
      WHEN 'CUSTOM' THEN (SELECT ce_dialstring FROM ce_customextensions WHERE ce_ex_id = ex_id)
      WHEN 'VIRTUAL' THEN
        (SELECT group_concat('Local/AG-000-NF-' || vi_ex_id || '@fromotherpbx/n', '&')
         FROM ve_virtualextensions JOIN vi_virtualextensionitems ON vi_ve_id = ve_id
         WHERE ve_ex_id = ex_id)
    END AS dial,
    coalesce(nullif(ex_dialtimeout, ''),
      (SELECT se_value FROM se_settings WHERE se_te_id = te_id AND se_code = 'EXTDIALTIMEOUT'),
      (SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'EXTDIALTIMEOUT'),
      '15') AS "timeout",
    CASE WHEN ex_recording IN ('yes', 'on') THEN 'yes' ELSE 'no' END AS recording,
    CASE
      WHEN coalesce(ex_mailbox, '') = '' THEN ex_number || '@' || te_code
      WHEN instr(ex_mailbox, '@') > 0 THEN ex_mailbox
      ELSE ex_mailbox || '@' || te_code
    END AS mailbox,
    CASE WHEN coalesce(ex_unconditionalstatus, 'on') IN ('on', 'yes', '1') THEN 1 ELSE 0 END
      AS follow_unconditional,
    CASE WHEN coalesce(ex_onbusystatus, 'on') IN ('on', 'yes', '1') THEN 1 ELSE 0 END
      AS follow_busy,
    CASE WHEN coalesce(ex_onnoanswerstatus, 'on') IN ('on', 'yes', '1') THEN 1 ELSE 0 END
      AS follow_noanswer,
    CASE WHEN coalesce(ex_onofflinestatus, 'on') IN ('on', 'yes', '1') THEN 1 ELSE 0 END
      AS follow_offline
  FROM ex_extensions JOIN te_tenants ON te_id = ex_te_id;

-- The extension behind a phone, and what it may do outside.
CREATE VIEW dialplan_caller AS
  SELECT ex_tech_id AS id, ex_id, coalesce(nullif(ex_rp_id, 0), nullif(te_rp_id, 0)) AS "profile",
    ex_cidnum AS cidnum, ex_cidname AS cidname
  FROM ex_extensions JOIN te_tenants ON te_id = ex_te_id;

-- Asterisk finds a media file by its path without the ending. Where the folder is in Asterisk's
-- eyes says the global setting MEDIAFOLDER; the default is that of the configuration.
CREATE VIEW dialplan_mediafile AS
  SELECT me_id AS id,
    coalesce((SELECT se_value FROM se_settings WHERE se_te_id = 0 AND se_code = 'MEDIAFOLDER'),
      '/var/lib/patchbay/media')
      || '/' || coalesce(te_code, '_global') || '/' || me_id AS path
  FROM me_mediafiles LEFT JOIN te_tenants ON te_id = me_te_id
  WHERE me_data IS NOT NULL;

-- app_musiconhold takes absolute paths only, the store holds media/ID.
CREATE VIEW asterisk_musiconhold_entry AS
  SELECT name, position,
    CASE WHEN entry LIKE 'media/%'
      THEN (SELECT path FROM dialplan_mediafile WHERE id = CAST(substr(entry, 7) AS INTEGER))
      ELSE entry
    END AS entry
  FROM musiconhold_entry;


CREATE VIEW dialplan_paging AS
  SELECT pa_id AS id, pa_name AS name, coalesce(pa_pin, '') AS pin,
    CASE WHEN pa_bidirectional IN ('on', 'yes') THEN 'd' ELSE '' END AS duplex,
    CASE WHEN pa_checkinuse IN ('on', 'yes') THEN 'yes' ELSE '' END AS skipbusy,
    (SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = pa_me_id) AS prompt,
    (SELECT group_concat('Local/AG-000-NF-' || de_type_id_dst || '@fromotherpbx/n' ORDER BY de_ord, de_id SEPARATOR '&')
      FROM de_destinations WHERE de_type_src = 'PAGING' AND de_type_id_src = pa_id AND de_type_dst = 'EXT') AS dial
  FROM pa_paginggroups;

-- A blacklisted caller, by tenant (or 0 for all) and number.
CREATE VIEW dialplan_blacklist AS
  SELECT bl_dialplan AS id, bl_id AS target FROM bl_blacklists;

CREATE VIEW dialplan_did AS
  SELECT di_dialplan AS id, di_id AS target,
    te_id, te_code AS tenant,
    CASE WHEN di_recording IN ('yes', 'on') THEN 'yes' ELSE 'no' END AS recording,
    CASE WHEN di_unconditionalstatus IN ('yes', 'on', '1') THEN 'DID-UNCONDITIONAL' ELSE 'DID' END
      AS source,
    coalesce(di_maxchannels, 0) AS maxchannels
  FROM di_dids JOIN te_tenants ON te_id = di_te_id;

-- digits: how many a choice may have; one is taken at once, more wait for the digit timeout.
CREATE VIEW dialplan_ivr AS
  SELECT iv_id AS id, iv_name AS name,
    coalesce(nullif(iv_timeout, ''), '10') AS "timeout",
    coalesce(nullif(iv_digittimeout, ''), '3') AS digittimeout,
    CASE WHEN iv_allowanyextension IN ('on', 'yes') THEN 'yes' ELSE '' END AS direct,
    CASE WHEN iv_allowanyextension IN ('on', 'yes') THEN 20 ELSE coalesce(
      (SELECT max(length(de_type_src) - 10) FROM de_destinations WHERE de_type_id_src = iv_id
        AND de_type_src > 'CUSTOMIVR_' AND de_type_src < 'CUSTOMIVR_~'), 1) END AS digits,
    coalesce(nullif(iv_maxloops, ''), '3') AS maxloops,
    CASE WHEN iv_loopontimeout IN ('on', 'yes') THEN 'yes' ELSE '' END AS looptimeout,
    CASE WHEN iv_looponwrongkeypress IN ('on', 'yes') THEN 'yes' ELSE '' END AS loopwrong,
    (SELECT group_concat(path ORDER BY de_type_src, de_ord, de_id SEPARATOR '&')
       FROM de_destinations JOIN dialplan_mediafile ON id = de_type_id_dst
       WHERE de_type_id_src = iv_id AND de_type_src IN ('IVR_MEDIAFILE', 'IVR_OPTIONSMEDIAFILE')) AS prompt
  FROM iv_ivrs;

-- question: TIME compares now with spans (a, joined by |, as GotoIfTime writes them), DATE with two
-- dates (a to b), NUMBER NAME HEADER VARIABLE match a text with the pattern b (a names the header or
-- the variable), DEVICE compares the state of the device a with the words b, QUEUE the callers of
-- queue a with b, PIN asks for a. Types that are not here are answered no.
CREATE VIEW dialplan_condition AS
  SELECT co_id AS id, co_name AS name, co_type AS type, coalesce(co_timezone, '') AS zone,
    CASE co_type
      WHEN 'WEEKTIME' THEN 'TIME' WHEN 'HOURS' THEN 'TIME' WHEN 'WEEKDAY' THEN 'TIME'
      WHEN 'DAYOFMONTH' THEN 'TIME'
      WHEN 'DATEEXACT' THEN 'DATE' WHEN 'DATELESSER' THEN 'DATE' WHEN 'DATEGREATER' THEN 'DATE'
      WHEN 'DATEBETWEEN' THEN 'DATE'
      WHEN 'SIMPLECALLERID' THEN 'NUMBER' WHEN 'SIMPLECALLERIDNAME' THEN 'NAME'
      WHEN 'SIPHEADER' THEN 'HEADER' WHEN 'VARIABLEVALUE' THEN 'VARIABLE'
      WHEN 'EXTENSIONSTATUS' THEN 'DEVICE' WHEN 'QUEUECALLERSMORETHAN' THEN 'QUEUE'
      WHEN 'AUTHENTICATE' THEN 'PIN'
    END AS question,
    CASE co_type
      WHEN 'WEEKTIME' THEN
        (SELECT group_concat(
           coalesce(nullif(ce_param2, ''), '00:00') || '-' || coalesce(nullif(ce_param3, ''), '23:59')
             || ',' || coalesce(nullif(replace(replace(replace(replace(replace(replace(replace(replace(replace(
               replace(lower(ce_param1), '0', 'sun'), ' ', ''), ',', '&'), '1', 'mon'), '2', 'tue'), '3', 'wed'),
               '4', 'thu'), '5', 'fri'), '6', 'sat'), '7', 'sun'), ''), '*') || ',*,*' ORDER BY ce_id SEPARATOR '|')
         FROM ce_conditions_extended WHERE ce_co_id = co_id)
      WHEN 'HOURS' THEN
        coalesce(nullif(co_param1, ''), '00:00') || '-' || coalesce(nullif(co_param2, ''), '23:59')
          || ',*,*,*'
      WHEN 'WEEKDAY' THEN '*,' || replace(replace(replace(replace(replace(replace(replace(replace(
          replace(replace(lower(co_param1), '0', 'sun'), ' ', ''), ',', '&'), '1', 'mon'), '2', 'tue'), '3', 'wed'),
          '4', 'thu'), '5', 'fri'), '6', 'sat'), '7', 'sun') || ',*,*'
      WHEN 'DAYOFMONTH' THEN '*,*,' || replace(co_param1, ',', '&') || ',*'
      WHEN 'DATELESSER' THEN '0000-00-00'
      WHEN 'EXTENSIONSTATUS' THEN
        (SELECT 'PJSIP/' || ex_number || '-' || te_code FROM ex_extensions
         JOIN te_tenants ON te_id = ex_te_id WHERE ex_id = CAST(co_param1 AS INTEGER)
         AND ex_te_id = co_te_id)
      WHEN 'QUEUECALLERSMORETHAN' THEN
        (SELECT qu_id FROM qu_queues WHERE qu_id = CAST(co_param1 AS INTEGER) AND qu_te_id = co_te_id)
      ELSE co_param1
    END AS a,
    CASE co_type
      WHEN 'DATEEXACT' THEN co_param1 WHEN 'DATELESSER' THEN co_param1
      WHEN 'DATEGREATER' THEN '9999-99-99'
      WHEN 'SIMPLECALLERID' THEN co_param1 WHEN 'SIMPLECALLERIDNAME' THEN co_param1
      ELSE co_param2
    END AS b
  FROM co_conditions;

-- lamp is the device state of the flow; state is the last one the store knows, for a PBX that has
-- forgotten its own.
CREATE VIEW dialplan_flow AS
  SELECT fl_id AS id, fl_name AS name, fl_number || '-' || te_code AS lamp, st_state AS state,
    fl_value AS value, fl_variable_name AS variable,
    fl_value_for_inuse AS value_inuse, fl_value_for_notinuse AS value_not_inuse,
    fl_value_for_ringing AS value_ringing, fl_value_for_unavailable AS value_unavailable
  FROM fl_flows JOIN te_tenants ON te_id = fl_te_id
  LEFT JOIN st_states ON st_extension = fl_number || '-' || te_code;

CREATE VIEW dialplan_pincode AS
  SELECT pc_dialplan AS id, pc_id AS target FROM pc_pincodes
  WHERE coalesce(pc_enabled, 'on') IN ('on', 'yes', '1');

-- What a custom destination does: its code and what it was given.
CREATE VIEW dialplan_custom AS
  SELECT cu_id AS id, cu_name AS name, ct_code AS code, cu_param1 AS a, cu_param2 AS b,
    cu_param3 AS c,
    (SELECT substr(de_type_src, 18) FROM de_destinations
     WHERE de_type_id_src = cu_id AND de_type_src > 'RANDOMDESTINATION'
       AND de_type_src < 'RANDOMDESTINATION~' ORDER BY random() LIMIT 1) AS lot
  FROM cu_customs JOIN ct_customtypes ON ct_id = cu_ct_id;

-- The rules of a routing profile in the order they are tried, and one rule with its provider.
CREATE VIEW dialplan_routes AS
  SELECT rp_id AS id,
    (SELECT group_concat(dl_id ORDER BY coalesce(dl_priority, 0), coalesce(dl_order, 0), dl_id SEPARATOR '&')
       FROM dl_dialingrules JOIN pr_providers ON pr_id = dl_pr_id
       WHERE dl_rp_id = rp_id AND coalesce(pr_disabled, '') NOT IN ('on', 'yes', '1')) AS routes
  FROM rp_routingprofiles;

CREATE VIEW dialplan_route AS
  SELECT dl_id AS id, dl_name AS name, coalesce(nullif(dl_regex, ''), '.') AS regex,
    coalesce(dl_adddigits, '') AS add_digits, coalesce(dl_deldigits, 0) AS del_digits,
    CASE WHEN dl_usepin IN ('on', 'yes') THEN 'yes' ELSE '' END AS usepin,
    pr_peername AS peer, coalesce(pr_maxoutchannels, 0) AS maxchannels,
    CASE WHEN pr_ignorebusy IN ('on', 'yes') THEN 'yes' ELSE '' END AS ignorebusy,
    coalesce(pr_callerid, '') AS cidnum, coalesce(pr_calleridname, '') AS cidname
  FROM dl_dialingrules JOIN pr_providers ON pr_id = dl_pr_id;
