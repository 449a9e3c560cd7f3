-- An extension that is switched off keeps its rows, and Asterisk a password for it that nobody knows (model/extension).
ALTER TABLE ex_extensions ADD COLUMN ex_enabled VARCHAR(10);
