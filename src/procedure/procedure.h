/* A procedure: a folder of French text (procedure.yaml, lettres/, courriers/) read once into an
 * immutable model that threads share. Everything refers to everything by index into the arrays
 * of struct procedure; PROCEDURE_NONE is "none". doc/manual/langage.md is the grammar.
 *
 *     struct procedure_findings findings = { 0 };
 *     struct procedure *procedure = procedure_read("procedures/x", NULL, &findings, &error);
 *     … findings.errors == 0: it may be published …
 *     procedure_free(procedure);
 */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "feel/feel.h"

enum { PROCEDURE_NONE = -1 };

enum {
	PROCEDURE_FILE_LIMIT = 256 << 10,    /* bytes of one file */
	PROCEDURE_ARCHIVE_LIMIT = 4 << 20,   /* bytes of them all */
	PROCEDURE_MOST_FILES = 300,
	PROCEDURE_MOST_NODES = 100000,       /* of the YAML tree, aliases expanded */
	PROCEDURE_MOST_DEPTH = 30,
	PROCEDURE_MOST_ITEMS = 2000,         /* of each array below */
	PROCEDURE_MOST_DERIVED = 300,        /* computed and posed values */
	PROCEDURE_MOST_FINDINGS = 200,
	PROCEDURE_MOST_ROWS = 100,           /* of a field of rows */
	PROCEDURE_MOST_NAMED = 40,           /* people and structures that the rows of one field may name */
	PROCEDURE_ARENA_LIMIT = 64 << 20,
};

/* Indexes into an array of struct procedure, in the order of writing. */
struct procedure_list {
	const int *at;
	size_t count;
};

/* Where something is written, and the requirements it serves. */
struct procedure_origin {
	struct text file;      /* "procedure.yaml", "lettres/refus.md" */
	unsigned line, column; /* from 1; columns in characters */
	const struct text *cites;
	size_t cite_count;
};

/* A condition on what is asked, and what to tell the person when it is not true. */
struct procedure_rule {
	struct procedure_origin origin;
	const struct feel *rule; /* refused unless true (null refuses too) */
	struct text message;
};

/* A text with holes: mails, subjects, letters. A small program over `parts`: run them in
 * order; see procedure_fill_text() and procedure_fill_letter(). */
enum procedure_part_kind {
	PROCEDURE_TEXT,   /* add `text` */
	PROCEDURE_HOLE,   /* add the value of `feel` */
	PROCEDURE_UNLESS, /* when `feel` is not true, go on at part `to` */
	PROCEDURE_JUMP,   /* go on at part `to` */
};

struct procedure_part {
	enum procedure_part_kind kind;
	struct text text;        /* of a HOLE: its FEEL source */
	const struct feel *feel;
	int field;               /* of a HOLE that is one field alone: shown with its options' labels */
	int to;
	unsigned line, column;   /* in the file of the template */
};

struct procedure_template {
	struct text file; /* "courriers/accord.txt", or procedure.yaml for a subject */
	struct text source;
	const struct procedure_part *parts;
	size_t count;
};

/* ---- what stands before the form ---- */

/* A reference document whose link is shown (to the agent: before the form). */
struct procedure_document {
	struct procedure_origin origin;
	struct text name, title, address;
	bool before_form; /* shown with insistence before the form */
};

struct procedure_source {
	struct procedure_origin origin;
	struct text name, title, catalogue, address;
};

struct procedure_parameter_value {
	struct procedure_origin origin;
	struct date from;
	struct feel_value value; /* read and evaluated once; lives in the procedure */
};

/* A value dated by law or by local decision, oldest first. */
struct procedure_parameter {
	struct procedure_origin origin;
	struct text name, label;
	const struct feel_type *type;
	const struct procedure_parameter_value *values;
	size_t value_count;
};

struct procedure_window {
	struct procedure_origin origin;
	struct text name, label;
	bool endless; /* fermeture: jamais: a campaign may leave it without end */
};

/* Whoever may reopen a window for one agent, with a recorded reason. */
struct procedure_exception {
	struct procedure_origin origin;
	int window;
	struct procedure_list who; /* roles */
};

enum procedure_reach {
	PROCEDURE_APPLICANT,  /* est: demandeur: the subject of the dossier, or who holds its functions in that structure */
	PROCEDURE_STRUCTURE,  /* de: structure: holds a function in the agent's own structure */
	PROCEDURE_DISTRICT,   /* de: ressort: in the agent's structure or one above it */
	PROCEDURE_EVERYWHERE, /* de: partout: whatever the structure */
};

struct procedure_role {
	struct procedure_origin origin;
	struct text name, label;
	enum procedure_reach reach;
	const struct text *functions; /* as the directory spells them; none for APPLICANT */
	size_t function_count;
	const struct feel *channel;   /* "lien" or "application" in the case scope; NULL: application */
};

/* ---- fields ---- */

