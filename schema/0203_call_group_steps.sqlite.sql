-- As in 0103, but SQLite 3.40 knows no column of the outer SELECT in an ORDER BY. One that is switched off rings
-- nobody, so that the call goes on to where it leads.
DROP VIEW dialplan_huntlist;
CREATE VIEW dialplan_huntlist AS
  SELECT hu_id AS id, hu_name AS name,
    (SELECT max("timeout") FROM followme_numbers
     WHERE followme_numbers.name = 'huntlist-' || hu_id) AS ring,
    CASE WHEN coalesce(hu_enabled, 'yes') IN ('yes', 'on', '1', '') THEN
      (SELECT group_concat(numbers, '|') FROM
        (SELECT CASE WHEN hu_allowadditionaldestinations IN ('on', 'yes')
            THEN replace(phonenumber, '-NF-', '-AD-') ELSE phonenumber END AS numbers,
            CASE WHEN upper(hu_type) = 'RANDOM' THEN random() ELSE ordinal END AS place
         FROM followme_numbers WHERE followme_numbers.name = 'huntlist-' || hu_id
         ORDER BY place))
    END AS steps,
    CASE WHEN hu_checkinuse IN ('on', 'yes') THEN 'yes' ELSE '' END AS skipbusy,
    CASE WHEN hu_requestconfirm IN ('on', 'yes') THEN 'yes' ELSE '' END AS confirm,
    CASE WHEN hu_usemoh IN ('on', 'yes') THEN 'yes' ELSE '' END AS music,
    (SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = hu_confirmmessage_id)
      AS prompt
  FROM hu_huntlists;
