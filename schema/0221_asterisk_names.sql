-- What Asterisk reads of trunks and of phones with a name of their own to log in with.
--
-- A phone or trunk is known by its peer name. What it may call itself besides is in ln_logins: that name is
-- found in the From header (a trunk's in its credentials as well, as From is who calls), and where it
-- registers is an AOR of that name.
--
-- Who is gone stays in gn_gonenames for a while: with an AOR that nobody is asked for, else Asterisk goes on
-- asking what it knew; and with its password, else it cannot end its registration.

CREATE TABLE ln_logins (
  ln_name VARCHAR(191) NOT NULL PRIMARY KEY,
  ln_endpoint VARCHAR(191) NOT NULL  -- ps_endpoints.id
);
CREATE UNIQUE INDEX u_ln_logins_endpoint ON ln_logins (ln_endpoint);

CREATE TABLE gn_gonenames (
  gn_name VARCHAR(191) NOT NULL PRIMARY KEY, gn_username VARCHAR(191), gn_password VARCHAR(191),
  gn_time DATETIME NOT NULL
);
CREATE INDEX i_gn_gonenames_time ON gn_gonenames (gn_time);

DROP VIEW asterisk_aors;
CREATE VIEW asterisk_aors AS
  SELECT
    id,
    replace(contact, ';', (SELECT mark FROM asterisk_semicolon)) AS contact,
    replace(outbound_proxy, ';', (SELECT mark FROM asterisk_semicolon)) AS outbound_proxy,
    coalesce(nullif(default_expiration, ''), '3600') AS default_expiration,
    coalesce(nullif(max_contacts, ''), '0') AS max_contacts,
    coalesce(nullif(minimum_expiration, ''), '60') AS minimum_expiration,
    coalesce(nullif(qualify_frequency, ''), '0') AS qualify_frequency,
    coalesce(nullif(maximum_expiration, ''), '7200') AS maximum_expiration, mailboxes,
    coalesce(nullif(remove_existing, ''), 'no') AS remove_existing,
    coalesce(nullif(authenticate_qualify, ''), 'no') AS authenticate_qualify,
    coalesce(nullif(support_path, ''), 'no') AS support_path,
    coalesce(nullif(remove_unavailable, ''), 'no') AS remove_unavailable,
    coalesce(nullif(qualify_2xx_only, ''), 'no') AS qualify_2xx_only,
    coalesce(nullif(qualify_timeout, ''), '3.0') AS qualify_timeout, voicemail_extension
  FROM ps_aors
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_aors.id AND pr_disabled IN ('on', 'yes', '1'))
  UNION ALL
  SELECT
    ln_name, '' AS contact,
    replace(outbound_proxy, ';', (SELECT mark FROM asterisk_semicolon)) AS outbound_proxy,
    coalesce(nullif(default_expiration, ''), '3600') AS default_expiration,
    coalesce(nullif(max_contacts, ''), '0') AS max_contacts,
    coalesce(nullif(minimum_expiration, ''), '60') AS minimum_expiration,
    coalesce(nullif(qualify_frequency, ''), '0') AS qualify_frequency,
    coalesce(nullif(maximum_expiration, ''), '7200') AS maximum_expiration, mailboxes,
    coalesce(nullif(remove_existing, ''), 'no') AS remove_existing,
    coalesce(nullif(authenticate_qualify, ''), 'no') AS authenticate_qualify,
    coalesce(nullif(support_path, ''), 'no') AS support_path,
    coalesce(nullif(remove_unavailable, ''), 'no') AS remove_unavailable,
    coalesce(nullif(qualify_2xx_only, ''), 'no') AS qualify_2xx_only,
    coalesce(nullif(qualify_timeout, ''), '3.0') AS qualify_timeout, voicemail_extension
  FROM ln_logins JOIN ps_aors ON id = ln_endpoint
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ln_endpoint AND pr_disabled IN ('on', 'yes', '1'))
  UNION ALL
  SELECT
    gn_name, '', '', '3600', '0', '60', '0', '7200', '', 'no', 'no', 'no', 'no', 'no', '3.0', ''
  FROM gn_gonenames WHERE NOT EXISTS (SELECT 1 FROM ps_aors
    WHERE id = gn_name AND NOT EXISTS (SELECT 1 FROM pr_providers
      WHERE pr_peername = gn_name AND pr_disabled IN ('on', 'yes', '1')));

DROP VIEW asterisk_registrations;
CREATE VIEW asterisk_registrations AS
  SELECT
    id,
    replace(client_uri, ';', (SELECT mark FROM asterisk_semicolon)) AS client_uri,
    outbound_auth,
    replace(outbound_proxy, ';', (SELECT mark FROM asterisk_semicolon)) AS outbound_proxy,
    replace(server_uri, ';', (SELECT mark FROM asterisk_semicolon)) AS server_uri,
    endpoint,
    replace(contact_header_params, ';', (SELECT mark FROM asterisk_semicolon)) AS contact_header_params,
    user_agent, coalesce(nullif(auth_rejection_permanent, ''), 'yes') AS auth_rejection_permanent,
    coalesce(nullif(support_path, ''), 'no') AS support_path,
    CASE WHEN coalesce(endpoint, '') <> '' THEN 'yes' ELSE coalesce(nullif("line", ''), 'no') END AS "line",
    coalesce(nullif(support_outbound, ''), 'no') AS support_outbound, contact_user, transport,
    coalesce(nullif(expiration, ''), '3600') AS expiration,
    coalesce(nullif(max_retries, ''), '10') AS max_retries,
    coalesce(nullif(retry_interval, ''), '60') AS retry_interval,
    coalesce(nullif(forbidden_retry_interval, ''), '0') AS forbidden_retry_interval,
    coalesce(nullif(fatal_retry_interval, ''), '0') AS fatal_retry_interval,
    coalesce(nullif(max_random_initial_delay, ''), '10') AS max_random_initial_delay,
    coalesce(nullif(security_negotiation, ''), 'no') AS security_negotiation, security_mechanisms
  FROM ps_registrations
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_registrations.id AND pr_disabled IN ('on', 'yes', '1'));

DROP VIEW asterisk_identifies;
CREATE VIEW asterisk_identifies AS
  SELECT
    id, endpoint, match_header, match_request_uri, "match",
    coalesce(nullif(srv_lookups, ''), 'yes') AS srv_lookups
  FROM ps_endpoint_id_ips
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ps_endpoint_id_ips.id AND pr_disabled IN ('on', 'yes', '1'))
  UNION ALL
  SELECT 'login-' || ln_name, ln_endpoint,
    'From: /sips?:' || replace(replace(replace(ln_name, '.', '[.]'), '+', '[+]'), '*', '[*]') || '@/', '', '', 'no'
  FROM ln_logins
  WHERE NOT EXISTS (SELECT 1 FROM pr_providers
    WHERE pr_peername = ln_endpoint AND pr_disabled IN ('on', 'yes', '1'))
  UNION ALL
  SELECT 'credentials-' || ln_name, ln_endpoint,
    'Authorization: /username="' || replace(replace(replace(ln_name, '.', '[.]'), '+', '[+]'), '*', '[*]') || '"/',
    '', '', 'no'
  FROM ln_logins JOIN pr_providers ON pr_peername = ln_endpoint
  WHERE coalesce(pr_disabled, '') NOT IN ('on', 'yes', '1');