enum procedure_field_type {    /* type of its FEEL value */
	PROCEDURE_FIELD_TEXT,        /* texte: string of one line */
	PROCEDURE_FIELD_LONG_TEXT,   /* texte long: string */
	PROCEDURE_FIELD_INTEGER,     /* entier: whole number */
	PROCEDURE_FIELD_NUMBER,      /* nombre */
	PROCEDURE_FIELD_MONEY,       /* montant: number of euros, two decimals */
	PROCEDURE_FIELD_PERCENTAGE,  /* pourcentage: number, 80 for 80 % */
	PROCEDURE_FIELD_DATE,        /* date */
	PROCEDURE_FIELD_YES_NO,      /* oui/non: boolean */
	PROCEDURE_FIELD_CHOICE,      /* choix: string, the name of an option */
	PROCEDURE_FIELD_CHOICES,     /* choix multiple: list of names, in the order of the options */
	PROCEDURE_FIELD_ADDRESS,     /* adresse: string of several lines */
	PROCEDURE_FIELD_DECLARATION, /* déclaration: boolean; compulsory means true */
	PROCEDURE_FIELD_TIME,        /* heure: time, without a zone */
	PROCEDURE_FIELD_WEEK,        /* semaine: which half-days; week.c says its context */
	PROCEDURE_FIELD_ROWS,        /* lignes: list of contexts, an entry per column */
	PROCEDURE_FIELD_PERIOD,      /* période: context {début, fin: dates, both included; jours: number of days} */
	PROCEDURE_FIELD_DURATION,    /* durée: context {nombre: number, unité: one of those that a delay knows} */
	PROCEDURE_FIELD_PERSON,      /* personne: context {matricule, civilité, nom, prénom, mail, structure: as below} */
	PROCEDURE_FIELD_STRUCTURE,   /* structure: context {code, nom} */
	PROCEDURE_FIELD_TYPE_COUNT
};

struct procedure_option {
	struct text name, label;
};

/* Something a person enters: in the form, in an action, or (without the rest) in a campaign or for a structure. */
struct procedure_field {
	struct procedure_origin origin;
	struct text name, label, help, why, unit;
	enum procedure_field_type type;
	const struct feel_type *feel_type; /* its bounds are those of the numbers that may be entered */
	unsigned slot;            /* where its value goes among the inputs (not of campaign data); of a cell: when row_rules */
	bool compulsory;          /* obligatoire, when shown */
	bool conditional;         /* it, or its section, is shown on condition */
	struct text missing;      /* what to tell when a compulsory one is missing; may be empty */
	int64_t length;           /* most characters of texts; never 0 for texts */
	const struct procedure_option *options;
	size_t option_count;
	/* What it is made of, each typed on its own as "champ.partie": the columns of a field of rows
	 * ("champ.2.colonne"), the two ends of a period, the number and the unit of a duration. */
	const struct procedure_field *parts;
	size_t part_count;
	size_t rows_least, rows_most; /* of a field of rows: how many */
	bool row_rules;               /* some of its cells have a condition or checks, which read the row by its cells' slots */
	const struct text *days;      /* of a week: "lundi"… */
	size_t day_count;
	const struct feel *prefill;   /* préremplir: NULL without */
	const struct feel *condition; /* si: shown and kept only when true; NULL: always */
	const struct procedure_rule *checks; /* run once the value is there (not null) */
	size_t check_count;
	struct text keep;         /* conservation: an ISO duration when it differs from the procedure's */
	int section;              /* of the form; NONE for a field of actions and of campaigns */
	bool later;               /* its section is asked by actions, not at filing */
	struct procedure_list readers; /* lisible_par, or that of its section: roles; none: whoever may read the dossier */
};

struct procedure_section {
	struct procedure_origin origin;
	struct text name, title, help;
	const struct feel *condition; /* si: NULL: always */
	bool later;                   /* plus_tard: not asked at filing, but by actions (saisit) */
	struct procedure_list fields;
};

enum procedure_format { PROCEDURE_PDF = 1, PROCEDURE_JPEG = 2, PROCEDURE_PNG = 4 };

/* Where a piece that was handed in stands. */
enum procedure_piece_state {
	PROCEDURE_PIECE_HANDED_IN, /* "déposée" */
	PROCEDURE_PIECE_ACCEPTED,  /* "acceptée" */
	PROCEDURE_PIECE_SENT_BACK, /* "renvoyée" */
	PROCEDURE_PIECE_STATE_COUNT
};
/* The words by which expressions and forms name them. */
extern const struct text procedure_piece_states[PROCEDURE_PIECE_STATE_COUNT];

struct procedure_piece {
	struct procedure_origin origin;
	struct text name, label, help, why, missing, keep;
	bool compulsory, conditional;
	unsigned formats;             /* enum procedure_format, or-ed */
	const struct feel *condition; /* si: NULL: always */
	bool later;                   /* attendue: plus tard: not asked at the filing */
	bool examined;                /* examen: somebody accepts it or sends it back */
	const struct feel *valid_until; /* valable_jusquau: a date, evaluated when it is handed in; NULL: for ever */
	struct procedure_list readers;  /* lisible_par: roles; none: whoever may read the dossier */
};

/* One of the values of a table that gives several. */
struct procedure_output {
	struct text name, label;         /* the label is the name unless stated */
	enum procedure_field_type shown; /* as for a computed value */
	int decimals;
};

/* A dated value that each structure sets for itself (réglages); the structures below inherit it. */
struct procedure_local {
	struct procedure_field field; /* its name, what may be entered; no condition, no check */
	struct procedure_list who;    /* the roles that set it, in the structures where they are held */
};

/* A sum over the acts of a person, or of a structure that asks (compteurs): the same in every procedure where it has this name. */
struct procedure_counter {
	struct procedure_origin origin;
	struct text name, label;
	struct text unit; /* may be empty */
};

/* A value computed from the others; in an order in which each reads only those before it. */
struct procedure_computed {
	struct procedure_origin origin;
	struct text name, label;
	const struct feel *feel;
	const struct feel_type *type;
	unsigned slot;
	bool table;                      /* by a decision table */
	enum procedure_field_type shown; /* MONEY, PERCENTAGE: shown with its sign; as it comes otherwise */
	struct text unit;                /* of what is computed, shown after it; a sign is in `shown` instead; may be empty */
	int decimals;                    /* at most these are shown, rounded half up; NONE: all of them */
	const struct procedure_output *outputs; /* of a table whose value is a context of them; else none */
	size_t output_count;
};

