-- A trunk without a user name and a password has nothing to authenticate with, and Asterisk complains of the empty row.
-- Who is gone keeps a password for a while (0221).
DROP VIEW asterisk_auths;
CREATE VIEW asterisk_auths AS
  SELECT
    id, realm, refresh_token, oauth_clientid, oauth_secret,
    coalesce(nullif(auth_type, ''), 'userpass') AS auth_type,
    coalesce(nullif(nonce_lifetime, ''), '32') AS nonce_lifetime, md5_cred, username, "password",
    password_digest, supported_algorithms_uas, supported_algorithms_uac
  FROM ps_auths
  WHERE coalesce(username, '') <> ''
  UNION ALL
  SELECT gn_name, '', '', '', '', 'userpass', '32', '', gn_username, gn_password, '', '', ''
  FROM gn_gonenames WHERE coalesce(gn_username, '') <> '' AND NOT EXISTS (SELECT 1 FROM ps_auths WHERE id = gn_name);
