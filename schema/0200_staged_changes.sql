-- Changes that a dialect keeps back until they are applied, or remembers so that they can be undone: in the
-- order in which they were asked for, by tenant.
CREATE TABLE sg_stagedchanges (
  sg_id INTEGER PRIMARY KEY AUTOINCREMENT, sg_te_id INTEGER NOT NULL DEFAULT 0,
  sg_dialect VARCHAR(40) NOT NULL, sg_kind VARCHAR(10) NOT NULL,  -- pending, undo
  sg_object VARCHAR(40) NOT NULL, sg_object_id INTEGER NOT NULL, sg_action VARCHAR(10) NOT NULL,
  sg_values TEXT, sg_date VARCHAR(20)
);
CREATE INDEX i_sg_stagedchanges_te_id ON sg_stagedchanges (sg_te_id, sg_dialect, sg_kind);