/* A value that an action or a deadline notes (pose). */
struct procedure_posed {
	struct procedure_origin origin; /* of the first that poses it */
	struct text name;
	const struct feel_type *type;
	unsigned slot;
};

/* ---- circuit ---- */

enum procedure_sense {
	PROCEDURE_NO_SENSE,
	PROCEDURE_FAVOURABLE,
	PROCEDURE_RESERVED,
	PROCEDURE_UNFAVOURABLE,
};

/* What it means that nobody answered before an échéance. */
enum procedure_silence {
	PROCEDURE_SILENCE_UNSAID,
	PROCEDURE_SILENCE_ACCEPTS,
	PROCEDURE_SILENCE_REFUSES,
	PROCEDURE_SILENCE_NOTHING,
};

struct procedure_setting {
	int posed;
	const struct feel *value;
};

/* One more entry in a counter of the subject (compte). */
struct procedure_counting {
	int counter;
	const struct feel *quantity;
	const struct feel *from, *to; /* dates, both included; `to` NULL: that day alone */
};

/* What a person may do at a step. The same name may stand at several steps. */
struct procedure_action {
	struct procedure_origin origin;
	struct text name, label;
	struct text done;          /* fait: how it is told once done, "Demande déposée"; may be empty */
	struct text confirm;       /* confirme: asked before doing it; may be empty */
	int move;                  /* index into moves: its name, shared by its namesakes */
	int step, to;              /* from, to (the same step: stays) */
	enum procedure_sense sense;
	struct procedure_list who; /* roles; none: nobody */
	int during;                /* pendant: a window, or NONE: any time */
	int beyond;                /* hors: a window that must be closed, or NONE */
	const struct feel *condition; /* si: offered only when true; NULL: always */
	const struct procedure_rule *requires; /* exige */
	size_t require_count;
	struct procedure_list enters;   /* saisit: fields filled by it, its own or those of sections of the form */
	struct procedure_list changes;  /* modifie: form fields it may change */
	struct procedure_list joins;    /* joint: pieces handed in with it */
	struct procedure_list examines; /* examine: pieces accepted or sent back by it */
	struct procedure_list produces; /* produit: letters */
	struct procedure_list cancels;  /* annule: letters */
	int signs;                      /* signe: a letter, or NONE */
	const struct procedure_inscription *inscriptions; /* inscrit */
	size_t inscription_count;
	const struct procedure_setting *settings; /* pose */
	size_t setting_count;
	const struct procedure_counting *countings; /* compte */
	size_t counting_count;
	struct procedure_list uncounts; /* décompte: counters from which this dossier's entries are taken back */
	int opens;                      /* ouvre.fenêtre: reopened for this dossier, or NONE */
	const struct feel *opens_until; /* ouvre.jusquau: a date (that day included) or a date and time (excluded) */
	bool batch;                     /* par_lot: may be done to many dossiers at once */
	int64_t undo_for;               /* annulable: microseconds during which it may be undone; 0: never */
	bool answers;                   /* without « vers » where all are awaited: the answer of who does it */
	const struct text *reports;     /* reporte: fields and posed values of a child copied into its parent */
	size_t report_count;
};

/* Something that happens to a child, by its nature. */
struct procedure_happening {
	int nature, move;
};

/* What happens by itself at a step, once per stay in it: at an instant (échéances), or as soon as a condition is true
 * (passages), looked at after every event in the order of writing. */
struct procedure_deadline {
	struct procedure_origin origin;
	struct text name, label;
	struct text done;          /* fait: how it is told once it happened; may be empty */
	int move;                  /* index into moves */
	int step, to;              /* to: NONE when it only alerts or produces */
	bool passage;              /* it has no instant */
	bool repeats;              /* répète: again whenever its instant is later than when it last came */
	int most;                  /* au_plus: so many times in the life of a dossier; 0: no limit */
	enum procedure_silence silence;
	const struct feel *when;   /* a date (its first instant) or a date and time; null: not yet known; NULL: a passage */
	const struct feel *condition; /* si: judged at that instant, or after every event; NULL: always */
	struct procedure_list produces; /* letters */
	struct procedure_list cancels;
	struct procedure_list alerts;   /* alerte: roles told on their desk */
	const struct procedure_inscription *inscriptions; /* inscrit */
	size_t inscription_count;
	const struct procedure_setting *settings;
	size_t setting_count;
	const struct procedure_counting *countings; /* compte */
	size_t counting_count;
	struct procedure_list uncounts; /* décompte: counters from which this dossier's entries are taken back */
	const struct procedure_happening *upon; /* sur: it happens with one of these, at no date; `when` is NULL */
	size_t upon_count;
	const struct text *reports;     /* reporte, as for an action */
	size_t report_count;
};

/* Something to tell some roles as long as it is true. */
struct procedure_warning {
	struct procedure_origin origin;
	const struct feel *condition;
	struct text message;
	struct procedure_list to; /* roles */
};

struct procedure_step {
	struct procedure_origin origin;
	struct text name, label;
	struct text agent_label;  /* as the agent sees it: the label unless stated */
	struct text explain;      /* to the agent; may be empty */
	struct text if_nothing;   /* si_rien: what happens when nobody acts; may be empty */
	enum procedure_sense sense;
	int track;                /* the circuit it belongs to: 0, the main one, or a suivi */
	struct procedure_list awaits;    /* attend: the roles whose turn it is */
	bool awaits_all;          /* attend_tous: each of them answers once, and passages wait for all */
	struct procedure_list actions, deadlines; /* deadlines: passages first */
	const struct procedure_warning *warnings; /* avertit */
	size_t warning_count;
	bool final;               /* fin */
	bool frees;               /* libère: another dossier of the campaign may then be filed */
};

