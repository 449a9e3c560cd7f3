-- Work that jobs do: short messages, faxes and calls of campaigns. A row is claimed by the statement that
-- changes it, so one host of several does it, and once.

-- sm_node: where to send it from; sm_from: what the receiver sees; sm_claimed: since when a host has it.
ALTER TABLE sm_smses ADD COLUMN sm_node VARCHAR(80);
ALTER TABLE sm_smses ADD COLUMN sm_from VARCHAR(80);
ALTER TABLE sm_smses ADD COLUMN sm_claimed DATETIME;
CREATE INDEX i_sm_smses_status ON sm_smses (sm_status, sm_id);

ALTER TABLE fa_faxes ADD COLUMN fa_claimed DATETIME;
CREATE INDEX i_fa_faxes_status ON fa_faxes (fa_status, fa_id);

-- Numbers that no campaign of the tenant calls.
CREATE TABLE dn_donotcalls (
  dn_id INTEGER PRIMARY KEY AUTOINCREMENT, dn_te_id INTEGER NOT NULL DEFAULT 0, dn_number VARCHAR(40) NOT NULL,
  dn_added DATETIME
);
CREATE UNIQUE INDEX u_dn_donotcalls_te_id_number ON dn_donotcalls (dn_te_id, dn_number);

-- Each time a campaign dialled a number, written before the call is placed: a host that starts anew finds what
-- may be ringing. at_id is the originate id, which the call's record has too.
CREATE TABLE at_campaignattempts (
  at_id VARCHAR(40) NOT NULL PRIMARY KEY, at_te_id INTEGER NOT NULL DEFAULT 0, at_ca_id INTEGER NOT NULL,
  at_cn_id INTEGER NOT NULL, at_started DATETIME NOT NULL, at_until DATETIME NOT NULL, at_ended DATETIME,
  at_state VARCHAR(20) NOT NULL,  -- DIALING, then the disposition
  at_uniqueid VARCHAR(150), at_error TEXT
);
CREATE INDEX i_at_campaignattempts_ca_id_state ON at_campaignattempts (at_ca_id, at_state);
CREATE INDEX i_at_campaignattempts_state ON at_campaignattempts (at_state);
CREATE INDEX i_at_campaignattempts_cn_id ON at_campaignattempts (at_cn_id);
