/* The inbox of whoever handles requests: what awaits them as cards with one form for all, and the week of their service.
 * Shared by the page of who is logged in (waiting.c), by personal links (link.c) and by the service's week (week.c). */
#pragma once

#include <stdatomic.h>

#include "pages/pages.h"

enum {
	INBOX_DAYS = DOSSIER_WEEK_DAYS,
	INBOX_CARDS = 50,  /* opinions of one form: the fields of a form have a ceiling */
	INBOX_FEW = 10,    /* more of a group of the office's are its desk's */
	INBOX_ROWS = 200,  /* dossiers listed on one page */
	INBOX_RANGES = 20, /* structures that one person leads */
};

/* ---- the week (week.c) ---- */

struct inbox_line {
	struct text dossier, name, structure;
	struct dossier_week week;
};

/* Who is away which day, among the dossiers of the structures where the actor holds a role, and below. */
struct inbox_week {
	struct date monday;        /* year 0: the usual week */
	const struct inbox_line *lines;
	size_t count, broken;      /* broken: days when somebody is away though all should be there */
	bool more;
	int granted[INBOX_DAYS], asked[INBOX_DAYS]; /* persons away at least half the day */
};

/* "lundi"…; capital: "Lundi". */
struct text inbox_day(size_t day, bool capital);
/* Nothing when the procedure has no week or the actor no structure. */
enum guichet_status inbox_week_load(struct request *request, struct store_tx *tx, const struct office_campaign *campaign,
	const struct office_actor *actor, struct date monday, struct inbox_week *ret_week, struct guichet_error *error);

/* ---- what they lead (led.c) ---- */

/* The subtrees of structures where the functions of the actor make them a superior in the procedure, none inside
 * another. How many. */
size_t inbox_led(struct arena *arena, const struct procedure *procedure, const struct office_actor *actor,
	struct directory_range ret_ranges[static INBOX_RANGES]);

/* ---- what awaits (inbox.c) ---- */

/* One dossier that awaits an answer. `facts` points into it: do not copy. */
struct inbox_item {
	const struct office_row *row;
	dossier_roles roles;       /* those it waits for, that the actor holds */
	dossier_roles signs;       /* those among them by delegation of signature */
	struct dossier state;
	struct dossier_facts facts;
	const struct dossier_option *options;
	size_t option_count;
	int step;                  /* where it waits for them: of the main circuit, or of a suivi */
	instant since;
	bool opinion;              /* its answer is a choice between senses: a card; otherwise a line with links */
};

/* One answer of the form, as it went. */
struct inbox_answer {
	struct text dossier, subject_name, label;
	struct office_command *command; /* NULL: refused before it was tried, see the error */
	enum guichet_status status;
	struct guichet_error error;
	struct inbox_sending *sending;
};

/* The answers of one form, each its own transaction. */
struct inbox_sending {
	struct request *request;
	atomic_size_t left;
	struct inbox_answer *answers;
	size_t count, done;        /* done: told once all have ended */
};

struct inbox {
	struct request *request;
	const struct office_actor *actor;
	const struct office_link *link; /* NULL: logged in */
	struct inbox_item *items;
	size_t count;
	bool more;
	const struct inbox_sending *sending; /* NULL: nothing was sent */
	struct store_tx *tx;                 /* that of inbox_load() */
};

/* Reads what the rows need to be shown: options, restricted to the link's. The same dossier twice is one item. */
enum guichet_status inbox_load(struct inbox *inbox, struct store_tx *tx, const struct office_rows *rows,
	struct guichet_error *error);
/* Writes the groups, each with its cards or its lines; the form is sent to `address`. What was typed is shown again when
 * inbox->sending tells what happened to it. */
enum guichet_status inbox_write(const struct inbox *inbox, struct store_tx *tx, struct html *html, struct text address,
	struct guichet_error *error);
/* What happened to the answers that were just sent. */
void inbox_results(const struct inbox *inbox, struct html *html);
/* What was answered lately, by them or by somebody else; nothing without any. */
enum guichet_status inbox_answered(const struct inbox *inbox, struct store_tx *tx, struct html *html, size_t most,
	struct guichet_error *error);

/* Reads the form and hands each answer to the writer; the page's finish runs once all have ended, with request->state the
 * sending. At once, with a count of 0, when nothing was chosen: *ret_waits is then false. */
enum guichet_status inbox_send(struct request *request, const struct office_actor *actor, const struct office_link *link,
	bool *ret_waits, struct guichet_error *error);
/* Counts what ended well, sets the status of the page to come (422 when nothing was recorded) and has what follows begin.
 * True when everything was recorded: nothing is left to show but the confirmation. */
bool inbox_ended(struct inbox_sending *sending);