/* A table that actions, deadlines and passages fill, kept with the dossier. */
struct procedure_register {
	struct procedure_origin origin;
	struct text name, label;
	int keep_months, keep_days;  /* garde: how long a row stays in the state; 0 and 0: as long as the dossier */
	const struct procedure_field *columns;
	size_t column_count;
};

/* A row that a move adds (inscrit). */
struct procedure_inscription {
	int register_index;
	const struct feel *const *values; /* by column of the register; NULL: nothing there */
};

/* A clock of a dossier: a delay that runs from a move to another, but for the days spent in some steps. */
struct procedure_clock {
	struct procedure_origin origin;
	struct text name, label;
	struct procedure_list starts, stops; /* depuis, arrêt: moves */
	struct procedure_list suspends;      /* suspendu: steps */
	const struct feel *count; /* nombre: of `unit`; in the opening scope */
	struct text unit;         /* as échéance() knows it, not hours */
	bool extended;            /* prorogé: to the next day that is no Saturday, no Sunday, no holiday */
	const struct feel *end;   /* its last day, of two inputs of its own: the first day and the count */
};

/* A dossier born of another of the same procedure: an amendment, an appeal. Its steps stand in the circuit. */
struct procedure_nature {
	struct procedure_origin origin;
	struct text name, label;
	int start;                      /* départ: the step whose actions file it */
	struct procedure_list from;     /* depuis: the steps of the parent where it may be opened */
	const struct feel *condition;   /* si: in the parent's scope; NULL: always */
	struct text message;            /* told when it is not true */
	struct procedure_list who;      /* qui: roles that may open it */
	struct procedure_list sections; /* formulaire: asked at its filing; the rest keeps the parent's values */
	struct procedure_list pieces;   /* pièces: asked at its filing */
	bool alone;                     /* un_seul: one at a time for a parent */
};

/* A circuit. tracks[0] is the main one, without a name; the others (suivis) live beside it, each with a current step of
 * its own from the filing on: steps.at[0] first. */
struct procedure_track {
	struct procedure_origin origin;
	struct text name, label;
	struct procedure_list steps;
};

/* A name that happens in a dossier's history: of actions and deadlines. */
struct procedure_move {
	struct text name, label; /* the label of the first that bears it */
	struct text done;        /* fait: how it is told once done; the label when not said */
	struct procedure_list actions, deadlines;
};

/* ---- words to people ---- */

struct procedure_letter {
	struct procedure_origin origin;
	struct text name, title;
	struct procedure_template template; /* Markdown */
	struct procedure_list signers;      /* signent: roles, in order */
	struct procedure_list replaces;     /* remplace: letters of the parent that it replaces, made for a child */
	enum procedure_sense sense;
};

struct procedure_mail {
	struct procedure_origin origin;
	struct text name;
	struct procedure_list to;      /* à: roles */
	struct procedure_list after;   /* après: moves; none for a dated mail */
	const struct feel *moment;     /* moment: a date (its first instant) or a date and time */
	struct procedure_list steps;   /* étapes: only dossiers there at that moment */
	const struct feel *condition;  /* si: judged per dossier and recipient; NULL: always */
	bool grouped;                  /* groupé: one mail per recipient for all their dossiers */
	struct procedure_list links;   /* lien: moves that the link allows; none: no link */
	const struct feel *link_until; /* lien_jusquau: a date (that day included) or a date and time (excluded) */
	struct procedure_template subject, body;
};

/* ---- after ---- */

struct procedure_column {
	struct procedure_origin origin;
	struct text title;
	const struct feel *value;
	int field; /* one field alone: shown with its options' labels */
};

struct procedure_export {
	struct procedure_origin origin;
	struct text name, title;
	struct procedure_list steps; /* none: every filed dossier */
	const struct procedure_column *columns;
	size_t column_count;
};

struct procedure_measure {
	struct procedure_origin origin;
	struct text name, label;
	const struct feel *condition; /* a dossier counts when true */
};

/* Which days a report is about. */
enum procedure_period {
	PROCEDURE_CIVIL_YEAR,  /* année civile: 1 January to 31 December */
	PROCEDURE_SCHOOL_YEAR, /* année scolaire: 1 September to 31 August */
	PROCEDURE_CAMPAIGN,    /* campagne: from its first day on; the dossiers of that campaign only */
};

struct procedure_report_measure {
	struct procedure_origin origin;
	struct text name, label;
	const struct feel *condition; /* si: NULL: every dossier */
	const struct feel *sum, *mean; /* somme or moyenne: of this number; both NULL: dossiers are counted */
};

/* How many dossiers for each value of an expression. */
struct procedure_report_list {
	struct procedure_origin origin;
	struct text name, title;
	const struct feel *condition; /* si: NULL: every dossier */
	const struct feel *value;     /* each item of a list counts */
	int field;                    /* one field alone: shown with its options' labels */
};

/* A yearly report. Its expressions read the case scope, and `période`: see period_slot. */
struct procedure_report {
	struct procedure_origin origin;
	struct text name, title;
	enum procedure_period period;
	struct procedure_list who; /* roles that read it, where they hold them */
	int64_t secret;            /* what would tell of fewer dossiers is not shown alone; 0: all is */
	const struct text *natures; /* compte: only dossiers of these natures, "demande" for those born of none; none: all */
	size_t nature_count;
	const struct procedure_column *by;
	size_t by_count;
	const struct procedure_report_measure *measures;
	size_t measure_count;
	const struct procedure_report_list *lists;
	size_t list_count;
};

