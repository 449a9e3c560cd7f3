-- Which DIDs are called by faxes.
CREATE VIEW dialplan_faxdid AS
  SELECT di_id AS id, CASE WHEN di_fax IN ('on', 'yes', '1') THEN 'yes' ELSE '' END AS fax FROM di_dids;
