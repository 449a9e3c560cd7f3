-- Queues: qu_queues is the object of the APIs, queue and queue_member are what Asterisk's
-- app_queue reads (queue.name = qu_id as text).

CREATE TABLE qu_queues (
  qu_id INTEGER PRIMARY KEY AUTOINCREMENT, qu_te_id INTEGER NOT NULL DEFAULT 0,
  qu_name VARCHAR(191), qu_hosted TEXT, qu_alwaysrecord TEXT, qu_timeout TEXT,
  qu_parameters TEXT, qu_youarenext_me_id INTEGER, qu_thereare_me_id INTEGER,
  qu_callswaiting_me_id INTEGER, qu_thankyou_me_id INTEGER, qu_periodic_announce_me_id INTEGER,
  qu_nobodyhome TEXT, qu_ringinuse TEXT, qu_calltimeout TEXT, qu_agent_announce_me_id INTEGER,
  qu_id_text TEXT, qu_number VARCHAR(40), qu_callbackabandoned TEXT, qu_callbackwhenfree TEXT,
  qu_callbackabandonedstart TEXT, qu_callbackcalleridnum TEXT, qu_callbackcalleridname TEXT,
  qu_callbackmaxattempts TEXT, qu_nofreemember TEXT, qu_ivr_id INTEGER, qu_agent_ag_id INTEGER,
  qu_notifyabandoned TEXT, qu_notifyabandonedemail TEXT, qu_notifyabandonedstart TEXT,
  qu_holdtime_me_id INTEGER, qu_callback TEXT, qu_agent_confirmmessage_me_id INTEGER,
  qu_agentname TEXT, qu_allowoptimization TEXT, qu_spygroups TEXT, qu_api_type TEXT,
  qu_api_url TEXT, qu_api_username TEXT, qu_api_password TEXT, qu_usequeuerules TEXT,
  qu_minpenalty TEXT, qu_maxpenalty TEXT, qu_raisepenalty TEXT, qu_callbackhours TEXT,
  qu_notifyabandonedurl TEXT, qu_onautopause TEXT, qu_emailrecording TEXT,
  qu_minemailrecording TEXT, qu_callbackdelay TEXT, qu_notifyabandonedsmsnumbers TEXT,
  qu_notifyabandonedsmstext TEXT, qu_notifyabandonedsmssender TEXT, qu_callbackconfirm TEXT,
  qu_callbackconfirmmessage_me_id INTEGER, qu_callbackagentfirst TEXT, qu_numcallers TEXT,
  qu_progress TEXT, qu_ringoffline TEXT, qu_callbackexpiration TEXT, qu_pauseonend TEXT,
  qu_agent_end_ag_id INTEGER, qu_callbackfirstdelay TEXT, qu_api_enabled TEXT,
  qu_api_lastmessage TEXT, qu_allowredirect TEXT, qu_logagentstatus TEXT,
  qu_notifytimeoutemail TEXT
);
CREATE INDEX i_qu_queues_te_id_number ON qu_queues (qu_te_id, qu_number);
CREATE INDEX i_qu_queues_te_id_name ON qu_queues (qu_te_id, qu_name);

CREATE TABLE queue (
  name VARCHAR(128) NOT NULL PRIMARY KEY, musiconhold TEXT, announce TEXT, context TEXT,
  "timeout" TEXT, monitor_join TEXT, monitor_format TEXT, queue_youarenext TEXT,
  queue_thereare TEXT, queue_callswaiting TEXT, queue_holdtime TEXT, queue_minutes TEXT,
  queue_seconds TEXT, queue_lessthan TEXT, queue_thankyou TEXT, queue_reporthold TEXT,
  announce_frequency TEXT, announce_round_seconds TEXT, announce_holdtime TEXT, retry TEXT,
  wrapuptime TEXT, maxlen TEXT, servicelevel TEXT, strategy TEXT, joinempty TEXT,
  leavewhenempty TEXT, eventmemberstatus TEXT, eventwhencalled TEXT, reportholdtime TEXT,
  memberdelay TEXT, weight TEXT, timeoutrestart TEXT, periodic_announce TEXT,
  periodic_announce_frequency TEXT, ringinuse TEXT, setinterfacevar TEXT, announce_position TEXT,
  announce_position_limit TEXT, setqueueentryvar TEXT, setqueuevar TEXT, autofill TEXT,
  autopause TEXT, relative_periodic_announce TEXT, penaltymemberslimit TEXT, defaultrule TEXT,
  autopausedelay TEXT, autopausebusy TEXT, autopauseunavail TEXT, min_announce_frequency TEXT,
  periodic_announce_startdelay TEXT, log_restricted_caller_id TEXT, announce_to_first_user TEXT
);

CREATE TABLE queue_member (
  uniqueid INTEGER PRIMARY KEY AUTOINCREMENT, membername VARCHAR(80),
  queue_name VARCHAR(80) NOT NULL, "interface" VARCHAR(128) NOT NULL,
  state_interface VARCHAR(80), penalty INTEGER NOT NULL DEFAULT 0,
  paused INTEGER NOT NULL DEFAULT 0, member_device VARCHAR(191),
  reason_paused VARCHAR(80),  -- this and the next are read and written by app_queue only
  wrapuptime INTEGER  -- ringinuse is left out: app_queue takes a NULL of it for a wrong value
);
CREATE UNIQUE INDEX u_queue_member_queue_name_interface ON queue_member (queue_name, "interface");
CREATE INDEX i_queue_member_interface ON queue_member ("interface");
CREATE INDEX i_queue_member_state_interface ON queue_member (state_interface);
CREATE INDEX i_queue_member_membername ON queue_member (membername);

-- Agents who may log in to a queue.
CREATE TABLE aq_allowed_queue_member (
  aq_uniqueid INTEGER PRIMARY KEY AUTOINCREMENT, aq_membername VARCHAR(80),
  aq_queue_name VARCHAR(80) NOT NULL, aq_interface VARCHAR(128) NOT NULL,
  aq_state_interface VARCHAR(80), aq_penalty INTEGER NOT NULL DEFAULT 0,
  aq_paused INTEGER NOT NULL DEFAULT 0, aq_member_device VARCHAR(191)
);
CREATE UNIQUE INDEX u_aq_allowed_queue_member_queue_name_interface
  ON aq_allowed_queue_member (aq_queue_name, aq_interface);
CREATE INDEX i_aq_allowed_queue_member_membername ON aq_allowed_queue_member (aq_membername);

CREATE TABLE queue_rules (
  rule_name VARCHAR(191), "time" TEXT, min_penalty TEXT, max_penalty TEXT
);
CREATE INDEX i_queue_rules_rule_name ON queue_rules (rule_name);