/* semaine: who is away which day. The dossiers of other steps are not in it. */
struct procedure_week {
	struct procedure_origin origin;
	const struct feel *days;       /* a list of "lundi", "mardi matin"…; NULL: the procedure has no week */
	const struct feel *from, *to;  /* du, au: dates, the last one included; null or NULL: no bound */
	const struct feel *presence;   /* présence: the day when all are there, "mardi", or a list of them */
	const struct feel *exceptions; /* écarts: a list of {jour: date, absent: boolean, libellé: string} */
	struct procedure_list steps, asked; /* granted; only asked for */
};

/* ---- the inputs of expressions ---- */

/* What stands in a slot of the inputs given to feel_evaluate(). The types of the contexts are
 * the types of the slots: fill their entries in that order. Unknown things are null. */
enum procedure_slot_kind {
	/* In every scope. */
	PROCEDURE_SLOT_POSTING,   /* affectation: the entries of `agent` as the directory has them today, then depuis
	                           * (date) and actif (boolean) */
	PROCEDURE_SLOT_LOCALS,    /* réglage: a value per local, in order, for the structure of today */
	PROCEDURE_SLOT_COUNTERS,  /* compteur, of the person or of the structure that asks: per counter a list of quantité, du, au, dossier, origine, oldest first */
	PROCEDURE_SLOT_PARAMETER, /* index: parameters; by the date of the filing, or today before it */
	PROCEDURE_SLOT_AGENT,     /* agent: matricule, civilité, nom, prénom, mail, corps, grade, catégorie,
	                           * filière, statut, structure {code, nom, type, département, adresse, régime, employeur} */
	PROCEDURE_SLOT_CAMPAIGN,  /* campagne: campaign_feel() */
	PROCEDURE_SLOT_WINDOWS,   /* fenêtre: campaign_windows_feel(), or as reopened for this dossier */
	PROCEDURE_SLOT_TODAY,     /* aujourdhui: date */
	/* In the scopes of a dossier. */
	PROCEDURE_SLOT_FIELD,     /* index: fields */
	PROCEDURE_SLOT_POSED,     /* index: posed */
	PROCEDURE_SLOT_PIECES,    /* pièces: per piece null, or fichier, état (procedure_piece_state), le (date),
	                           * motif, valable_jusquau (date) */
	PROCEDURE_SLOT_REGISTERS, /* registre: per register, the list of its rows: le (date), par (string or null), columns */
	PROCEDURE_SLOT_CLOCKS,    /* délai: per clock depuis (date), échéance (date, included), fin (date and time, excluded),
	                           * suspendu, jours_suspendus, restant (days) */
	PROCEDURE_SLOT_COMPUTED,  /* index: computed; evaluated in order */
	PROCEDURE_SLOT_DOSSIER,   /* dossier: numéro, état, état_libellé, déposé_le (date), déposé_à (date and
	                           * time), dernière_action (label of the last move), changements (text), actions
	                           * (names of the moves it has known, each once, by their first time), nature
	                           * ("demande", or the name of a nature) */
	PROCEDURE_SLOT_DONE,      /* fait: per move, in order, {le (date), à (date and time), premier_le (date), fois
	                           * (number), par (text)} of the last time; null, and 0 times, when it never happened */
	PROCEDURE_SLOT_PARENT,    /* parent: numéro, état, nature, fait, then the fields of the form and the posed values;
	                           * null for a dossier born of none. Only in procedures with natures, as the next */
	PROCEDURE_SLOT_CHILD,     /* enfant: the same of the child to which something has just happened */
	PROCEDURE_SLOT_TRACKS,    /* suivi: étape (name), depuis (date) per suivi; only when there is one */
	/* In letters and mails. */
	PROCEDURE_SLOT_PERSON,    /* index: roles; civilité, prénom, nom, fonction, mail of who holds or held it */
	/* In mails. */
	PROCEDURE_SLOT_ROLE,      /* rôle: nom, canal (of the recipient) */
	PROCEDURE_SLOT_RECIPIENT, /* destinataire: civilité, prénom, nom */
	PROCEDURE_SLOT_GROUP,     /* groupe: nombre, liste (text of several lines) */
	PROCEDURE_SLOT_LINK,      /* lien: dossier, accueil, réponse (addresses) */
	/* In the rules of the cells of a field of rows, after all of the above. */
	PROCEDURE_SLOT_CELL,      /* index: fields; a cell of the row that is judged */
};

struct procedure_slot {
	enum procedure_slot_kind kind;
	int index; /* NONE where the kind is enough */
	struct text name;
	const struct feel_type *type;
};

/* ---- the whole ---- */

#define PROCEDURE_ITEMS(type, name) \
	const struct procedure_##type *name; \
	size_t type##_count

struct calendar;

struct procedure {
	struct arena *arena;    /* everything here lives in it */
	struct text archive;    /* canonical bytes of its files */
	struct digest hash;     /* of the archive: its version */
	const struct calendar *calendar; /* what its rules count days by (base/calendar.h); NULL: the national one */
	struct text name, title, summary;
	struct text keep;       /* conservation: ISO duration, "P5Y" */
	int office;             /* service: the role that runs the procedure */
	struct procedure_origin once_origin; /* une_par_campagne */
	bool once;              /* one dossier per campaign and agent, unless at a step that frees */
	struct text once_message;
	bool of_structures;     /* sujet: structure: a dossier belongs to one, and to whoever holds there the applicant's role */
	const struct text *askers; /* the functions that give it there */
	size_t asker_count;
	struct procedure_origin behalf_origin; /* pour_autrui */
	struct procedure_list behalf;          /* its qui: roles that may file for an agent; none: nobody */
	struct text behalf_ground;             /* its motif: what is asked of them */
	const struct procedure_rule *entitled; /* de_droit: while true nothing may be refused; NULL without */

