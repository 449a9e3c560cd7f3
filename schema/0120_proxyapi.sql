-- What ProxyAPI's reports and jobs keep beside the objects.

-- Texts of voicemail messages by the id of the message: Asterisk numbers its files anew.
CREATE TABLE vt_voicemailtranscripts (
  vt_te_id INTEGER NOT NULL, vt_msg_id VARCHAR(80) NOT NULL, vt_text TEXT,
  PRIMARY KEY (vt_te_id, vt_msg_id)
);
