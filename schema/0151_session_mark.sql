-- A session ends with the password it was opened with: it holds what stands for that password. One that was
-- opened before this file holds nothing and is not accepted any more.
ALTER TABLE ms_sessions ADD COLUMN ms_mark VARCHAR(64);
