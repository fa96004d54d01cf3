/* Who works where, and as what: structures, persons, appointments, all dated.
 *
 * A structure and a person have an id of ours, given once, and a code of the employer's
 * (UAI, matricule) that never changes; what is said of them stands in dated versions. A
 * person holds several dated appointments: (structure, function, share of time). Kinds
 * of structures and functions are the employer's words; none is known here.
 *
 * Rows hold on [valid_from, valid_to), in days. Lists of other folders may join, in SQL:
 *     person_version p ON p.person = x AND p.valid_from <= $day AND $day < p.valid_to
 *     structure_version s ON s.structure = y AND s.valid_from <= $day AND $day < s.valid_to
 * and keep to a subtree with: s.path >= $from AND s.path < $to   (directory_subtree()).
 *
 * Texts given back live in the arena of the caller. Dates are days in Paris. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

/* The day number that stands for "no end": 9999-12-31. */
#define DIRECTORY_NO_END INT64_C(2932896)

struct directory_structure {
	struct text id, code;
	struct text kind;       /* "collège", "service"…: the employer's word */
	struct text name;
	struct text parent;     /* an id; empty at the top */
	struct text department;
	struct text address, mail;
	struct text regime;     /* how its head is asked by default: "application" or "lien" (TTA-A04, TTA-A13) */
	struct text path;       /* "/VAL/RECT/DPAE/": the codes from the top, each followed by "/" */
	struct text employer;   /* the legal entity it belongs to, where there are several; may be empty (TTC-01) */
};

struct directory_person {
	struct text id, external_id;
	struct text civility, first_name, last_name;
	struct text mail; /* professional, lowercase; may be empty */
	struct text corps, grade;
	struct text category; /* "A", "B", "C" or empty */
	struct text filiere;  /* "administrative", "technique"…: the employer's word */
	struct text status;   /* "titulaire", "contractuel"…: the employer's word; may be empty (TTC-20) */
};

struct directory_appointment {
	struct text id; /* empty: none */
	struct text person, structure; /* ids */
	struct text function;
	int64_t share; /* of the time, in percent; 0 for a duty beside the post */
	struct date from, to; /* to: the first day it no longer holds; year 9999: no end */
};

/* What a procedure may know of an agent at a date (TTA-35). */
struct directory_facts {
	struct directory_person person;
	struct directory_appointment appointment; /* the main one: the largest share, then the oldest */
	struct directory_structure structure;     /* its structure; id empty when there is no appointment */
	struct text structure_parent_name;
};

/* --- Persons and structures ---------------------------------------------------------- */

/* Each gives GUICHET_UNKNOWN when nothing holds at that date. */
enum guichet_status directory_person_load(struct store_tx *tx, struct arena *arena, struct text person,
	struct date at, struct directory_person *ret_person, struct guichet_error *error);
enum guichet_status directory_person_by_external_id(struct store_tx *tx, struct arena *arena, struct text external_id,
	struct date at, struct directory_person *ret_person, struct guichet_error *error);
/* The mail in any case of letters. */
enum guichet_status directory_person_by_mail(struct store_tx *tx, struct arena *arena, struct text mail,
	struct date at, struct directory_person *ret_person, struct guichet_error *error);
enum guichet_status directory_structure_load(struct store_tx *tx, struct arena *arena, struct text structure,
	struct date at, struct directory_structure *ret_structure, struct guichet_error *error);
enum guichet_status directory_structure_by_code(struct store_tx *tx, struct arena *arena, struct text code,
	struct date at, struct directory_structure *ret_structure, struct guichet_error *error);

/* The person with the main appointment and its structure, in one query. */
enum guichet_status directory_facts(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	struct directory_facts *ret_facts, struct guichet_error *error);

/* Those of many, in the order of their ids: `ret_facts` has room for `count`; the id of who is unknown that day is empty. One
 * query for STORE_LISTED of them. */
enum guichet_status directory_facts_listed(struct store_tx *tx, struct arena *arena, const struct text *persons, size_t count,
	struct date at, struct directory_facts *ret_facts, struct guichet_error *error);
/* The same of structures. */
enum guichet_status directory_structures_listed(struct store_tx *tx, struct arena *arena, const struct text *structures,
	size_t count, struct date at, struct directory_structure *ret_structures, struct guichet_error *error);

/* "Mme Aline Corbevaux", as letters name people. `at` is NULL when the arena is full. */
struct text directory_person_name(struct arena *arena, const struct directory_person *person);

/* A mail as stored and compared: trimmed, ASCII letters in lowercase. */
struct text directory_mail_of(struct arena *arena, struct text mail);

/* --- Functions ----------------------------------------------------------------------- */

/* A function as stored: one apostrophe (’), single spaces. Texts of procedures go through
 * it by themselves: the functions below call it. */
struct text directory_function_of(struct arena *arena, struct text function);

