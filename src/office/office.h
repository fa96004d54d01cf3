/* The back office: runs the commands of the pure core (dossier/) in transactions, with what they
 * must know from the directory; keeps the calendar of what happens by itself; composes letters.
 *
 * A change is prepared on any thread as a struct office_command, run by the store's writer as a
 * store_work, and told back in the same struct:
 *
 *     struct office_command *command = office_command_new(office, arena, now);
 *     command->dossier = id; command->action = TEXT("favorable"); …
 *     store_submit(store, STORE_NORMAL, office_act, command, done, request, error);
 *
 * Campaigns and procedures are immutable once loaded and live as long as the office. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "directory/directory.h"
#include "dossier/dossier.h"
#include "procedure/procedure.h"
#include "store/store.h"

struct office;
struct typesetter;

struct office_options {
	struct store *store;
	struct clock *clock;
	struct typesetter *typesetter; /* NULL: letters wait (commands without processes) */
	struct text organisation;      /* printed on letters */
	struct text public_address;    /* begins the links of mails */
};

/* Loads the published procedures and opened campaigns. What the options point to must outlive it. */
enum guichet_status office_open(const struct office_options *options, struct office **ret_office,
	struct guichet_error *error);
void office_close(struct office *office);
DEFINE_CLEANUP(struct office, office_close)

/* Starts the thread that fires what is due and has letters composed. Stops with office_close(). */
enum guichet_status office_start(struct office *office, struct guichet_error *error);
/* Legal time moved, or something was queued: look now rather than within a second. From any thread. */
void office_wake(struct office *office);
/* Fires all that is due now, and returns once done. For commands and tests; office_start() does it by itself. */
enum guichet_status office_catch_up(struct office *office, struct guichet_error *error);

/* --- procedures and campaigns ------------------------------------------------------------ */

struct office_campaign {
	struct text id;                    /* "<procedure>-<campaign>", as in addresses */
	int64_t rank;                      /* 1, 2, …: begins the dossiers' numbers */
	struct text procedure_hash;
	const struct procedure *procedure;
	const struct campaign *campaign;
	instant opened_at;
};

/* Reads and checks a procedure's folder, stores it whole, opens the campaign of a file of its folder `campagnes/`
 * (its name without ".yaml"). The same campaign again changes nothing. REFUSED with the first mistake of either. */
enum guichet_status office_campaign_open(struct office *office, const char *folder, const char *campaign,
	struct guichet_error *error);

/* The campaigns, oldest first, in an array of the arena. */
struct office_campaigns {
	const struct office_campaign *const *at;
	size_t count;
};
struct office_campaigns office_campaigns(struct office *office, struct arena *arena);
/* NULL when there is none. */
const struct office_campaign *office_campaign_find(struct office *office, struct text id);
/* A published procedure by its hash: dossiers keep the version they were filed under. */
enum guichet_status office_procedure(struct office *office, struct text hash, const struct procedure **ret_procedure,
	struct guichet_error *error);

/* --- who acts ------------------------------------------------------------------------------ */

/* A person with what the directory says of them on a day. */
struct office_actor {
	struct text person;
	struct directory_facts facts;
	struct directory_functions functions;
	struct directory_functions delegations; /* for which they may sign, and nothing else */
};

/* UNKNOWN when the person is not in the directory on that day. */
enum guichet_status office_actor_load(struct store_tx *tx, struct arena *arena, struct text person, instant at,
	struct office_actor *ret_actor, struct guichet_error *error);

/* The same, kept while the directory does not change. */
enum guichet_status office_actor(struct office *office, struct store_tx *tx, struct arena *arena, struct text person,
	instant at, struct office_actor *ret_actor, struct guichet_error *error);

/* Holds one of the functions of a role, in some structure. Never true of the applicant's role. */
bool office_holds_somewhere(const struct office_actor *actor, const struct procedure_role *role);
/* In a procedure of structures: do they ask for that one, and so hold the applicant's role on its dossiers? */
bool office_asks_for(const struct office_actor *actor, const struct procedure *procedure, struct text structure);
/* Who files for a structure: its facts are put in the place of their own structure's, their function is the one by which
 * they ask. UNKNOWN when they do not ask for it. */
enum guichet_status office_actor_for(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text structure, instant at, struct office_actor *actor, struct guichet_error *error);
/* What their draft is about, as office_draft_about() takes it, and back: false when it is another's. */
struct text office_structure_draft(struct arena *arena, struct text structure);
bool office_structure_draft_read(struct text about, struct text *ret_structure);
/* May they sign in its place somewhere, by delegation? */
bool office_signs_somewhere(const struct office_actor *actor, const struct procedure_role *role);
/* Holds the role that runs the procedure (« service »), and so sees every dossier of its campaigns. */
bool office_runs(const struct office_actor *actor, const struct procedure *procedure);

