-- Who has tried to be a phone with a wrong password, and from where: kept by scripts/jobs/authfailures.lua, at most
-- 30 days and 100 addresses of one extension.
CREATE TABLE af_authfailures (
  af_ex_id INTEGER NOT NULL,  -- ex_extensions.ex_id
  af_address VARCHAR(45) NOT NULL, af_count INTEGER NOT NULL,
  af_new INTEGER NOT NULL,  -- of them those that nobody has asked for yet
  af_last DATETIME NOT NULL,
  af_remote VARCHAR(80) NOT NULL,  -- as Asterisk writes it, with transport and port
  PRIMARY KEY (af_ex_id, af_address)
);
CREATE INDEX i_af_authfailures_last ON af_authfailures (af_last);
CREATE INDEX i_af_authfailures_new ON af_authfailures (af_new);