	PROCEDURE_ITEMS(source, sources);
	PROCEDURE_ITEMS(document, documents);
	PROCEDURE_ITEMS(parameter, parameters);
	const struct procedure_field *campaign_data; /* what each campaign must set */
	size_t campaign_data_count;
	PROCEDURE_ITEMS(window, windows);
	PROCEDURE_ITEMS(local, locals);
	PROCEDURE_ITEMS(counter, counters);
	PROCEDURE_ITEMS(exception, exceptions);
	PROCEDURE_ITEMS(role, roles);
	const struct procedure_rule *population; /* who may file; in the opening scope */
	size_t population_count;
	PROCEDURE_ITEMS(section, sections);
	PROCEDURE_ITEMS(field, fields); /* of the form, then of actions; form_field_count first ones */
	size_t form_field_count;
	PROCEDURE_ITEMS(piece, pieces);
	PROCEDURE_ITEMS(computed, computed);
	PROCEDURE_ITEMS(posed, posed);
	PROCEDURE_ITEMS(step, steps); /* steps[0] is the draft; those of the main circuit come first */
	PROCEDURE_ITEMS(track, tracks); /* at least the main circuit */
	PROCEDURE_ITEMS(action, actions);
	PROCEDURE_ITEMS(deadline, deadlines);
	PROCEDURE_ITEMS(move, moves);
	PROCEDURE_ITEMS(clock, clocks);
	PROCEDURE_ITEMS(nature, natures);
	const struct procedure_register *registers;
	size_t register_count;
	PROCEDURE_ITEMS(letter, letters);
	PROCEDURE_ITEMS(mail, mails);

	struct procedure_week week;

	const struct procedure_column *columns; /* of the office's list, after the usual ones */
	size_t column_count;
	PROCEDURE_ITEMS(export, exports);
	const struct procedure_column *measure_by;
	size_t measure_by_count;
	PROCEDURE_ITEMS(measure, measures);
	PROCEDURE_ITEMS(report, reports);

	/* One array of inputs serves every expression: those of the opening scope (population) read
	 * the first opening_slots, those of a dossier case_slots, letters letter_slots, mails all. */
	PROCEDURE_ITEMS(slot, slots);
	size_t opening_slots, case_slots, letter_slots;
	/* For other expressions on a dossier (tests of a procedure): each sees the ones before it. */
	const struct feel_scope *opening_scope, *case_scope, *letter_scope, *mail_scope, *report_scope;
	/* `période` of reports, a range of dates: it stands where letters have their first name, in inputs of its own. */
	unsigned period_slot;
	int posting_slot, locals_slot, counters_slot; /* NONE: the name is the procedure's own, or declares nothing */
	bool reads_posting; /* some expression reads `affectation` */
	bool counts_days;   /* some expression counts days by the calendar: days closed later change what it gives */
	int agent_slot, campaign_slot, windows_slot, today_slot, pieces_slot, registers_slot, clocks_slot, dossier_slot, done_slot,
		role_slot, recipient_slot, group_slot, link_slot;
	int parent_slot, child_slot; /* NONE without natures */
	int tracks_slot; /* NONE without a suivi */
	const int *person_slots; /* by role; the applicant's is agent_slot when it is named so */
};

/* ---- findings ---- */

enum procedure_severity { PROCEDURE_ERROR, PROCEDURE_WARNING };

/* The role of the applicant. */
int procedure_applicant(const struct procedure *procedure);
/* Is this function one of those that ask for a structure? */
bool procedure_asks(const struct procedure *procedure, struct text function);
/* Does this role, not the applicant's, name such a function? Then it is held above the structure that asks. */
bool procedure_role_asks(const struct procedure *procedure, const struct procedure_role *role);

/* One mistake. Numbers are documented in doc/manual/langage.md and never reused. */
struct procedure_finding {
	int number;
	enum procedure_severity severity;
	struct text file;
	unsigned line, column; /* from 1; columns in characters; line 0: the whole file or folder */
	unsigned width;        /* of what is pointed at, in characters; 1 at least */
	struct text excerpt;   /* the line; empty without */
	struct text sentence, remedy; /* French, without and with nothing after; remedy may be empty */
};

/* Sorted by file, line, column. Start from zero; procedure_findings_release() after. */
struct procedure_findings {
	struct arena *arena; /* the texts live here */
	struct procedure_finding *at;
	size_t count, errors;
	bool more;   /* the ceiling was reached */
	bool broken; /* memory was short: the list is not complete */
};

void procedure_findings_release(struct procedure_findings *findings);
static inline void procedure_findings_release_at(struct procedure_findings *f) { procedure_findings_release(f); }

/* "procedure.yaml:12:5 : erreur 203 : …", the line, the caret, the remedy: as people read it. */
void procedure_finding_write(const struct procedure_finding *finding, struct buffer *out);

/* The nth kind of finding there is (from 0): what it is about in general, for the manual. Empty
 * after the last. */
struct text procedure_finding_subject(size_t nth, int *ret_number, enum procedure_severity *ret_severity);

/* ---- reading ---- */

struct procedure_options {
	int without; /* leave out this mutant (from 1, see procedure_mutants()); 0: nothing */
};

struct procedure_file {
	struct text name; /* relative to the folder, with '/' */
	struct text bytes;
};