/* --- dossiers ------------------------------------------------------------------------------ */

/* A dossier with all that judging or showing it needs. `facts` points into it: do not copy. */
struct office_dossier {
	const struct office_campaign *campaign;
	const struct procedure *procedure; /* the version it was filed under */
	struct text id, structure, structure_path, structure_name, subject_name;
	struct dossier state;
	struct dossier_facts facts;        /* at the instant given */
	dossier_roles roles;               /* of the actor, the applicant's included; 0 without an actor */
	dossier_roles signs;               /* those among them held by delegation of signature */
};

/* UNKNOWN when there is none. `actor` may be NULL. Whether the actor may see it: office_may_see(). */
enum guichet_status office_dossier_load(struct office *office, struct store_tx *tx, struct arena *arena,
	struct text id, const struct office_actor *actor, instant at, struct office_dossier *ret_dossier,
	struct guichet_error *error);

/* The dossiers born of one, in the order of their filing. */
enum guichet_status office_children(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_kin **ret_children, size_t *ret_count, struct guichet_error *error);

/* The state of a dossier as it was before an instant: `there` is false when nothing was filed by then. It folds the
 * events again. REFUSED when one of them was erased. */
enum guichet_status office_dossier_at(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	instant before, struct dossier *ret_state, bool *ret_there, struct guichet_error *error);

/* The facts for a child that somebody has not filed yet: for the form. `parent` must outlive them. */
enum guichet_status office_facts_before_birth(struct store_tx *tx, struct arena *arena,
	const struct office_dossier *parent, const struct procedure_nature *nature, struct dossier_facts *ret_facts,
	struct guichet_error *error);

/* The subject, who holds a role for it, and nobody else. */
bool office_may_see(const struct office_dossier *dossier);

/* What these answers name, into facts already made: looked for at facts->at in the organisation of who answers, whose
 * structure has that path (struct directory_structure). Before any form of a procedure that has such fields is read. */
enum guichet_status office_named_load(struct store_tx *tx, struct arena *arena, struct text path, struct dossier_raws raws,
	struct dossier_facts *facts, struct guichet_error *error);

/* The facts for a person who has not filed yet in a campaign: for "puis-je ?" and the form. */
enum guichet_status office_facts_before_filing(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_actor *actor, instant at,
	struct dossier_facts *ret_facts, struct guichet_error *error);

/* Holds, somewhere, a role that files for agents. */
bool office_files_for_others(const struct office_actor *actor, const struct procedure *procedure);
/* The facts for an agent for whom the filer has not filed yet; UNKNOWN when they may not file for that one. */
enum guichet_status office_facts_on_behalf(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_actor *filer, struct text subject, instant at,
	struct office_actor *ret_subject, struct dossier_facts *ret_facts, struct guichet_error *error);

/* --- commands ------------------------------------------------------------------------------ */

/* One command of a person, from its preparation to its result. */
struct office_command {
	struct office *office;
	struct arena *arena;

	/* What is asked. */
	const struct office_campaign *campaign; /* to file the person's draft; NULL otherwise */
	struct text dossier;                    /* otherwise: its id */
	struct text subject;                    /* with a campaign: the agent for whom the person files; empty: themselves */
	struct text structure;                  /* with a campaign of structures: the one for which they file */
	struct text parent, nature;             /* to file the person's draft of a child: of that dossier, of that nature */
	struct text person;                     /* who acts */
	struct dossier_command command;         /* at filing raws and pieces are read from the draft; for an action,
	                                         * pieces are those of office_handed_save() */
	bool undo;                              /* to undo the last action; command.action: only if it is that one; empty: any */
	dossier_roles only;                     /* by a link: the roles it gives; 0: all they hold */
	struct text once;                       /* the form's token; empty: none */
	instant received_at;                    /* legal */

	/* Made by office_command_new(), so that a second run is identical. */
	struct text id, salt, seed;
	const struct office_foreseen *foreseen; /* by office_foresee() */

	/* Told. */
	enum guichet_status status;
	struct guichet_error error;
	struct dossier_outcome outcome;
	struct text number;
	bool repeated;                          /* the same form had been received before: its receipt again */
};

/* NULL when the arena is full. */
struct office_command *office_command_new(struct office *office, struct arena *arena, struct text person,
	instant received_at);

/* For a filing, before its submission: reads the draft and the directory, in any read transaction; the writer
 * then takes them as they are if neither has changed. Does as much as it can, and nothing is lost without it
 * but the writer's time. */
