-- Campaigns, cron jobs and conference rooms. Cron jobs and rooms share the prefix cr_ in two
-- tables; the room's pins and times are its meetme row (cr_bookid).

CREATE TABLE ca_campaigns (
  ca_id INTEGER PRIMARY KEY AUTOINCREMENT, ca_te_id INTEGER NOT NULL DEFAULT 0,
  ca_name VARCHAR(191), ca_type TEXT, ca_datestart TEXT, ca_dateend TEXT, ca_co_id INTEGER,
  ca_maxchannels INTEGER, ca_maxattempts INTEGER, ca_callerid TEXT, ca_calldelay TEXT,
  ca_state TEXT, ca_lastrun TEXT, ca_dialtimeout TEXT, ca_hosted TEXT, ca_tech TEXT,
  ca_message TEXT, ca_recording TEXT, ca_cr_id INTEGER, ca_qu_id INTEGER, ca_minfreeagents TEXT,
  ca_emailrecording TEXT, ca_minemailrecording TEXT, ca_retrytime TEXT,
  channelsforfreeagents TEXT, ca_onconnect_calleridname TEXT, ca_calleridname TEXT,
  ca_confirm TEXT, ca_confirmmessage_me_id INTEGER, ca_maxcampaignnumbers TEXT,
  ca_faxquality TEXT, ca_pagesize TEXT, ca_pagerotate TEXT, ca_statechange TEXT,
  ca_channelsforfreeagents TEXT, ca_summaxattempts TEXT
);
CREATE INDEX i_ca_campaigns_te_id_name ON ca_campaigns (ca_te_id, ca_name);

CREATE TABLE cn_campaignnumbers (
  cn_id INTEGER PRIMARY KEY AUTOINCREMENT, cn_te_id INTEGER NOT NULL DEFAULT 0, cn_ca_id INTEGER,
  cn_number VARCHAR(40), cn_disposition VARCHAR(40), cn_attempts INTEGER,
  cn_lastattempt DATETIME, cn_description TEXT, cn_billsec INTEGER, cn_field1 TEXT,
  cn_field2 TEXT, cn_field3 TEXT, cn_field4 TEXT, cn_field5 TEXT, cn_field6 TEXT, cn_field7 TEXT,
  cn_field8 TEXT, cn_field9 TEXT, cn_field10 TEXT
);
CREATE INDEX i_cn_campaignnumbers_ca_id_number ON cn_campaignnumbers (cn_ca_id, cn_number);
CREATE INDEX i_cn_campaignnumbers_ca_id_disposition
  ON cn_campaignnumbers (cn_ca_id, cn_disposition);
CREATE INDEX i_cn_campaignnumbers_te_id ON cn_campaignnumbers (cn_te_id);

-- Documents of a fax campaign.
CREATE TABLE cf_campaignfiles (
  cf_id INTEGER PRIMARY KEY AUTOINCREMENT, cf_te_id INTEGER NOT NULL DEFAULT 0, cf_ca_id INTEGER,
  cf_name VARCHAR(191), cf_size INTEGER, cf_data LONGBLOB
);
CREATE INDEX i_cf_campaignfiles_ca_id ON cf_campaignfiles (cf_ca_id);
CREATE INDEX i_cf_campaignfiles_te_id ON cf_campaignfiles (cf_te_id);

CREATE TABLE cr_cronjobs (
  cr_id INTEGER PRIMARY KEY AUTOINCREMENT, cr_te_id INTEGER NOT NULL DEFAULT 0, cr_type TEXT,
  cr_name VARCHAR(191), cr_no_id INTEGER, cr_active TEXT, cr_minute TEXT, cr_hour TEXT,
  cr_day TEXT, cr_month TEXT, cr_weekday TEXT, cr_laststarted TEXT, cr_lastended TEXT,
  cr_run TEXT, cr_once TEXT, cr_lastping TEXT, cr_pid TEXT, cr_timezone TEXT, cr_year TEXT
);
CREATE INDEX i_cr_cronjobs_te_id_name ON cr_cronjobs (cr_te_id, cr_name);

CREATE TABLE cr_conferencerooms (
  cr_id INTEGER PRIMARY KEY AUTOINCREMENT, cr_te_id INTEGER NOT NULL DEFAULT 0,
  cr_number VARCHAR(40), cr_name VARCHAR(191), cr_hosted TEXT, cr_bookid INTEGER,
  cr_rrid INTEGER, cr_sendreport TEXT, cr_sendreportemail TEXT, cr_sendreportemailfromdate TEXT,
  cr_requestpinmeid INTEGER, cr_pinenteredmeid INTEGER, cr_adminpinenteredmeid INTEGER
);
CREATE INDEX i_cr_conferencerooms_te_id_number ON cr_conferencerooms (cr_te_id, cr_number);
