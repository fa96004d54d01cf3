-- 0001-directory.sql: who works where, and as what; who may log in.
--
-- Rows hold on the days [valid_from, valid_to), counted from 1970-01-01; 2932896 (9999-12-31)
-- while no end is known. recorded_at and ended_at are the instants (UTC microseconds) at which
-- we were told. Rows end, they are never deleted: what was true at a date stays readable.

-- A structure or a person, once for all: `code` and `external_id` are the employer's and never change.
CREATE TABLE structure (
  id   TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE               -- UAI or alike; no "/" (see path)
) STRICT;

CREATE TABLE structure_version (
  structure   TEXT NOT NULL REFERENCES structure (id),
  version     INTEGER NOT NULL,           -- 1, 2, …
  kind        TEXT NOT NULL,              -- the employer's word: collège, service…
  name        TEXT NOT NULL,
  parent      TEXT REFERENCES structure (id),
  department  TEXT NOT NULL,
  address     TEXT NOT NULL,
  mail        TEXT NOT NULL,
  regime      TEXT NOT NULL,              -- how its head is asked: application or lien
  path        TEXT NOT NULL,              -- codes from the top: /VAL/RECT/DPAE/
  sort_key    BLOB NOT NULL,              -- of the name, ICU collation, fr
  valid_from  INTEGER NOT NULL,
  valid_to    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  ended_at    INTEGER,
  PRIMARY KEY (structure, version)
) STRICT;
CREATE INDEX structure_version_path ON structure_version (path);  -- subtrees

CREATE TABLE person (
  id          TEXT PRIMARY KEY,
  external_id TEXT NOT NULL UNIQUE        -- matricule
) STRICT;

CREATE TABLE person_version (
  person      TEXT NOT NULL REFERENCES person (id),
  version     INTEGER NOT NULL,
  civility    TEXT NOT NULL,
  first_name  TEXT NOT NULL,
  last_name   TEXT NOT NULL,
  mail        TEXT NOT NULL,              -- lowercase; empty when unknown
  corps       TEXT NOT NULL,
  grade       TEXT NOT NULL,
  category    TEXT NOT NULL,              -- A, B, C or empty
  filiere     TEXT NOT NULL,
  search      TEXT NOT NULL,              -- folded, "corbevaux aline"
  search_first TEXT NOT NULL,             -- folded, "aline corbevaux"
  sort_key    BLOB NOT NULL,              -- of last then first name, ICU collation, fr
  valid_from  INTEGER NOT NULL,
  valid_to    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  ended_at    INTEGER,
  PRIMARY KEY (person, version)
) STRICT;
CREATE INDEX person_version_search ON person_version (search);              -- directory_search()
CREATE INDEX person_version_search_first ON person_version (search_first);  -- directory_search()
CREATE INDEX person_version_mail ON person_version (mail);                  -- directory_person_by_mail()

CREATE TABLE appointment (
  id          TEXT PRIMARY KEY,
  person      TEXT NOT NULL REFERENCES person (id),
  structure   TEXT NOT NULL REFERENCES structure (id),
  function    TEXT NOT NULL,              -- the employer's word: agent, chef de service…
  share       INTEGER NOT NULL CHECK (share BETWEEN 0 AND 100),
  valid_from  INTEGER NOT NULL,
  valid_to    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  ended_at    INTEGER
) STRICT;
CREATE INDEX appointment_person ON appointment (person);                 -- directory_functions_of()
CREATE INDEX appointment_function ON appointment (function, structure);  -- directory_holders()

-- How a person proves who they are; exists once activated.
CREATE TABLE account (
  person        TEXT PRIMARY KEY REFERENCES person (id),
  login         TEXT NOT NULL UNIQUE,     -- the professional mail, lowercase
  password_hash TEXT NOT NULL,            -- argon2id
  activated_at  INTEGER NOT NULL,
  password_at   INTEGER NOT NULL,         -- sessions opened before it are void
  disabled_at   INTEGER
) STRICT;

-- A link or a code that sets the password, once.
CREATE TABLE account_token (
  hash       TEXT PRIMARY KEY,            -- SHA-256 of what was handed out
  person     TEXT NOT NULL REFERENCES person (id),
  purpose    INTEGER NOT NULL,            -- enum account_purpose
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER                      -- also when it was made void
) STRICT;
CREATE INDEX account_token_person ON account_token (person);