void office_foresee(struct store_tx *tx, struct office_command *command);

/* The store_work of a command; its context is a struct office_command. On GUICHET_OK command->dossier,
 * number and outcome are filled; refused, outcome says why. */
enum guichet_status office_act(struct store_tx *tx, void *command, struct guichet_error *error);

/* What the last action of a dossier left to undo it by. UNKNOWN when there is nothing of the sort; whether they may, now:
 * dossier_undo_check(). *ret_recorded_at may be NULL. */
enum guichet_status office_undo_load(struct store_tx *tx, struct arena *arena, struct text dossier,
	struct dossier_undo *ret_undo, instant *ret_recorded_at, struct guichet_error *error);
/* May this actor undo it now? The dossier was loaded for them. */
bool office_may_undo(const struct office_dossier *dossier, const struct office_actor *actor,
	const struct dossier_undo *undo);
/* Forgets what can no longer be undone. */
enum guichet_status office_undo_sweep(struct store_tx *tx, instant now, struct guichet_error *error);

/* --- drafts -------------------------------------------------------------------------------- */

struct office_draft {
	struct dossier_raws raws;
	const struct dossier_piece *pieces;
	size_t piece_count;
	int64_t version;
	instant updated_at; /* 0: nothing was saved yet */
};

enum guichet_status office_draft_load(struct store_tx *tx, struct arena *arena, struct text campaign,
	struct text person, struct office_draft *ret_draft, struct guichet_error *error);
/* One about something else than one's own request: see office_child_draft(). */
enum guichet_status office_draft_about(struct store_tx *tx, struct arena *arena, struct text campaign,
	struct text person, struct text about, struct office_draft *ret_draft, struct guichet_error *error);
/* A window that stays open longer for whoever prepares a request of their own. */
struct office_draft_exception {
	struct text campaign;
	struct text window; /* its name in the procedure */
	instant until;      /* excluded */
};
/* Those of all the drafts of a person, read at once, in the arena: until when each may be filed needs nothing else. */
enum guichet_status office_draft_exceptions(struct store_tx *tx, struct arena *arena, struct text person,
	const struct office_draft_exception **ret_exceptions, size_t *ret_count, struct guichet_error *error);
/* What the draft of a child is about. `at` is NULL when the arena is full. */
struct text office_child_draft(struct arena *arena, struct text parent, struct text nature);
/* The parent of a draft about a child, and its nature; false when it is about something else. */
[[nodiscard]] bool office_child_draft_read(struct text about, struct text *ret_parent, struct text *ret_nature);

/* What the draft of a request for an agent is about, and back. */
struct text office_behalf_draft(struct arena *arena, struct text subject);
[[nodiscard]] bool office_behalf_draft_read(struct text about, struct text *ret_subject);

/* A change of a draft: fields given replace those of the same names, the others stay. */
struct office_draft_change {
	struct arena *arena;
	struct text campaign, person;
	struct text about; /* empty: one's own request */
	struct dossier_raws raws;
	const struct text *fields; /* names that the form showed: one that came without a value becomes empty */
	size_t field_count;
	const struct dossier_piece *piece; /* one piece added or replaced; NULL: none */
	struct text without;               /* name of a piece to take out; empty: none */
	bool discard;                      /* forgets the draft and its pieces */
	instant at;
	int64_t version;                   /* told: of the draft as saved */
	enum guichet_status status;
	struct guichet_error error;
};
/* Makes of the answers of a draft what they would be after the change. */
enum guichet_status office_draft_merge(struct arena *arena, const struct office_draft_change *change,
	struct dossier_raws *raws, struct guichet_error *error);
/* The answers of a draft, but those typed again beside the button that files, then these. False when the arena is full. */
[[nodiscard]] bool office_raws_join(struct arena *arena, struct dossier_raws draft, struct dossier_raws typed,
	struct dossier_raws *ret_raws);
/* Its store_work. */
enum guichet_status office_draft_save(struct store_tx *tx, void *change, struct guichet_error *error);

/* --- files of an action that is not done yet ------------------------------------------------ */

/* Those that a person sent for the dossier, in the arena. */
enum guichet_status office_handed_load(struct store_tx *tx, struct arena *arena, struct text dossier, struct text person,
	const struct dossier_piece **ret_pieces, size_t *ret_count, struct guichet_error *error);

/* Files added, each in place of the one of its name; one taken out. */
struct office_handed_change {
	struct text dossier, person;
	const struct dossier_piece *pieces;
	size_t piece_count;
	struct text without; /* name of a piece; empty: none */
	instant at;
	enum guichet_status status;
	struct guichet_error error;
};
/* Its store_work. */
enum guichet_status office_handed_save(struct store_tx *tx, void *change, struct guichet_error *error);