enum { DIRECTORY_FUNCTIONS_LIMIT = 6 }; /* of one role: "chef de service" or "chef d’établissement" or… */
enum { DIRECTORY_DEPTH_LIMIT = 8 };     /* of structures: deeper ones are refused by the import */

struct directory_holder {
	struct directory_person person;
	struct text function;
	struct text structure, structure_code, structure_name; /* where they hold it */
	struct text regime;                                    /* of that structure */
	struct text instead_of; /* "Mme Aline Corbevaux": who was appointed and is absent; empty when it is they themselves */
	struct text reference;  /* of the decision that makes them replace the absent one; else empty */
};

struct directory_holders {
	const struct directory_holder *at;
	size_t count;
	struct text home; /* directory_holders(): the structure it would be if nobody were absent; empty when there is none */
	const struct text *met; /* directory_holders(): ids of all those who hold it on the way, absent ones included: the answer */
	size_t met_count;       /* is the same for whoever else is left out */
};

/* Who holds one of the functions in the structure, or in its nearest ancestor where
 * somebody other than `except` does (TTA-15, TTA-A13: an agent's head; a head's own request
 * goes up). `except` is a person's id, or empty. Who is absent that day holds nothing: who replaces them does, and when
 * nobody does it goes up. Ordered by name. None is not an error. */
enum guichet_status directory_holders(struct store_tx *tx, struct arena *arena, const struct text *functions,
	size_t function_count, struct text structure, struct text except, struct date at,
	struct directory_holders *ret_holders, struct guichet_error *error);

struct directory_range; /* below */

/* Everybody who holds one of the functions in a subtree (TTA-14: a diffusion list), ordered by
 * structure code then name, `limit` at most. */
enum guichet_status directory_holders_within(struct store_tx *tx, struct arena *arena, const struct text *functions,
	size_t function_count, const struct directory_range *range, struct date at, size_t limit,
	struct directory_holders *ret_holders, struct guichet_error *error);

struct directory_function {
	struct text function;
	int64_t share;
	struct text structure, structure_code, structure_kind, structure_name, path;
	struct text instead_of, reference; /* as of a struct directory_holder; of a delegation, who gives it */
	struct text letters;               /* of a delegation: names separated by spaces; empty: all */
	struct date from;                  /* of a delegation: its first day */
	struct text giver;                 /* the id of that person; empty when the function is one's own */
};

struct directory_functions {
	const struct directory_function *at;
	size_t count;
};

/* The functions of a person at a date, the main one first; those of whom they replace last. None of what somebody else,
 * or nobody, holds in their absence. */
enum guichet_status directory_functions_of(struct store_tx *tx, struct arena *arena, struct text person,
	struct date at, struct directory_functions *ret_functions, struct guichet_error *error);

/* The functions in whose place a person may sign at a date, by delegation; who gave it still holds them, and being
 * absent does not take it back. They give no other right. */
enum guichet_status directory_delegations_of(struct store_tx *tx, struct arena *arena, struct text person,
	struct date at, struct directory_functions *ret_functions, struct guichet_error *error);

/* True when one of them is `function`, in a structure at or above `path` (any when empty). */
bool directory_has_function(const struct directory_functions *functions, struct text function, struct text path);

/* --- Absences ------------------------------------------------------------------------ */

struct directory_interim {
	bool signing;                              /* a delegation of signature: absent is who gives it, replacement who has it */
	struct text letters;                       /* of a delegation; empty: all */
	struct text absent, absent_name;           /* an id; "Mme Aline Corbevaux" */
	struct text replacement, replacement_name; /* empty: nobody, what waited goes up */
	struct text structure_name;                /* empty: wherever they hold a function */
	struct text function;                      /* empty: all those they hold */
	struct text reference;                     /* of the decision */
	struct date from, to;                      /* to: the first day it no longer holds; year 9999: no end */
};

/* The absences of a person, those they replace, the delegations they give or have, that are not over. */
enum guichet_status directory_interims_of(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	const struct directory_interim **ret_interims, size_t *ret_count, struct guichet_error *error);

/* "Du 15 janvier au 26 janvier 2024, intérim de Mme Aline Corbevaux : chef de service, Bureau 1 (Décision 3)", as told to or
 * of `person`, one of its two. `at` is NULL when the arena is full. */
struct text directory_interim_french(struct arena *arena, const struct directory_interim *interim, struct text person);

/* An absence that somebody declares, and whom they name. */
struct directory_absence {
	struct text id;          /* made before: id_new() */
	struct text absent, replacement; /* ids; nobody when empty: what waited goes up */
	struct date from, to;    /* to: the last day, included */
	instant at;
};

enum { DIRECTORY_ABSENCE_DAYS = 366, DIRECTORY_COLLEAGUES_LIMIT = 300 };

struct directory_search; /* below */

/* Who may replace a person: whoever is appointed in their structure, below it or above it; by name. */
enum guichet_status directory_colleagues(struct store_tx *tx, struct arena *arena, const struct directory_facts *facts,
	struct date at, struct directory_search *ret_found, struct guichet_error *error);
