-- When a number of a campaign may be called next: at once when empty, never again from 9999 on. The dialler finds
-- what is due without looking at those that are done.
ALTER TABLE cn_campaignnumbers ADD COLUMN cn_due VARCHAR(19) NOT NULL DEFAULT '';
UPDATE cn_campaignnumbers SET cn_due = '9999-12-31 23:59:59' WHERE cn_disposition IN ('ANSWERED', 'DNC');
CREATE INDEX i_cn_campaignnumbers_ca_id_due ON cn_campaignnumbers (cn_ca_id, cn_due, cn_id);