/* --- files that pieces had before those of today ---------------------------------------------- */

/* Every file that the pieces of a dossier had or have, in the order in which they were handed in, in the arena. `known` are
 * its first events, when somebody has just read them (they and what they hold must live as long); 0: none. */
enum guichet_status office_piece_versions(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_event *known, size_t known_count, const struct dossier_piece_version **ret_versions,
	size_t *ret_count, struct guichet_error *error);
/* The file of that digest among those that a piece of the dossier had or has, as it was last handed in. UNKNOWN, always in
 * the same words: no such piece, none today, one that this viewer may not open today, a digest that was never its own. */
enum guichet_status office_piece_version(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_viewer *viewer, struct text piece, struct text digest, struct dossier_piece *ret_piece,
	struct guichet_error *error);

/* --- what remains to do about pieces ---------------------------------------------------------- */

struct office_piece_filter {
	enum dossier_piece_task_kind kind; /* 0: all */
	struct text piece;                 /* name; empty: all */
	instant horizon;                   /* what is good for longer is not looked at */
	struct text person;                /* who looks: not their own dossiers */
	struct directory_range range;      /* DIRECTORY_EVERYWHERE: all */
	bool within;                       /* the range is not everywhere */
};

struct office_piece_task {
	struct text dossier, number, subject_name, structure_name;
	struct text piece;  /* its label */
	enum dossier_piece_task_kind kind;
	instant since, due; /* as of a struct dossier_piece_task */
	struct text action; /* its name; empty: none here */
};

/* Those of a campaign, the soonest due first, from the row `skip` on, in an array of the arena. */
enum guichet_status office_piece_tasks(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_piece_filter *filter, size_t limit, size_t skip,
	const struct office_piece_task **ret_tasks, size_t *ret_count, bool *ret_more, struct guichet_error *error);
/* How many of each kind. */
enum guichet_status office_piece_task_counts(struct store_tx *tx, const struct office_campaign *campaign,
	const struct office_piece_filter *filter, int64_t ret_counts[DOSSIER_PIECE_TASK_END], struct guichet_error *error);

/* --- lists --------------------------------------------------------------------------------- */

struct office_row {
	struct text id, number, subject, subject_name, structure, structure_name;
	const struct office_campaign *campaign;
	const struct procedure *procedure;
	int step;
	instant filed_at, stepped_at;
	int64_t version;
	struct text state;         /* JSON, see dossier_of_json() */
	struct text parent_state;  /* the same of the dossier it was born of; empty: of none */
	struct office *office;     /* which may keep it; NULL for a whole campaign read once */
	struct store_blob sort_key;
	int role;                  /* of waiting lists: the role it waits for */
	bool delegated;            /* of waiting lists: it waits for their signature, by delegation */
};

struct office_rows {
	struct office_row *at;
	size_t count;
	bool more; /* than `limit` */
};

/* The dossiers of a person, newest first. */
enum guichet_status office_list_of_subject(struct office *office, struct store_tx *tx, struct arena *arena,
	struct text person, struct office_rows *ret_rows, struct guichet_error *error);
/* Those of the structures that the actor asks for, whoever filed them, newest first within each. */
enum guichet_status office_list_of_structures(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_actor *actor, struct office_rows *ret_rows, struct guichet_error *error);

/* ---- the life of a person here: life.c ---- */

/* One of their dossiers, with facts enough for all that a dossier shows to its applicant: no holder. */
struct office_life_dossier {
	const struct office_row *row;
	struct dossier state;
	struct dossier_facts facts; /* points into the line: do not copy */
	int parent;                 /* which of the lines it was born of; PROCEDURE_NONE: of none */
};

struct office_life {
	struct office_life_dossier *dossiers; /* newest first */
	size_t count;
	bool more; /* than can be listed */
};

/* All the dossiers of the actor, over all campaigns. What is read beside them is read once for each campaign or
 * procedure, never for each dossier. */
enum guichet_status office_life(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_actor *actor, instant at, struct office_life *ret_life, struct guichet_error *error);

/* Something that happened in one of them. */
struct office_life_event {
	int dossier; /* which of the lines */
	struct dossier_event event; /* without its hashes */
};

/* What happened before an instant, newest first: about `limit`, and never a part of what happened at one instant.
 * *ret_older is the instant before which to go on; 0: there is nothing older. */
