-- What a tenant's call records of one day are, so that a page of them and their total cost the same
-- over any number of records. Kept by the triggers of 0131, whoever writes the records.
CREATE TABLE cd_calldays (
  cd_te_id INTEGER NOT NULL, cd_day CHAR(10) NOT NULL,  -- of the start of the leg
  cd_first BIGINT NOT NULL, cd_last BIGINT NOT NULL,  -- lowest and highest id among its legs
  cd_legs INTEGER NOT NULL,
  cd_calls INTEGER NOT NULL,  -- calls with a leg on this day; a leg without a linkedid is one
  cd_continued INTEGER NOT NULL DEFAULT 0,  -- of them those with a leg on an earlier day
  PRIMARY KEY (cd_te_id, cd_day)
);

CREATE INDEX i_cdr_te_id ON cdr (te_id, ID);

INSERT INTO cd_calldays (cd_te_id, cd_day, cd_first, cd_last, cd_legs, cd_calls, cd_continued)
SELECT c.te_id, coalesce(substr(c."start", 1, 10), ''), min(c.ID), max(c.ID), count(*),
  count(DISTINCT CASE WHEN c.linkedid <> '' THEN c.linkedid END)
    + sum(CASE WHEN c.linkedid <> '' THEN 0 ELSE 1 END),
  count(DISTINCT CASE WHEN f.day < substr(c."start", 1, 10) THEN c.linkedid END)
FROM cdr c LEFT JOIN (
  SELECT te_id, linkedid, min(substr("start", 1, 10)) AS day FROM cdr WHERE linkedid <> ''
  GROUP BY te_id, linkedid) f ON f.te_id = c.te_id AND f.linkedid = c.linkedid
GROUP BY c.te_id, coalesce(substr(c."start", 1, 10), '');
