-- What a call group of KalliopePBX has and a hunt list has not, and the short number of a contact's speed dial.
CREATE TABLE ks_groups (
  kg_hu_id INTEGER NOT NULL PRIMARY KEY,  -- hu_huntlists.hu_id
  kg_failover TEXT                        -- JSON: the failover as it was given
);
CREATE TABLE ks_speeddials (
  kd_pe_id INTEGER NOT NULL PRIMARY KEY,  -- pe_phonebookentries.pe_id
  kd_sn_id INTEGER NOT NULL               -- sn_shortnumbers.sn_id
);
