-- What MikoPBX has and the MiRTA model has not. Employees and providers are ex_extensions and
-- pr_providers rows; here are the fields without a home there.

-- Bearer keys with permissions per resource path.
CREATE TABLE mk_apikeys (
  ma_id INTEGER PRIMARY KEY AUTOINCREMENT,
  ma_hash CHAR(64) NOT NULL,  -- SHA-256, lower-case hex
  ma_display VARCHAR(40),  -- first and last five characters
  ma_description VARCHAR(255) NOT NULL DEFAULT '',
  ma_networkfilterid VARCHAR(20) NOT NULL DEFAULT 'none',  -- none, localhost or an id of mk_networkfilters
  ma_full_permissions INTEGER NOT NULL DEFAULT 0,
  ma_allowed_paths TEXT,  -- JSON object: path to read or write
  ma_created_at DATETIME NOT NULL, ma_last_used_at DATETIME
);
CREATE UNIQUE INDEX u_mk_apikeys_hash ON mk_apikeys (ma_hash);
CREATE INDEX i_mk_apikeys_description ON mk_apikeys (ma_description);

-- Logins of the older API (cookie) and of v3 (refresh token).
CREATE TABLE ms_sessions (
  ms_id CHAR(64) NOT NULL PRIMARY KEY,  -- SHA-256 of the cookie
  ms_us_id INTEGER, ms_login VARCHAR(191),
  ms_kind VARCHAR(10) NOT NULL DEFAULT 'cookie',  -- cookie or refresh
  ms_peer VARCHAR(64), ms_created DATETIME NOT NULL, ms_last_used DATETIME,
  ms_expires DATETIME NOT NULL
);
CREATE INDEX i_ms_sessions_expires ON ms_sessions (ms_expires);
CREATE INDEX i_ms_sessions_us_id ON ms_sessions (ms_us_id);

CREATE TABLE mk_employees (
  me_ex_id INTEGER NOT NULL PRIMARY KEY,  -- ex_extensions.ex_id
  me_avatar TEXT, me_mobile_number VARCHAR(40), me_mobile_dialstring VARCHAR(255),
  me_networkfilterid VARCHAR(20) NOT NULL DEFAULT 'none', me_manualattributes TEXT,
  me_fwd_ringlength INTEGER
);
CREATE INDEX i_mk_employees_mobile_number ON mk_employees (me_mobile_number);

CREATE TABLE mk_providers (
  mp_pr_id INTEGER NOT NULL PRIMARY KEY,  -- pr_providers.pr_id
  mp_uniqid VARCHAR(64) NOT NULL,  -- SIP-TRUNK-1A2B3C4D
  mp_registration_type VARCHAR(20) NOT NULL DEFAULT 'outbound', mp_note TEXT,
  mp_networkfilterid VARCHAR(20) NOT NULL DEFAULT 'none', mp_manualattributes TEXT,
  mp_options TEXT,  -- JSON: the cid_*, did_* and from* fields
  mp_hosts TEXT  -- JSON list of additional hosts
);
CREATE UNIQUE INDEX u_mk_providers_uniqid ON mk_providers (mp_uniqid);

CREATE TABLE mk_networkfilters (
  mn_id INTEGER PRIMARY KEY AUTOINCREMENT, mn_description VARCHAR(255),
  mn_permit TEXT,  -- JSON list of networks, as the next
  mn_deny TEXT, mn_local INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE mk_settings (
  mx_code VARCHAR(80) NOT NULL PRIMARY KEY, mx_value TEXT
);
