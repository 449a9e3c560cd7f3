-- The value a tenant gives a defined variable, by TENANT_ID-AL_ID, for conditions that ask for one no
-- call has set.
CREATE INDEX i_tv_tenantvariables_dialplan ON tv_tenantvariables (tv_te_id || '-' || tv_al_id);
CREATE VIEW dialplan_variable AS
  SELECT tv_te_id || '-' || tv_al_id AS id, tv_value AS value FROM tv_tenantvariables;
