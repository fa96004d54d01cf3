/* Random lives of dossiers: sequences of commands that persons of a procedure's own tests could give, over
 * calendars drawn at random, on the pure core; and rules that every life must keep, judged from the events by
 * means of their own. What draws (draw.c, answers.c, around.c, life.c) and what judges (rules.c and
 * those of judges.h) share nothing but this page.
 *
 *     build/release-gcc/lives [--seed N] [--lives N] [--only N] [--first] [--reach FILE] PROCEDURE…
 *
 * --only plays one life and tells its commands. --first stops at the first that breaks a rule. --reach: every step, action
 * and due effect must have been come to, but those that the file tells, with the reason.
 *
 * The same seed gives the same lives. Ends with "N passed, N failed". */
#pragma once

#include <stdio.h>

#include "essais/world.h"

enum { MOST_FIELDS = 400, MOST_SEEN = 16, MOST_MOVES = 2000 };
enum { FAR = 1000 };
enum { MOST_TRACKS = 32, MOST_STAYS = 1000, MOST_DONE = 300, MOST_RUNNING = 50, MOST_LIFE_DOSSIERS = 12, LIFE_ARENA = 512 << 20 };

/* ---- chance ---- */

struct chance {
	uint64_t state;
};

uint64_t chance_next(struct chance *chance);
/* 0 … below - 1; 0 when below is 0. */
size_t chance_below(struct chance *chance, size_t below);
/* True `percent` times in a hundred. */
bool chance_of(struct chance *chance, unsigned percent);

/* ---- what a procedure's tests lend to lives ---- */

struct ground {
	const struct procedure *procedure;
	const struct yaml_node *directory, *models; /* of essais/annuaire.yaml */
	const struct campaign *campaigns[8];
	size_t campaign_count;
	const struct yaml_node *seen[MOST_FIELDS][MOST_SEEN]; /* how tests answer each field of the procedure */
	size_t seen_count[MOST_FIELDS];
};

/* Notes how a test answers fields. */
void ground_see(struct ground *ground, const struct yaml_node *node);

/* Where lives have been: how often, by index in the procedure. Their sum over processes. */
struct reach {
	uint32_t steps[MOST_MOVES], actions[MOST_MOVES], deadlines[MOST_MOVES];
};

/* ---- what the rules remember of a dossier: their own reading of its events ---- */

struct shadow {
	size_t event_count;           /* judged so far */
	int steps[MOST_TRACKS];       /* current step, by track */
	instant last_at;
	unsigned changed;             /* the last event that was no composed letter */
	bool refused;                 /* the last event was unfavourable */
	bool grounds;                 /* somebody wrote why, in an unfavourable action */
	struct { int deadline; unsigned stay; instant due; } fired[MOST_STAYS];
	size_t fired_count;
	unsigned stays[MOST_TRACKS];  /* how many times a step of the track was entered */
	dossier_roles answered[MOST_TRACKS]; /* in this stay, where each awaited role answers */
	struct { instant at; int track, step; } moves[MOST_STAYS]; /* every step it ever came to */
	size_t move_count;
	struct date started[MOST_RUNNING]; /* by clock of the procedure; year 0: it does not run */
	struct { int window; instant until; } openings[200];
	size_t opening_count;
	struct { struct text act; int signers; int letter; bool holds; } acts[300];
	size_t act_count, fresh_acts; /* those made since they were last judged */
	struct text brought[100];     /* what came from children */
	size_t brought_count;
	struct { int counter; int64_t quantity; struct date from, to; } entries[200];
	size_t entry_count;
	struct { int of; unsigned version; struct date day; } rows[200];
	size_t row_count;
	struct date valid_until[50];  /* by piece of the procedure; year 0: for ever */
	struct { unsigned times; struct date last; } done[MOST_DONE]; /* by move */
	struct text version;          /* of the procedure, when it was filed */
	bool followed;                /* something came after what may be undone */
};

/* What stood before the last action that may be undone, and before the command under way. */
struct kept {
	struct shadow before;
	unsigned version;    /* the event of that action; 0: nothing may be undone */
	instant until;       /* excluded */
	struct text author, state, coming;
	const struct dossier_due *dues, *coming_dues;
	size_t due_count, coming_due_count, changes;
};

struct life {
	uint64_t seed, rank;
	struct chance chance;
	uint64_t taste;         /* which actions this life likes */
	int far[MOST_MOVES];    /* by step: how many moves away it is from where this life would like to go; FAR: not that way */
	const struct ground *ground;
	struct world *world;
	struct arena *arena;
	struct shadow *shadows; /* by dossier of the world */
	struct kept *kept;      /* the same */
	struct reach *reach;    /* of all lives so far: written, and never read by a life */
	bool told;              /* every command is told on stdout */
	size_t commands, accepted, effects, mails, undone;
	size_t changes;         /* of what is around the dossiers, so far */
	struct text broken;     /* the first rule that was broken, and how; empty: none */
};

/* Told once: the first one counts. */
[[gnu::format(printf, 2, 3)]] void life_breaks(struct life *life, const char *format, ...);

/* A campaign like this one, moved in time, its windows of other lengths. In the life's arena. */
const struct campaign *draw_campaign(struct life *life, const struct campaign *campaign);
/* Answers for a form: those of tests where they have some, else drawn; drawn again while the form finds a mistake. Not
 * `well`: some are then blank, impossible or missing. */
struct dossier_raws draw_answers(struct life *life, const struct dossier_facts *facts, enum dossier_form_kind kind,
	int action, bool well);

/* Something around the dossiers: an absence, a delegation, a post, a setting, a closed day. What was due is due again. */
enum guichet_status change_around(struct life *life, struct guichet_error *error);

/* One life, from its first filing to the end of its calendar. BROKEN: the engine could not go on. */
enum guichet_status life_run(struct life *life, struct guichet_error *error);

/* ---- rules ---- */

/* Before a command on that dossier. */
void rules_note_before(struct life *life, const struct world_dossier *dossier);
/* The events that came since, of every dossier. */
void rules_judge_events(struct life *life);
/* After time moved to life->world->now and what was due has happened. */
void rules_judge_time(struct life *life);
/* A command that was refused must have changed nothing, and one that was accepted must have been theirs to give. */
void rules_judge_command(struct life *life, const struct world_dossier *dossier, struct text state_before,
	struct text person, const struct dossier_command *command, const struct dossier_outcome *outcome);
/* The mails that came since: none leaves at night. Forgets them. */
void rules_judge_mails(struct life *life);
/* Chains, replays and folds of every dossier, at the end. */
void rules_judge_record(struct life *life);
