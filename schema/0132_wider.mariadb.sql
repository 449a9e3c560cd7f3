-- Addresses and names as long as the MikoPBX API promises; SQLite keeps any length.
ALTER TABLE ex_extensions MODIFY ex_email VARCHAR(255);
ALTER TABLE pr_providers MODIFY pr_name VARCHAR(255) NOT NULL;