/* Records it. REFUSED, with what to do, when the days are past, in disorder or too many, when they are absent already, or
 * when the other may not replace them or is absent too. */
enum guichet_status directory_absence_declare(struct store_tx *tx, struct arena *arena,
	const struct directory_absence *absence, struct guichet_error *error);
/* They are back: one that they declared ends today, or never begins. REFUSED when it is none of theirs. */
enum guichet_status directory_absence_end(struct store_tx *tx, struct text id, struct text absent, instant at,
	struct guichet_error *error);

struct directory_declared {
	struct text id, replacement_name; /* a name empty: nobody */
	struct date from, to;             /* to: the last day, included */
};
/* Those that they declared and that are not over. */
enum guichet_status directory_absences_declared(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	const struct directory_declared **ret_absences, size_t *ret_count, struct guichet_error *error);

/* --- Subtrees, lists, search --------------------------------------------------------- */

/* Paths of a structure and all below it: from <= path AND path < to. */
struct directory_range {
	struct text from, to;
};

/* Everything: no structure is outside. */
#define DIRECTORY_EVERYWHERE ((struct directory_range){ TEXT("/"), TEXT("0") })

struct directory_range directory_subtree(struct arena *arena, struct text path);

struct directory_found {
	struct directory_person person;
	struct text function, structure, structure_code, structure_name; /* the main appointment; may be empty */
};

struct directory_search {
	const struct directory_found *at;
	size_t count;
	bool more; /* than `limit` */
};

/* Persons whose name begins so, "cor", "corbevaux al" or "aline cor", accents and case
 * apart; or whose external id is exactly `query`. Only those with an appointment in the
 * range; in the order of names; `limit` at most (100 or less). */
enum guichet_status directory_search(struct store_tx *tx, struct arena *arena, struct text query,
	const struct directory_range *range, struct date at, size_t limit, struct directory_search *ret_found,
	struct guichet_error *error);

struct directory_structures {
	const struct directory_structure *at;
	size_t count;
};

/* The structures of a subtree in the order of their paths, those of one kind when `kind` is not
 * empty, `limit` at most. */
enum guichet_status directory_structures(struct store_tx *tx, struct arena *arena,
	const struct directory_range *range, struct text kind, struct date at, size_t limit,
	struct directory_structures *ret_structures, struct guichet_error *error);

/* --- Import and demonstration -------------------------------------------------------- */

enum directory_kind { DIRECTORY_STRUCTURES, DIRECTORY_PERSONS, DIRECTORY_APPOINTMENTS, DIRECTORY_INTERIMS,
	DIRECTORY_KIND_COUNT };

/* "structures", "personnes", "affectations", "intérims". */
struct text directory_kind_text(enum directory_kind kind);

struct directory_refusal {
	enum directory_kind kind; /* in which file */
	size_t line, column;      /* from 1; column in characters, 0: the whole line */
	struct text message;
};

struct directory_report {
	struct directory_count {
		size_t lines; /* of data, without the header */
		size_t added, changed, ended, unchanged, refused;
	} counts[DIRECTORY_KIND_COUNT];
	const struct directory_refusal *refusals; /* the first 1 000 */
	size_t refusal_count;
	struct text ignored; /* columns that were not recognised, or empty */
};

struct directory_import {
	const char *paths[DIRECTORY_KIND_COUNT]; /* NULL: this kind is left as it is */
	instant at;       /* now, by the clock */
	bool force;       /* even if more than 5 % of a kind of row would end; interims end freely */
	bool strict;      /* nothing is written when one line is refused */
	bool dry;         /* tells what would be done */
};

/* Reads the files and brings the directory to what they say, in one transaction: rows
 * that are no longer in a file end today, none is deleted; the same files twice change
 * nothing. REFUSED when a file cannot be read to its end, when more than 5 % of a kind would
 * end without `force`, or with `strict` when a line is refused; *ret_report is filled in the
 * last two cases too, and lives in `arena`. Writes through store_transact(). */
enum guichet_status directory_import(struct store *store, struct arena *arena, const struct directory_import *import,
	struct directory_report *ret_report, struct guichet_error *error);

/* The report in French, as `guichet import` prints it. */
struct buffer;
void directory_report_write(const struct directory_report *report, const struct directory_import *import,
	struct buffer *out);

enum { DIRECTORY_DEMONSTRATION_AGENTS = 34433 };

/* Writes structures.csv, personnes.csv and affectations.csv of the invented académie de
 * Valmont into `directory` (created when absent): 34 433 agents, the same bytes for the same seed. */
enum guichet_status directory_generate(const char *directory, uint64_t seed, struct guichet_error *error);

/* Another number after each import: what was read of the directory under the same one is still true. */
enum guichet_status directory_generation(struct store_tx *tx, int64_t *ret_generation, struct guichet_error *error);
