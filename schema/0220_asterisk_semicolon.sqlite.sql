-- What stands for a semicolon inside a value that Asterisk reads: res_config_sqlite3 takes it as it is.
CREATE VIEW asterisk_semicolon AS SELECT ';' AS mark;
