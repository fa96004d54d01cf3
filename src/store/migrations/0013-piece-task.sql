-- 0013-piece-task.sql: what remains to do about the pieces of dossiers: a projection, written in the transaction of their
-- events, for the completeness desk.
CREATE TABLE piece_task (
  dossier  TEXT NOT NULL REFERENCES dossier (id),
  campaign TEXT NOT NULL,
  piece    TEXT NOT NULL,
  task     INTEGER NOT NULL,  -- 1 to examine, 2 to replace, 3 awaited, 4 to renew
  since    INTEGER NOT NULL,
  due      INTEGER NOT NULL,  -- the first instant after its last day; 9223372036854775807: none
  action   TEXT NOT NULL,     -- that does it, where the dossier stands; or ''
  PRIMARY KEY (dossier, piece, task)
) STRICT;
CREATE INDEX piece_task_by_due ON piece_task (campaign, due, since); -- for PIECE_TASK_LIST
