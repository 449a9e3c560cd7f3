-- Network filters are a tenant's; those of 0013 are everybody's. Sounds need no category: those that are no
-- announcements are music on hold, which is an object of its own.
ALTER TABLE mk_networkfilters ADD COLUMN mn_te_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX i_mk_networkfilters_te_id ON mk_networkfilters (mn_te_id);
DROP TABLE mk_sounds;
