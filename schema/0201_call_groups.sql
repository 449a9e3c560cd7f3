-- Hunt lists ring in steps of several members, and can be switched off. hu_steps: how many members each step
-- has, as 2,1; those beyond are of the last one.
ALTER TABLE hu_huntlists ADD COLUMN hu_enabled VARCHAR(10);
ALTER TABLE hu_huntlists ADD COLUMN hu_steps VARCHAR(255);

-- A number outside, by a provider (parameter 2) or the rules of a routing profile (parameter 3).
INSERT INTO ct_customtypes (ct_code, ct_name, ct_label1, ct_label2, ct_label3) VALUES
  ('DIALOUTSIDE', 'Dial a number outside', 'Number', 'Provider', 'Routing profile');

CREATE VIEW dialplan_provider AS
  SELECT pr_id AS id, pr_peername AS peer, coalesce(pr_maxoutchannels, 0) AS maxchannels,
    coalesce(pr_callerid, '') AS cidnum, coalesce(pr_calleridname, '') AS cidname,
    CASE WHEN pr_ignorebusy IN ('on', 'yes') THEN 'yes' ELSE '' END AS ignorebusy
  FROM pr_providers WHERE coalesce(pr_disabled, '') NOT IN ('on', 'yes', '1');
