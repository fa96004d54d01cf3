-- 0003-mail.sql: a mail waits here until the relay has taken it, and stays as what was said to whom.
CREATE TABLE mail (
  id         TEXT NOT NULL PRIMARY KEY,  -- hash of occasion, dossier, campaign, recipient, key: the same news is never sent twice
  message_id TEXT NOT NULL,              -- what precedes the @ in Message-ID, fixed here for every attempt
  address    TEXT NOT NULL,              -- in lower case
  person     TEXT NOT NULL,              -- directory id of the recipient; '' for an outsider
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  occasion   TEXT NOT NULL,
  dossier    TEXT NOT NULL,              -- '' when it is about none
  campaign   TEXT NOT NULL,
  urgent     INTEGER NOT NULL,           -- 1: caused by the recipient's own act, no quiet hours
  secret     INTEGER NOT NULL,           -- 1: the body carries a token, which we keep hashed elsewhere: erased once sent
  created_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,           -- the end of the quiet hours, or created_at
  state      TEXT NOT NULL,              -- waiting, sent, kept, failed
  attempts   INTEGER NOT NULL,
  retry_at   INTEGER NOT NULL,           -- monotonic microseconds of this start of the server, 0: at once
  answer     TEXT NOT NULL,              -- last answer of the relay
  sent_at    INTEGER                     -- when it left, was kept or given up
) STRICT;
CREATE INDEX mail_due ON mail (not_before, id) WHERE state = 'waiting';                       -- MAIL_DUE, MAIL_KEEP
CREATE INDEX mail_due_urgent ON mail (not_before, id) WHERE state = 'waiting' AND urgent = 1;  -- MAIL_DUE_URGENT
CREATE INDEX mail_failed ON mail (created_at, id) WHERE state = 'failed';                     -- MAIL_LIST_FAILED
CREATE INDEX mail_by_address ON mail (address, created_at, id);                               -- MAIL_LIST_ADDRESS
CREATE INDEX mail_by_person ON mail (person, created_at, id);                                 -- MAIL_LIST_PERSON
CREATE INDEX mail_by_dossier ON mail (dossier, created_at, id);                               -- MAIL_LIST_DOSSIER
CREATE INDEX mail_by_time ON mail (created_at, id);                                           -- MAIL_LIST
