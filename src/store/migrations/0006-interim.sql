-- 0006-interim.sql: who is absent, and who holds their functions meanwhile.
--
-- Holds on the days [valid_from, valid_to), like the rows of 0001-directory.sql; ends, is never deleted.
-- Read whenever somebody is looked for: nothing else is written when an absence begins or ends.
CREATE TABLE interim (
  id          TEXT PRIMARY KEY,
  absent      TEXT NOT NULL REFERENCES person (id),
  replacement TEXT REFERENCES person (id),    -- NULL: nobody, what waited goes up
  structure   TEXT REFERENCES structure (id), -- NULL: wherever they hold a function
  function    TEXT NOT NULL,                  -- empty: all those they hold
  reference   TEXT NOT NULL,                  -- of the decision that says so
  stated_from INTEGER NOT NULL,               -- the first day as first told: part of its key
  valid_from  INTEGER NOT NULL,
  valid_to    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  ended_at    INTEGER
) STRICT;
CREATE INDEX interim_absent ON interim (absent);
CREATE INDEX interim_replacement ON interim (replacement);
