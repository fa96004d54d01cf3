-- 0012-takeover.sql: the decisions that ran before the system, taken over from a file: each line once.
CREATE TABLE takeover (
  campaign  TEXT NOT NULL REFERENCES campaign (id),
  reference TEXT NOT NULL,                            -- as the file tells its lines apart
  dossier   TEXT NOT NULL REFERENCES dossier (id),
  PRIMARY KEY (campaign, reference)
) STRICT;
