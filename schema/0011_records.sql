-- What happened: call records, queue events, recordings, transcripts, messages. Rows are only
-- added, by the importer and by Asterisk; ids are never reused because nothing deletes them but an
-- operator.

-- Stock columns first, then those of the MiRTA model. Reports ask by owner and start, or by one of
-- the ids.
CREATE TABLE cdr (
  ID INTEGER PRIMARY KEY, "start" DATETIME, answer DATETIME, "end" DATETIME, clid VARCHAR(80),
  src VARCHAR(80), dst VARCHAR(80), dcontext VARCHAR(80), channel VARCHAR(80),
  dstchannel VARCHAR(80), lastapp VARCHAR(80), lastdata VARCHAR(80), duration INTEGER,
  billsec INTEGER, disposition VARCHAR(45), amaflags VARCHAR(45), accountcode VARCHAR(80),
  peeraccount VARCHAR(80), userfield VARCHAR(256), uniqueid VARCHAR(150), linkedid VARCHAR(150),
  sequence INTEGER,
  te_id INTEGER NOT NULL DEFAULT 0,  -- owner; accountcode holds its code
  realsrc VARCHAR(80), firstdst VARCHAR(80), lastdst VARCHAR(80), wherelanded VARCHAR(80),
  prevuniqueid VARCHAR(150), srcCallID VARCHAR(255), originateid VARCHAR(40),
  cc_cost DECIMAL(18,6), cc_buy DECIMAL(18,6), cc_country VARCHAR(80), cc_network VARCHAR(80),
  pincode VARCHAR(40)
);
CREATE INDEX i_cdr_id_start ON cdr (te_id, "start");
CREATE INDEX i_cdr_accountcode_start ON cdr (accountcode, "start");
CREATE INDEX i_cdr_start ON cdr ("start");
CREATE INDEX i_cdr_uniqueid ON cdr (uniqueid);
CREATE INDEX i_cdr_linkedid ON cdr (linkedid);
CREATE INDEX i_cdr_originateid ON cdr (originateid);

-- One row per call, made from the legs in cdr.
CREATE TABLE sc_simplecdr (
  sc_id INTEGER PRIMARY KEY AUTOINCREMENT, sc_te_id INTEGER NOT NULL DEFAULT 0,
  sc_start DATETIME, sc_direction VARCHAR(10), sc_calleridnum VARCHAR(80),
  sc_calleridname VARCHAR(80), sc_dialednum VARCHAR(80), sc_disposition VARCHAR(45),
  sc_duration INTEGER, sc_billsec INTEGER, sc_uniqueid VARCHAR(150), sc_whoanswered VARCHAR(80)
);
CREATE INDEX i_sc_simplecdr_uniqueid ON sc_simplecdr (sc_uniqueid);
CREATE INDEX i_sc_simplecdr_te_id_start ON sc_simplecdr (sc_te_id, sc_start);
CREATE INDEX i_sc_simplecdr_start ON sc_simplecdr (sc_start);

-- How far the importer has read a source of call records, so that a restart neither loses nor
-- doubles a row.
CREATE TABLE ci_imports (
  ci_source VARCHAR(191) NOT NULL PRIMARY KEY,  -- node and file or table
  ci_position BIGINT NOT NULL DEFAULT 0,  -- last row id imported
  ci_identity VARCHAR(191),  -- tells a replaced file from a grown one
  ci_updated DATETIME
);

-- Written by Asterisk (realtime) and by QUEUE log; callid is NONE, REALTIME ... when no call is
-- meant.
CREATE TABLE queue_log (
  id INTEGER PRIMARY KEY, "time" DATETIME, callid VARCHAR(80), queuename VARCHAR(128),
  agent VARCHAR(80), "event" VARCHAR(32), data1 VARCHAR(100), data2 VARCHAR(100),
  data3 VARCHAR(100), data4 VARCHAR(100), data5 VARCHAR(100)
);
CREATE INDEX i_queue_log_queuename_time ON queue_log (queuename, "time");
CREATE INDEX i_queue_log_time ON queue_log ("time");
CREATE INDEX i_queue_log_callid ON queue_log (callid);
CREATE INDEX i_queue_log_agent_time ON queue_log (agent, "time");

