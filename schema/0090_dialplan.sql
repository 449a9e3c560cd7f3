-- What Asterisk's dialplan reads through REALTIME(). It can match one column only, so each
-- view has one key, and the keys that are put together have an index on the same expression.

CREATE INDEX i_ex_extensions_dialplan ON ex_extensions (ex_te_id || '-' || ex_number);
CREATE INDEX i_qu_queues_dialplan ON qu_queues (qu_te_id || '-' || qu_number);
CREATE INDEX i_cr_conferencerooms_dialplan ON cr_conferencerooms (cr_te_id || '-' || cr_number);
CREATE INDEX i_hu_huntlists_dialplan ON hu_huntlists (hu_te_id || '-' || hu_number);
CREATE INDEX i_pa_paginggroups_dialplan ON pa_paginggroups (pa_te_id || '-' || pa_number);
CREATE INDEX i_fl_flows_dialplan ON fl_flows (fl_te_id || '-' || fl_number);
CREATE INDEX i_sn_shortnumbers_dialplan ON sn_shortnumbers (sn_te_id || '-' || sn_number);
CREATE INDEX i_de_destinations_dialplan ON de_destinations (de_type_src || '-' || de_type_id_src);
CREATE INDEX i_di_dids_dialplan
  ON di_dids (coalesce(di_country, '') || coalesce(di_area, '') || di_number);

-- Whose number it is: TENANT_ID-NUMBER. Kinds are the types of de_destinations; the target of a
-- SHORTNUMBER is the number to dial instead.
CREATE VIEW dialplan_number AS
  SELECT ex_te_id || '-' || ex_number AS id, 'EXT' AS kind, ex_id AS target FROM ex_extensions
  UNION ALL
  SELECT qu_te_id || '-' || qu_number, 'QUEUE', qu_id FROM qu_queues
  UNION ALL
  SELECT cr_te_id || '-' || cr_number, 'CONFERENCE', cr_id FROM cr_conferencerooms
  UNION ALL
  SELECT hu_te_id || '-' || hu_number, 'HUNTLIST', hu_id FROM hu_huntlists
  UNION ALL
  SELECT pa_te_id || '-' || pa_number, 'PAGING', pa_id FROM pa_paginggroups
  UNION ALL
  SELECT fl_te_id || '-' || fl_number, 'FLOW', fl_id FROM fl_flows
  UNION ALL
  SELECT sn_te_id || '-' || sn_number, 'SHORTNUMBER', sn_destnumber FROM sn_shortnumbers;

-- peer is the name of the phone and of its lamp; dial is for the technologies that are no phone.
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
    END AS mailbox
  FROM ex_extensions JOIN te_tenants ON te_id = ex_te_id;

CREATE VIEW dialplan_conference AS
  SELECT cr_id AS id, cr_number || '-' || te_code AS confno
  FROM cr_conferencerooms JOIN te_tenants ON te_id = cr_te_id;

-- The members as one dial string. They are dialled as queue members are, so that do-not-disturb
-- and lamps work and nobody's voicemail answers.
CREATE VIEW dialplan_huntlist AS
  SELECT hu_id AS id, hu_name AS name,
    coalesce(nullif(hu_ringtime, ''), nullif(hu_dialtimeout, ''), '30') AS "timeout",
    (SELECT group_concat('Local/AG-000-NF-' || de_type_id_dst || '@fromotherpbx/n', '&')
     FROM de_destinations
     WHERE de_type_src = 'HUNTLIST' AND de_type_id_src = hu_id AND de_type_dst = 'EXT') AS dial
  FROM hu_huntlists;

CREATE VIEW dialplan_voicemail AS
  SELECT uniqueid AS id, mailbox, mailbox || '@' || context AS box FROM voicemail;

-- The whole number as a provider sends it.
CREATE VIEW dialplan_did AS
  SELECT coalesce(di_country, '') || coalesce(di_area, '') || di_number AS id, di_id AS target,
    te_id, te_code AS tenant,
    CASE WHEN di_recording IN ('yes', 'on') THEN 'yes' ELSE 'no' END AS recording
  FROM di_dids JOIN te_tenants ON te_id = di_te_id;

-- Where a call goes next, for a source such as EXT-BUSY-12: TYPE-ID&TYPE-ID in their order. The
-- row repeats per target, which REALTIME() does not mind; a GROUP BY would read the whole table.
CREATE VIEW dialplan_destination AS
  SELECT src.de_type_src || '-' || src.de_type_id_src AS id,
    (SELECT group_concat(target, '&')
     FROM (SELECT de_type_dst || '-' || de_type_id_dst AS target FROM de_destinations AS dst
           WHERE dst.de_type_src = src.de_type_src AND dst.de_type_id_src = src.de_type_id_src
           ORDER BY dst.de_ord, dst.de_id)) AS targets
  FROM de_destinations AS src;
