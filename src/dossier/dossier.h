/* What may happen to a dossier, when, and by whom: a pure function.
 *
 * No clock, no file, no database, no global: what a decision reads comes in as arguments
 * and is stored in its event, so that it can be replayed, simulated and fuzzed. Folding
 * the events of a dossier gives its state; the row kept by the database is that state,
 * written in the transaction of its events.
 *
 *     dossier_decide()  a command of a person -> an event and all that follows, or a refusal
 *     dossier_elapse()  a due effect comes    -> the same
 *     dossier_fold()    events                -> the state
 *
 * Indices (step, action, field, window, role, letter, mail) are those of the procedure, or PROCEDURE_NONE.
 * Everything given back lives in the caller's arena or points into the arguments. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "feel/feel.h"
#include "procedure/procedure.h"

enum {
	DOSSIER_EVENTS_LIMIT = 100000, /* in the life of a dossier; its state and the cost of a command do not grow with them */
	DOSSIER_PAYLOAD_LIMIT = 1 << 20, /* bytes of an event's JSON */
	DOSSIER_PIECES_LIMIT = 50,
	DOSSIER_GROUND_LIMIT = 300, /* characters of the ground of filing for somebody else */
	DOSSIER_ROWS_LIMIT = 500,        /* of registers; the oldest leave the state first */
	DOSSIER_ACTS_LIMIT = 100,
};

/* ---- persons ---- */

/* A person as the directory knew them on that day. */
struct dossier_person {
	struct text id;
	struct text civility, first_name, last_name;
	struct text mail;      /* may be empty */
	struct text quality;   /* the function by which they act: "chef de service"; may be empty */
	struct text structure; /* where they hold it: its name; may be empty */
	struct text authority; /* the decision by which they replace who is absent; mostly empty */
};

/* "Mme Aline Corbevaux". `at` is NULL when the arena is full. */
struct text dossier_person_name(struct arena *arena, const struct dossier_person *person);

/* A delegation of signature, as it is printed under the name of who signs. */
struct dossier_delegation {
	struct text giver, function; /* who gives it, and the function in whose place they sign */
	struct text own;             /* the function of who signs; may be empty */
	struct text reference;       /* of the decision; may be empty */
	struct date from;            /* its first day; year 0 when it is not said */
};
/* "adjointe, pour M. Paul Merlival, chef de service, et par délégation (Arrêté 12, à compter du 15 janvier 2024)". NULL
 * text without memory. */
struct text dossier_delegation_quality(struct arena *arena, const struct dossier_delegation *delegation);

/* Somebody who holds a role for this dossier. The applicant's role needs none. */
struct dossier_holder {
	int role;
	struct dossier_person person;
};

/* Bit i: role i of the procedure. */
typedef uint64_t dossier_roles;
#define DOSSIER_ROLE(index) (UINT64_C(1) << (index))

/* ---- state ---- */

/* A value by name: a field of the form, a field of an action, or a posed name. */
struct dossier_value {
	struct text name;
	struct feel_value value;
	unsigned version; /* the event that set it last */
	const struct procedure_action *veiled_by; /* the action of that event, when it led to a step that the applicant
	                                           * sees under a gentler label; else NULL */
};

/* A file handed in; its bytes are the office's, by digest. */
struct dossier_piece {
	struct text name;   /* of the piece in the procedure */
	struct text file;   /* as the person named it, made fit to show */
	struct text digest; /* SHA-256 of the bytes, hexadecimal */
	struct text kind;   /* "PDF", "JPEG", "PNG" */
	int64_t size;

	/* In a state; zero in a command. */
	enum procedure_piece_state state;
	struct text ground;      /* why it was sent back; else empty */
	instant at;              /* when it was handed in */
	struct text by;          /* who handed it in: a person's id */
	struct date valid_until; /* year 0: for ever */
};

struct dossier_signature {
	int role;
	struct text person, name, quality;
	instant at;
	struct text text_hash; /* of what was shown */
};

enum dossier_act_status { DOSSIER_TO_COMPOSE, DOSSIER_COMPOSED, DOSSIER_CANCELLED };

/* A letter or act produced by an event. */
struct dossier_act {
	int letter;
	struct text number;    /* "2023-TA-00042-K/2": unique in the installation */
	enum dossier_act_status status;
	instant decided_at;    /* when its production was decided: its date */
	struct text text_hash; /* hexadecimal; empty until composed */
	struct text digest;    /* of the file; empty until composed */
	int64_t size;
	const struct dossier_signature *signatures;
	size_t signature_count;
	struct text replaced_by; /* number of the act of a child that took its place; empty: it holds */
	instant replaced_at;
};

/* A window reopened for this dossier. */
struct dossier_opening {
	int window;
	instant until; /* excluded */
};

/* A row of a register. */
struct dossier_row {
	int register_index;       /* of the procedure */
	instant at;
	struct text by;           /* empty for an effect */
	unsigned version;         /* its event */
	const struct procedure_action *veiled_by; /* as of a struct dossier_value */
	struct feel_value values; /* a context, an entry per column */
};

/* A clock that runs, or stands still. */
struct dossier_clock {
	int clock;                /* of the procedure */
	struct date since;        /* the day of what started it */
	struct date suspended_on; /* year 0: it runs */
	int suspended_days;       /* before suspended_on */
};

/* What has happened of an action, or of a due effect, of a step: how often, and how it was the last time. The events
 * themselves stand in the database: a state does not grow with them. */
struct dossier_done {
	int move;           /* of the procedure: the name of the action or of the effect */
	bool effect;
	unsigned count;
	instant first_at, last_at;
	unsigned version;   /* the last time: its event */
	int from, to;       /* steps; equal when it did not move */
	struct text person, by, channel; /* empty for an effect */
};

/* A field changed after filing. */
struct dossier_change {
	struct text field;
	struct feel_value before, after;
	unsigned version;
	struct text by, reason;
	instant at;
};

/* Where a dossier stands in one of its circuits. */
struct dossier_stand {
	int step;
	instant entered_at;
	const struct text *fired; size_t fired_count; /* effects that fired in this stay without leaving it */
	dossier_roles answered; /* of a step that awaits all of its roles: those who did, in this stay */
};

