-- Where a trunk says who calls and what is called: a header, and what of it. Between two texts, or what an expression
-- finds: `regex` where `before` stands before it and `behind` behind it. Without either it is the user of the address.
CREATE TABLE ti_trunkins (
  ti_pr_id INTEGER NOT NULL PRIMARY KEY,  -- pr_providers.pr_id
  ti_cid_header VARCHAR(100), ti_cid_start VARCHAR(50), ti_cid_end VARCHAR(50), ti_cid_before VARCHAR(255),
  ti_cid_regex VARCHAR(255), ti_cid_behind VARCHAR(255),
  ti_did_header VARCHAR(100), ti_did_start VARCHAR(50), ti_did_end VARCHAR(50), ti_did_before VARCHAR(255),
  ti_did_regex VARCHAR(255), ti_did_behind VARCHAR(255),
  ti_debug VARCHAR(3)  -- yes: Asterisk logs what was found
);

CREATE VIEW dialplan_trunk AS
  SELECT pr_peername AS id, coalesce(ti_cid_header, '') AS cid_header, coalesce(ti_cid_start, '') AS cid_start,
    coalesce(ti_cid_end, '') AS cid_end, coalesce(ti_cid_before, '') AS cid_before,
    coalesce(ti_cid_regex, '') AS cid_regex, coalesce(ti_cid_behind, '') AS cid_behind,
    coalesce(ti_did_header, '') AS did_header, coalesce(ti_did_start, '') AS did_start,
    coalesce(ti_did_end, '') AS did_end, coalesce(ti_did_before, '') AS did_before,
    coalesce(ti_did_regex, '') AS did_regex, coalesce(ti_did_behind, '') AS did_behind,
    coalesce(ti_debug, '') AS debug
  FROM pr_providers JOIN ti_trunkins ON ti_pr_id = pr_id;
