-- 0014-subject.sql: dossiers whose subject is a structure (sujet: structure): one in a campaign for each, whoever filed.
ALTER TABLE dossier ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- the structure's id; empty: of a person, `subject`
DROP INDEX dossier_one_per_campaign;
CREATE UNIQUE INDEX dossier_one_per_campaign ON dossier (campaign, subject) WHERE holds_place = 1 AND about = '';
CREATE UNIQUE INDEX dossier_one_per_structure ON dossier (campaign, about) WHERE holds_place = 1 AND about <> '';
CREATE INDEX dossier_about ON dossier (about, filed_at) WHERE about <> ''; -- DOSSIER_OF_STRUCTURE
