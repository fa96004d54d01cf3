-- 0011-coming.sql: what will happen by itself to the dossiers of a structure and of those below it (DUE_WITHIN).
CREATE INDEX dossier_by_structure ON dossier (campaign, structure_path);