enum guichet_status office_life_past(struct store_tx *tx, struct arena *arena, const struct office_life *life,
	const struct office_actor *actor, instant before, size_t limit, const struct office_life_event **ret_events,
	size_t *ret_count, instant *ret_older, struct guichet_error *error);

/* What waits for this actor, in every open campaign, oldest first; their own dossiers excepted. */
enum guichet_status office_list_waiting(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_actor *actor, size_t limit, struct office_rows *ret_rows, struct guichet_error *error);

/* What no longer waits for the roles that this actor holds in a structure, the last moved first: what they answered is
 * there, with what others did and what never waited for them; their own dossiers excepted. */
enum guichet_status office_list_answered(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_actor *actor, size_t limit, struct office_rows *ret_rows, struct guichet_error *error);

/* The dossiers of a campaign in a subtree of the structures, by name. */
enum guichet_status office_list_within(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct directory_range *range, size_t limit,
	struct office_rows *ret_rows, struct guichet_error *error);

struct office_filter {
	int step;                      /* of the main circuit; PROCEDURE_NONE: all */
	int beside;                    /* of a suivi, besides; PROCEDURE_NONE: all */
	struct directory_range range;  /* DIRECTORY_EVERYWHERE: all */
	struct text search;            /* beginning of a name, or a number; empty: none. Wins over the rest */
	struct store_blob after_key;   /* the last row of the page before; at NULL: from the first */
	struct text after_id;
};

/* A page of a campaign's dossiers, by name. */
enum guichet_status office_list(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_filter *filter, size_t limit,
	struct office_rows *ret_rows, struct guichet_error *error);

/* All the dossiers of a campaign, after an id: for exports and indicators, page by page. */
enum guichet_status office_list_all(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, struct text after_id, size_t limit, struct office_rows *ret_rows,
	struct guichet_error *error);

/* A dossier, and where it stands in the order of names. */
struct office_id {
	struct text id;
	struct store_blob sort_key;
};

/* Those that stand at a step, and at one of a suivi besides (either may be PROCEDURE_NONE, not both), by name, after one of
 * them (NULL: from the first); `ret_ids` has room for `limit`. */
enum guichet_status office_ids_at_step(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	int step, int beside, const struct office_id *after, size_t limit, struct office_id *ret_ids, size_t *ret_count,
	struct guichet_error *error);

/* How many stand at each step, those of suivis too, by step of the campaign's procedure, in the arena. */
enum guichet_status office_counts(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const int64_t **ret_counts, struct guichet_error *error);

/* The state of a row, and facts enough for columns, exports, reports and words: no holder, no exception, the agent as known
 * at the filing; its parent as it stands. `ret_state` must outlive `ret_facts`. */
enum guichet_status office_row_facts(struct arena *arena, const struct office_row *row, instant at,
	struct dossier *ret_state, struct dossier_facts *ret_facts, struct guichet_error *error);

/* --- events -------------------------------------------------------------------------------- */

/* The events of a dossier after that number (0: from the first), `limit` at most, in order, in the arena. */
enum guichet_status office_events(struct store_tx *tx, struct arena *arena, struct text id, unsigned after, size_t limit,
	const struct dossier_event **ret_events, size_t *ret_count, struct guichet_error *error);

/* --- reports ------------------------------------------------------------------------------- */

struct dossier_report;

/* Where a visitor reads the reports of a procedure: the structures under which they hold a role that may. */
struct office_reach {
	const struct directory_range *at; /* none within another */
	const struct text *names;         /* of the structures; empty: everywhere */
	size_t count;                     /* 0: they may not read it */
};
enum guichet_status office_report_reach(struct arena *arena, const struct office_actor *actor,
	const struct procedure *procedure, const struct procedure_report *report, struct office_reach *ret_reach,
	struct guichet_error *error);

/* The campaign whose procedure gives the reports of that name: the last opened; NULL when there is none. */
const struct office_campaign *office_campaign_of_procedure(struct office *office, struct text name);

/* Counts in one pass what the reader may count: every version and campaign of the procedure, or that campaign alone
 * when the report is of one. Opens reads of its own, page by page. */
enum guichet_status office_report(struct office *office, struct arena *arena, const struct office_campaign *campaign,
	int index, int year, const struct office_reach *reach, instant at, struct dossier_report *ret_report,
	struct guichet_error *error);

/* --- acts ---------------------------------------------------------------------------------- */

struct office_act_file {
	struct text number, dossier, letter;
	instant created_at;
	struct text request;               /* the letter as composed; empty before: office_letter_read() */
	struct text digest, signed_digest; /* hexadecimal; empty while it is being composed */
	bool cancelled;
	struct text replaced_by;           /* number of the act that took its place; empty: it holds */
	instant replaced_at;
};

