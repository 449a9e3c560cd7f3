-- Slow salted hashes of people's passwords beside the unsalted digests that the original's columns show. One counts
-- as long as the column holds what it held when the hash was made.
CREATE TABLE uh_userhashes (
  uh_us_id INTEGER NOT NULL PRIMARY KEY,  -- us_users.us_id
  uh_hash VARCHAR(255) NOT NULL           -- mark of us_password, cost, salt, scrypt: access/password.lua
);
CREATE TABLE eh_extensionhashes (
  eh_ex_id INTEGER NOT NULL PRIMARY KEY,  -- ex_extensions.ex_id
  eh_hash VARCHAR(255) NOT NULL           -- the same for ex_webpassword
);
