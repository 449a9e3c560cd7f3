-- What a call can be sent through. de_destinations links any of them to any other, in order; the
-- other tables are one object of the APIs each.

-- Types are the destination keys of the APIs: EXT-BUSY, IVR_1, HUNTLIST ... An id of 0 goes with a
-- type that has none.
CREATE TABLE de_destinations (
  de_id INTEGER PRIMARY KEY AUTOINCREMENT, de_te_id INTEGER NOT NULL DEFAULT 0,
  de_type_src VARCHAR(40) NOT NULL, de_type_id_src INTEGER NOT NULL DEFAULT 0,
  de_type_dst VARCHAR(40) NOT NULL, de_type_id_dst INTEGER NOT NULL DEFAULT 0,
  de_ord INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX i_de_destinations_type_src_type_id_src_ord
  ON de_destinations (de_type_src, de_type_id_src, de_ord);
CREATE INDEX i_de_destinations_type_dst_type_id_dst
  ON de_destinations (de_type_dst, de_type_id_dst);
CREATE INDEX i_de_destinations_te_id ON de_destinations (de_te_id);

-- Ids of the SPECIAL destinations.
CREATE TABLE sp_specials (
  sp_id INTEGER PRIMARY KEY AUTOINCREMENT, sp_name TEXT, sp_code VARCHAR(40) NOT NULL
);
CREATE UNIQUE INDEX u_sp_specials_code ON sp_specials (sp_code);

CREATE TABLE di_dids (
  di_id INTEGER PRIMARY KEY AUTOINCREMENT, di_te_id INTEGER NOT NULL DEFAULT 0,
  di_country VARCHAR(10), di_area VARCHAR(20), di_number VARCHAR(40) NOT NULL, di_comment TEXT,
  di_recording TEXT, di_didprefix TEXT, di_fax TEXT, di_faxstationid TEXT, di_faxheaderinfo TEXT,
  di_faxprotocol TEXT, di_fax_email TEXT, di_fax_store TEXT, di_didnameprefix TEXT,
  di_unconditionalstatus TEXT, di_maxchannels INTEGER, di_cnam TEXT, di_allowemergency TEXT,
  di_emergencynotes TEXT, di_ibid TEXT, di_emailrecording TEXT, di_admincomment TEXT,
  di_notifyunassigned TEXT, di_minemailrecording TEXT, di_dp_id INTEGER, di_provider_info TEXT,
  di_provider_number TEXT, di_smsprotocol TEXT, di_smsfromfield TEXT, di_smstofield TEXT,
  di_smsbodyfield TEXT, di_sms_store TEXT, di_smsemail TEXT, di_branch TEXT, di_department TEXT,
  di_storeandforwardnumber TEXT, di_notifymaxchannels TEXT, di_faxprinturl TEXT,
  di_smsanswer TEXT, di_mmslinkfield TEXT, di_faxprinturlformat TEXT,
  di_mmslinkauthprovider TEXT, di_transcript TEXT, di_sms_imsi TEXT, di_fullprivacy TEXT,
  di_aisummary TEXT, di_aisentiment TEXT, di_extrafieldserver TEXT, di_fax_rp_id INTEGER
);
CREATE INDEX i_di_dids_te_id_number ON di_dids (di_te_id, di_number);
CREATE INDEX i_di_dids_number ON di_dids (di_number);

CREATE TABLE hu_huntlists (
  hu_id INTEGER PRIMARY KEY AUTOINCREMENT, hu_number VARCHAR(40), hu_name VARCHAR(191),
  hu_te_id INTEGER NOT NULL DEFAULT 0, hu_type TEXT, hu_ringtime TEXT, hu_checkinuse TEXT,
  hu_checkoffline TEXT, hu_requestconfirm TEXT, hu_confirmmessage_id INTEGER, hu_usemoh TEXT,
  hu_allowredirect TEXT, hu_allowadditionaldestinations TEXT, hu_allowfmfm TEXT,
  hu_dialtimeout TEXT, hu_fastdialing TEXT, hu_usecustomdetails TEXT
);
CREATE INDEX i_hu_huntlists_te_id_number ON hu_huntlists (hu_te_id, hu_number);
CREATE INDEX i_hu_huntlists_te_id_name ON hu_huntlists (hu_te_id, hu_name);

-- iv_me_id is unused: the prompt is an IVR_MEDIAFILE destination.
CREATE TABLE iv_ivrs (
  iv_id INTEGER PRIMARY KEY AUTOINCREMENT, iv_te_id INTEGER NOT NULL DEFAULT 0,
  iv_name VARCHAR(191), iv_me_id INTEGER, iv_timeout TEXT, iv_loopontimeout TEXT,
  iv_looponwrongkeypress TEXT, iv_allowdisa TEXT, iv_allowfeatures TEXT, iv_digittimeout TEXT,
  iv_allowcustom TEXT, iv_maxloops TEXT, iv_loopplaymessageonce TEXT, iv_allowanyextension TEXT,
  iv_ivrtype TEXT, iv_language TEXT, iv_minsilence TEXT, iv_silencethreshold TEXT
);
CREATE INDEX i_iv_ivrs_te_id_name ON iv_ivrs (iv_te_id, iv_name);

CREATE TABLE co_conditions (
  co_id INTEGER PRIMARY KEY AUTOINCREMENT, co_te_id INTEGER NOT NULL DEFAULT 0,
  co_name VARCHAR(191), co_type VARCHAR(40), co_timezone TEXT, co_param1 TEXT, co_param2 TEXT,
  co_param3 TEXT, co_param4 TEXT, co_param5 TEXT, co_param6 TEXT, co_param7 TEXT, co_param8 TEXT,
  co_param9 TEXT, co_param10 TEXT, co_param11 TEXT, co_param12 TEXT, co_param13 TEXT,
  co_param14 TEXT, co_param15 TEXT, co_param16 TEXT, co_param17 TEXT, co_param18 TEXT,
  co_param19 TEXT, co_param20 TEXT, co_param21 TEXT, co_param22 TEXT
);
CREATE INDEX i_co_conditions_te_id_name ON co_conditions (co_te_id, co_name);

-- Rows of a condition, such as the spans of a WEEKTIME.
CREATE TABLE ce_conditions_extended (
  ce_id INTEGER PRIMARY KEY AUTOINCREMENT, ce_te_id INTEGER NOT NULL DEFAULT 0, ce_co_id INTEGER,
  ce_param1 TEXT, ce_param2 TEXT, ce_param3 TEXT, ce_param4 TEXT
);
CREATE INDEX i_ce_conditions_extended_co_id ON ce_conditions_extended (ce_co_id);

-- Kinds of custom destination; ct_labelN names cu_paramN.
CREATE TABLE ct_customtypes (
  ct_id INTEGER PRIMARY KEY AUTOINCREMENT, ct_name VARCHAR(191) NOT NULL,
  ct_code VARCHAR(40) NOT NULL, ct_description TEXT, ct_label1 TEXT, ct_label2 TEXT,
  ct_label3 TEXT, ct_label4 TEXT, ct_label5 TEXT, ct_label6 TEXT, ct_label7 TEXT, ct_label8 TEXT,
  ct_label9 TEXT, ct_label10 TEXT, ct_label11 TEXT, ct_label12 TEXT, ct_label13 TEXT,
  ct_label14 TEXT, ct_label15 TEXT, ct_label16 TEXT, ct_label17 TEXT, ct_label18 TEXT,
  ct_label19 TEXT, ct_label20 TEXT
);
CREATE UNIQUE INDEX u_ct_customtypes_code ON ct_customtypes (ct_code);

CREATE TABLE cu_customs (
  cu_id INTEGER PRIMARY KEY AUTOINCREMENT, cu_te_id INTEGER NOT NULL DEFAULT 0,
  cu_name VARCHAR(191), cu_ct_id INTEGER, cu_param1 TEXT, cu_param2 TEXT, cu_param3 TEXT,
  cu_param4 TEXT, cu_param5 TEXT, cu_param6 TEXT, cu_param7 TEXT, cu_param8 TEXT, cu_param9 TEXT,
  cu_param10 TEXT, cu_param11 TEXT, cu_param12 TEXT, cu_param13 TEXT, cu_param14 TEXT,
  cu_param15 TEXT, cu_param16 TEXT, cu_param17 TEXT, cu_param18 TEXT, cu_param19 TEXT,
  cu_param20 TEXT
);
CREATE INDEX i_cu_customs_te_id_name ON cu_customs (cu_te_id, cu_name);
CREATE INDEX i_cu_customs_ct_id ON cu_customs (cu_ct_id);

CREATE TABLE ce_customs_extended (
  ce_id INTEGER PRIMARY KEY AUTOINCREMENT, ce_te_id INTEGER NOT NULL DEFAULT 0, ce_cu_id INTEGER,
  ce_param1 TEXT, ce_param2 TEXT, ce_param3 TEXT, ce_param4 TEXT
);
CREATE INDEX i_ce_customs_extended_cu_id ON ce_customs_extended (ce_cu_id);

-- A switch that a lamp shows: its device state and its value follow each other.
CREATE TABLE fl_flows (
  fl_id INTEGER PRIMARY KEY AUTOINCREMENT, fl_te_id INTEGER NOT NULL DEFAULT 0,
  fl_name VARCHAR(191), fl_comment TEXT, fl_number VARCHAR(40), fl_value TEXT,
  fl_value_for_unavailable TEXT, fl_value_for_inuse TEXT, fl_value_for_notinuse TEXT,
  fl_value_for_ringing TEXT, fl_variable_name TEXT, fl_monitor_type TEXT,
  fl_monitor_type_id INTEGER, fl_monitor_parameter TEXT
);
CREATE INDEX i_fl_flows_te_id_number ON fl_flows (fl_te_id, fl_number);

CREATE TABLE ds_disas (
  ds_id INTEGER PRIMARY KEY AUTOINCREMENT, ds_te_id INTEGER NOT NULL DEFAULT 0,
  ds_name VARCHAR(191), ds_me_id INTEGER, ds_pin TEXT, ds_outbound TEXT, ds_blockcid TEXT,
  ds_calleridnum TEXT, ds_calleridname TEXT, ds_digitstimeout TEXT, ds_responsetimeout TEXT,
  ds_looponattempt TEXT
);
CREATE INDEX i_ds_disas_te_id_name ON ds_disas (ds_te_id, ds_name);

CREATE TABLE pa_paginggroups (
  pa_id INTEGER PRIMARY KEY AUTOINCREMENT, pa_te_id INTEGER NOT NULL DEFAULT 0,
  pa_number VARCHAR(40), pa_name VARCHAR(191), pa_pin TEXT, pa_bidirectional TEXT,
  pa_checkinuse TEXT, pa_me_id INTEGER, pa_manualheader TEXT
);
CREATE INDEX i_pa_paginggroups_te_id_number ON pa_paginggroups (pa_te_id, pa_number);

CREATE TABLE bl_blacklists (
  bl_id INTEGER PRIMARY KEY AUTOINCREMENT, bl_te_id INTEGER NOT NULL DEFAULT 0,
  bl_callerid VARCHAR(80), bl_inserted DATETIME, bl_reason TEXT
);
CREATE INDEX i_bl_blacklists_te_id_callerid ON bl_blacklists (bl_te_id, bl_callerid);

CREATE TABLE fe_features (
  fe_id INTEGER PRIMARY KEY AUTOINCREMENT, fe_te_id INTEGER NOT NULL DEFAULT 0,
  fe_code VARCHAR(40), fe_comment TEXT
);
CREATE INDEX i_fe_features_te_id_code ON fe_features (fe_te_id, fe_code);

CREATE TABLE sn_shortnumbers (
  sn_id INTEGER PRIMARY KEY AUTOINCREMENT, sn_te_id INTEGER NOT NULL DEFAULT 0,
  sn_number VARCHAR(40), sn_destnumber TEXT, sn_comment TEXT
);
CREATE INDEX i_sn_shortnumbers_te_id_number ON sn_shortnumbers (sn_te_id, sn_number);

CREATE TABLE pc_pincodes (
  pc_id INTEGER PRIMARY KEY AUTOINCREMENT, pc_te_id INTEGER NOT NULL DEFAULT 0,
  pc_pin VARCHAR(40), pc_description TEXT, pc_enabled TEXT
);
CREATE INDEX i_pc_pincodes_te_id_pin ON pc_pincodes (pc_te_id, pc_pin);

-- A response path collects what a caller answered on the way.
CREATE TABLE re_responsepaths (
  re_id INTEGER PRIMARY KEY AUTOINCREMENT, re_te_id INTEGER NOT NULL DEFAULT 0,
  re_name VARCHAR(191), re_description TEXT
);
CREATE INDEX i_re_responsepaths_te_id_name ON re_responsepaths (re_te_id, re_name);