/* Reads a folder, a list of files in memory, or the bytes of an archive. `options` may be NULL.
 * NULL when no model can be made of it: the findings say why and *error has a first sentence
 * (REFUSED), or memory or the disk failed (BROKEN). A model may come with errors among the
 * findings: it serves mutants and previews, only one with findings.errors == 0 is published. */
struct procedure *procedure_read(const char *folder, const struct procedure_options *options,
	struct procedure_findings *findings, struct guichet_error *error);
struct procedure *procedure_read_files(const struct procedure_file *files, size_t count,
	const struct procedure_options *options, struct procedure_findings *findings, struct guichet_error *error);
struct procedure *procedure_read_archive(struct text archive, const struct procedure_options *options,
	struct procedure_findings *findings, struct guichet_error *error);
void procedure_free(struct procedure *procedure);
DEFINE_CLEANUP(struct procedure, procedure_free)

/* The folder as one text: procedure.yaml, lettres/, courriers/ and tables/, names sorted,
 * each name and content preceded by its length. Campaigns and tests are not part of it. */
enum guichet_status procedure_archive(struct arena *arena, const char *folder, struct text *ret_archive,
	struct digest *ret_hash, struct guichet_error *error);

/* ---- looking up names that come from outside (database, forms): NONE when unknown ---- */

int procedure_step_find(const struct procedure *procedure, struct text name);
int procedure_track_find(const struct procedure *procedure, struct text name);
int procedure_move_find(const struct procedure *procedure, struct text name);
int procedure_action_find(const struct procedure *procedure, int step, struct text name);
int procedure_deadline_find(const struct procedure *procedure, int step, struct text name);
int procedure_field_find(const struct procedure *procedure, struct text name);
int procedure_register_find(const struct procedure *procedure, struct text name);
int procedure_piece_find(const struct procedure *procedure, struct text name);
int procedure_clock_find(const struct procedure *procedure, struct text name);
int procedure_role_find(const struct procedure *procedure, struct text name);
int procedure_letter_find(const struct procedure *procedure, struct text name);
int procedure_mail_find(const struct procedure *procedure, struct text name);
int procedure_window_find(const struct procedure *procedure, struct text name);
int procedure_local_find(const struct procedure *procedure, struct text name);
int procedure_counter_find(const struct procedure *procedure, struct text name);
int procedure_posed_find(const struct procedure *procedure, struct text name);
int procedure_computed_find(const struct procedure *procedure, struct text name);
int procedure_report_find(const struct procedure *procedure, struct text name);
int procedure_nature_find(const struct procedure *procedure, struct text name);

/* Is a dossier not filed yet there: the first step, or one where a nature begins? */
bool procedure_is_draft(const struct procedure *procedure, int step);

/* The field, or the cell of a row, whose value stands in a slot; NULL for other slots. */
const struct procedure_field *procedure_slot_field(const struct procedure *procedure, const struct procedure_slot *slot);

/* Is its filing answered by a mail to who files? By a letter of theirs? What the pages promise depends on it. */
bool procedure_acknowledges_by_mail(const struct procedure *procedure);
bool procedure_acknowledges_by_letter(const struct procedure *procedure);

/* May its author take it back: an action of theirs, once filed, that ends it and leaves room for another? */
bool procedure_may_be_withdrawn(const struct procedure *procedure);

/* Does the applicant hand in this piece, at the filing or later? Else others do. */
bool procedure_piece_is_theirs(const struct procedure *procedure, size_t piece);

/* Is this index in the list? */
bool procedure_list_has(struct procedure_list list, int index);

/* The value of a parameter on a day; a null with a reason before its first value. */
struct feel_value procedure_parameter_at(const struct procedure *procedure, size_t parameter, struct date day);

/* ---- where an expression stands: for explanations ---- */

enum procedure_place_kind {
	PROCEDURE_AT_POPULATION,   /* who may file; rank from 1 */
	PROCEDURE_AT_FIELD_SHOWN,  /* its `si` */
	PROCEDURE_AT_SECTION_SHOWN,
	PROCEDURE_AT_FIELD_CHECK,
	PROCEDURE_AT_FIELD_PROPOSAL,
	PROCEDURE_AT_CELL_SHOWN,   /* `si` of a cell of rows; index: of their field */
	PROCEDURE_AT_CELL_CHECK,
	PROCEDURE_AT_PIECE_ASKED,
	PROCEDURE_AT_PIECE_VALID,  /* valable_jusquau */
	PROCEDURE_AT_CLOCK,        /* nombre, of a délai */
	PROCEDURE_AT_COMPUTED,
	PROCEDURE_AT_ACTION_OFFERED,
	PROCEDURE_AT_ACTION_REQUIRES,
	PROCEDURE_AT_INSCRIPTION,  /* inscrit: a column of a register */
	PROCEDURE_AT_COUNTING,     /* compte: quantité, du, au; index: the counter */
	PROCEDURE_AT_SETTING,      /* pose, of an action or a deadline */
	PROCEDURE_AT_OPENING,      /* ouvre.jusquau */
	PROCEDURE_AT_DEADLINE,     /* quand */
	PROCEDURE_AT_DEADLINE_HAPPENS, /* its `si` */
	PROCEDURE_AT_PASSAGE,      /* its `si` */
	PROCEDURE_AT_WARNING,      /* avertit; index: of its step */
	PROCEDURE_AT_ENTITLED,     /* de_droit */
	PROCEDURE_AT_WINDOW,       /* pendant: no expression */
	PROCEDURE_AT_NATURE,       /* si of a nature: may a child be opened */
};

struct procedure_place {
	enum procedure_place_kind kind;
	int index;              /* of the field, the piece, the computed value…; of a population rule: its rank from 0 */
	struct text name, label; /* of what the expression is for */
	struct text message;    /* told when it is not true; may be empty */
	const struct procedure_origin *origin;
};

