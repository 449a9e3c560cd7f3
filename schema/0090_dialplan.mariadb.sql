-- 0090 for MariaDB, which has no index on an expression: a column that nobody sees is the expression, and
-- has the index. What 0092 and 0103 say anew is not said here.
ALTER TABLE ex_extensions ADD COLUMN ex_dialplan VARCHAR(255) AS (ex_te_id || '-' || ex_number) VIRTUAL INVISIBLE;
CREATE INDEX i_ex_extensions_dialplan ON ex_extensions (ex_dialplan);
ALTER TABLE qu_queues ADD COLUMN qu_dialplan VARCHAR(255) AS (qu_te_id || '-' || qu_number) VIRTUAL INVISIBLE;
CREATE INDEX i_qu_queues_dialplan ON qu_queues (qu_dialplan);
ALTER TABLE cr_conferencerooms ADD COLUMN cr_dialplan VARCHAR(255) AS (cr_te_id || '-' || cr_number) VIRTUAL INVISIBLE;
CREATE INDEX i_cr_conferencerooms_dialplan ON cr_conferencerooms (cr_dialplan);
ALTER TABLE hu_huntlists ADD COLUMN hu_dialplan VARCHAR(255) AS (hu_te_id || '-' || hu_number) VIRTUAL INVISIBLE;
CREATE INDEX i_hu_huntlists_dialplan ON hu_huntlists (hu_dialplan);
ALTER TABLE pa_paginggroups ADD COLUMN pa_dialplan VARCHAR(255) AS (pa_te_id || '-' || pa_number) VIRTUAL INVISIBLE;
CREATE INDEX i_pa_paginggroups_dialplan ON pa_paginggroups (pa_dialplan);
ALTER TABLE fl_flows ADD COLUMN fl_dialplan VARCHAR(255) AS (fl_te_id || '-' || fl_number) VIRTUAL INVISIBLE;
CREATE INDEX i_fl_flows_dialplan ON fl_flows (fl_dialplan);
ALTER TABLE sn_shortnumbers ADD COLUMN sn_dialplan VARCHAR(255) AS (sn_te_id || '-' || sn_number) VIRTUAL INVISIBLE;
CREATE INDEX i_sn_shortnumbers_dialplan ON sn_shortnumbers (sn_dialplan);
ALTER TABLE de_destinations ADD COLUMN de_dialplan VARCHAR(255) AS (de_type_src || '-' || de_type_id_src) VIRTUAL INVISIBLE;
CREATE INDEX i_de_destinations_dialplan ON de_destinations (de_dialplan);
ALTER TABLE di_dids ADD COLUMN di_dialplan VARCHAR(255) AS (coalesce(di_country, '') || coalesce(di_area, '') || di_number) VIRTUAL INVISIBLE;
CREATE INDEX i_di_dids_dialplan ON di_dids (di_dialplan);

CREATE VIEW dialplan_conference AS
  SELECT cr_id AS id, cr_number || '-' || te_code AS confno
  FROM cr_conferencerooms JOIN te_tenants ON te_id = cr_te_id;

CREATE VIEW dialplan_voicemail AS
  SELECT uniqueid AS id, mailbox, mailbox || '@' || context AS box FROM voicemail;

-- Where a call goes next, for a source such as EXT-BUSY-12: TYPE-ID&TYPE-ID in their order.
CREATE VIEW dialplan_destination AS
  SELECT src.de_dialplan AS id,
    (SELECT group_concat(dst.de_type_dst || '-' || dst.de_type_id_dst ORDER BY dst.de_ord, dst.de_id SEPARATOR '&')
     FROM de_destinations AS dst
     WHERE dst.de_type_src = src.de_type_src AND dst.de_type_id_src = src.de_type_id_src) AS targets
  FROM de_destinations AS src;
