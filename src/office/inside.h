/* What the files of office/ share. */
#pragma once

#include <pthread.h>

#include "base/fold.h"
#include "document/document.h"
#include "office/office.h"

struct office_published {
	struct text hash;
	struct procedure *procedure;
};

/* A thread that does one kind of background work until there is none, then waits. */
struct office_loop {
	struct office *office;
	const char *name;
	/* Does some of what can be done now; *ret_more when there is more. */
	enum guichet_status (*work)(struct office *office, bool *ret_more, struct guichet_error *error);
	pthread_t thread;
	bool running;
};

enum { OFFICE_RECOMPUTE, OFFICE_CALENDAR, OFFICE_LETTERS, OFFICE_BATCHES, OFFICE_CAMPAIGNS, OFFICE_DIRECTORY, OFFICE_LOOP_COUNT };

/* Serial numbers in hand: serials.c. */
struct office_serials {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct office_serial_range { int64_t next, count; } ranges[2]; /* the first is given out, the second waits */
	bool asked;             /* a block is being reserved */
	int64_t reserved;       /* the last number of the block; of the writer while `asked` */
	int64_t since;          /* when the present spell began, steady microseconds */
	int64_t filings, before; /* in this spell, in the one before */
};
void office_serials_open(struct office_serials *serials);
/* Waits for the block that was asked for. */
void office_serials_close(struct office_serials *serials);

/* What was lately understood: kept.c. */
struct office_memory;
struct office_memory *office_memory_new(void);
/* Things in use live until the arenas that asked for them end. Accepts NULL. */
void office_memory_free(struct office_memory *memory);

struct office {
	struct office_options options;
	struct office_memory *memory;
	struct office_serials serials;
	pthread_rwlock_t lock; /* of the two lists: they grow, nothing leaves them */
	const struct office_campaign **campaigns;
	size_t campaign_count;
	struct office_published *procedures;
	size_t procedure_count;
	int64_t campaigns_seen; /* how many the database held at the last look, of its loop alone */
	struct arena *arena;   /* what campaigns are made of */
	struct collation *collation;

	int64_t watched_generation, watched_day, watched_campaigns; /* of the last look at where things wait, of its loop alone */
	struct office_loop loops[OFFICE_LOOP_COUNT];
	pthread_mutex_t sleep;
	pthread_cond_t awake;
	unsigned long wakes;   /* counts office_wake(), so that none is missed */
	bool stopping;
};

enum { OFFICE_WORK_ARENA = 8 << 20 };

/* A serial number that nobody else has or will have. False when none is in hand: SERIAL_TAKE, in the transaction. */
bool office_serial_take(struct office *office, int64_t *ret_serial);

/* The thing kept under this key, with this proof; NULL when there is none. It is shared and lives as long as `arena`. */
void *office_kept_find(struct office *office, struct arena *arena, const struct procedure *procedure, struct text key,
	struct text proof);
/* Keeps `thing`, which lives in `made` with all it points to; takes `made`, even on failure. On success the thing lives
 * as long as `arena` at least. */
enum guichet_status office_keep(struct office *office, struct arena *arena, struct arena *made,
	const struct procedure *procedure, struct text key, struct text proof, void *thing, struct guichet_error *error);

/* dossier_of_json() for the bytes just read of this dossier, which may have been understood before. What *ret_dossier
 * points to is shared and lives as long as `arena`. */
enum guichet_status office_state(struct office *office, struct arena *arena, const struct procedure *procedure,
	struct text id, struct text json, struct dossier *ret_dossier, struct guichet_error *error);

/* The whole past of a dossier, a page of its events at a time, for those who fold it again. */
struct office_past {
	struct arena *page, *next;
	const struct dossier_event *events; /* the page; they live until the next is read */
	size_t count;                       /* 0: there is no more */
	unsigned read;                      /* the number of the last event read */
	struct dossier folded;              /* kept by whoever reads: the state after the events that they folded, in `page` */
};
enum { OFFICE_PAST_ARENA = 256 << 20, OFFICE_EVENTS_PAGE = 200 };
enum guichet_status office_past_new(struct office_past *past, struct guichet_error *error);
void office_past_end(struct office_past *past);
static inline void office_past_end_at(struct office_past *past) { office_past_end(past); }
/* The next page. */
enum guichet_status office_past_read(struct office_past *past, struct store_tx *tx, struct text id,
	const struct procedure *procedure, struct guichet_error *error);

/* Several works of the writer at once, waited for together: flight.c. */
struct flight {
	pthread_mutex_t lock;
	pthread_cond_t landed;
	size_t waiting;
};
#define FLIGHT ((struct flight){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 })
void flight_take(struct flight *flight);
void flight_done(struct flight *flight);
/* Until `most` are left. */
void flight_wait(struct flight *flight, size_t most);

