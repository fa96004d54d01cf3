-- 0002-dossier.sql: procedures, campaigns, dossiers and all that follows from them.
-- Instants are UTC microseconds. Steps, roles, actions, windows, letters, mails are names of the procedure.

-- A published procedure: immutable, whole, under the hash of its content.
CREATE TABLE procedure (
  hash         TEXT PRIMARY KEY,          -- SHA-256 of the archive, in hexadecimal
  name         TEXT NOT NULL,
  archive      BLOB NOT NULL,             -- the folder, as procedure_archive() writes it
  published_at INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign (
  id           TEXT PRIMARY KEY,          -- "<procedure>-<campaign>", as in addresses
  procedure    TEXT NOT NULL REFERENCES procedure (hash),
  rank         INTEGER NOT NULL UNIQUE,   -- 1, 2, …: the order of opening
  source       BLOB NOT NULL,             -- the campaign's file
  opened_at    INTEGER NOT NULL
) STRICT;

-- The last serial number given to a dossier, whatever the campaign; gaps are allowed.
CREATE TABLE serial (
  name  TEXT PRIMARY KEY,                 -- 'dossier'
  value INTEGER NOT NULL
) STRICT;
INSERT INTO serial (name, value) VALUES ('dossier', 0);

-- How many dossiers of a campaign stand at each step; kept by the transactions that move them.
CREATE TABLE counter (
  campaign TEXT NOT NULL REFERENCES campaign (id),
  step     TEXT NOT NULL,
  value    INTEGER NOT NULL,
  PRIMARY KEY (campaign, step)
) STRICT;

-- What somebody has typed and not filed yet: raw texts, outside any chain.
CREATE TABLE draft (
  campaign   TEXT NOT NULL REFERENCES campaign (id),
  person     TEXT NOT NULL REFERENCES person (id),
  content    TEXT NOT NULL,               -- JSON: field -> list of texts as typed
  version    INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (campaign, person)
) STRICT;
CREATE INDEX draft_person ON draft (person);

CREATE TABLE draft_piece (
  campaign TEXT NOT NULL REFERENCES campaign (id),
  person   TEXT NOT NULL REFERENCES person (id),
  piece    TEXT NOT NULL,
  digest   TEXT NOT NULL,                 -- of the attachment file
  name     TEXT NOT NULL,                 -- as the person called it, made safe to show
  kind     TEXT NOT NULL,                 -- MIME type, judged by content
  size     INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (campaign, person, piece)
) STRICT;

-- A dossier as its events leave it: a projection, written in the transaction of its events.
CREATE TABLE dossier (
  id             TEXT PRIMARY KEY,
  number         TEXT NOT NULL UNIQUE,
  campaign       TEXT NOT NULL REFERENCES campaign (id),
  procedure      TEXT NOT NULL REFERENCES procedure (hash),
  subject        TEXT NOT NULL REFERENCES person (id),
  step           TEXT NOT NULL,
  waits_for      TEXT NOT NULL,           -- the role expected to act; empty at the end
  version        INTEGER NOT NULL,        -- how many events
  holds_place    INTEGER NOT NULL,        -- 1 while it is the subject's one dossier of the campaign
  structure      TEXT NOT NULL,           -- the subject's at the filing
  structure_path TEXT NOT NULL,           -- for rights by subtree
  structure_name TEXT NOT NULL,
  subject_name   TEXT NOT NULL,           -- "Corbevaux Aline", as lists show it
  search         TEXT NOT NULL,           -- folded name, for searches by prefix
  sort_key       BLOB NOT NULL,           -- of the name, ICU collation
  filed_at       INTEGER NOT NULL,
  stepped_at     INTEGER NOT NULL,        -- when it came to its step
  state          TEXT NOT NULL            -- dossier_to_json()
) STRICT;
CREATE UNIQUE INDEX dossier_one_per_campaign ON dossier (campaign, subject) WHERE holds_place = 1;
CREATE INDEX dossier_subject ON dossier (subject, filed_at);
CREATE INDEX dossier_by_name ON dossier (campaign, sort_key, id);          -- DOSSIER_LIST
CREATE INDEX dossier_by_step ON dossier (campaign, step, sort_key, id);    -- DOSSIER_LIST_STEP
CREATE INDEX dossier_by_search ON dossier (campaign, search);              -- DOSSIER_SEARCH

-- Where the holders of a role stand for a dossier: the structure in which the function is held.
-- A role held everywhere has no row.
CREATE TABLE dossier_role (
  dossier   TEXT NOT NULL REFERENCES dossier (id),
  role      TEXT NOT NULL,
  structure TEXT NOT NULL REFERENCES structure (id),
  waiting   INTEGER NOT NULL,             -- 1 while the dossier waits for this role
  PRIMARY KEY (dossier, role)
) STRICT;
CREATE INDEX dossier_role_structure ON dossier_role (structure, role, waiting);

CREATE TABLE event (
  dossier    TEXT NOT NULL REFERENCES dossier (id),
  version    INTEGER NOT NULL,            -- 1, 2, …
  type       TEXT NOT NULL,
  type_version INTEGER NOT NULL,
  at         INTEGER NOT NULL,            -- the legal instant
  durable_at INTEGER NOT NULL,            -- when the transaction was run
  payload    BLOB NOT NULL,               -- canonical bytes, never written again
  salt       TEXT NOT NULL,               -- erased with the payload
  commitment TEXT NOT NULL,               -- of salt and payload
  previous   TEXT NOT NULL,               -- hash of the event before
  hash       TEXT NOT NULL,               -- of the previous hash, the header and the commitment
  PRIMARY KEY (dossier, version)
) STRICT;

-- The files of a dossier's acts; the acts themselves and their signatures stand in its state.
CREATE TABLE act (
  number        TEXT PRIMARY KEY,
  dossier       TEXT NOT NULL REFERENCES dossier (id),
  letter        TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  request       BLOB,                     -- all that its typesetting needs, kept once composed: same request, same bytes
  digest        TEXT,                     -- of its PDF as presented
  signed_digest TEXT,                     -- of the copy with the page of signatures
  cancelled_at  INTEGER
) STRICT;
CREATE INDEX act_dossier ON act (dossier, created_at);

-- Files named by a dossier; the bytes stand beside the database under their digest.
CREATE TABLE attachment (
  dossier  TEXT NOT NULL REFERENCES dossier (id),
  piece    TEXT NOT NULL,
  digest   TEXT NOT NULL,
  name     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (dossier, piece, digest)
) STRICT;

-- What will happen by itself, in order of time: a row, not a scan.
CREATE TABLE due (
  at       INTEGER NOT NULL,
  id       TEXT NOT NULL,
  campaign TEXT NOT NULL REFERENCES campaign (id),
  dossier  TEXT REFERENCES dossier (id),  -- NULL: a mail of the campaign to all concerned
  name     TEXT NOT NULL,                 -- of the échéance, or of the mail
  PRIMARY KEY (at, id)
) STRICT;
CREATE INDEX due_dossier ON due (dossier);

-- A due effect that could not take place, or work that keeps failing: for a person to look at.
CREATE TABLE alert (
  id       TEXT PRIMARY KEY,
  campaign TEXT REFERENCES campaign (id),
  dossier  TEXT REFERENCES dossier (id),
  role     TEXT NOT NULL,                 -- who should look; empty: the operator
  message  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  seen_at  INTEGER
) STRICT;
CREATE INDEX alert_open ON alert (campaign, at) WHERE seen_at IS NULL;

-- A personal link of a mail: shows what waits for a person, acts on a confirming POST.
CREATE TABLE link (
  hash       TEXT PRIMARY KEY,            -- SHA-256 of the token mailed
  person     TEXT NOT NULL REFERENCES person (id),
  role       TEXT NOT NULL,
  campaign   TEXT NOT NULL REFERENCES campaign (id),
  dossier    TEXT REFERENCES dossier (id), -- NULL: all those that wait for the person in this role
  actions    TEXT NOT NULL,               -- names, separated by spaces
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- The same form sent twice gives the same receipt.
CREATE TABLE once (
  hash   TEXT PRIMARY KEY,
  answer TEXT NOT NULL,                   -- where the browser was sent
  at     INTEGER NOT NULL
) STRICT;
CREATE INDEX once_at ON once (at);

-- A window reopened for one person, with its reason.
CREATE TABLE exemption (
  id       TEXT PRIMARY KEY,
  campaign TEXT NOT NULL REFERENCES campaign (id),
  person   TEXT NOT NULL REFERENCES person (id),
  window_name TEXT NOT NULL,              -- "window" alone is a word of PostgreSQL
  until    INTEGER NOT NULL,              -- instant, excluded
  reason   TEXT NOT NULL,
  given_by TEXT NOT NULL REFERENCES person (id),
  given_at INTEGER NOT NULL
) STRICT;
CREATE INDEX exemption_person ON exemption (campaign, person);

-- One action asked for many dossiers: each gets its own result.
CREATE TABLE batch (
  id         TEXT PRIMARY KEY,
  campaign   TEXT NOT NULL REFERENCES campaign (id),
  action     TEXT NOT NULL,
  person     TEXT NOT NULL REFERENCES person (id),
  content    TEXT NOT NULL,               -- JSON: what was typed for all of them
  created_at INTEGER NOT NULL,
  done_at    INTEGER
) STRICT;

CREATE TABLE batch_item (
  batch   TEXT NOT NULL REFERENCES batch (id),
  rank    INTEGER NOT NULL,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  version INTEGER NOT NULL,               -- of the dossier when it was chosen
  result  TEXT,                           -- NULL: waiting; empty: done; else why not
  PRIMARY KEY (batch, rank)
) STRICT;
CREATE INDEX batch_item_waiting ON batch_item (batch, rank) WHERE result IS NULL; -- BATCH_WAITING

-- Documents to compose, at low priority.
CREATE TABLE job (
  act        TEXT NOT NULL REFERENCES act (number),
  kind       TEXT NOT NULL,               -- "original" or "signed"
  dossier    TEXT NOT NULL REFERENCES dossier (id),
  next_at    INTEGER NOT NULL,            -- legal instant of the next attempt
  attempts   INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  PRIMARY KEY (act, kind)
) STRICT;
CREATE INDEX job_next ON job (next_at);
