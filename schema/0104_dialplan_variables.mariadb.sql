-- The value a tenant gives a defined variable, by TENANT_ID-AL_ID, for conditions that ask for one no
-- call has set.
ALTER TABLE tv_tenantvariables ADD COLUMN tv_dialplan VARCHAR(255) AS (tv_te_id || '-' || tv_al_id) VIRTUAL INVISIBLE;
CREATE INDEX i_tv_tenantvariables_dialplan ON tv_tenantvariables (tv_dialplan);
CREATE VIEW dialplan_variable AS
  SELECT tv_dialplan AS id, tv_value AS value FROM tv_tenantvariables;
