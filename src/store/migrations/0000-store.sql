-- The migrations that this database has received. Run at each opening, before the others.
CREATE TABLE IF NOT EXISTS migration (
  name   TEXT NOT NULL PRIMARY KEY,  -- of the file: '0001-directory'
  digest TEXT NOT NULL               -- SHA-256 of its text, in hexadecimal
) STRICT;

-- What an installation remembers about itself.
CREATE TABLE IF NOT EXISTS setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
