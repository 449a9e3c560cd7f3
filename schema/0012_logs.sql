-- Who changed what. Both logs are written in the transaction of the change itself. The vendor's
-- own tables are not known; pl_ is taken twice already, hence lg_ and ul_.

-- The process log: one line per row changed.
CREATE TABLE lg_processlogs (
  lg_id INTEGER PRIMARY KEY AUTOINCREMENT, lg_te_id INTEGER NOT NULL DEFAULT 0,
  lg_date DATETIME NOT NULL, lg_object VARCHAR(40) NOT NULL,
  lg_object_id VARCHAR(191),  -- text: some objects are keyed by name
  lg_action VARCHAR(20) NOT NULL, lg_detail TEXT, lg_source VARCHAR(40), lg_request VARCHAR(64)
);
CREATE INDEX i_lg_processlogs_te_id_date ON lg_processlogs (lg_te_id, lg_date);
CREATE INDEX i_lg_processlogs_object_object_id ON lg_processlogs (lg_object, lg_object_id);

-- The user activity log: who asked, from where.
CREATE TABLE ul_useractivitylogs (
  ul_id INTEGER PRIMARY KEY AUTOINCREMENT, ul_te_id INTEGER NOT NULL DEFAULT 0,
  ul_date DATETIME NOT NULL, ul_user VARCHAR(191), ul_key_id INTEGER, ul_peer VARCHAR(64),
  ul_action VARCHAR(20) NOT NULL, ul_object VARCHAR(40), ul_object_id VARCHAR(191),
  ul_description TEXT, ul_request VARCHAR(64)
);
CREATE INDEX i_ul_useractivitylogs_te_id_date ON ul_useractivitylogs (ul_te_id, ul_date);

-- Answers kept for the Idempotency-Key header, so that a retried originate does not dial twice.
CREATE TABLE ik_idempotencykeys (
  ik_scope VARCHAR(80) NOT NULL,  -- the key or user that asked, and the route
  ik_key VARCHAR(80) NOT NULL,
  ik_request CHAR(64) NOT NULL,  -- SHA-256 of the request: the same key with another body is a conflict
  ik_status INTEGER,  -- NULL while the first request still runs
  ik_answer TEXT, ik_created DATETIME NOT NULL, PRIMARY KEY (ik_scope, ik_key)
);
CREATE INDEX i_ik_idempotencykeys_created ON ik_idempotencykeys (ik_created);
