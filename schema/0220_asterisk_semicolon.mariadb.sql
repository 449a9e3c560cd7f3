-- What stands for a semicolon inside a value that Asterisk reads: for res_config_odbc it ends the value.
CREATE VIEW asterisk_semicolon AS SELECT '^3B' AS mark;
