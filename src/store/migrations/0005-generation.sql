-- 0005-generation.sql: how many times the directory changed. What was read of it under a generation is still true under the
-- same one: an event thread reads it before the writer's turn, which only compares.
INSERT INTO serial (name, value) VALUES ('directory', 0);
