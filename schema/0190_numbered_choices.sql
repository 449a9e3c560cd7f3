-- Menus and custom destinations that have a number of their own, as phones dial it. What is dialled is a column
-- of its own: an index on it is one in every engine.
ALTER TABLE iv_ivrs ADD COLUMN iv_number VARCHAR(40);
ALTER TABLE iv_ivrs ADD COLUMN iv_dialled VARCHAR(60) GENERATED ALWAYS AS (iv_te_id || '-' || iv_number) VIRTUAL;
CREATE INDEX i_iv_ivrs_dialled ON iv_ivrs (iv_dialled);
ALTER TABLE cu_customs ADD COLUMN cu_number VARCHAR(40);
ALTER TABLE cu_customs ADD COLUMN cu_dialled VARCHAR(60) GENERATED ALWAYS AS (cu_te_id || '-' || cu_number) VIRTUAL;
CREATE INDEX i_cu_customs_dialled ON cu_customs (cu_dialled);

DROP VIEW dialplan_number;
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
  SELECT fl_te_id || '-' || fl_number, 'FLOWSWITCH', fl_id FROM fl_flows
  UNION ALL
  SELECT fe_te_id || '-' || fe_code, 'FEATURE', fe_id FROM fe_features
  UNION ALL
  SELECT iv_dialled, 'IVR', iv_id FROM iv_ivrs
  UNION ALL
  SELECT cu_dialled, 'CUSTOM', cu_id FROM cu_customs
  UNION ALL
  SELECT sn_te_id || '-' || sn_number, 'SHORTNUMBER', sn_destnumber FROM sn_shortnumbers;
