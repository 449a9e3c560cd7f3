-- An incoming route of MikoPBX may be of one provider: calls that come in by another do not follow it.
ALTER TABLE mk_incomingroutes ADD COLUMN mi_pr_id INTEGER;  -- pr_providers.pr_id; none: calls of all providers
CREATE INDEX i_mk_incomingroutes_pr_id ON mk_incomingroutes (mi_pr_id);
UPDATE mk_incomingroutes SET mi_pr_id = (SELECT pr_id FROM pr_providers LEFT JOIN mk_providers ON mp_pr_id = pr_id
  WHERE coalesce(mp_uniqid, 'SIP-' || pr_id) = mi_provider)
  WHERE coalesce(mi_provider, 'none') <> 'none';

-- provider: by whose calls alone it is followed, as their channels say
DROP VIEW dialplan_didrules;
CREATE VIEW dialplan_didrules AS
  SELECT di_id AS id, coalesce(di_didnameprefix, '') AS nameprefix,
    coalesce(di_didprefix, '') AS numberprefix,
    CASE WHEN di_unconditionalstatus IN ('yes', 'on', '1') THEN 'yes' ELSE '' END AS unconditional,
    coalesce((SELECT pr_peername FROM mk_incomingroutes JOIN pr_providers ON pr_id = mi_pr_id WHERE mi_di_id = di_id), '')
      AS provider
  FROM di_dids;
