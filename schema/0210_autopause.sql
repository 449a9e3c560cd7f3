-- When a member was last paused by app_queue for not answering, as far as QUEUE-ONAUTOPAUSE has been
-- followed for it (epoch seconds), so that one of several hosts follows it, once.
ALTER TABLE queue_member ADD COLUMN autopaused BIGINT NOT NULL DEFAULT 0;