/* When an effect that repeats last came. */
struct dossier_repeat {
	int move;
	instant when;
};

struct dossier {
	struct text id, number, campaign, procedure_hash;
	struct text subject; /* a person's id */
	struct text author;  /* who filed; usually the subject */
	struct text ground;  /* of filing on behalf of the subject; else empty */
	struct feel_value agent; /* what the directory said of the subject at filing: the context `agent` */
	struct text nature;      /* name of its nature; empty for one born of none, as the next two */
	struct text parent, parent_number;

	int step;
	unsigned version; /* number of events */
	unsigned changed; /* the last event that changed something to decide on: a composed letter does not */
	struct digest head; /* hash of the last event */
	instant filed_at, entered_at /* the step */, last_at /* of the last event, legal */;

	const struct dossier_value *values; size_t value_count;
	const struct dossier_piece *pieces; size_t piece_count;
	const struct dossier_act *acts; size_t act_count; /* the living ones, and the last of each letter */
	unsigned acts_made; /* in its whole life: their numbers go on */
	const struct dossier_opening *openings; size_t opening_count;
	const struct dossier_row *rows; size_t row_count; /* of all registers, oldest first; older ones are in events alone */
	const struct dossier_clock *clocks; size_t clock_count; /* in the order of the procedure; a stopped one is not there */
	const struct dossier_done *done; size_t done_count; /* one per action or effect of a step, by their first time */
	const struct dossier_change *changes; size_t change_count; /* by the last event that changed some */
	/* The main circuit's, as of a struct dossier_stand with step and entered_at above. */
	const struct text *fired; size_t fired_count;
	dossier_roles answered;
	const struct dossier_repeat *repeats; size_t repeat_count; /* of the effects that repeat, once they came */
	const struct dossier_stand *stands; size_t stand_count; /* of the suivis: track 1 of the procedure is stands[0] */
};

/* Where it stands in a circuit of its procedure: track 0 is the main one. Before filing (NULL), at the draft, and in no
 * suivi: the step is NONE, as for a dossier born of another. */
struct dossier_stand dossier_stand_in(const struct procedure *procedure, const struct dossier *dossier, int track);
/* Does it stand at that step, or at one of those, in whatever circuit? */
bool dossier_stands_at(const struct procedure *procedure, const struct dossier *dossier, int step);
bool dossier_stands_in(const struct procedure *procedure, const struct dossier *dossier, struct procedure_list steps);
/* The action, or the due effect, of that name where it stands, the main circuit first; NONE when there is none. */
int dossier_action_find(const struct procedure *procedure, const struct dossier *dossier, struct text name);
int dossier_deadline_find(const struct procedure *procedure, const struct dossier *dossier, struct text name);
/* The roles whose turn it is where it stands. */
dossier_roles dossier_awaited(const struct procedure *procedure, const struct dossier *dossier);
/* The action is of a step where the dossier stands and where somebody is awaited: elsewhere it is only a possibility. */
bool dossier_awaits_action(const struct procedure *procedure, const struct dossier *dossier, int action);
/* Its main circuit is at an end, and no suivi awaits anybody. */
bool dossier_is_ended(const struct procedure *procedure, const struct dossier *dossier);

/* The value of that name, or a null. */
struct feel_value dossier_value_of(const struct dossier *dossier, struct text name);
/* The clock of the procedure, when it was started and not stopped since; else NULL. */
const struct dossier_clock *dossier_clock_find(const struct dossier *dossier, int clock);
/* The piece of that name as it was last handed in; NULL when it never was. */
const struct dossier_piece *dossier_piece_find(const struct dossier *dossier, struct text name);
/* Is it no longer good at that instant? Its last day is included. */
bool dossier_piece_expired(const struct dossier_piece *piece, instant at);
/* The living (neither cancelled nor replaced) act of a letter, the last one; NULL when there is none. */
const struct dossier_act *dossier_act_find(const struct dossier *dossier, int letter);
/* The rank of an act among all that the dossier ever had, from 1: the end of its number, "…/2". */
unsigned dossier_act_rank(const struct dossier_act *act);
/* The act of that rank; NULL when there is none, or when it was cancelled and its letter made again. */
const struct dossier_act *dossier_act_at(const struct dossier *dossier, unsigned rank);

/* What happened last; NULL before the filing. */
const struct dossier_done *dossier_last(const struct dossier *dossier);
/* What happened of a move, wherever it stands in the circuit: `count` is 0 when it never did; the last time is that of
 * the last of them. */
struct dossier_done dossier_done_of(const struct dossier *dossier, int move);

/* The state as canonical JSON (sorted keys, compact), for the database's row, and back.
 * `at` is NULL when the arena is full. REFUSED when `json` is no state of this procedure. */
struct text dossier_to_json(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier);
enum guichet_status dossier_of_json(struct arena *arena, const struct procedure *procedure, struct text json,
	struct dossier *ret_dossier, struct guichet_error *error);

/* "2023-TA-00042-K": year of the campaign, initials of the procedure, the office's serial number
 * (unique per campaign; gaps are allowed), a check character. */
struct text dossier_number(struct arena *arena, const struct procedure *procedure, const struct campaign *campaign,
	int64_t serial);
/* "2023-TA-00042-K-A2": the second child of that dossier whose nature begins with A. */
struct text dossier_child_number(struct arena *arena, struct text parent, struct text nature, size_t rank);
/* The letter that stands before the rank: the first of the nature's name. */
char dossier_nature_letter(struct text nature);
/* True when the check character is right: for searches and for people on the phone. */
bool dossier_number_is_valid(struct text number);

/* ---- events ---- */

enum dossier_event_type {
	DOSSIER_FILED = 1, /* always the first */
	DOSSIER_ACTED,
	DOSSIER_ELAPSED,   /* a due effect, on its own */
	DOSSIER_COMPOSED_EVENT, /* a letter got its text and its file */
	DOSSIER_RECEIVED,  /* what happened to a child changed this one */
	DOSSIER_UNDONE,    /* an action was undone: the state is again what it was before it */
};

