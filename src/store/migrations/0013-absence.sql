-- 0013-absence.sql: absences that people declare themselves, beside those that the employer's file tells; who replaces is
-- told on the first day.
ALTER TABLE interim ADD COLUMN declared INTEGER NOT NULL DEFAULT 0; -- 1: by the absent person; no import ends it
ALTER TABLE interim ADD COLUMN told_at INTEGER;                     -- when the mail to who replaces was queued
UPDATE interim SET told_at = recorded_at;                           -- those of before are known by now
CREATE INDEX interim_to_tell ON interim (valid_from) WHERE told_at IS NULL; -- DIRECTORY_INTERIMS_TO_TELL