CREATE TABLE cel (
  id INTEGER PRIMARY KEY, eventtype VARCHAR(30), eventtime DATETIME, userdeftype TEXT,
  cid_name TEXT, cid_num TEXT, cid_ani TEXT, cid_rdnis TEXT, cid_dnid TEXT, exten TEXT,
  context TEXT, channame TEXT, appname TEXT, appdata TEXT, accountcode TEXT, peeraccount TEXT,
  uniqueid VARCHAR(150), linkedid VARCHAR(150), amaflags TEXT, userfield TEXT, peer TEXT,
  extra TEXT
);
CREATE INDEX i_cel_uniqueid ON cel (uniqueid);
CREATE INDEX i_cel_linkedid ON cel (linkedid);
CREATE INDEX i_cel_eventtime ON cel (eventtime);

-- Calls that an API started: og_id is the id the caller got (14 hex digits), so a retry or a look-
-- up finds the call.
CREATE TABLE og_originates (
  og_id VARCHAR(40) NOT NULL PRIMARY KEY, og_te_id INTEGER NOT NULL DEFAULT 0,
  og_uniqueid VARCHAR(150), og_channel VARCHAR(191), og_source VARCHAR(80), og_dest VARCHAR(80),
  og_started DATETIME NOT NULL, og_state TEXT, og_node TEXT, og_response TEXT
);
CREATE INDEX i_og_originates_uniqueid ON og_originates (og_uniqueid);
CREATE INDEX i_og_originates_te_id_started ON og_originates (og_te_id, og_started);

-- rm_path is relative to the recordings folder.
CREATE TABLE rm_recordingmetadatas (
  rm_id INTEGER PRIMARY KEY AUTOINCREMENT, rm_te_id INTEGER NOT NULL DEFAULT 0,
  rm_uniqueid VARCHAR(150), rm_linkedid VARCHAR(150), rm_originateid VARCHAR(40),
  rm_date DATETIME, rm_src TEXT, rm_dst TEXT, rm_direction TEXT, rm_duration INTEGER,
  rm_size INTEGER, rm_format TEXT, rm_path VARCHAR(191), rm_transcript TEXT, rm_summary TEXT,
  rm_sentiment_score TEXT, rm_sentiment_scores TEXT, rm_sentiment_brief TEXT,
  rm_sentiment_details TEXT
);
CREATE UNIQUE INDEX u_rm_recordingmetadatas_path ON rm_recordingmetadatas (rm_path);
CREATE INDEX i_rm_recordingmetadatas_uniqueid ON rm_recordingmetadatas (rm_uniqueid);
CREATE INDEX i_rm_recordingmetadatas_linkedid ON rm_recordingmetadatas (rm_linkedid);
CREATE INDEX i_rm_recordingmetadatas_originateid ON rm_recordingmetadatas (rm_originateid);
CREATE INDEX i_rm_recordingmetadatas_te_id_date ON rm_recordingmetadatas (rm_te_id, rm_date);

CREATE TABLE tr_transcripts (
  tr_id INTEGER PRIMARY KEY AUTOINCREMENT, tr_te_id INTEGER NOT NULL DEFAULT 0, tr_rm_id INTEGER,
  tr_speaker TEXT, tr_start DECIMAL(12,3), tr_end DECIMAL(12,3), tr_text TEXT
);
CREATE INDEX i_tr_transcripts_rm_id_start ON tr_transcripts (tr_rm_id, tr_start);

CREATE TABLE ai_ailogs (
  ai_id INTEGER PRIMARY KEY AUTOINCREMENT, ai_te_id INTEGER NOT NULL DEFAULT 0, ai_cu_id INTEGER,
  ai_uniqueid VARCHAR(150), ai_callerid VARCHAR(80), ai_start DATETIME, ai_end DATETIME,
  ai_duration INTEGER, ai_talk INTEGER, ai_total_tokens INTEGER, ai_input_tokens INTEGER,
  ai_output_tokens INTEGER
);
CREATE INDEX i_ai_ailogs_te_id_start ON ai_ailogs (ai_te_id, ai_start);
CREATE INDEX i_ai_ailogs_uniqueid ON ai_ailogs (ai_uniqueid);

