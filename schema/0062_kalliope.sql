-- What a user of KalliopePBX has and an extension has not: a first and a last name, and a failover
-- to an outside number.
CREATE TABLE ks_users (
  ku_ex_id INTEGER NOT NULL PRIMARY KEY,  -- ex_extensions.ex_id
  ku_first_name VARCHAR(191), ku_last_name VARCHAR(191),
  ku_failover TEXT  -- JSON: the failover as it was given
);
