-- Whole calls: one row for all legs that share a linkedid, as people count them. The importer keeps it
-- beside sc_simplecdr, whose columns are what its API shows; the id of a call stays when a leg is added.
-- A party is inside when its number was the tenant's own while the call ran.
CREATE TABLE cl_calls (
  cl_id INTEGER PRIMARY KEY AUTOINCREMENT, cl_te_id INTEGER NOT NULL DEFAULT 0,
  cl_uniqueid VARCHAR(150) NOT NULL, cl_start DATETIME, cl_answer DATETIME, cl_end DATETIME,
  cl_direction VARCHAR(10), cl_src VARCHAR(80), cl_srcname VARCHAR(191),
  cl_srcinside INTEGER NOT NULL DEFAULT 0, cl_dst VARCHAR(80), cl_dstname VARCHAR(191),
  cl_dstinside INTEGER NOT NULL DEFAULT 0, cl_disposition VARCHAR(45),
  cl_duration INTEGER, cl_billsec INTEGER,
  cl_hu_id INTEGER, cl_callgroup VARCHAR(191),  -- the hunt list it went through
  cl_pr_id INTEGER, cl_provider VARCHAR(191)    -- the provider it came or went by
);
CREATE UNIQUE INDEX u_cl_calls_uniqueid ON cl_calls (cl_uniqueid);
CREATE INDEX i_cl_calls_te_id_start ON cl_calls (cl_te_id, cl_start);
CREATE INDEX i_cl_calls_te_id_end ON cl_calls (cl_te_id, cl_end);

INSERT INTO cl_calls (cl_te_id, cl_uniqueid, cl_start, cl_answer, cl_end, cl_direction, cl_src, cl_srcname,
    cl_srcinside, cl_dst, cl_dstinside, cl_disposition, cl_duration, cl_billsec)
  SELECT sc_te_id, sc_uniqueid, sc_start,
    (SELECT min(answer) FROM cdr WHERE linkedid = sc_uniqueid AND disposition = 'ANSWERED'),
    (SELECT max("end") FROM cdr WHERE linkedid = sc_uniqueid), sc_direction, sc_calleridnum, sc_calleridname,
    CASE WHEN sc_direction = 'IN' THEN 0 ELSE 1 END, sc_dialednum,
    CASE WHEN sc_direction = 'OUT' THEN 0
      WHEN sc_direction = 'IN' OR EXISTS (SELECT 1 FROM ex_extensions WHERE ex_te_id = sc_te_id AND ex_number = sc_dialednum)
        OR length(sc_dialednum) < 7 THEN 1 ELSE 0 END,
    sc_disposition, sc_duration, sc_billsec
  FROM sc_simplecdr WHERE sc_uniqueid IS NOT NULL AND sc_id IN (SELECT max(sc_id) FROM sc_simplecdr GROUP BY sc_uniqueid);