enum guichet_status office_act_load(struct store_tx *tx, struct arena *arena, struct text number,
	struct office_act_file *ret_act, struct guichet_error *error);

struct document_request;
/* The letter that was composed, to be shown on screen exactly as it was typeset. */
enum guichet_status office_letter_read(struct arena *arena, struct text request, struct document_request *ret_request,
	struct guichet_error *error);

/* The bytes of a file that a dossier or an act names. */
enum guichet_status office_file_read(struct office *office, struct arena *arena, struct text digest,
	struct text *ret_bytes, struct guichet_error *error);
/* Writes a file on disk before the work that names it; waits for the disk. `ret_digest` is hexadecimal, in arena. */
enum guichet_status office_file_write(struct office *office, struct arena *arena, struct text bytes,
	struct text *ret_digest, struct guichet_error *error);

/* --- what comes from outside a dossier ------------------------------------------------------ */

/* What the structure of this path, or the nearest above it, sets that day: the context `réglage`. */
enum guichet_status office_settings_at(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text path, struct date day, struct feel_value *ret_values, struct guichet_error *error);
/* The entries of the counters that the procedure declares, of a person, or of the structure that asks: the context
 * `compteur`. */
enum guichet_status office_counters_of(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text whose, struct feel_value *ret_counters, struct guichet_error *error);
/* Completes the facts of the rows of a list (office_row_facts(), all at one instant) with what their procedures read outside:
 * for all of them together, a query or two for each kind of thing that one of them reads, none when none does. */
enum guichet_status office_rows_outside(struct store_tx *tx, struct arena *arena, const struct office_row *const *rows,
	struct dossier_facts *const *facts, size_t count, struct guichet_error *error);
/* The states and the facts of rows, by row, as office_row_facts() and, when asked, office_rows_outside() give them. */
struct office_row_list {
	struct dossier *states;
	struct dossier_facts *facts;
};
enum guichet_status office_row_list(struct store_tx *tx, struct arena *arena, const struct office_rows *rows, instant at,
	bool outside, struct office_row_list *ret_list, struct guichet_error *error);
static inline enum guichet_status office_row_outside(struct store_tx *tx, struct arena *arena, const struct office_row *row,
	struct dossier_facts *facts, struct guichet_error *error)
{
	return office_rows_outside(tx, arena, &row, &facts, 1, error);
}

/* The roles of a procedure that somebody holds for a structure, by its path. */
dossier_roles office_roles_at(const struct office_actor *actor, const struct procedure *procedure, struct text path);

/* Somebody sets something for a structure: a work of the writer. REFUSED says what to correct. */
struct office_setting {
	struct office *office;
	struct arena *arena;
	const struct office_campaign *campaign;
	struct text person;      /* who sets it */
	struct text structure;   /* an id */
	int local;               /* of the campaign's procedure */
	struct dossier_raws raws;
	bool clear;              /* it is taken back: as the structure above */
	struct date from;
};
enum guichet_status office_setting_set(struct store_tx *tx, void *context, struct guichet_error *error);

/* A value that a structure might set: what it would give, without being written. */
struct office_setting_try {
	struct text path;        /* of the structure */
	int local;
	struct feel_value value; /* null: taken back */
};
/* office_settings_at() as if that were set. */
enum guichet_status office_settings_if(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text path, struct date day, const struct office_setting_try *try, struct feel_value *ret_values,
	struct guichet_error *error);

/* An open dossier that the settings of its structure go against. */
struct office_breach {
	struct text dossier, number, name, structure;
	struct text message;
};
/* Those of the procedure in the structure of this path and below, on that day: all of them, or with `try` those that
 * it would add. `limit` at most. */
enum guichet_status office_breaches(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct procedure *procedure, struct text path, struct date day, const struct office_setting_try *try,
	size_t limit, const struct office_breach **ret_breaches, size_t *ret_count, struct guichet_error *error);

struct office_closed_day {
	struct text id;
	struct date first, last; /* both included */
	bool holiday;            /* by decree; else the employer's own closure */
	struct text label;
};
/* Those that were added and not removed, in order. */
enum guichet_status office_closed_days(struct store_tx *tx, struct arena *arena, const struct office_closed_day **ret_days,
	size_t *ret_count, struct guichet_error *error);
/* Works of the writer: adds a day to come, removes those that begin on day.first, before it comes. */
struct office_closed_change {
	struct office_closed_day day;
	instant now;
};
enum guichet_status office_closed_day_add(struct store_tx *tx, void *context, struct guichet_error *error);
enum guichet_status office_closed_day_remove(struct store_tx *tx, void *context, struct guichet_error *error);

