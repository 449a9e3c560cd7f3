-- The dialplan rings a hunt list as its follow-me records say: steps are their numbers, joined by &
-- where they ring together and by | where one comes after the other; ring is seconds per step. RANDOM
-- is a new order at each call.
CREATE VIEW dialplan_huntlist AS
  SELECT hu_id AS id, hu_name AS name,
    (SELECT max("timeout") FROM followme_numbers
     WHERE followme_numbers.name = 'huntlist-' || hu_id) AS ring,
    (SELECT group_concat(CASE WHEN hu_allowadditionaldestinations IN ('on', 'yes')
          THEN replace(phonenumber, '-NF-', '-AD-') ELSE phonenumber END
        ORDER BY CASE WHEN upper(hu_type) = 'RANDOM' THEN random() ELSE ordinal END SEPARATOR '|')
     FROM followme_numbers WHERE followme_numbers.name = 'huntlist-' || hu_id) AS steps,
    CASE WHEN hu_checkinuse IN ('on', 'yes') THEN 'yes' ELSE '' END AS skipbusy,
    CASE WHEN hu_requestconfirm IN ('on', 'yes') THEN 'yes' ELSE '' END AS confirm,
    CASE WHEN hu_usemoh IN ('on', 'yes') THEN 'yes' ELSE '' END AS music,
    (SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = hu_confirmmessage_id)
      AS prompt
  FROM hu_huntlists;