/* False when it is none of those: a letter, a mail, a list, an indicator. */
[[nodiscard]] bool procedure_place_of(const struct procedure *procedure, const struct feel *feel,
	struct procedure_place *ret_place);

/* ---- using it ---- */

/* "8h30", "08:30", "8 h": a time as people and browsers write it, without seconds. */
[[nodiscard]] bool procedure_time_read(struct text text, struct feel_value *ret_time);

/* The half-days of a week as a form sends them, "lundi.matin", and how people call each. */
struct procedure_half_day {
	struct text raw;   /* "lundi.matin" */
	struct text label; /* "lundi matin" */
};

enum { PROCEDURE_MOST_HALF_DAYS = 14 };

/* Those of a field of type semaine, in order: two per day. False without memory. */
[[nodiscard]] bool procedure_half_days(struct arena *arena, const struct procedure_field *field,
	struct procedure_half_day *ret_half_days);
/* Its value when these of its half-days are chosen, in that order; null when none is. False without memory. */
[[nodiscard]] bool procedure_week_value(struct arena *arena, const struct procedure_field *field, const bool *chosen,
	struct feel_value *ret_value);

/* A field's value as people read it: options by their labels, money with its sign, numbers with the
 * field's unit ("2 jours"), dates in French. Empty for null. */
struct text procedure_field_text(struct arena *arena, const struct procedure_field *field, struct feel_value value);
/* The same for a computed value: its decimals, its sign. */
struct text procedure_computed_text(struct arena *arena, const struct procedure_computed *computed, struct feel_value value);
/* The same for what an expression gives, when it is one name alone, one value of a table ("table.sortie"), or a piece. */
struct text procedure_value_text(struct arena *arena, const struct procedure *procedure, struct text source,
	struct feel_value value);
/* The same for a column. */
struct text procedure_column_text(struct arena *arena, const struct procedure *procedure,
	const struct procedure_column *column, struct feel_value value);
/* What to tell of a number that the field does not admit: "Écrivez un nombre entre 0 et 100."; empty
 * when it does, or is null. */
struct text procedure_field_refusal(struct arena *arena, const struct procedure_field *field, struct feel_value value);
/* "De 1 à 5", "Au moins 1", "Au plus 5": what a field says of its own bounds; empty without, or when its
 * type says so already. */
struct text procedure_field_bounds(struct arena *arena, const struct procedure_field *field);

/* Adds the filled text to `out`: subjects and mails. `run` gives inputs, arena and now. The
 * values are data: control characters are dropped. REFUSED when a hole is null (it names it). */
enum guichet_status procedure_fill_text(const struct procedure *procedure, const struct procedure_template *template,
	struct feel_run *run, struct buffer *out, struct guichet_error *error);
/* The same for a letter: Markdown where each hole is a marker (base/hole.h), and its value in
 * *ret_holes, in run->arena. */
enum guichet_status procedure_fill_letter(const struct procedure *procedure, const struct procedure_template *template,
	struct feel_run *run, struct buffer *markdown, const struct text **ret_holes, size_t *ret_count,
	struct guichet_error *error);

/* ---- campaigns ---- */

struct campaign_window {
	instant opens, closes; /* closes: the first instant after; INSTANT_NEVER: it stays open */
	struct date first_day, last_day; /* last_day: year 0 when it stays open */
};

struct campaign_contact {
	struct text label, address, phone, mail, hours; /* any but the label may be empty */
};

struct campaign_key_date {
	struct date from, to; /* the same day, or both included */
	struct text label;
};

/* One year's (or one occasion's) opening of a procedure. Immutable, in `arena`. */
struct campaign {
	struct text source; /* the bytes of its file */
	struct text name, procedure, title;
	struct date announced;  /* year 0 when not stated */
	const struct campaign_window *windows; /* by window of the procedure */
	size_t window_count;
	const struct feel_value *data; /* by campaign_data of the procedure */
	size_t data_count;
	const struct text *functions;  /* diffusion: whoever holds one is told of the opening */
	size_t function_count;
	const struct campaign_contact *contacts;
	size_t contact_count;
	const struct campaign_key_date *key_dates;
	size_t key_date_count;
};

/* Reads the bytes of a campaign's file against its procedure, into `arena`; `name` serves in
 * findings. NULL when there is an error among the findings or memory failed (BROKEN). */
struct campaign *campaign_read(struct arena *arena, const struct procedure *procedure, struct text name,
	struct text bytes, struct procedure_findings *findings, struct guichet_error *error);

/* The value of `campagne` for expressions, and that of `fenêtre` with these windows (by window
 * of the procedure: the campaign's, or as they stand for one dossier). */
struct feel_value campaign_feel(struct arena *arena, const struct procedure *procedure, const struct campaign *campaign);
struct feel_value campaign_windows_feel(struct arena *arena, const struct procedure *procedure,
	const struct campaign_window *windows);

/* ---- mutants, for "guichet test --mutate" ---- */

struct procedure_mutant {
	struct text path;        /* "circuit.avis_attendu.actions.favorable.pendant" */
	struct text description; /* "sans la fenêtre de l’action « Favorable »" */
	struct text cites;       /* the requirements of what loses it, "TTA-26, TTA-57" */
	struct text file;        /* where it stands */
	unsigned line;
};

/* Each cited rule, and each behavioural key of one, that options.without = 1, 2… leaves out. */
enum guichet_status procedure_mutants(struct arena *arena, const struct procedure *procedure,
	const struct procedure_mutant **ret_mutants, size_t *ret_count, struct guichet_error *error);