CREATE TABLE il_ivrlogs (
  il_id INTEGER PRIMARY KEY AUTOINCREMENT, il_te_id INTEGER NOT NULL DEFAULT 0, il_time DATETIME,
  il_uniqueid VARCHAR(150), il_iv_id INTEGER, il_callerid TEXT, il_key TEXT, il_destination TEXT
);
CREATE INDEX i_il_ivrlogs_te_id_time ON il_ivrlogs (il_te_id, il_time);
CREATE INDEX i_il_ivrlogs_uniqueid ON il_ivrlogs (il_uniqueid);

CREATE TABLE sm_smses (
  sm_id INTEGER PRIMARY KEY AUTOINCREMENT, sm_te_id INTEGER NOT NULL DEFAULT 0, sm_date DATETIME,
  sm_direction VARCHAR(10), sm_source TEXT, sm_dest TEXT, sm_message TEXT, sm_status VARCHAR(20),
  sm_uniqueid VARCHAR(150), sm_error TEXT
);
CREATE INDEX i_sm_smses_te_id_date ON sm_smses (sm_te_id, sm_date);
CREATE INDEX i_sm_smses_uniqueid ON sm_smses (sm_uniqueid);

-- fa_filename is relative to the fax folder.
CREATE TABLE fa_faxes (
  fa_id INTEGER PRIMARY KEY AUTOINCREMENT, fa_te_id INTEGER NOT NULL DEFAULT 0,
  fa_uniqueid VARCHAR(150), fa_originateid VARCHAR(40), fa_date DATETIME,
  fa_direction VARCHAR(10), fa_source TEXT, fa_dest TEXT, fa_pages INTEGER,
  fa_pagestransferred INTEGER, fa_status VARCHAR(20), fa_error TEXT, fa_filename TEXT,
  fa_quality TEXT, fa_pagesize TEXT, fa_rotate TEXT, fa_deleteaftersend TEXT, fa_schedule TEXT,
  fa_statusemail TEXT
);
CREATE INDEX i_fa_faxes_te_id_date ON fa_faxes (fa_te_id, fa_date);
CREATE INDEX i_fa_faxes_uniqueid ON fa_faxes (fa_uniqueid);
CREATE INDEX i_fa_faxes_originateid ON fa_faxes (fa_originateid);

-- One caller's walk through a response path.
CREATE TABLE rr_responseresults (
  rr_id INTEGER PRIMARY KEY AUTOINCREMENT, rr_te_id INTEGER NOT NULL DEFAULT 0, rr_re_id INTEGER,
  rr_uniqueid VARCHAR(150), rr_start DATETIME, rr_caller TEXT, rr_queue TEXT, rr_answer TEXT,
  rr_status VARCHAR(20)
);
CREATE INDEX i_rr_responseresults_te_id_re_id_start
  ON rr_responseresults (rr_te_id, rr_re_id, rr_start);
CREATE INDEX i_rr_responseresults_uniqueid ON rr_responseresults (rr_uniqueid);

CREATE TABLE ri_responseitems (
  ri_id INTEGER PRIMARY KEY AUTOINCREMENT, ri_te_id INTEGER NOT NULL DEFAULT 0, ri_rr_id INTEGER,
  ri_time DATETIME, ri_type VARCHAR(20), ri_typeid TEXT, ri_value TEXT, ri_typename TEXT,
  ri_valuename TEXT
);
CREATE INDEX i_ri_responseitems_rr_id_id ON ri_responseitems (ri_rr_id, ri_id);

-- Stored templates of call record answers.
CREATE TABLE td_cdrtemplates (
  td_id INTEGER PRIMARY KEY AUTOINCREMENT, td_te_id INTEGER NOT NULL DEFAULT 0,
  td_name VARCHAR(80) NOT NULL, td_body TEXT, td_contenttype TEXT
);
CREATE UNIQUE INDEX u_td_cdrtemplates_te_id_name ON td_cdrtemplates (td_te_id, td_name);
