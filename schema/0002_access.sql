-- Who may do what: API keys of the MiRTA dialects, panel users with their profiles and links, user
-- groups.

-- Only the SHA-256 of a key is kept. ak_prefix is what lists show of it.
CREATE TABLE "keys" (
  ak_id INTEGER PRIMARY KEY AUTOINCREMENT,
  ak_te_id INTEGER,  -- NULL: a global (administrator) key
  ak_hash CHAR(64) NOT NULL,  -- SHA-256, lower-case hex
  ak_prefix VARCHAR(16), ak_label VARCHAR(191), ak_read_only INTEGER NOT NULL DEFAULT 0,
  ak_ip_filter TEXT,  -- comma list of addresses and CIDR networks; empty: any
  ak_created DATETIME NOT NULL, ak_last_used DATETIME,
  ak_revoked DATETIME  -- not NULL: refused since then
);
CREATE UNIQUE INDEX u_keys_hash ON "keys" (ak_hash);
CREATE INDEX i_keys_te_id ON "keys" (ak_te_id);

-- us_password is the hex SHA-256 the MiRTA dialect prescribes; us_token the SHA-256 of a login
-- token.
CREATE TABLE us_users (
  us_id INTEGER PRIMARY KEY AUTOINCREMENT, us_username VARCHAR(191) NOT NULL, us_password TEXT,
  us_up_id INTEGER, us_email TEXT, us_description TEXT, us_useldap TEXT, us_resettoken TEXT,
  us_2fatype TEXT, us_2fa_param1 TEXT, us_2fa_param2 TEXT, us_2fa_param3 TEXT, us_ipfilter TEXT,
  us_neverexpire TEXT, us_dynamicip TEXT, us_token VARCHAR(64), us_token_validity TEXT,
  us_admin TEXT, us_forcechange TEXT, us_lastchange TEXT
);
CREATE UNIQUE INDEX u_us_users_username ON us_users (us_username);
CREATE INDEX i_us_users_token ON us_users (us_token);

CREATE TABLE up_userprofiles (
  up_id INTEGER PRIMARY KEY AUTOINCREMENT, up_name VARCHAR(191) NOT NULL, up_description TEXT,
  up_reserved TEXT, up_userpanel TEXT
);
CREATE INDEX i_up_userprofiles_name ON up_userprofiles (up_name);

-- Privileges of a profile; ug_id is the code of the privilege.
CREATE TABLE up_privileges (
  upp_id INTEGER PRIMARY KEY AUTOINCREMENT, upp_up_id INTEGER NOT NULL,
  ug_id VARCHAR(80) NOT NULL, param1 TEXT, param2 TEXT, param3 TEXT, param4 TEXT, param5 TEXT
);
CREATE INDEX i_up_privileges_upp_up_id ON up_privileges (upp_up_id);

-- Tenants a user may see. ut_tenant_id is not an owner, hence its name.
CREATE TABLE ut_usertenants (
  ut_id INTEGER PRIMARY KEY AUTOINCREMENT, ut_us_id INTEGER NOT NULL,
  ut_tenant_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX u_ut_usertenants_us_id_tenant_id ON ut_usertenants (ut_us_id, ut_tenant_id);
CREATE INDEX i_ut_usertenants_tenant_id ON ut_usertenants (ut_tenant_id);

CREATE TABLE ur_userroutingprofiles (
  ur_id INTEGER PRIMARY KEY AUTOINCREMENT, ur_us_id INTEGER NOT NULL, ur_rp_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX u_ur_userroutingprofiles_us_id_rp_id
  ON ur_userroutingprofiles (ur_us_id, ur_rp_id);

-- Profiles a user may give to others.
CREATE TABLE uu_userprofilesallowed (
  uu_id INTEGER PRIMARY KEY AUTOINCREMENT, uu_us_id INTEGER NOT NULL, uu_up_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX u_uu_userprofilesallowed_us_id_up_id
  ON uu_userprofilesallowed (uu_us_id, uu_up_id);

-- Limits a user to single queues, extensions, providers or client rates.
CREATE TABLE ux_userrestrictions (
  ux_id INTEGER PRIMARY KEY AUTOINCREMENT, ux_us_id INTEGER NOT NULL,
  ux_type VARCHAR(20) NOT NULL,  -- QUEUE, EXT, PROVIDER, CLIENTRATE
  ux_type_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX u_ux_userrestrictions_us_id_type_type_id
  ON ux_userrestrictions (ux_us_id, ux_type, ux_type_id);

CREATE TABLE gr_usergroups (
  gr_id INTEGER PRIMARY KEY AUTOINCREMENT, gr_name VARCHAR(191) NOT NULL, gr_description TEXT
);
CREATE UNIQUE INDEX u_gr_usergroups_name ON gr_usergroups (gr_name);

CREATE TABLE gt_usergrouptenants (
  gt_id INTEGER PRIMARY KEY AUTOINCREMENT, gt_gr_id INTEGER NOT NULL,
  gt_tenant_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX u_gt_usergrouptenants_gr_id_tenant_id
  ON gt_usergrouptenants (gt_gr_id, gt_tenant_id);
CREATE INDEX i_gt_usergrouptenants_tenant_id ON gt_usergrouptenants (gt_tenant_id);

CREATE TABLE gu_usergroupusers (
  gu_id INTEGER PRIMARY KEY AUTOINCREMENT, gu_gr_id INTEGER NOT NULL, gu_us_id INTEGER NOT NULL,
  gu_inerith TEXT  -- spelled as on the wire
);
CREATE UNIQUE INDEX u_gu_usergroupusers_gr_id_us_id ON gu_usergroupusers (gu_gr_id, gu_us_id);
CREATE INDEX i_gu_usergroupusers_us_id ON gu_usergroupusers (gu_us_id);