/* One event as stored. `payload` holds everything its command read, as canonical JSON; it is
 * hashed as stored and never written again. An erased payload is empty: its commitment stays. */
struct dossier_event {
	struct text dossier; /* id */
	unsigned number;     /* from 1 */
	enum dossier_event_type type;
	unsigned version;    /* of the payload's form for this type */
	instant at;          /* legal: when the command was received, or the effect due */
	instant decided_at;  /* when it was judged */
	struct text salt;    /* hexadecimal; erased with the payload */
	struct text payload;
	struct digest commitment; /* of salt and payload */
	struct digest previous;   /* hash of the event before; zeroes for the first */
	struct digest hash;       /* of previous, header and commitment */
};

/* "filed", "acted"…: as stored. */
struct text dossier_event_type_text(enum dossier_event_type type);
[[nodiscard]] bool dossier_event_type_read(struct text text, enum dossier_event_type *ret_type);

/* Applies one event, the next by its number. *dossier is zeroed before the first and changes only
 * on success. REFUSED: not the next one, an unknown type or version, an erased or damaged payload. */
enum guichet_status dossier_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier,
	const struct dossier_event *event, struct guichet_error *error);

/* How far a chain was followed: zero before the first event. */
struct dossier_chain {
	struct text dossier; /* id; filled by the first event when it is empty */
	unsigned number;     /* of the last event */
	struct digest hash;  /* of it */
	instant at;
};

/* Do these events follow, whole? For those who read them page by page; see dossier_chain_verify(). */
enum guichet_status dossier_chain_follow(struct dossier_chain *chain, const struct dossier_event *events, size_t count,
	struct guichet_error *error);

/* Is the chain whole, from the first event to `head` (NULL: to the last given)? Erased payloads are
 * accepted. REFUSED tells the first event that was changed, removed, added or moved. */
enum guichet_status dossier_chain_verify(const struct dossier_event *events, size_t count, const struct digest *head,
	struct guichet_error *error);

/* Judges an event again from what it stored, on the state before it. OK when the very same bytes come. */
enum guichet_status dossier_replay(struct arena *arena, const struct procedure *procedure, const struct dossier *before,
	const struct dossier_event *event, struct guichet_error *error);

/* ---- forms ---- */

/* What somebody typed, as it came; a field of several choices appears several times, a part of a field under
 * "champ.partie", and a row of one from 1: "champ.2.colonne". */
struct dossier_raw {
	struct text field;
	struct text value;
};

struct dossier_raws {
	const struct dossier_raw *at;
	size_t count;
};

/* The field that a raw belongs to: "champ" of "champ.2.colonne". */
struct text dossier_raw_field(struct text raw);

/* A draft's bytes: {"field":["value",…],…} in canonical JSON, and back. */
struct text dossier_raws_to_json(struct arena *arena, struct dossier_raws raws);
enum guichet_status dossier_raws_of_json(struct arena *arena, struct text json, struct dossier_raws *ret_raws,
	struct guichet_error *error);

struct dossier_form;

/* One field, read. */
struct dossier_answer {
	const struct procedure_field *field;
	struct text name;
	bool visible;            /* by its `si`; a hidden field has no value and no mistake */
	bool given;              /* something was typed */
	bool prefilled;          /* nothing was ever typed: the value is the proposed one */
	const struct text *raws; /* what to show again: as typed, or the value's text */
	size_t raw_count;
	struct feel_value value; /* null when absent or mistaken */
	struct text mistake;     /* a French sentence saying what to do; empty when there is none */
	/* Of a field with parts, instead of raws: its rows as typed, empty ones included, at least one to show;
	 * of a period or a duration, one. The first mistake of a part is also the answer's. */
	struct dossier_form *rows;
	size_t row_count;
};

struct dossier_form {
	struct dossier_answer *answers; /* in the order of the procedure */
	size_t count;
	size_t mistakes;
};

struct dossier_answer *dossier_answer_find(const struct dossier_form *form, struct text field);

/* Reads what was typed for one field alone, which is no PERSON or STRUCTURE (dossier_named_value()): neither its obligation
 * nor its checks. BROKEN only. */
enum guichet_status dossier_answer_typed(struct arena *arena, const struct procedure_field *field,
	struct dossier_raws raws, struct dossier_answer *ret_answer, struct guichet_error *error);

/* ---- people and structures that answers name ---- */

enum {
	DOSSIER_NAMED_LIMIT = 6,     /* choices told when a text does not say which */
	DOSSIER_NAMED_MOST = PROCEDURE_MOST_NAMED, /* texts looked for at once */
	DOSSIER_NAMED_LONGEST = 400, /* bytes of one */
};

/* What the directory knows, on the day of the question, that a text typed for a person or a structure may mean. */
struct dossier_named {
	enum procedure_field_type type; /* PERSON or STRUCTURE */
	struct text raw;                /* as it came */
	const struct feel_value *found; /* contexts of that type, DOSSIER_NAMED_LIMIT at most */
	size_t count;
	bool more;                      /* than these */
};

/* Is it PERSON or STRUCTURE? */
bool dossier_names(enum procedure_field_type type);
/* The type of the values that a procedure has for one of them, in its fields or in cells of their rows; NULL: it asks for
 * none. */
const struct feel_type *dossier_named_type(const struct procedure *procedure, enum procedure_field_type type);

/* The texts to look for, `found` being left to the caller; none, and NULL, for most procedures. False when the arena is
 * full. */
[[nodiscard]] bool dossier_named_wanted(struct arena *arena, const struct procedure *procedure, struct dossier_raws raws,
	struct dossier_named **ret_named, size_t *ret_count);

/* How to look for "Mme Ana Lestrade (F12), Atelier": by the key "F12", else by the name "Ana Lestrade". */
struct dossier_named_query {
	struct text key, name; /* name: without civility */
	struct text whole;     /* as it came, trimmed: a name may have parentheses of its own */
};
struct dossier_named_query dossier_named_query(struct text raw);

