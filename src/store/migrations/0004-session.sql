-- 0004-session.sql: who is logged in. A row is a browser that holds the token of which this is the hash.
CREATE TABLE session (
  hash           TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the token, in hexadecimal: the token itself is nowhere
  person         TEXT NOT NULL,
  demo           INTEGER NOT NULL,          -- 1: opened without a password, under the demonstration only
  created_at     INTEGER NOT NULL,          -- legal time, microseconds
  seen_at        INTEGER NOT NULL,          -- legal time, coarse: a row is not written at each page
  expires_at     INTEGER NOT NULL,          -- legal time: what counts after the machine has restarted
  boot           TEXT NOT NULL,             -- which start of the machine the next two belong to
  seen_steady    INTEGER NOT NULL,          -- the same instants on the monotonic clock of that start: they count
  expires_steady INTEGER NOT NULL           --   first, so that a shifted legal time logs nobody out
) STRICT;
CREATE INDEX session_person ON session (person);      -- for SESSION_END_ALL
CREATE INDEX session_expires ON session (expires_at); -- for SESSION_SWEEP
