-- Answers are kept sealed, for the API key that asked, and a first request that cannot run any more
-- (ik_until, seconds since 1970) is no longer waited for.
DELETE FROM ik_idempotencykeys;
ALTER TABLE ik_idempotencykeys ADD COLUMN ik_until INTEGER;
