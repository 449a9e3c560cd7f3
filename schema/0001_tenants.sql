-- Tenants and what belongs to a whole tenant. Every object table carries its owner in
-- <prefix>_te_id; 0 is the global level. Flags are text (on, yes or empty) because the APIs echo
-- them unchanged.

-- The code is part of every Asterisk name (100-CODE).
CREATE TABLE te_tenants (
  te_id INTEGER PRIMARY KEY AUTOINCREMENT, te_name VARCHAR(191) NOT NULL DEFAULT '',
  te_code VARCHAR(40) NOT NULL, te_timezone TEXT, te_alertemail TEXT,
  te_payment_type VARCHAR(40) DEFAULT 'Post Paid', te_disabled TEXT,
  te_maxchannels INTEGER NOT NULL DEFAULT -1,  -- -1: no limit, here and in the next two
  te_allowanycalleridforemerg TEXT, te_cl_id INTEGER, te_rp_id INTEGER,
  te_campaign_rp_id INTEGER, te_fax_rp_id INTEGER, te_billingcode TEXT,
  te_prefixbillingcode TEXT, te_provisioningdir TEXT, te_recordingstorage TEXT,
  te_recordinghost TEXT, te_recordinguser TEXT, te_recordingpassword TEXT,
  te_recordingdirectory TEXT, te_defaultrrid INTEGER,
  te_maxextensions INTEGER NOT NULL DEFAULT -1, te_maxdids INTEGER NOT NULL DEFAULT -1,
  te_balance DECIMAL(18,6) NOT NULL DEFAULT 0,
  te_warningbalance DECIMAL(18,6) NOT NULL DEFAULT 0,
  te_csvtemplate TEXT,  -- name of the td_cdrtemplates row that csv answers use
  te_datecreation TEXT
);
CREATE UNIQUE INDEX u_te_tenants_code ON te_tenants (te_code);

CREATE TABLE pk_parkinglots (
  pk_id INTEGER PRIMARY KEY AUTOINCREMENT, pk_te_id INTEGER NOT NULL DEFAULT 0,
  pk_name VARCHAR(191), pk_host VARCHAR(191), pk_start INTEGER, pk_end INTEGER
);
CREATE INDEX i_pk_parkinglots_te_id_name ON pk_parkinglots (pk_te_id, pk_name);

-- Settings by code. The API keys themselves are not here: table keys holds their hashes.
CREATE TABLE se_settings (
  se_id INTEGER PRIMARY KEY AUTOINCREMENT, se_te_id INTEGER NOT NULL DEFAULT 0,
  se_code VARCHAR(80) NOT NULL, se_value TEXT
);
CREATE UNIQUE INDEX u_se_settings_te_id_code ON se_settings (se_te_id, se_code);

-- Names that a tenant variable may have.
CREATE TABLE al_variables (
  al_id INTEGER PRIMARY KEY AUTOINCREMENT, al_name VARCHAR(80) NOT NULL, al_description TEXT
);
CREATE UNIQUE INDEX u_al_variables_name ON al_variables (al_name);

CREATE TABLE tv_tenantvariables (
  tv_id INTEGER PRIMARY KEY AUTOINCREMENT, tv_te_id INTEGER NOT NULL DEFAULT 0, tv_al_id INTEGER,
  tv_value TEXT, tv_comment TEXT, tv_locked TEXT
);
CREATE UNIQUE INDEX u_tv_tenantvariables_te_id_al_id ON tv_tenantvariables (tv_te_id, tv_al_id);

-- Every change of te_balance, so that a range can be summed and a dispute settled.
CREATE TABLE ba_balances (
  ba_id INTEGER PRIMARY KEY AUTOINCREMENT, ba_te_id INTEGER NOT NULL DEFAULT 0, ba_date DATETIME,
  ba_amount DECIMAL(18,6) NOT NULL, ba_balance DECIMAL(18,6) NOT NULL, ba_description TEXT
);
CREATE INDEX i_ba_balances_te_id_date ON ba_balances (ba_te_id, ba_date);

-- Price lists that te_cl_id and ex_cl_id name.
CREATE TABLE cl_clientrates (
  cl_id INTEGER PRIMARY KEY AUTOINCREMENT, cl_te_id INTEGER NOT NULL DEFAULT 0, cl_name TEXT,
  cl_description TEXT
);

-- PBX nodes; a cron job may be bound to one.
CREATE TABLE no_nodes (
  no_id INTEGER PRIMARY KEY AUTOINCREMENT, no_name VARCHAR(191), no_host TEXT
);
CREATE UNIQUE INDEX u_no_nodes_name ON no_nodes (no_name);
