-- 0007-delegation.sql: a delegation of signature is an interim that takes nothing from who gives it: the other signs
-- in their place, the letters named or all of them, and does nothing else.
ALTER TABLE interim ADD COLUMN signing INTEGER NOT NULL DEFAULT 0; -- 1: a delegation; absent gives it, replacement has it
ALTER TABLE interim ADD COLUMN letters TEXT NOT NULL DEFAULT '';   -- names of letters, separated by spaces; empty: all
