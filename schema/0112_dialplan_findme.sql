-- Where else an extension rings, with the seconds before and while it does, and whether who answers
-- there must take the call with 1.
CREATE VIEW dialplan_findme AS
  SELECT ex_id AS id, ex_fmfmnumber AS number,
    coalesce(nullif(ex_fmfmdelay, ''), '0') AS delay,
    coalesce(nullif(ex_fmfmdialtimeout, ''), '30') AS "timeout",
    CASE WHEN ex_fmfmconfirm IN ('on', 'yes') THEN 'yes' ELSE '' END AS confirm,
    (SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = ex_fmfmconfirmmessage_id)
      AS prompt
  FROM ex_extensions
  WHERE ex_fmfmstatus IN ('on', 'yes', '1') AND coalesce(ex_fmfmnumber, '') <> '';
