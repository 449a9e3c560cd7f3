-- What KalliopePBX has and the MiRTA model has not. The administrator's password is kept as the
-- MD5 that is the API password itself, under SHA-256.

CREATE TABLE ks_settings (
  ks_code VARCHAR(80) NOT NULL PRIMARY KEY, ks_value TEXT
);

-- Owner of a private contact; a contact without a row here is the company's.
CREATE TABLE ks_contacts (
  kc_pe_id INTEGER NOT NULL PRIMARY KEY,  -- pe_phonebookentries.pe_id
  kc_ex_id INTEGER NOT NULL, kc_speed_dial VARCHAR(20)
);
CREATE INDEX i_ks_contacts_ex_id ON ks_contacts (kc_ex_id);
