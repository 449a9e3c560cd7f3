-- What a call asks before it follows the DID it came in on: CONDITION-ID&CONDITION-ID.
CREATE VIEW dialplan_offwork AS
  SELECT di_id AS id, coalesce(
    (SELECT GROUP_CONCAT('CONDITION-' || mw_co_id ORDER BY mw_priority, mw_co_id SEPARATOR '&')
     FROM mk_offworktimes JOIN co_conditions ON co_id = mw_co_id
     WHERE co_te_id = di_te_id AND (mw_dids IS NULL OR instr(mw_dids, ',' || di_id || ',') > 0)), '') AS conditions
  FROM di_dids;