/* One pass of each kind of background work: see struct office_loop. */
enum guichet_status office_fire_due(struct office *office, bool *ret_more, struct guichet_error *error);
enum guichet_status office_compose_letters(struct office *office, bool *ret_more, struct guichet_error *error);
enum guichet_status office_watch_directory(struct office *office, bool *ret_more, struct guichet_error *error);
/* The beginning of the ids of alerts about a role that nobody holds: then the campaign, ":" and the role. */
#define OFFICE_VACANCY "role:"
/* Once for each change of the directory and each day: alerts that come back until somebody holds the role. */
enum guichet_status office_watch_roles(struct office *office, struct date today, struct guichet_error *error);
enum guichet_status office_run_batches(struct office *office, bool *ret_more, struct guichet_error *error);
enum guichet_status office_recompute(struct office *office, bool *ret_more, struct guichet_error *error);

/* The context `agent` of expressions, as the directory knows the person. */
struct feel_value office_agent_feel(struct arena *arena, const struct directory_facts *facts);

/* Where a role is held for a dossier; both empty for the applicant's and those held everywhere. */
struct office_seat {
	struct text held; /* the structure where somebody holds it that day; empty: nowhere */
	struct text home; /* where it would be held if nobody were absent: lists keep this one, for absences end by themselves */
};

/* Resolves who holds the roles of a procedure for a subject in a structure: those looked for in structures
 * always, those held everywhere only when `wide` has their bit. Fills facts->holders; `ret_seats` is by role. */
enum guichet_status office_holders(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text subject, struct text structure, dossier_roles wide, instant at, struct dossier_facts *facts,
	const struct office_seat **ret_seats, struct guichet_error *error);
/* Who holds one role that day, not held everywhere: for a person, as directory_holders() does, in `structure` or above;
 * in a procedure of structures, those who ask for `structure`, or who answer: nobody who asks for it, and above it when the
 * role names a function that asks. */
enum guichet_status office_role_seek(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	const struct procedure_role *role, struct text subject, struct text structure, struct date day,
	struct directory_holders *ret_holders, struct guichet_error *error);
/* What the directory says of somebody who files, and the generation it was read under; their draft. */
struct office_foreseen {
	struct office_draft draft;
	int64_t generation;
	struct office_actor actor;
	struct dossier_facts facts;    /* subject, agent, holders */
	const struct office_seat *seats; /* by role */
	struct office_judged *judged; /* NULL: it is judged in the writer's turn */
};
/* Who holds which role for somebody who files, into a foreseen whose actor is loaded. `wide`: see office_holders(). */
enum guichet_status office_foresee_holders(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, dossier_roles wide, instant at, struct office_foreseen *foreseen,
	struct guichet_error *error);
/* Completes its facts with what is read at the last moment: exceptions, another dossier of the campaign. */
enum guichet_status office_facts_at_filing(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct office_foreseen *foreseen, struct dossier_facts *ret_facts, struct guichet_error *error);
/* Roles held everywhere to whom a mail goes after this move. */
dossier_roles office_roles_told(const struct procedure *procedure, struct text move);
/* The person as decisions record them. */
struct dossier_person office_person_of(const struct directory_person *person, struct text function,
	struct text structure);
/* The exceptions of a person in a campaign, or in one of structures those of the structure, into facts. */
enum guichet_status office_exceptions(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	struct text person, struct text structure, struct dossier_facts *facts, struct guichet_error *error);

/* Where a dossier stands, for office_record(). */
struct office_place {
	const struct office_campaign *campaign;
	const struct procedure *procedure;
	struct text id, structure, structure_path, structure_name;
	struct text subject_name;           /* of a child: as its parent has it; otherwise that of `subject` */
	const struct office_seat *seats;    /* by role */
	const struct directory_facts *subject;
	int from;                           /* the step before; PROCEDURE_NONE at filing */
	int64_t version;                    /* before; 0 at filing */
	instant held_until;                 /* of an action that may be undone: its mails wait; 0: it may not be */
	struct text before;                 /* and the state before it, dossier_to_json() */
	struct text author;                 /* and who did it */
};

/* What an outcome writes that is long to make and depends on nothing else. */
struct office_texts {
	struct text state; /* dossier_to_json() */
	struct office_words { struct text subject, body; } *mails; /* by outcome->mails */
};
enum guichet_status office_texts_make(struct office *office, struct arena *arena, const struct office_place *place,
	const struct dossier_facts *facts, const struct dossier_outcome *outcome, instant now, struct text seed,
	struct office_texts *ret_texts, struct guichet_error *error);

/* A filing judged before the writer's turn, for somebody with no exception and no other dossier in the campaign. */
struct office_judged {
	struct text number;
	struct dossier_outcome outcome;
	struct office_texts texts;
};