/* --- roles that nobody holds ----------------------------------------------------------------- */

enum { OFFICE_MOST_VACANCIES = 200 };

struct office_vacancy {
	const struct office_campaign *campaign;
	int role;
	int64_t places;    /* how many structures have nobody, there or above; 0: it is held anywhere, and nobody does */
	struct text where; /* the names of the first of them */
};

/* In the campaigns (or in one) that are still open or have dossiers that wait, the roles that act and that nobody holds on
 * that day: those held everywhere, and those that a step waits for in the structures where somebody works. */
enum guichet_status office_vacancies(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *only, struct date day, const struct office_vacancy **ret_vacancies, size_t *ret_count,
	struct guichet_error *error);
/* « Personne ne tient le rôle … »: what, and what to do. */
struct text office_vacancy_text(struct arena *arena, const struct office_vacancy *vacancy);
/* What was told of a campaign today, seen or not: for the desk. */
enum guichet_status office_vacancies_told(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct text **ret_messages, size_t *ret_count, struct guichet_error *error);

/* --- what will happen by itself on a day ----------------------------------------------------- */

enum office_agenda_kind { OFFICE_AGENDA_CLOSED, OFFICE_AGENDA_SETTING, OFFICE_AGENDA_ABSENCE, OFFICE_AGENDA_POST, OFFICE_AGENDA_ROLE,
	OFFICE_AGENDA_WINDOW, OFFICE_AGENDA_EFFECT, OFFICE_AGENDA_MAIL, OFFICE_AGENDA_KINDS };
enum { OFFICE_AGENDA_LINES = 2000 };

struct office_agenda_line {
	instant at;
	enum office_agenda_kind kind;
	const struct office_campaign *campaign; /* NULL: of none */
	struct text dossier, number;            /* of an effect, a change of post; else empty */
	struct text who;                        /* a person, or a structure; may be empty */
	struct text what;                       /* in French */
};

/* In order of time. */
struct office_agenda {
	struct office_agenda_line *lines;
	size_t count;
	bool more; /* than can be listed */
};

/* Of one campaign, or of all when `only` is NULL. */
enum guichet_status office_agenda_of(struct office *office, struct store_tx *tx, struct arena *arena, struct date day,
	const struct office_campaign *only, struct office_agenda *ret_agenda, struct guichet_error *error);
/* "Dossiers", "Courriels"…: the title of a part of the agenda. */
struct text office_agenda_kind_text(enum office_agenda_kind kind);

/* --- imports whose lines are each judged alone ----------------------------------------------- */

struct office_import_refusal {
	size_t line; /* from 1 */
	struct text message;
};

struct office_import_report {
	size_t lines, added, changed, unchanged, refused;
	struct office_import_refusal *refusals; /* the first 1 000 */
	size_t refusal_count;
};

/* Counters from before the system, from a CSV (matricule; compteur; du; au; quantité; référence): the same file twice
 * changes nothing. REFUSED when the file itself cannot be read; refused lines are in the report. */
enum guichet_status office_import_counters(struct store *store, struct arena *arena, struct text source, instant now,
	struct office_import_report *ret_report, struct guichet_error *error);

/* Decisions that were running, from a CSV (matricule; référence; and the fields of the form): each line files a dossier
 * by an action of the draft, once. */
struct office_import_dossiers {
	const struct office_campaign *campaign;
	struct text action; /* its name */
	struct text author; /* the id of who takes them over: the action is theirs */
};
enum guichet_status office_import_dossiers(struct office *office, struct arena *arena,
	const struct office_import_dossiers *import, struct text source, struct office_import_report *ret_report,
	struct guichet_error *error);

/* --- personal links ------------------------------------------------------------------------ */

/* What a mailed link opens. */
struct office_link {
	struct text person;
	const struct office_campaign *campaign;
	struct text role;          /* its name in the campaign's procedure */
	struct text dossier;       /* empty: all that wait for the person in this role */
	struct text actions;       /* names, separated by spaces */
	instant expires_at;
};

/* REFUSED, with what to do next, when it is unknown or expired. */
enum guichet_status office_link_load(struct office *office, struct store_tx *tx, struct arena *arena, struct text token,
	instant now, struct office_link *ret_link, struct guichet_error *error);
bool office_link_allows(const struct office_link *link, struct text action);
/* What the link shows: the dossiers that wait for its person in its role. */
enum guichet_status office_list_of_link(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_link *link, size_t limit, struct office_rows *ret_rows, struct guichet_error *error);

/* --- exemptions: a window reopened for one person, or one structure that asks ------------------------------------------ */

