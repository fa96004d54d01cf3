-- 0016-structure-outside.sql: counters and reopened windows of structures that ask (sujet: structure). `person` is then who
-- filed, or who gave it.
ALTER TABLE counter_entry ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- the structure's id; empty: of the person
CREATE INDEX counter_entry_about ON counter_entry (about, name, valid_from) WHERE about <> ''; -- COUNTER_ENTRIES_OF_STRUCTURE
ALTER TABLE exemption ADD COLUMN about TEXT NOT NULL DEFAULT '';
CREATE INDEX exemption_about ON exemption (campaign, about) WHERE about <> '';                 -- EXEMPTION_OF_STRUCTURE
