-- The places where a tenant's calls are parked: of its lot, or else 701 to 720.
DROP VIEW dialplan_tenant;
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
      AS emergency,
    coalesce((SELECT pk_start FROM pk_parkinglots WHERE pk_te_id = te_id AND pk_start > 0 AND pk_end >= pk_start
      ORDER BY pk_id LIMIT 1), 701) AS parkfirst,
    coalesce((SELECT pk_end FROM pk_parkinglots WHERE pk_te_id = te_id AND pk_start > 0 AND pk_end >= pk_start
      ORDER BY pk_id LIMIT 1), 720) AS parklast
  FROM te_tenants;