struct office_exemption {
	struct office *office;
	struct arena *arena;
	const struct office_campaign *campaign;
	struct text person;     /* for whom */
	struct text structure;  /* in a procedure of structures: for which; nobody's then */
	struct text by;         /* who gives it */
	int window;
	struct date last_day;
	struct text reason;
	struct text id;         /* made before: id_new() */
	instant at;
	enum guichet_status status;
	struct guichet_error error;
};
/* Its store_work. */
enum guichet_status office_exempt(struct store_tx *tx, void *exemption, struct guichet_error *error);

/* --- batches: one action for many dossiers -------------------------------------------------- */

struct office_batch {
	struct office *office;
	struct arena *arena;
	const struct office_campaign *campaign;
	struct text id;                /* made before */
	struct text person, action;
	struct dossier_raws raws;      /* what was typed for all of them */
	const struct text *dossiers;   /* ids */
	const int64_t *versions;       /* as seen by who chose them */
	size_t count;
	struct text once;              /* the form's token; empty: none. The same again gives the same batch: its id */
	struct text undoes;            /* of office_batch_undo(): the id of the batch; neither action, raws nor dossiers then */
	instant at;
	enum guichet_status status;
	struct guichet_error error;
};
/* Its store_work: records the batch; the office does it soon after, each dossier with its own result, a few
 * of each batch in turn. */
enum guichet_status office_batch_start(struct store_tx *tx, void *batch, struct guichet_error *error);

/* Its store_work: records a batch that undoes another, each dossier with its own result. */
enum guichet_status office_batch_undo(struct store_tx *tx, void *batch, struct guichet_error *error);

struct office_batch_progress {
	struct text campaign, action, person;
	bool undoes;                 /* it undoes this action */
	instant created_at, done_at; /* done_at 0: not yet */
	int64_t total, done, refused;
};
enum guichet_status office_batch_load(struct store_tx *tx, struct arena *arena, struct text id,
	struct office_batch_progress *ret_progress, struct guichet_error *error);

/* --- the calendar and what needs a person --------------------------------------------------- */

struct office_coming {
	instant at;
	struct text label;   /* where dossiers will go, or "Courrier : " and the mail's subject; "…" for what depends on whom */
	int64_t count;       /* dossiers; 0: a mail of the campaign */
};
enum guichet_status office_list_coming(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	instant from, size_t limit, const struct office_coming **ret_coming, size_t *ret_count,
	struct guichet_error *error);

/* One thing that will happen by itself to one dossier. */
struct office_due {
	struct office_row row;
	instant at;
	struct text label; /* "Reconduction", or where the dossier will go */
};
/* Those of the dossiers of a campaign in a subtree of the structures, in [from, until[, the first to come first. */
enum guichet_status office_list_due(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct directory_range *range, instant from, instant until, size_t limit,
	const struct office_due **ret_dues, size_t *ret_count, bool *ret_more, struct guichet_error *error);

struct office_alert {
	struct text id, dossier, number, subject_name, role, message;
	instant at;
};
enum guichet_status office_list_alerts(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	size_t limit, const struct office_alert **ret_alerts, size_t *ret_count, struct guichet_error *error);

/* Somebody has looked at an alert: it leaves the list. */
struct office_alert_seen {
	struct text id;
	const struct office_campaign *campaign;
	instant at;
	enum guichet_status status;
	struct guichet_error error;
};
/* Its store_work; twice changes nothing. */
enum guichet_status office_alert_see(struct store_tx *tx, void *seen, struct guichet_error *error);

/* --- the check of what is recorded ---------------------------------------------------------- */

struct office_findings {
	int64_t dossiers, events, broken;
	struct guichet_error first; /* the first dossier that is not what its events say, and why */
};

/* Every dossier of every campaign: its chain of events is whole, and its events make its row again. Reads page by page;
 * what is broken is counted, not a failure. */
enum guichet_status office_verify(struct office *office, struct office_findings *ret_findings, struct guichet_error *error);

/* --- why ------------------------------------------------------------------------------------ */

struct dossier_explanation;
/* Told of one event; it lives until it returns. */
typedef enum guichet_status office_explained(void *context, const struct dossier_explanation *explanation,
	struct guichet_error *error);

/* Judges again the events of the dossier of that number, or the one stated (0: all), in order, from what they stored
 * and the archived procedure alone. UNKNOWN: no such dossier. REFUSED: no such event, or one that does not judge the
 * same again. */
enum guichet_status office_explain(struct office *office, struct text number, unsigned only, office_explained *tell,
	void *context, struct guichet_error *error);
