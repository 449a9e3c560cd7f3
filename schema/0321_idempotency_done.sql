-- What is known of a request whose answer was lost. 1: what it changes is changed, said in the transaction of the change.
-- 0: that is all it does, so that a retry may do it when this is still 0. NULL: nobody knows.
ALTER TABLE ik_idempotencykeys ADD COLUMN ik_done INTEGER;