/* The matricule of a person, the code of a structure; may be empty. */
struct text dossier_named_key(enum procedure_field_type type, struct feel_value value);
/* Is it their whole name, in either order, accents and case apart? */
bool dossier_named_is_whole(struct arena *arena, enum procedure_field_type type, struct text name, struct feel_value value);
/* The text that reads back to it: "Ana Lestrade (F12)". `at` is NULL when the arena is full. */
struct text dossier_named_raw(struct arena *arena, enum procedure_field_type type, struct feel_value value);
/* Which one a text means among those found for it; null with a mistake that says what to do, whose `at` is NULL when the
 * arena is full. */
struct feel_value dossier_named_value(struct arena *arena, enum procedure_field_type type, const struct dossier_named *named,
	size_t count, struct text raw, struct text *ret_mistake);

/* ---- what everything reads ---- */

struct dossier_explanation;

/* Windows opened for one person outside the calendar (a dérogation), by the office. */
struct dossier_exception {
	int window;
	instant until; /* excluded */
	struct text by, reason;
	instant at;
};

/* What has just happened to a child, for its parent. */
struct dossier_child {
	const struct dossier *dossier; /* after its event; of one read back from an event: its names and values */
	struct text move;              /* its action or its effect */
	bool effect;
	int from;                      /* the step that had it */
	const struct dossier_act *acts; size_t act_count; /* those it made */
};

/* The facts of one question about one dossier. Decisions store them all. */
struct dossier_facts {
	const struct procedure *procedure;
	const struct campaign *campaign;
	const struct dossier *dossier; /* NULL before filing */
	struct feel_value agent;       /* the context `agent` as the directory knows it today */
	struct text subject;           /* the person's id */
	const struct dossier_holder *holders; size_t holder_count;
	const struct dossier_exception *exceptions; size_t exception_count; /* of the subject, for this campaign */
	/* From outside the dossier, each null where the procedure does not read it (dossier_reads_outside()). */
	struct feel_value posting;     /* the context `affectation`: what the directory says of the subject that day */
	struct feel_value locals;      /* `réglage`: as their structure of that day, or one above it, has set them */
	struct feel_value counters;    /* `compteur`: their entries, oldest first */
	const struct calendar_period *closed; size_t closed_count; /* days closed after the procedure was published */
	/* What the answers about to be read may name (dossier_named_wanted()): their own, and no other facts have any. */
	const struct dossier_named *named; size_t named_count;
	struct text other;             /* number of another dossier of the subject that still counts here; of a child to
	                                * file: of one of the same nature and parent that goes on; empty: none */
	struct text nature;            /* of a child to file; empty otherwise: the dossier knows its own */
	const struct dossier *parent;  /* of a child, as it is then; read back from an event of a filed one, only its
	                                * names and values. NULL for one born of none */
	const struct dossier_child *child; /* of a parent, for dossier_receive() alone */
	instant at;                    /* the legal instant of the question */
	struct dossier_explanation *explanation; /* explanation.h: what is evaluated is kept there; NULL: nowhere */
};

/* Does some rule of the procedure read `affectation`, `réglage`, `compteur`, or count days by the calendar? */
struct dossier_outside {
	bool posting, locals, counters, days;
};
struct dossier_outside dossier_reads_outside(const struct procedure *procedure);

/* One entry of a counter, added by an event or imported. */
struct dossier_entry {
	struct text counter;        /* its name */
	struct feel_value quantity; /* a number */
	struct date from, to;       /* both included */
};

/* As `compteur` has it: quantité, du, au, dossier, origine. False when the arena is full. */
bool dossier_entry_feel(struct arena *arena, const struct dossier_entry *entry, struct text number, struct text origin,
	struct feel_value *ret_value);

/* Window of the facts: [*ret_opening, *ret_closing[, reopenings and exceptions included. */
void dossier_window(const struct dossier_facts *facts, int window, instant *ret_opening, instant *ret_closing);

/* Which fields a form shows. */
enum dossier_form_kind {
	DOSSIER_FORM_FILING, /* the procedure's form, but what is left for later; and what the action that files asks */
	DOSSIER_FORM_ACTION, /* what an action asks (`saisit`) and lets change (`modifie`) */
};

/* `action` may be NONE at filing: the procedure's form alone. Reads a form: types, lengths, options, obligations, checks, visibility, proposed values. A field
 * absent from `raws` keeps what is proposed (or, for `modifie`, what the dossier holds): a group of
 * boxes all unticked must send one empty text. yes/no and declarations are "oui" or "non".
 * `fresh`: nothing was typed yet, propose values and find no mistake. BROKEN only. */
enum guichet_status dossier_form_read(struct arena *arena, const struct dossier_facts *facts,
	enum dossier_form_kind kind, int action, struct dossier_raws raws, bool fresh, struct dossier_form *ret_form,
	struct guichet_error *error);

/* The mistake of a missing or ill-chosen piece of the filing; empty when it is well. `piece` may be
 * NULL; `raws` because a piece may depend on an answer. */
enum guichet_status dossier_piece_mistake(struct arena *arena, const struct dossier_facts *facts, int index,
	const struct dossier_piece *piece, struct dossier_raws raws, struct text *ret_mistake,
	struct guichet_error *error);

/* What is wrong with a file of that kind ("PDF"…) for that piece; empty when it is well. `at` NULL: the arena is full. */
struct text dossier_piece_unfit(struct arena *arena, const struct procedure_piece *wanted, struct text kind);

/* Is this piece of the procedure asked, with these answers? Compulsory or not. BROKEN only. */
enum guichet_status dossier_piece_asked(struct arena *arena, const struct dossier_facts *facts, int index,
	struct dossier_raws raws, bool *ret_asked, struct guichet_error *error);
/* Does this action hand in that piece: one that filing asks, or that it names under `joint`? */
bool dossier_piece_is_joined(const struct procedure *procedure, const struct procedure_action *action, int piece);
/* "PDF, JPEG ou PNG", of enum procedure_format or-ed. `at` is NULL when the arena is full. */
struct text dossier_formats_text(struct arena *arena, unsigned formats);

/* ---- decide ---- */

