-- 0010-outside.sql: what rules read from outside a dossier, and what follows when it changes.

-- One entry of a person's counter: made by an event of a dossier, or imported with its own reference.
CREATE TABLE counter_entry (
  id           TEXT PRIMARY KEY,               -- "dossier:event:rank", or "import:" and the reference of its line
  person       TEXT NOT NULL REFERENCES person (id),
  name         TEXT NOT NULL,                  -- of the counter, the same in every procedure
  dossier      TEXT REFERENCES dossier (id),   -- NULL: imported
  number       TEXT NOT NULL,                  -- the dossier's; empty when imported
  event        INTEGER NOT NULL,               -- its version; 0 when imported
  valid_from   INTEGER NOT NULL,               -- days, both included
  valid_to     INTEGER NOT NULL,
  quantity     TEXT NOT NULL,                  -- a decimal
  origin       TEXT NOT NULL,                  -- what was done, or the reference
  recorded_at  INTEGER NOT NULL,
  cancelled_at INTEGER                         -- taken back: it counts no more
) STRICT;
CREATE INDEX counter_entry_person ON counter_entry (person, name, valid_from);  -- for COUNTER_ENTRIES
CREATE INDEX counter_entry_dossier ON counter_entry (dossier);                  -- for COUNTER_ENTRY_CANCEL

-- What a structure sets for itself and those below it, from a day on; the row recorded last for a day is the one that holds.
CREATE TABLE structure_setting (
  procedure   TEXT NOT NULL,                   -- its name, whatever the version
  structure   TEXT NOT NULL REFERENCES structure (id),
  name        TEXT NOT NULL,
  valid_from  INTEGER NOT NULL,                -- a day
  recorded_at INTEGER NOT NULL,
  value       TEXT NOT NULL,                   -- JSON; null: as the structure above
  person      TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (procedure, structure, name, valid_from, recorded_at)
) STRICT;

-- Days closed after the procedures were published: they add to every calendar.
CREATE TABLE closed_day (
  id          TEXT PRIMARY KEY,
  first_day   INTEGER NOT NULL,                -- days, both included
  last_day    INTEGER NOT NULL,
  holiday     INTEGER NOT NULL,                -- 1: by decree; 0: the employer's own closure
  label       TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  removed_at  INTEGER
) STRICT;

-- How far the due effects of a campaign were computed again since something outside changed.
CREATE TABLE recompute (
  campaign TEXT PRIMARY KEY REFERENCES campaign (id),
  target   TEXT NOT NULL,                      -- the generation that this pass is for
  after    TEXT NOT NULL,                      -- the last dossier looked at; empty: none
  done     INTEGER NOT NULL                    -- 1: the pass is over
) STRICT;
INSERT INTO serial (name, value) VALUES ('outside', 0);     -- changes whenever a setting, a counter's import, a closed day does
INSERT INTO serial (name, value) VALUES ('outside-day', 0); -- the last day whose beginnings and ends were looked at
