-- 0016-lists.sql: what grows is walked in the order in which it is shown, never sorted.

-- The subtree of structures is judged in the index, while walking in order of names.
DROP INDEX dossier_by_name;
CREATE INDEX dossier_by_name ON dossier (campaign, sort_key, id, structure_path);        -- DOSSIER_LIST
DROP INDEX dossier_by_step;
CREATE INDEX dossier_by_step ON dossier (campaign, step, sort_key, id, structure_path);  -- DOSSIER_LIST_STEP
DROP INDEX dossier_by_structure;
CREATE INDEX dossier_by_structure ON dossier (campaign, structure_path, sort_key, id);   -- DOSSIER_LIST_FEW, DUE_WITHIN
CREATE INDEX dossier_by_wait ON dossier (campaign, waits_for, stepped_at, id) WHERE waits_for <> ''; -- DOSSIER_WAITING_FOR

-- Ids grow with the instant of filing.
DROP INDEX dossier_role_structure;
CREATE INDEX dossier_role_structure ON dossier_role (structure, role, waiting, dossier); -- DOSSIER_WAITING_AT

DROP INDEX piece_task_by_due;
CREATE INDEX piece_task_by_due ON piece_task (campaign, due, since, dossier, piece, task); -- PIECE_TASK_LIST, PIECE_TASK_COUNT

DROP INDEX job_next;
CREATE INDEX job_next ON job (next_at, act);                                             -- JOB_NEXT
CREATE INDEX due_by_campaign ON due (campaign, at, name, dossier);                       -- DUE_COMING, DUE_AMONG
CREATE INDEX alert_dossier ON alert (dossier, at) WHERE dossier IS NOT NULL;             -- DUE_STUCK
CREATE INDEX dossier_by_campaign ON dossier (campaign, id);                              -- DOSSIER_ALL, RECOMPUTE_DOSSIERS
CREATE INDEX batch_open ON batch (created_at, id) WHERE done_at IS NULL;                 -- BATCH_WAITING
CREATE INDEX batch_by_campaign ON batch (campaign, created_at);                          -- BATCH_OF_CAMPAIGN

-- What begins and what ends on a day: OUTSIDE_TURNS, POSTS_OF_DAY, ABSENCES_OF_DAY, SETTINGS_OF_DAY. (Of sums, so that those
-- who ask for what holds on a day, which nearly everything does, are never answered from here.)
CREATE INDEX appointment_begins ON appointment ((valid_from + 0));
CREATE INDEX appointment_ends ON appointment ((valid_to + 0));
CREATE INDEX person_version_begins ON person_version ((valid_from + 0));
CREATE INDEX person_version_ends ON person_version ((valid_to + 0));
CREATE INDEX structure_version_begins ON structure_version ((valid_from + 0));
CREATE INDEX structure_version_ends ON structure_version ((valid_to + 0));
CREATE INDEX interim_begins ON interim ((valid_from + 0));
CREATE INDEX interim_ends ON interim ((valid_to + 0));
CREATE INDEX structure_setting_begins ON structure_setting ((valid_from + 0));

CREATE INDEX appointment_structure ON appointment (structure);                           -- DIRECTORY_COLLEAGUES
