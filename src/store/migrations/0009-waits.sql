-- 0009-waits.sql: a dossier may wait for several roles at once: in parallel, or in the suivis beside its main circuit.
-- dossier.waits_for has the first; here are the others that are held everywhere. Those of structures are in dossier_role.
CREATE TABLE dossier_wait (
  dossier TEXT NOT NULL REFERENCES dossier (id),
  role    TEXT NOT NULL,
  PRIMARY KEY (dossier, role)
) STRICT;
CREATE INDEX dossier_wait_role ON dossier_wait (role);   -- for DOSSIER_WAITING_FOR
