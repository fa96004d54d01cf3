-- 0011-natures.sql: dossiers born of another, and drafts about something else than one's own request.
ALTER TABLE dossier ADD COLUMN parent TEXT REFERENCES dossier (id);  -- NULL for one born of none
ALTER TABLE dossier ADD COLUMN nature TEXT NOT NULL DEFAULT '';      -- of the procedure; empty for one born of none
CREATE INDEX dossier_parent ON dossier (parent, filed_at) WHERE parent IS NOT NULL; -- DOSSIER_CHILDREN

ALTER TABLE act ADD COLUMN replaced_by TEXT;     -- number of the act of a child that took its place
ALTER TABLE act ADD COLUMN replaced_at INTEGER;

-- The same drafts, with one more part to their key.
CREATE TABLE draft_about (
  campaign   TEXT NOT NULL REFERENCES campaign (id),
  person     TEXT NOT NULL REFERENCES person (id),
  about      TEXT NOT NULL,               -- empty: one's own request; "id:nature": born of that dossier; "@id": for that person
  content    TEXT NOT NULL,
  version    INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (campaign, person, about)
) STRICT;
INSERT INTO draft_about SELECT campaign, person, '', content, version, updated_at FROM draft;
DROP TABLE draft;
ALTER TABLE draft_about RENAME TO draft;
CREATE INDEX draft_person ON draft (person);

CREATE TABLE draft_piece_about (
  campaign TEXT NOT NULL REFERENCES campaign (id),
  person   TEXT NOT NULL REFERENCES person (id),
  about    TEXT NOT NULL,
  piece    TEXT NOT NULL,
  digest   TEXT NOT NULL,
  name     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (campaign, person, about, piece)
) STRICT;
INSERT INTO draft_piece_about SELECT campaign, person, '', piece, digest, name, kind, size, added_at FROM draft_piece;
DROP TABLE draft_piece;
ALTER TABLE draft_piece_about RENAME TO draft_piece;
CREATE INDEX draft_piece_digest ON draft_piece (digest);
