-- What the account of Asterisk may do in the store, given after `patchbay migrate`: read all of it, and write what
-- calls write.
GRANT SELECT ON `@DB_NAME@`.* TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE, DELETE ON `@DB_NAME@`.ps_contacts TO '@DB_USER@'@'%';
GRANT INSERT ON `@DB_NAME@`.queue_log TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE, DELETE ON `@DB_NAME@`.queue_member TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.voicemail TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.ex_extensions TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.fl_flows TO '@DB_USER@'@'%';
GRANT INSERT ON `@DB_NAME@`.il_ivrlogs TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE ON `@DB_NAME@`.fa_faxes TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.di_dids TO '@DB_USER@'@'%';
GRANT INSERT, DELETE ON `@DB_NAME@`.de_destinations TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE ON `@DB_NAME@`.cu_customs TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.ca_campaigns TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE, DELETE ON `@DB_NAME@`.cn_campaignnumbers TO '@DB_USER@'@'%';
GRANT UPDATE ON `@DB_NAME@`.me_mediafiles TO '@DB_USER@'@'%';
GRANT INSERT ON `@DB_NAME@`.dn_donotcalls TO '@DB_USER@'@'%';
GRANT INSERT ON `@DB_NAME@`.ac_callactions TO '@DB_USER@'@'%';
GRANT INSERT, UPDATE ON `@DB_NAME@`.rr_responseresults TO '@DB_USER@'@'%';
GRANT INSERT ON `@DB_NAME@`.ri_responseitems TO '@DB_USER@'@'%';
