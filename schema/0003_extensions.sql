-- Extensions and their side tables. The technology rows (ps_*, sipfriends) are keyed by NUMBER-
-- TENANT and live in 0004.

-- ex_tech is SIP, PJSIP, CUSTOM or VIRTUAL; ex_tech_id names the technology row (for PJSIP the
-- ps_endpoints id).
CREATE TABLE ex_extensions (
  ex_id INTEGER PRIMARY KEY AUTOINCREMENT, ex_te_id INTEGER NOT NULL DEFAULT 0,
  ex_name VARCHAR(191), ex_tech TEXT, ex_number VARCHAR(40) NOT NULL, ex_trunk TEXT,
  ex_tech_id VARCHAR(191), ex_cidnum TEXT, ex_cidname TEXT, ex_cidusage TEXT, ex_blockcid TEXT,
  ex_prefix TEXT, ex_mindigitprefix TEXT, ex_maxdigitprefix TEXT, ex_fmfmstatus TEXT,
  ex_fmfmnumber TEXT, ex_fmfmdialtimeout TEXT, ex_fmfmdialmethod TEXT, ex_fmfmcallerid TEXT,
  ex_fmfmnumprefix TEXT, ex_fmfmnameprefix TEXT, ex_recording TEXT, ex_dialtimeout TEXT,
  ex_callgroup TEXT, ex_pickupgroup TEXT, ex_unconditionalstatus TEXT, ex_onbusystatus TEXT,
  ex_onofflinestatus TEXT, ex_onnoanswerstatus TEXT, ex_callallowed TEXT, ex_destallowregex TEXT,
  ex_rp_id INTEGER, ex_dnd TEXT, ex_emergencycidnum TEXT, ex_webpassword TEXT,
  ex_token VARCHAR(64), ex_token_validity TEXT, ex_up_id INTEGER, ex_userpanel TEXT,
  ex_datecreation DATETIME, ex_emailrecording TEXT, ex_fmfmconfirm TEXT,
  ex_fmfmconfirmmessage_id INTEGER, ex_minemailrecording TEXT, ex_branch TEXT,
  ex_department TEXT, ex_autocallerid TEXT, ex_trunkcidoverride TEXT,
  ex_trunkemergencycidoverride TEXT, ex_cr_id INTEGER, ex_trunkcidsource TEXT,
  ex_description TEXT, ex_fmfmholdmessage_id INTEGER, ex_notifymissingemail TEXT,
  ex_webuseldap TEXT, ex_webuser VARCHAR(191), ex_txvolume TEXT, ex_rxvolume TEXT,
  ex_mu_id INTEGER, ex_faxgateway TEXT, ex_faxalert TEXT, ex_trunkdid TEXT, ex_fmfmdelay TEXT,
  ex_includeindbn TEXT, ex_abusedetection TEXT, ex_referenceid VARCHAR(191), ex_notes TEXT,
  ex_callwaiting TEXT, ex_costlimits TEXT, ex_dailycostlimit TEXT, ex_dailycostlimitdom TEXT,
  ex_dailycostlimitint TEXT, ex_routecostlimit TEXT, ex_dailycostwarning TEXT,
  ex_dailycostwarningdom TEXT, ex_dailycostwarningint TEXT, ex_lastcostalert TEXT,
  ex_cl_id INTEGER, ex_alertemail TEXT, ex_includeinpb TEXT, ex_onconditionstatus TEXT,
  ex_oncondition_id INTEGER, ex_autoanswer TEXT, ex_autocidname TEXT, ex_regexprefix TEXT,
  ex_fromfilterregex TEXT, ex_ignoreemptyemergcallerid TEXT, ex_overridesippermit TEXT,
  ex_webrtcsupport TEXT, ex_blockanonymous TEXT, ex_dn_me_id INTEGER, ex_spygroups TEXT,
  ex_email VARCHAR(191), ex_inboundblockcid TEXT, ex_inboundblockcidname TEXT,
  ex_applyalwaysrpid TEXT, ex_mailbox VARCHAR(191), ex_outboundtimeout TEXT, ex_smscidnum TEXT,
  ex_useragentsecurity TEXT, ex_useragentallowed TEXT, ex_sms_rp_id INTEGER,
  ex_callallowedreason TEXT, ex_permit TEXT, ex_permit_fqdn TEXT, ex_calleridregexsamesms TEXT,
  ex_ignoreinternalmissed TEXT, ex_webphone TEXT, ex_prefixdefault TEXT,
  ex_regexprefixdefault TEXT, ex_alertwhenoffline TEXT, ex_lastofflinealert TEXT,
  ex_emergencynotes TEXT, ex_parkinglot TEXT, ex_monthlycostlimit TEXT,
  ex_monthlycostlimitdom TEXT, ex_monthlycostlimitint TEXT, ex_monthlycostwarning TEXT,
  ex_monthlycostwarningdom TEXT, ex_monthlycostwarningint TEXT, ex_workinghours TEXT,
  ex_enableworkinghours TEXT, ex_useextcallerid TEXT, ex_pushnotification TEXT,
  ex_ignorequeuemissed TEXT, ex_fmfmonconditionid INTEGER, ex_transcript TEXT,
  ex_outboundrecordingmessage TEXT, ex_sw_id INTEGER, ex_overridecidnum TEXT,
  ex_overridecidname TEXT, ex_privacyrecording TEXT, ex_userapp TEXT, ex_ipfilter TEXT,
  ex_useipfilter TEXT, ex_switchboard TEXT, ex_aisummary TEXT, ex_aisentiment TEXT,
  ex_2fatype TEXT, ex_2fa_param1 TEXT, ex_2fa_param2 TEXT, ex_2fa_param3 TEXT,
  ex_lastchange TEXT, ex_neverexpire TEXT, ex_passwordlocked TEXT, ex_lockpin TEXT,
  ex_pinlocked TEXT
);
CREATE UNIQUE INDEX u_ex_extensions_te_id_number ON ex_extensions (ex_te_id, ex_number);
CREATE INDEX i_ex_extensions_number ON ex_extensions (ex_number);
CREATE INDEX i_ex_extensions_tech_id ON ex_extensions (ex_tech_id);
CREATE INDEX i_ex_extensions_webuser ON ex_extensions (ex_webuser);
CREATE INDEX i_ex_extensions_token ON ex_extensions (ex_token);
CREATE INDEX i_ex_extensions_rp_id ON ex_extensions (ex_rp_id);
CREATE INDEX i_ex_extensions_up_id ON ex_extensions (ex_up_id);
CREATE INDEX i_ex_extensions_email ON ex_extensions (ex_email);
CREATE INDEX i_ex_extensions_referenceid ON ex_extensions (ex_referenceid);

