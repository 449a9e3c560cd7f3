-- What app_followme reads (families followme and followme_numbers): a profile per hunt list, named
-- huntlist-ID, for dialplans that ring a hunt list with FollowMe(). model/huntlist keeps them in step.
CREATE TABLE followme (
  name VARCHAR(80) NOT NULL PRIMARY KEY, musicclass VARCHAR(80), context VARCHAR(80),
  takecall VARCHAR(20), declinecall VARCHAR(20), enable_callee_prompt VARCHAR(5)
);

-- phonenumber is dialled in the profile's context; numbers joined by & ring together.
CREATE TABLE followme_numbers (
  name VARCHAR(80) NOT NULL, ordinal INTEGER NOT NULL, phonenumber TEXT NOT NULL,
  "timeout" INTEGER, PRIMARY KEY (name, ordinal)
);

INSERT INTO followme (name, musicclass, context, takecall, declinecall, enable_callee_prompt)
  SELECT 'huntlist-' || hu_id, CASE WHEN hu_usemoh IN ('on', 'yes') THEN 'default' END, 'fromotherpbx',
    '1', '2', CASE WHEN hu_requestconfirm IN ('on', 'yes') THEN 'yes' ELSE 'no' END
  FROM hu_huntlists;
INSERT INTO followme_numbers (name, ordinal, phonenumber, "timeout")
  SELECT 'huntlist-' || hu_id, 1, group_concat('AG-000-NF-' || de_type_id_dst, '&'),
    CAST(coalesce(nullif(hu_ringtime, ''), nullif(hu_dialtimeout, ''), '30') AS INTEGER)
  FROM hu_huntlists JOIN de_destinations ON de_type_src = 'HUNTLIST' AND de_type_id_src = hu_id
    AND de_type_dst = 'EXT'
  WHERE upper(coalesce(hu_type, '')) IN ('', 'RINGALL') GROUP BY hu_id;
INSERT INTO followme_numbers (name, ordinal, phonenumber, "timeout")
  SELECT 'huntlist-' || hu_id, de_ord + 1, 'AG-000-NF-' || de_type_id_dst,
    CAST(coalesce(nullif(hu_dialtimeout, ''), nullif(hu_ringtime, ''), '15') AS INTEGER)
  FROM hu_huntlists JOIN de_destinations ON de_type_src = 'HUNTLIST' AND de_type_id_src = hu_id
    AND de_type_dst = 'EXT'
  WHERE upper(coalesce(hu_type, '')) NOT IN ('', 'RINGALL');

-- Binary records of custom destinations; the bytes are never shown.
CREATE TABLE cb_custombinaries (
  cb_id INTEGER PRIMARY KEY AUTOINCREMENT, cb_te_id INTEGER NOT NULL DEFAULT 0, cb_cu_id INTEGER,
  cb_name VARCHAR(191), cb_size INTEGER, cb_data LONGBLOB
);
CREATE INDEX i_cb_custombinaries_cu_id ON cb_custombinaries (cb_cu_id);
