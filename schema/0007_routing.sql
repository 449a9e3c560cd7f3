-- Where calls leave and enter: providers, routing profiles and their rules, caller id changes.

CREATE TABLE rp_routingprofiles (
  rp_id INTEGER PRIMARY KEY AUTOINCREMENT, rp_name VARCHAR(191) NOT NULL, rp_description TEXT,
  rp_type VARCHAR(20) DEFAULT 'VOICE'
);
CREATE INDEX i_rp_routingprofiles_name ON rp_routingprofiles (rp_name);

CREATE TABLE dl_dialingrules (
  dl_id INTEGER PRIMARY KEY AUTOINCREMENT, dl_rp_id INTEGER, dl_name TEXT, dl_regex TEXT,
  dl_pr_id INTEGER, dl_adddigits TEXT, dl_deldigits INTEGER, dl_priority INTEGER,
  dl_order INTEGER, dl_weight INTEGER, dl_emergencyroute TEXT, dl_usepin TEXT
);
CREATE INDEX i_dl_dialingrules_rp_id_priority_order
  ON dl_dialingrules (dl_rp_id, dl_priority, dl_order);
CREATE INDEX i_dl_dialingrules_pr_id ON dl_dialingrules (dl_pr_id);

-- pr_peername is the id of the provider's ps_* rows.
CREATE TABLE pr_providers (
  pr_id INTEGER PRIMARY KEY AUTOINCREMENT, pr_name VARCHAR(191) NOT NULL,
  pr_peername VARCHAR(191), pr_tech TEXT, pr_host TEXT, pr_disabled TEXT, pr_penalty INTEGER,
  pr_userealtime TEXT, pr_ca_id INTEGER, pr_callerid TEXT, pr_calleridname TEXT,
  pr_did_ca_id INTEGER, pr_maxoutchannels INTEGER, pr_ignoresipcause TEXT, pr_ignorebusy TEXT,
  pr_smsprotocol TEXT, pr_smsurl TEXT, pr_smsuser TEXT, pr_smspassword TEXT
);
CREATE INDEX i_pr_providers_name ON pr_providers (pr_name);
CREATE INDEX i_pr_providers_peername ON pr_providers (pr_peername);

-- Named sets of caller id changes (pr_ca_id, pr_did_ca_id).
CREATE TABLE ca_callerids (
  ca_id INTEGER PRIMARY KEY AUTOINCREMENT, ca_te_id INTEGER NOT NULL DEFAULT 0,
  ca_name VARCHAR(191), ca_description TEXT
);

CREATE TABLE ca_calleridrules (
  cx_id INTEGER PRIMARY KEY AUTOINCREMENT, cx_ca_id INTEGER, cx_regex TEXT, cx_replacement TEXT,
  cx_order INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX i_ca_calleridrules_ca_id_order ON ca_calleridrules (cx_ca_id, cx_order);
