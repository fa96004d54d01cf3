-- 0005-upkeep.sql: whether a file is named, asked of each old file by the daily sweep (ATTACHMENT_IS_NAMED).
CREATE INDEX draft_piece_digest ON draft_piece (digest);
CREATE INDEX attachment_digest ON attachment (digest);
CREATE INDEX act_digest ON act (digest);
CREATE INDEX act_signed_digest ON act (signed_digest);