/* What the procedure reads from outside, into facts that have the rest. `subject` NULL: they left. */
enum guichet_status office_outside_load(struct store_tx *tx, struct arena *arena, const struct directory_facts *subject,
	struct dossier_facts *facts, struct guichet_error *error);
/* Its parts, for one dossier and for the rows of a list (outside_rows.c). */
enum { OFFICE_MOST_ENTRIES = 5000 }; /* of somebody's counters */
/* Makes room for more in an array of `size` bytes each, in the arena. */
[[nodiscard]] bool office_more(struct arena *arena, void **at, size_t size, size_t count, size_t *room);
enum guichet_status office_posting_of(struct arena *arena, const struct directory_facts *subject,
	const struct dossier_facts *facts, struct feel_value *ret_posting, struct guichet_error *error);
enum guichet_status office_closed_of(struct store_tx *tx, struct arena *arena, struct dossier_facts *facts,
	struct guichet_error *error);
/* What a structure said of a setting, in JSON. */
struct office_said {
	struct text name, value, structure, path;
	struct text procedure; /* its name, in a list; else empty */
};
/* `said`: the highest structure first, then the oldest; those of structures that are not above the path are left. */
enum guichet_status office_settings_fold(struct arena *arena, const struct procedure *procedure,
	const struct office_said *said, size_t said_count, struct text path, const struct office_setting_try *try,
	struct feel_value *ret_values, struct guichet_error *error);
/* An entry of somebody's counters. */
struct office_counted {
	struct text whose, name;
	struct feel_value entry;
};
/* The first six columns of COUNTER_ENTRIES. */
enum guichet_status office_counted_read(struct store_rows *rows, struct arena *arena, struct text whose,
	struct office_counted *ret_counted, struct guichet_error *error);
/* `counted`: by name, then by day; those of others are left. */
enum guichet_status office_counters_fold(struct arena *arena, const struct procedure *procedure,
	const struct office_counted *counted, size_t counted_count, struct text whose, struct feel_value *ret_counters,
	struct guichet_error *error);
/* The due effects of a dossier as they are now, written in place of its rows. */
enum guichet_status office_recompute_dossier(struct office *office, struct store_tx *tx, struct arena *arena,
	struct text id, struct guichet_error *error);
/* The entries that an outcome adds to counters, and those it takes back; the due effects of the person's other dossiers
 * that may read them. */
enum guichet_status office_count(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_place *place, const struct dossier_outcome *outcome, instant now, struct guichet_error *error);

/* What a command that undoes does, instead of acting. */
enum guichet_status office_undo_act(struct store_tx *tx, struct office_command *command, const struct office_actor *actor,
	struct guichet_error *error);

/* The effects of dossiers that are due at that instant, some thousands at most: timers.c. */
enum guichet_status office_fire_effects(struct office *office, instant at, bool *ret_more, struct guichet_error *error);
/* The due effects of a dossier as an outcome has them, in the place of those that it had. */
enum guichet_status office_dues_write(struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_outcome *outcome, struct guichet_error *error);

/* Writes what an outcome says: event, projection, due effects, mails, letters, links; then the passages that it opens,
 * each an event of its own. `seed` makes the tokens.
 * `texts` may be NULL: they are made. */
enum guichet_status office_record(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_place *place, const struct dossier_facts *facts, const struct dossier_outcome *outcome,
	const struct office_texts *texts, instant now, struct text seed, struct guichet_error *error);

/* The draft becomes what is filed: its pieces, and its answers before what was typed. False when the arena is full. */
[[nodiscard]] bool office_draft_input(struct arena *arena, const struct office_draft *draft, struct dossier_command *command);
/* Files for an agent: the store_work of a command that names a subject. */
enum guichet_status office_file_on_behalf(struct store_tx *tx, struct office_command *command, struct guichet_error *error);
/* The next number of the campaign, into the command. */
enum guichet_status office_number_take(struct store_tx *tx, struct office_command *command, struct guichet_error *error);
/* Where what is filed will stand. */
struct office_place office_place_at_filing(const struct office_command *command, const struct office_foreseen *foreseen);
/* Files a child: the store_work of a command that names a parent. */
enum guichet_status office_bear(struct store_tx *tx, struct office_command *command, struct guichet_error *error);
/* What an outcome of a child brings to its parent, in the same transaction. */
enum guichet_status office_tell_parent(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct dossier_outcome *outcome, instant now, struct text seed, struct guichet_error *error);
/* The parent of a dossier as it is now, for its facts; NULL for one born of none. */
enum guichet_status office_parent_load(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct procedure *procedure, const struct dossier *dossier, const struct dossier **ret_parent,
	struct guichet_error *error);
/* The pieces of a draft, as files of the dossier that the command files. */
enum guichet_status office_attach(struct store_tx *tx, const struct office_command *command,
	const struct office_draft *draft, struct guichet_error *error);