enum dossier_refusal {
	DOSSIER_NOT_REFUSED,
	DOSSIER_NOT_THEIRS,     /* not their role, or not theirs to see */
	DOSSIER_NOT_ELIGIBLE,   /* outside the population */
	DOSSIER_DUPLICATE,      /* one per campaign */
	DOSSIER_NOT_YET,        /* the window opens later */
	DOSSIER_OVER,           /* the window is closed */
	DOSSIER_INCOMPLETE,     /* mistakes in the form or pieces */
	DOSSIER_CONFLICT,       /* changed since they looked */
	DOSSIER_ALREADY,        /* somebody (or they) did it before, by whatever channel */
	DOSSIER_NOT_HERE,       /* no such action in this step */
	DOSSIER_NOT_CONFIRMED,  /* the action asks for a confirmation */
	DOSSIER_TEXT_NOT_READY, /* the text to sign is not composed, or changed since it was shown */
};

struct dossier_actor {
	struct dossier_person person;
	dossier_roles roles; /* held for this dossier, today; the applicant's role is added by itself */
	dossier_roles signs; /* those among them held by delegation of signature: for actions that sign, and no other */
};

struct dossier_command {
	struct text action;      /* its name */
	struct dossier_raws raws;
	const struct dossier_piece *pieces; size_t piece_count; /* at filing, or of an action that `joint` */
	unsigned expected;       /* dossier->version that the author saw; 0: not stated (a batch) */
	bool confirmed;          /* they confirmed, where the action asks for it */
	struct text text_hash;   /* of the text shown to who signs */
	struct text channel;     /* "application", "lien", "lot" */
	struct text ground;      /* of filing on behalf of somebody else */
};

struct dossier_input {
	struct dossier_facts facts; /* at: when the last byte of the complete request arrived */
	struct dossier_command command;
	struct dossier_actor actor;
	instant decided_at;         /* now */
	struct text salt;           /* 64 hexadecimal digits, fresh */
	struct text id, number;     /* at filing: of the new dossier */
	bool replayed;              /* an event is judged again: what was first refused later than it was written is let by */
};

/* A mail to send now to one person. Links are the office's to make. */
struct dossier_mail_due {
	int mail;  /* index among the procedure's */
	int role;
	struct dossier_person to;
	bool link;          /* it carries an answering link… */
	instant link_until; /* …good until then (excluded) */
};

/* The row of the table of due effects. */
struct dossier_due {
	struct text effect;
	int step;
	instant at;   /* in the past when it should have happened already */
	bool at_once; /* a passage whose condition is true: dossier_elapse() it in the same transaction, then look again */
};

/* After so many passages in a row somebody is told that they go round in circles. */
enum { DOSSIER_MOST_PASSAGES = 20 };
#define DOSSIER_PASSAGES_LOOP TEXT("Les passages de cette étape tournent en rond : corrigez la procédure, puis agissez sur ce dossier.")

/* The passage to go through now; NULL when there is none. */
const struct dossier_due *dossier_due_at_once(const struct dossier_due *dues, size_t count);

/* What lists and searches keep beside the state. */
struct dossier_columns {
	struct text step;       /* name */
	int waiting;            /* the first role awaited, or PROCEDURE_NONE */
	dossier_roles awaited;  /* all of them */
	bool ended;             /* dossier_is_ended() */
	bool counts;            /* it forbids another one in the campaign */
	const struct text *cells; /* of the procedure's list, in French */
	size_t cell_count;
};

enum dossier_outcome_kind {
	DOSSIER_HAPPENED, /* `event` and the rest are to be written, in one transaction */
	DOSSIER_REFUSED_OUTCOME, /* nothing is written; `refusal`, `message` and `form` say why */
	DOSSIER_STALE,    /* (effects) it no longer holds: only rewrite the due effects */
	DOSSIER_ALERT,    /* (effects) it cannot happen: keep the row, show `message` to the office */
};

struct dossier_outcome {
	enum dossier_outcome_kind kind;

	/* Refused. */
	enum dossier_refusal refusal;
	struct text message; /* also in *error */
	struct text because; /* what the rule that refused read: "jours vaut 3, plus de 2"; may be empty */
	instant opens_at;    /* DOSSIER_NOT_YET: when */
	struct dossier_form form;
	const struct text *piece_mistakes; /* of those handed in and examined: one per piece of the procedure, empty when
	                                    * well; NULL: none wrong */

	/* Happened. */
	struct dossier_event event;
	struct dossier state;
	const struct dossier_mail_due *mails; size_t mail_count;
	const struct dossier_act *composed; size_t composed_count; /* those to compose now */
	const struct dossier_act *cancelled; size_t cancelled_count; /* those that no longer hold */
	const struct dossier_act *revived; size_t revived_count;     /* those that hold again */
	const struct dossier_due *dues; size_t due_count; /* all of them: they replace the rows */
	struct dossier_columns columns;
	const struct dossier_entry *entries; size_t entry_count;    /* to add to the counters of the subject */
	struct text entry_origin;   /* what they come from, as `origine` has it */
	struct feel_value counters; /* `compteur` after that */
	const struct text *uncounted; size_t uncounted_count;       /* counters from which the dossier's entries go first */
	struct procedure_list alerts; /* roles to tell on their desk (an effect with `alerte`) */
	struct text alert;    /* what they are told: how the effect is named; empty: where the dossier stands */
	instant held_until;   /* until then excluded the action may be undone: its mails wait; 0: it may not be */
	struct text happened; /* name of the action or effect; empty when nothing happened: a parent is told */
	bool by_itself;       /* it is an effect */
	int from;             /* the step that has it */
	struct text unheld; /* the step awaits a role that nobody holds here: a sentence for the office; else empty */
};

/* Judges a command. OK with kind HAPPENED; REFUSED with kind REFUSED and the sentence in
 * *error; BROKEN without memory or when the procedure's expressions fail. */
