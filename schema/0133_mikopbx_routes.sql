-- What the routes of MikoPBX have beside the DID and the rule of a routing profile that they are.
CREATE TABLE mk_incomingroutes (
  mi_di_id INTEGER NOT NULL PRIMARY KEY,  -- di_dids.di_id
  mi_provider VARCHAR(64), mi_priority INTEGER, mi_timeout INTEGER, mi_note TEXT
);
CREATE TABLE mk_outboundroutes (
  mo_dl_id INTEGER NOT NULL PRIMARY KEY,  -- dl_dialingrules.dl_id
  mo_note TEXT
);