/* Forgets a draft and its pieces. */
enum guichet_status office_draft_discard(struct store_tx *tx, struct text campaign, struct text person, struct text about,
	struct guichet_error *error);

/* Queues a mail, with its link when it has one. */
struct office_letter_to {
	int mail, role;
	const struct office_campaign *campaign;
	const struct dossier_facts *group;
	size_t group_count;
	const struct dossier_person *to;
	struct text dossier;    /* id; empty for a grouped mail */
	bool link;
	instant link_until;
	struct text key;        /* tells apart two sendings of the same mail to the same person */
	bool urgent;
	instant held_until;     /* it waits until then; 0: it does not */
	struct text token;      /* of the link */
	const struct office_words *words; /* NULL: they are written */
};
enum guichet_status office_mail(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_letter_to *letter, instant now, struct guichet_error *error);

/* Begins the action of a batch that undoes another: no action can be called so. */
#define OFFICE_BATCH_UNDO ":"

/* The name of the due effect that announces a campaign: no mail or move can be called so. */
#define OFFICE_ANNOUNCEMENT TEXT(":annonce")

/* Queues the announcement for each holder of the campaign's diffusion list (TTA-14); a second time changes nothing. */
enum guichet_status office_announce(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, instant at, struct guichet_error *error);

/* A token that a second run of the same transaction makes again. */
struct text office_token(struct arena *arena, struct text seed, size_t index);

/* people.c: what the directory says of somebody on a day, when it is kept from their own visit and holds; else NULL. */
enum guichet_status office_known_facts(struct office *office, struct store_tx *tx, struct arena *arena, struct text person,
	instant at, const struct directory_facts **ret_facts, struct guichet_error *error);

/* Loads what a dossier's row says, and who holds roles on it; `wide`: see office_holders(). */
enum guichet_status office_load(struct office *office, struct store_tx *tx, struct arena *arena, struct text id,
	instant at, dossier_roles wide, struct office_dossier *ret_dossier, struct office_place *ret_place,
	struct guichet_error *error);
/* The roles of an actor for a dossier, into it. */
void office_roles_find(struct office_dossier *dossier, const struct office_seat *seats, const struct office_actor *actor);

/* The actor as the events record them: by the function that gives them the role this action asks, or the
 * delegation by which they sign; by their main appointment when it is the applicant's, or nobody's. */
enum guichet_status office_person_acting(struct arena *arena, const struct office_dossier *dossier,
	const struct office_seat *seats, const struct office_actor *actor, struct text action,
	struct dossier_person *ret_person, struct guichet_error *error);

/* stands.c: where the dossier stands in its suivis, and how many stand there. */
enum guichet_status stands_write(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text campaign, struct text id, const struct dossier *dossier, struct guichet_error *error);
/* Is it written otherwise, or not at all (a dossier of before)? */
enum guichet_status stands_differ(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text id, const struct dossier *dossier, bool *ret_differ, struct guichet_error *error);

/* Does this action sign a letter that the delegation covers? */
bool office_delegation_covers(const struct directory_function *delegation, const struct procedure *procedure,
	const struct procedure_action *action);
/* Does this one of the functions give the role, and is it the first that gives it in its structure? */
bool office_gives_place(const struct directory_functions *functions, size_t function, const struct procedure_role *role);
/* Adds to what waits for an actor what came up to them by absences: the dossiers that wait for the role `index` at a
 * structure below theirs, where whoever could answer is away that day. */
enum guichet_status office_list_risen(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, int index, const struct office_actor *actor, size_t limit,
	struct office_rows *list, struct guichet_error *error);
/* tasks.c: what remains to do about the pieces of that dossier, in place of what was written before. */
enum guichet_status tasks_write(struct store_tx *tx, struct arena *arena, struct text campaign, struct text dossier,
	const struct dossier_facts *facts, struct guichet_error *error);
/* handed.c: the files that the person sent for this action, if it hands any in, into the command to judge; once it
 * happened, the dossier keeps those that it handed in. */
enum guichet_status handed_take(struct store_tx *tx, const struct office_command *command,
	const struct procedure *procedure, struct dossier_command *taking, struct guichet_error *error);
enum guichet_status handed_done(struct store_tx *tx, const struct office_command *command,
	const struct dossier_command *taken, struct guichet_error *error);
/* Adds the rows of `more` to `list` but the actor's own, up to `limit`. */
enum guichet_status office_rows_append(struct arena *arena, struct office_rows *list, const struct office_rows *more,
	struct text own, size_t limit, struct guichet_error *error);
/* Rows of DOSSIER_ROW statements. */
enum guichet_status office_rows_read(struct office *office, struct store_rows *rows, struct arena *arena, size_t limit,
	int role, struct office_rows *ret_rows, struct guichet_error *error);