enum guichet_status dossier_decide(const struct dossier_input *input, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* The same outcome judged at that instant: the event's hash follows, and the head in `state`, which is the
 * dossier_to_json() of outcome->state in the arena. */
void dossier_stamp(struct dossier_outcome *outcome, struct text state, instant decided_at);

/* A due effect comes: `effect` was due at `due`, in `step`. facts.at is ignored: the legal instant is
 * `due`, or that of the last event if later. `actor`, `command`, `id` and `number` are not read. */
enum guichet_status dossier_elapse(const struct dossier_input *input, struct text effect, int step, instant due,
	struct arena *arena, struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* What an action that may be undone leaves behind it, once what followed by itself is done too. */
struct dossier_undo {
	struct text action;  /* its name */
	unsigned version;    /* its event */
	unsigned changed;    /* `changed` of the state that it and its passages left: nothing else has followed while it is so */
	instant until;       /* excluded */
	struct text author;  /* who did it: a person's id */
	struct text to;      /* name of the step where it led */
	struct text state;   /* dossier_to_json() of the state before it */
};

/* May this actor undo it now? REFUSED says why not. */
enum guichet_status dossier_undo_check(const struct dossier_facts *facts, const struct dossier_undo *undo,
	const struct dossier_actor *actor, struct guichet_error *error);
/* Undoes it: the state is again what it was before, acts that it made are cancelled and those that it ended hold again.
 * Counters are the caller's: the facts are read after what it counted was taken back. `command` is not read. */
enum guichet_status dossier_undo(const struct dossier_input *input, const struct dossier_undo *undo, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* What has just happened to a child (input->facts.child) comes to its parent: values are copied, acts replaced, and an
 * effect of its step that waited for it (`sur`) happens, in one event. STALE when nothing of it concerns the parent.
 * `actor`, `command`, `id` and `number` are not read. */
enum guichet_status dossier_receive(const struct dossier_input *input, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error);

/* The child that an outcome is about, for its parent. False when the outcome tells a parent nothing. Points into the
 * outcome. */
[[nodiscard]] bool dossier_child_of(const struct dossier_outcome *outcome, struct dossier_child *ret_child);

/* The typesetter gave a letter its text and its file. REFUSED when the act is unknown or cancelled. */
enum guichet_status dossier_compose(const struct dossier_input *input, struct text act_number, struct text text_hash,
	struct text digest, int64_t size, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error);

/* May this actor open `window` for `facts->subject` until that day included, for that reason? REFUSED
 * says why not. *ret_until is the first instant after. */
enum guichet_status dossier_exception_check(const struct dossier_facts *facts, const struct dossier_actor *actor,
	int window, struct date last_day, struct text reason, instant *ret_until, struct guichet_error *error);

/* May somebody who holds these roles for a structure set this local there, to that value, from that day on? REFUSED
 * says why not, or what to correct. */
enum guichet_status dossier_setting_check(struct arena *arena, const struct procedure *procedure, int local,
	dossier_roles roles, struct dossier_raws raws, struct date from, struct date today, struct feel_value *ret_value,
	struct guichet_error *error);

/* What of the dossier goes against the rules as they stand: the warnings of where it is, the checks of its form that
 * read `réglage` and are true no more. */
enum guichet_status dossier_breaches(const struct dossier_facts *facts, struct arena *arena,
	const struct text **ret_messages, size_t *ret_count, struct guichet_error *error);

/* A setting as the database keeps it, and back. REFUSED when this procedure has no such value. */
struct text dossier_setting_to_json(struct arena *arena, struct feel_value value);
enum guichet_status dossier_setting_of_json(struct arena *arena, const struct procedure *procedure, int local,
	struct text json, struct feel_value *ret_value, struct guichet_error *error);

/* The due effects and the columns of a state, as an outcome gives them: to rebuild projections. */
enum guichet_status dossier_project(const struct dossier_facts *facts, struct arena *arena,
	const struct dossier_due **ret_dues, size_t *ret_due_count, struct dossier_columns *ret_columns,
	struct guichet_error *error);

/* ---- views: what a person sees, as records; no markup ---- */

/* What is asked of a dossier as it stands, by one page: what expressions read is made once, by the first question that
 * evaluates something, and serves the others. Neither the facts nor what they point to may change in between. */
struct dossier_present {
	const struct dossier_facts *facts;
	struct arena *arena; /* of the answers too */
	/* NULL until something is evaluated. */
	struct inputs *inputs;
	const struct dossier_due *dues; size_t due_count;
};

/* For who asks one thing. */
#define DOSSIER_PRESENT(of, in) (&(struct dossier_present){ .facts = (of), .arena = (in) })

struct dossier_viewer {
	struct text person;  /* id */
	dossier_roles roles; /* for this dossier; the applicant's is added by itself */
	dossier_roles signs; /* as of a struct dossier_actor */
};

/* The label of a step for who looks: the applicant may have a gentler one. */
struct text dossier_label(const struct dossier_facts *facts, const struct dossier_viewer *viewer);

/* May this viewer open the piece of the procedure that the dossier has? Who handed it in may. */
bool dossier_may_read_piece(const struct dossier_facts *facts, const struct dossier_viewer *viewer, int piece);

/* A file that a piece had, or has, and what became of it. */
struct dossier_piece_version {
	struct dossier_piece piece; /* as it last stood: its state, its ground, until when it is good */
	struct text by;             /* who handed it in, as a timeline tells it */
	instant examined_at;        /* when it was accepted or sent back, the last time; 0: it was not, or that day is not kept */
	instant replaced_at;        /* by another; 0: it was not */
	instant undone_at;          /* what handed it in was undone; 0: it was not. Neither: it is the piece of today */
};

/* Those of all the pieces of a dossier, in the order in which they were handed in. Begins as zeros. */
struct dossier_piece_versions {
	struct dossier_piece_version *at;
	size_t count, room;
};

/* What an event did to the pieces, into the versions that the events before it made (all of them from the first; an erased
 * one tells nothing). `subject` is the dossier's. In the arena. REFUSED: the event cannot be read. */
enum guichet_status dossier_piece_versions_add(struct arena *arena, const struct procedure *procedure, struct text subject,
	const struct dossier_event *event, struct dossier_piece_versions *versions, struct guichet_error *error);
/* May a piece have had another file than today's, as those events, all of the dossier's, tell it? Nothing is parsed. */
bool dossier_pieces_may_differ(const struct dossier_event *events, size_t count);

/* A clock as it stands at the instant of the question. */
struct dossier_clock_view {
	const struct procedure_clock *definition;
	bool running;             /* started, not stopped: standing still or not */
	struct date since;
	struct date suspended_on; /* year 0: it runs */
	int suspended_days;       /* so far */
	struct date end;          /* its last day; of a suspended one, as it was then. Year 0: unknown */
	int remaining;            /* days to its last one: 0 on that day, less after; does not move when suspended */
};

/* What remains to do about a piece, as stored. */
enum dossier_piece_task_kind {
	DOSSIER_PIECE_TO_EXAMINE = 1,
	DOSSIER_PIECE_TO_REPLACE, /* it was sent back */
	DOSSIER_PIECE_AWAITED,    /* compulsory, never handed in, and an action hands it in where somebody is awaited */
	DOSSIER_PIECE_TO_RENEW,   /* it is good until a day */
	DOSSIER_PIECE_TASK_END
};

struct dossier_piece_task {
	int piece; /* of the procedure */
	enum dossier_piece_task_kind kind;
	instant since; /* it was handed in, or awaited */
	instant due;   /* the first instant after its last day: of the nearest clock that runs, of what it is good for; or NEVER */
	int action;    /* that does it, where the dossier stands; or NONE */
};

/* False for a procedure whose dossiers never have any. */
bool dossier_has_piece_tasks(const struct procedure *procedure);
/* Those of a dossier, none once it is ended. */
enum guichet_status dossier_piece_tasks(const struct dossier_facts *facts, struct arena *arena,
	const struct dossier_piece_task **ret_tasks, size_t *ret_count, struct guichet_error *error);

/* Those that run or stand still. */
enum guichet_status dossier_clocks(struct dossier_present *present, const struct dossier_clock_view **ret_views,
	size_t *ret_count, struct guichet_error *error);

/* What this viewer is to be told as long as it is true, where the dossier stands. */
enum guichet_status dossier_warnings(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct text **ret_messages, size_t *ret_count, struct guichet_error *error);

/* Does something warn this viewer where the dossier stands, when it is true? Nothing is judged. */
bool dossier_may_warn(const struct dossier_facts *facts, const struct dossier_viewer *viewer);

/* An action that this viewer has, in this step. */
struct dossier_option {
	int action; /* of the procedure */
	const struct procedure_action *definition;
	bool allowed;
	struct text reason;         /* why not, or not yet */
	instant opens_at, closes_at; /* of its window; 0 and INSTANT_NEVER without one */
};

enum guichet_status dossier_options(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct dossier_option **ret_options, size_t *ret_count, struct guichet_error *error);

/* Something that is expected of this viewer now: an answer where it is their turn, or a piece. */
struct dossier_expected {
	int step;      /* of the answer; NONE for a piece */
	int piece;     /* of the procedure; NONE for an answer */
	enum dossier_piece_task_kind task; /* what is to be done of the piece */
	int action;    /* that hands the piece in; of an answer NONE: any of the viewer's in that step */
	instant until; /* the first instant when it can no longer be done, or is no longer good; or NEVER */
};

/* All of it, in the order of the circuits, then of the pieces: one to renew when it is good for two months at most.
 * `options`: theirs, as of dossier_options(). None once the dossier is ended. */
enum guichet_status dossier_expected(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct dossier_option *options, size_t option_count, struct arena *arena,
	const struct dossier_expected **ret_expected, size_t *ret_count, struct guichet_error *error);

/* A child that this viewer may open, or could. */
struct dossier_kin {
	struct text id, number, nature;
	int step;
};

struct dossier_birth {
	const struct procedure_nature *nature;
	bool allowed;
	struct text reason; /* why not */
};

/* The natures of this step that the roles of the viewer may open, now or not. `children`: those that this dossier has. */
enum guichet_status dossier_births(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct dossier_kin *children, size_t child_count, struct arena *arena,
	const struct dossier_birth **ret_births, size_t *ret_count, struct guichet_error *error);

/* One rule of the population, judged. */
struct dossier_verdict {
	bool passed;
	struct text message;     /* what to do when it is not */
	struct text explanation; /* "« … » est faux, car …" */
};

struct dossier_window_view {
	int window;
	struct text label;
	instant opening, closing; /* closing excluded */
	bool open;
};

/* "Puis-je ?" before the form. */
struct dossier_can {
	bool may;            /* file, now */
	struct procedure_list filings; /* the actions of the draft by which they may, in the order of writing */
	bool eligible;       /* may file when the window is open */
	struct text message; /* the answer, in a sentence or two */
	instant opens_at;    /* when it is not yet; else 0 */
	const struct dossier_verdict *verdicts; size_t verdict_count;
	const struct dossier_window_view *windows; size_t window_count;
	const struct dossier_holder *opinions; size_t opinion_count; /* who will be asked, in the order of the circuit */
	struct text after; /* what comes after filing: "Déposée, puis le 19 juin 2023 : Avis attendu." */
};

enum guichet_status dossier_can(const struct dossier_facts *facts, struct arena *arena, struct dossier_can *ret_can,
	struct guichet_error *error);

enum dossier_moment_kind { DOSSIER_PAST, DOSSIER_NOW, DOSSIER_NEXT };

/* A line of the timeline. */
struct dossier_moment {
	enum dossier_moment_kind kind;
	instant at;             /* 0: no date known */
	bool whole_day;         /* show the day only */
	struct text title;      /* "Déposée", "Favorable", "Prise d’effet" */
	struct text by;         /* "Mme Claire Martin, chef d’établissement"; empty for effects */
	struct text detail;     /* an explanation, what happens without an answer; may be empty */
	const struct procedure_deadline *deadline; /* that will come, of a NEXT; NULL for anything else */
	struct text child, child_number; /* of a past that came from a child: its id and its number */
	const struct dossier_change *changes; size_t change_count; /* fields changed by it */
	const struct dossier_value *values; size_t value_count;    /* what the actor gave, if the viewer may read it */
};

/* How one event of the dossier is told, from its payload and the state of today. *ret_told is false when it is not a
 * line of the timeline: a composed letter, an effect whose condition was false, what the applicant must not learn yet.
 * REFUSED: the event cannot be read. */
enum guichet_status dossier_tell_event(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct dossier_event *event, struct arena *arena, struct dossier_moment *ret_moment, bool *ret_told,
	struct guichet_error *error);

/* The past as those events tell it (some or all of the dossier's, in order; none: no past), now, and next (effects and
 * windows to come), in order. What the applicant must not learn yet is not there. */
enum guichet_status dossier_timeline(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct dossier_event *events, size_t event_count, const struct dossier_moment **ret_moments, size_t *ret_count,
	struct guichet_error *error);

/* May this viewer read what that event put in the field? Whoever typed it may. */
bool dossier_may_read_field(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct procedure_field *field, unsigned version);
/* And what an expression reads of such fields, by itself or through computed values? */
bool dossier_may_read_what(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct feel *feel);

/* One answer of the dossier, for people. */
struct dossier_line {
	struct text section; /* title; the same for its lines */
	struct text label, value;
	const struct procedure_field *field;       /* NULL for a computed value */
	const struct procedure_computed *computed; /* NULL for an answer */
	bool changed; /* since filing */
};

/* The form's answers and what was said since, as this viewer may read them; computed values included. */
enum guichet_status dossier_lines(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct dossier_line **ret_lines, size_t *ret_count, struct guichet_error *error);

/* A register as this viewer may read it: each row has its day, who wrote it (may be empty), then a text per column. */
struct dossier_register_view {
	const struct procedure_register *definition;
	const struct text *cells; /* row after row, definition->column_count + 2 each, oldest first */
	size_t row_count;
};

/* Those that have a row, in the order of the procedure. */
enum guichet_status dossier_registers(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	struct arena *arena, const struct dossier_register_view **ret_views, size_t *ret_count, struct guichet_error *error);

/* What a list shows of a dossier in one of its procedure's columns. */
enum guichet_status dossier_column(const struct dossier_facts *facts, const struct procedure_column *column,
	struct arena *arena, struct text *ret_text, struct guichet_error *error);

/* The value of an expression of the procedure (an export's column, an indicator) for a dossier:
 * one read in its case scope or a smaller one. */
enum guichet_status dossier_evaluate(const struct dossier_facts *facts, const struct feel *expression,
	struct arena *arena, struct feel_value *ret_value, struct guichet_error *error);

/* ---- the week of a service ---- */

enum { DOSSIER_WEEK_DAYS = 5 }; /* Monday to Friday */

enum dossier_half { DOSSIER_HERE, DOSSIER_ASKED, DOSSIER_AWAY };

struct dossier_week_day {
	enum dossier_half halves[2];  /* morning, afternoon */
	bool presence;                /* a day when all are there */
	bool broken;                  /* and they are not */
	struct text note;             /* what is different that day: an exception's label, a holiday's name; may be empty */
};

/* One person's week, as their dossier says. */
struct dossier_week {
	bool counts; /* the dossier is in the week */
	struct dossier_week_day days[DOSSIER_WEEK_DAYS];
	unsigned broken; /* days */
};

/* The week that begins on that Monday, or with a year of 0 the usual one, which has neither dates nor exceptions. Zeroes
 * when the procedure has no week or the dossier stands at none of its steps. BROKEN only (TTC-32, TTC-58, TTC-136). */
enum guichet_status dossier_week(const struct dossier_facts *facts, struct date monday, struct arena *arena,
	struct dossier_week *ret_week, struct guichet_error *error);

/* ---- words ---- */

/* Addresses for a mail; empty where there is none. */
struct dossier_links {
	struct text home, dossier, answer;
};

/* A mail to one person about one dossier, or several when it is grouped. */
struct dossier_mail_request {
	int mail;
	const struct dossier_facts *group; /* facts of each dossier; all of one campaign; at least one */
	size_t group_count;
	struct dossier_person to;
	int role;
	struct dossier_links links;
	instant at;
};

/* Is this mail for this holder about this dossier (its `si`, its steps)? */
enum guichet_status dossier_mail_wanted(const struct dossier_facts *facts, int mail, int role,
	const struct dossier_person *to, struct arena *arena, bool *ret_wanted, struct guichet_error *error);

/* REFUSED when a hole cannot be filled. */
enum guichet_status dossier_mail_write(const struct dossier_mail_request *request, struct arena *arena,
	struct text *ret_subject, struct text *ret_body, struct guichet_error *error);

/* A letter ready to be typeset: document_request without the letterhead. */
struct dossier_letter {
	struct text markdown;     /* holes as base/hole.h marks them */
	const struct text *holes; /* their values, for people */
	size_t hole_count;
	struct text title;
	struct text number;    /* the act's: its reference */
	struct text recipient; /* lines */
	instant at;            /* its date */
	const struct dossier_signature *signatures;
	size_t signature_count;
};

/* The parent as the event that decided an act read it: letters are written later, and tell of then. `events` are those
 * of the child. *ret_parent is NULL for a dossier born of none. */
enum guichet_status dossier_parent_of_act(struct arena *arena, const struct procedure *procedure,
	const struct dossier_event *events, size_t count, const struct dossier_act *act, const struct dossier **ret_parent,
	struct guichet_error *error);

/* The text of an act of the dossier. REFUSED when a hole cannot be filled: it names it. */
enum guichet_status dossier_letter_write(const struct dossier_facts *facts, const struct dossier_act *act,
	struct arena *arena, struct dossier_letter *ret_letter, struct guichet_error *error);

/* ---- moments of a campaign ---- */

/* A grouped mail at its moment: the office gathers the dossiers in `steps` by holder. */
struct campaign_moment {
	int mail;
	instant at;
	const int *steps;
	size_t step_count;
};

/* In order of time. Effects of dossiers due at the same instant come before. */
enum guichet_status campaign_moments(const struct procedure *procedure, const struct campaign *campaign,
	struct arena *arena, const struct campaign_moment **ret_moments, size_t *ret_count, struct guichet_error *error);