-- Technology row of an extension with ex_tech CUSTOM.
CREATE TABLE ce_customextensions (
  ce_id INTEGER PRIMARY KEY AUTOINCREMENT, ce_te_id INTEGER NOT NULL DEFAULT 0, ce_ex_id INTEGER,
  ce_name TEXT, ce_dialstring TEXT, ce_hint TEXT
);
CREATE INDEX i_ce_customextensions_ex_id ON ce_customextensions (ce_ex_id);
CREATE INDEX i_ce_customextensions_te_id ON ce_customextensions (ce_te_id);

-- Technology row of an extension with ex_tech VIRTUAL: it rings the extensions of its items.
CREATE TABLE ve_virtualextensions (
  ve_id INTEGER PRIMARY KEY AUTOINCREMENT, ve_te_id INTEGER NOT NULL DEFAULT 0, ve_ex_id INTEGER,
  ve_name TEXT, ve_callerid TEXT, ve_securitypin TEXT, ve_mailbox TEXT, ve_useextcallerid TEXT
);
CREATE INDEX i_ve_virtualextensions_te_id ON ve_virtualextensions (ve_te_id);
CREATE INDEX i_ve_virtualextensions_ex_id ON ve_virtualextensions (ve_ex_id);

CREATE TABLE vi_virtualextensionitems (
  vi_id INTEGER PRIMARY KEY AUTOINCREMENT, vi_te_id INTEGER NOT NULL DEFAULT 0, vi_ve_id INTEGER,
  vi_ex_id INTEGER, vi_order INTEGER
);
CREATE UNIQUE INDEX u_vi_virtualextensionitems_ve_id_ex_id
  ON vi_virtualextensionitems (vi_ve_id, vi_ex_id);
CREATE INDEX i_vi_virtualextensionitems_ex_id ON vi_virtualextensionitems (vi_ex_id);

CREATE TABLE cg_callgroups (
  cg_id INTEGER PRIMARY KEY AUTOINCREMENT, cg_te_id INTEGER NOT NULL DEFAULT 0, cg_ex_id INTEGER,
  cg_value VARCHAR(191)
);
CREATE INDEX i_cg_callgroups_ex_id ON cg_callgroups (cg_ex_id);
CREATE INDEX i_cg_callgroups_te_id_value ON cg_callgroups (cg_te_id, cg_value);

CREATE TABLE pg_pickupgroups (
  pg_id INTEGER PRIMARY KEY AUTOINCREMENT, pg_te_id INTEGER NOT NULL DEFAULT 0, pg_ex_id INTEGER,
  pg_value VARCHAR(191)
);
CREATE INDEX i_pg_pickupgroups_ex_id ON pg_pickupgroups (pg_ex_id);
CREATE INDEX i_pg_pickupgroups_te_id_value ON pg_pickupgroups (pg_te_id, pg_value);

-- Last known device state of phones, lamps and flows, written as events arrive.
CREATE TABLE st_states (
  st_extension VARCHAR(191) NOT NULL PRIMARY KEY,  -- NUMBER-TENANT
  st_state VARCHAR(20), st_timestamp DATETIME, st_peername VARCHAR(191)
);
