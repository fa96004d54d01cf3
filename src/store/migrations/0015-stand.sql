-- 0015-stand.sql: where each dossier stands in the suivis beside its main circuit: a projection, written in the transaction
-- of its events, for lists, batches and exports. Dossiers of before get theirs when their campaign is gone through again.
CREATE TABLE dossier_stand (
  dossier  TEXT NOT NULL REFERENCES dossier (id),
  track    TEXT NOT NULL,     -- the name of the suivi
  step     TEXT NOT NULL,
  campaign TEXT NOT NULL,
  sort_key BLOB NOT NULL,     -- that of its dossier, which never changes
  PRIMARY KEY (dossier, track)
) STRICT;
CREATE INDEX dossier_stand_by_step ON dossier_stand (campaign, step, sort_key, dossier); -- DOSSIER_LIST_BESIDE
