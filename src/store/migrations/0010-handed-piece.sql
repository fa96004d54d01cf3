-- 0010-handed-piece.sql: a file sent in the form of an action waits here until the action is done: a form that is refused
-- loses none. One per piece, the last sent.
CREATE TABLE handed_piece (
  dossier  TEXT NOT NULL REFERENCES dossier (id),
  person   TEXT NOT NULL REFERENCES person (id), -- who sent it, and alone sees it until then
  piece    TEXT NOT NULL,
  digest   TEXT NOT NULL,                 -- of the attachment file
  name     TEXT NOT NULL,                 -- as the person called it, made safe to show
  kind     TEXT NOT NULL,                 -- judged by content
  size     INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (dossier, person, piece)
) STRICT;
CREATE INDEX handed_piece_by_digest ON handed_piece (digest); -- for ATTACHMENT_IS_NAMED
