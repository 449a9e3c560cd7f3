-- Mailboxes and their messages, sound files and music on hold. The mailbox number with its context
-- (the tenant code) is the key Asterisk looks up.

CREATE TABLE voicemail (
  uniqueid INTEGER PRIMARY KEY AUTOINCREMENT, te_id INTEGER NOT NULL DEFAULT 0,
  context VARCHAR(80) NOT NULL DEFAULT 'default', mailbox VARCHAR(80) NOT NULL, "password" TEXT,
  fullname TEXT, email TEXT, pager TEXT, attach TEXT, attachfmt TEXT, serveremail TEXT,
  "language" TEXT, tz TEXT, tzbytenant TEXT, deletevoicemail TEXT, saycid TEXT,
  sendvoicemail TEXT, review TEXT, tempgreetwarn TEXT, "operator" TEXT, envelope TEXT,
  sayduration TEXT, saydurationm TEXT, forcename TEXT, forcegreetings TEXT, callback TEXT,
  dialout TEXT, exitcontext TEXT, maxmsg TEXT, volgain TEXT, imapuser TEXT, imappassword TEXT,
  stamp DATETIME, welcomeoption TEXT, category TEXT, fromstring TEXT, minsecs TEXT, maxsecs TEXT,
  transcript_store TEXT, onnewmessage TEXT, onnewmessageparam1 TEXT, onnewmessageparam2 TEXT,
  onnewmessageparam3 TEXT, onnewmessageparam4 TEXT, onnewmessageparam5 TEXT,
  onnewmessageparam6 TEXT, onnewmessageparam7 TEXT, onnewmessageparam8 TEXT,
  onnewmessageparam9 TEXT, onnewmessageparam10 TEXT, onnewmessageparam11 TEXT,
  onnewmessageparam12 TEXT, onnewmessageparam13 TEXT, onnewmessageparam14 TEXT,
  onnewmessageparam15 TEXT, onnewmessageparam16 TEXT, onnewmessageparam17 TEXT,
  onnewmessageparam18 TEXT, onnewmessageparam19 TEXT, onnewmessageparam20 TEXT,
  onnewmessageparam21 TEXT, onnewmessageparam22 TEXT, onnewmessageparam23 TEXT,
  onnewmessageparam24 TEXT, onnewmessageparam25 TEXT, onnewmessageparam26 TEXT,
  onnewmessageparam27 TEXT, onnewmessageparam28 TEXT, onnewmessageparam29 TEXT,
  onnewmessageparam30 TEXT, ivr_id INTEGER, nextaftercmd TEXT, includeindbn TEXT,
  transcript_generate TEXT, autodeleteolder TEXT, voicemailbackup TEXT, summary_generate TEXT
);
CREATE UNIQUE INDEX u_voicemail_context_mailbox ON voicemail (context, mailbox);
CREATE INDEX i_voicemail_id_mailbox ON voicemail (te_id, mailbox);
CREATE INDEX i_voicemail_mailbox ON voicemail (mailbox);

-- The integer id is the handle of info=voicemail.
CREATE TABLE voicemail_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, dir VARCHAR(255) NOT NULL,
  msgnum INTEGER NOT NULL DEFAULT 0, context VARCHAR(80), callerid VARCHAR(80), origtime INTEGER,
  duration INTEGER, recording LONGBLOB, flag VARCHAR(30), category VARCHAR(30),
  mailboxuser VARCHAR(30), mailboxcontext VARCHAR(30), msg_id VARCHAR(40), transcript TEXT
);
CREATE UNIQUE INDEX u_voicemail_messages_dir_msgnum ON voicemail_messages (dir, msgnum);
CREATE INDEX i_voicemail_messages_mailboxuser_mailboxcontext
  ON voicemail_messages (mailboxuser, mailboxcontext);
CREATE INDEX i_voicemail_messages_msg_id ON voicemail_messages (msg_id);

CREATE TABLE me_mediafiles (
  me_id INTEGER PRIMARY KEY AUTOINCREMENT, me_te_id INTEGER NOT NULL DEFAULT 0,
  me_name VARCHAR(191), me_format TEXT, me_size INTEGER, me_md5 TEXT, me_moh TEXT,
  me_description TEXT, me_type TEXT, me_text TEXT, me_engine TEXT, me_language TEXT,
  me_voiceapiusername TEXT, me_volume TEXT, me_datetime DATETIME, me_voiceapihost TEXT,
  me_data LONGBLOB
);
CREATE INDEX i_me_mediafiles_te_id_name ON me_mediafiles (me_te_id, me_name);

CREATE TABLE mu_musiconholds (
  mu_id INTEGER PRIMARY KEY AUTOINCREMENT, mu_te_id INTEGER NOT NULL DEFAULT 0,
  mu_name VARCHAR(191), mu_custom TEXT, mu_default TEXT, mu_volume INTEGER,
  mu_randomizeorder TEXT, mu_streamengine TEXT
);
CREATE INDEX i_mu_musiconholds_te_id_name ON mu_musiconholds (mu_te_id, mu_name);
