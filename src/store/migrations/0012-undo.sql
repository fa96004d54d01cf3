-- 0012-undo.sql: what the last action of a dossier that may be undone would bring back, for as long as it may.
CREATE TABLE undo (
  dossier     TEXT PRIMARY KEY REFERENCES dossier (id),
  action      TEXT NOT NULL,
  version     INTEGER NOT NULL,  -- its event
  changed     INTEGER NOT NULL,  -- the last change that it and its passages made: nothing else has followed while it is so
  until       INTEGER NOT NULL,  -- instant, excluded
  author      TEXT NOT NULL REFERENCES person (id),
  step        TEXT NOT NULL,     -- where it led
  state       TEXT NOT NULL,     -- dossier_to_json() of what was before
  recorded_at INTEGER NOT NULL   -- mails and counters written since then are its own
) STRICT;
CREATE INDEX undo_until ON undo (until);                    -- UNDO_SWEEP
