-- More columns that calls go by. Each view has one key that is an index, and no column of them is NULL.

-- What an extension puts before the numbers it calls outside (those whose length is in the span), how many
-- seconds such a call rings, and the rules that change its caller id.
CREATE VIEW dialplan_outside AS
  SELECT ex_tech_id AS id, coalesce(ex_prefix, '') AS prefix,
    coalesce(nullif(ex_mindigitprefix, ''), '1') AS "shortest", coalesce(nullif(ex_maxdigitprefix, ''), '40') AS "longest",
    coalesce(ex_outboundtimeout, '') AS seconds, coalesce(ex_cr_id, 0) AS callerids
  FROM ex_extensions;

-- As whom an extension is looked for elsewhere.
CREATE VIEW dialplan_findas AS
  SELECT ex_id AS id, coalesce(ex_fmfmcallerid, '') AS cidnum, coalesce(ex_fmfmnumprefix, '') AS numberprefix,
    coalesce(ex_fmfmnameprefix, '') AS nameprefix
  FROM ex_extensions;

-- Routing profiles of a tenant (by its code) for campaigns and faxes, 0 for that of all calls.
CREATE VIEW dialplan_profiles AS
  SELECT te_code AS id, coalesce(te_campaign_rp_id, 0) AS campaign, coalesce(te_fax_rp_id, 0) AS fax FROM te_tenants;

-- What a conference room says: when it asks for the PIN, and after the PIN of a guest and of an administrator.
CREATE VIEW dialplan_room AS
  SELECT cr_id AS id,
    coalesce((SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = cr_requestpinmeid), '') AS ask,
    coalesce((SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = cr_pinenteredmeid), '') AS guest,
    coalesce((SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = cr_adminpinenteredmeid), '') AS admin
  FROM cr_conferencerooms;

-- What a member of a queue hears before it takes a call with 1.
CREATE VIEW dialplan_agent AS
  SELECT qu_id AS id,
    coalesce((SELECT path FROM dialplan_mediafile WHERE dialplan_mediafile.id = qu_agent_confirmmessage_me_id), '')
      AS confirm
  FROM qu_queues;

-- The rules of a routing profile in the order they are tried: among equals the provider with the least penalty,
-- then the heaviest rule.
DROP VIEW dialplan_routes;
CREATE VIEW dialplan_routes AS
  SELECT rp_id AS id,
    (SELECT group_concat(dl_id ORDER BY coalesce(dl_priority, 0), coalesce(dl_order, 0), coalesce(pr_penalty, 0),
         coalesce(dl_weight, 0) DESC, dl_id SEPARATOR '&')
       FROM dl_dialingrules JOIN pr_providers ON pr_id = dl_pr_id
       WHERE dl_rp_id = rp_id AND coalesce(pr_disabled, '') NOT IN ('on', 'yes', '1')) AS routes
  FROM rp_routingprofiles;

-- The SIP header with which a paging group calls its phones.
CREATE VIEW dialplan_pageheader AS
  SELECT pa_id AS id, coalesce(pa_manualheader, '') AS header FROM pa_paginggroups;

-- The routing profile of faxes that are sent as a DID, by the whole DID.
CREATE VIEW dialplan_faxprofile AS
  SELECT coalesce(di_country, '') || coalesce(di_area, '') || di_number AS id, coalesce(di_fax_rp_id, 0) AS "profile"
  FROM di_dids;

-- As whom a DID answers faxes.
CREATE VIEW dialplan_faxanswer AS
  SELECT di_id AS id, coalesce(di_faxstationid, '') AS station, coalesce(di_faxheaderinfo, '') AS header FROM di_dids;
