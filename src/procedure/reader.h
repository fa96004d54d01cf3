/* The reading of one procedure under way: from the YAML tree to the model, in three strokes.
 *
 *   1. names   what each section declares is listed, so that references resolve in any order;
 *   2. items   each section fills its arrays; expressions and templates are only noted (want_…);
 *   3. rules   the scopes are built, then every noted expression is read in its scope.
 *
 * A mistake is a finding and the reading goes on with something harmless in its place. */
#pragma once

#include "procedure/finding.h"
#include "procedure/shape.h"
#include "procedure/yaml.h"

/* Which names an expression sees. */
enum scope_kind {
	SCOPE_CONSTANT, /* none: values of parameters */
	SCOPE_DATA,     /* the data of a campaign, by their bare names */
	SCOPE_OPENING,
	SCOPE_CASE,
	SCOPE_LETTER,
	SCOPE_MAIL,
	SCOPE_REPORT,   /* that of a case, and the period */
	SCOPE_COUNT     /* from here on, one for the cells of each field of rows that has rules: that of a case, and the row */
};

/* What an expression must give. */
enum wanted {
	WANT_ANY,
	WANT_TRUTH,
	WANT_MOMENT, /* a date, or a date and time */
	WANT_DAY,
	WANT_TEXT,
	WANT_LIST,
	WANT_NUMBER,
};

/* The sections whose names others refer to. */
enum name_kind {
	NAME_WINDOW,
	NAME_COUNTER,
	NAME_ROLE,
	NAME_FIELD,
	NAME_STEP,
	NAME_MOVE,
	NAME_LETTER,
	NAME_PIECE,
	NAME_SECTION,
	NAME_NATURE,
	NAME_KIND_COUNT
};

/* A declared name, where it is declared. */
struct name {
	struct text name;
	const struct yaml_node *key, *value;
};

struct names {
	struct name *at;
	size_t count, capacity;
};

/* An expression to be read in the third stroke. */
struct pending {
	struct pending *next;
	const struct yaml_node *node;
	enum scope_kind scope;
	enum wanted wanted;
	const struct feel_type *expected; /* NULL: `wanted` says all */
	const struct feel **ret_feel;
};

/* A template to be read in the third stroke. */
struct pending_template {
	struct pending_template *next;
	const struct source *source;    /* a file… */
	const struct yaml_node *scalar; /* …or a line of procedure.yaml */
	enum scope_kind scope;
	struct procedure_template *ret_template;
};

/* What the rules of the cells of a row see. */
struct row_scope {
	struct row_scope *next;
	enum scope_kind kind;
	struct procedure_field *cells;
	const struct yaml_node **keys; /* of the cells */
	size_t count;
	struct feel_scope *scope;      /* NULL until read_scopes() */
};

struct table;
struct cell;

/* A name whose type comes from expressions: computed or posed. */
struct derived {
	struct text name;
	const struct yaml_node *key;
	const struct yaml_node **values; /* one for a computed, one per pose */
	const struct feel ***ret_feels;
	size_t count;
	struct table *table; /* a decision table has no values but its cells; or NULL */
	int computed, posed; /* index in the model, or NONE */
	int state;           /* 0 to do, 1 under way, 2 done */
	struct text unit;    /* that a computed declares, and where */
	struct span unit_at;
	int stage;           /* enum stage: what its expressions read of the dossiers around */
	const struct feel_type *type;
	unsigned slot;
};

/* A line of a decision table that a mutant leaves out. */
struct left_out_row {
	const struct yaml_node *table; /* the key of its table; NULL: none */
	size_t row;                    /* from 1, the line of names not counted */
};

struct reader {
	struct arena *arena; /* the procedure's */
	struct procedure *procedure;
	struct procedure_findings *findings;
	struct source *sources; /* one per file */
	bool *used;             /* the file is read by something */
	size_t source_count;
	struct yaml_node *root;
	struct names names[NAME_KIND_COUNT];
	size_t main_steps; /* how many of the steps are those of « circuit »; suivis have the rest */
	struct pending *pending, **last_pending;
	struct pending_template *templates, **last_template;
	struct feel_scope *scopes[SCOPE_COUNT];
	struct row_scope *row_scopes; /* the last first */
	size_t row_cell_count;        /* in all of them */
	struct derived *derived;
	size_t derived_count, derived_capacity;
	bool mutant; /* dangling references are dropped in silence */
	struct left_out_row without;
};

/* ---- language.c: what each mapping may have ---- */

extern const struct shape shape_clock, shape_rule,
	shape_column,
	shape_source,
	shape_document,
	shape_parameter_value,
	shape_parameter,
	shape_campaign_data,
	shape_field,
	shape_row_field,
	shape_register_column,
	shape_register,
	shape_window,
	shape_calendar,
	shape_role,
	shape_once,
	shape_exception,
	shape_section,
	shape_piece,
	shape_computed,
	shape_input,
	shape_rounding,
	shape_output,
	shape_table,
	shape_decision,
	shape_opens,
	shape_action,
	shape_passage,
	shape_deadline,
	shape_step,
	shape_warning,
	shape_entitled,
	shape_nature,
	shape_behalf,
	shape_track,
	shape_letter,
	shape_mail,
	shape_week,
	shape_list,
	shape_export,
	shape_measure,
	shape_measures,
	shape_report_measure,
	shape_report_list,
	shape_report,
	shape_campaign_window,
	shape_contact,
	shape_key_date,
	shape_local,
	shape_counter,
	shape_counting;

/* ---- keys.c: mappings with known keys ---- */

struct map {
	struct reader *reader;
	const struct yaml_node *node; /* NULL: nothing in it, which has been told */
	struct span at;               /* its key, or itself in a list */
	const struct shape *shape;    /* the only keys it may be asked for */
};

/* Tells keys that the shape has not (with the nearest one) and those it needs and that are absent. */
struct map map_open(struct reader *reader, const struct yaml_node *node, struct span at, const struct shape *shape);
/* NULL when absent or left out. */
const struct yaml_node *map_get(struct map map, const char *key);
/* Whether it stands there, left out or not. */
bool map_has_left_out(struct map map, const char *key);
struct span map_key_place(struct map map, const char *key);
/* Tells 105 when absent: for what is needed only beside another key; map_open() has told the rest. */
const struct yaml_node *map_need(struct map map, const char *key);
/* The items of a mapping of names (fields, roles…): NULL and 0 when it is not one. */
const struct yaml_node *mapping_of(struct reader *reader, const struct yaml_node *node, const char *what);

enum { TEXT_NAME = 60, TEXT_LABEL = 200, TEXT_SENTENCE = 2000 };
/* A scalar without control characters, trimmed; empty when absent or wrong (told). */
struct text map_text(struct map map, const char *key, size_t most);
struct text map_need_text(struct map map, const char *key, size_t most);
struct text scalar_text(struct reader *reader, const struct yaml_node *node, size_t most);
bool map_flag(struct map map, const char *key);
int64_t map_integer(struct map map, const char *key, int64_t least, int64_t most, int64_t otherwise);
bool map_date(struct map map, const char *key, struct date *ret_date);
/* "P5Y": told when it is not an ISO duration. */
struct text map_duration(struct map map, const char *key);
enum procedure_sense map_sense(struct map map, const char *key);
/* The word « jamais »; told when it is another. */
bool map_never(struct map map, const char *key);
/* One text or a list of texts. */
void map_texts(struct map map, const char *key, const struct text **ret_texts, size_t *ret_count);
/* One name or a list of names of that kind. */
struct procedure_list map_names(struct map map, const char *key, enum name_kind kind);
int map_name(struct map map, const char *key, enum name_kind kind);
void map_feel(struct map map, const char *key, enum scope_kind scope, enum wanted wanted, const struct feel **ret_feel);
void map_rules(struct map map, const char *key, enum scope_kind scope, const struct procedure_rule **ret_rules,
	size_t *ret_count);
struct procedure_origin map_origin(struct map map);
/* The file of that folder ("tables/") that `fichier:` names; NULL after finding `number`. */
const struct source *map_file(struct map map, struct text folder, int number, struct text otherwise);
/* The model file (lettres/…, courriers/…) that a key names. */
void map_model(struct map map, const char *folder, enum scope_kind scope, struct procedure_template *ret_template);
void map_line(struct map map, const char *key, enum scope_kind scope, struct procedure_template *ret_template);

void want_feel(struct reader *reader, const struct yaml_node *node, enum scope_kind scope, enum wanted wanted,
	const struct feel_type *expected, const struct feel **ret_feel);
/* Tells that it is no expression and how to write one; false then. */
bool is_expression(struct reader *reader, const struct yaml_node *node);

/* An array in the procedure's arena; NULL without memory, which is noted. */
void *reader_array(struct reader *reader, size_t size, size_t count);
#define READER_ARRAY(reader, type, count) ((type *)reader_array((reader), sizeof(type), (count)))
struct procedure_list list_of(struct reader *reader, const int *items, size_t count);

/* Letters, digits and "_", beginning with a letter; told otherwise. */
bool name_check(struct reader *reader, const struct yaml_node *key);
/* Declares a name of a kind; its index, or that of its first declaration, which is told unless
 * `again` is allowed. */
int name_declare(struct reader *reader, enum name_kind kind, const struct yaml_node *key, const struct yaml_node *value,
	bool again);
int name_find(const struct reader *reader, enum name_kind kind, struct text name);
/* The known text nearest to `name`, or an empty one. */
struct text nearest(struct reader *reader, struct text name, const struct text *known, size_t count);
/* "vouliez-vous « x » ?", or an empty text. */
struct text nearest_remedy(struct reader *reader, struct text name, const struct text *known, size_t count);

/* ---- sections ---- */

void read_calendar(struct reader *reader, struct map top);        /* read_calendar.c */
void read_names(struct reader *reader, struct map top);           /* read_names.c */
void read_opening(struct reader *reader, struct map top);         /* read_opening.c */
void read_outside(struct reader *reader, struct map top);         /* read_outside.c */
/* `compte` and `décompte` of an action or a deadline. */
void read_countings(struct map map, const struct procedure_counting **ret_countings, size_t *ret_count,
	struct procedure_list *ret_uncounts);
void read_form(struct reader *reader, struct map top);            /* read_form.c */
/* read_field.c: one of the form or of an action, or one of the data of a campaign. */
void read_field(struct reader *reader, const struct yaml_item *item, enum scope_kind scope, bool campaign,
	struct procedure_field *ret_field);
/* One of a row; the scope of its rules. */
void read_row_field(struct reader *reader, const struct yaml_item *item, enum scope_kind scope,
	struct procedure_field *ret_field);
void read_register_column(struct reader *reader, const struct yaml_item *item, struct procedure_field *ret_field);
/* read_parts.c: the type of the value of one that names a person or a structure. */
void read_named_type(struct reader *reader, struct procedure_field *field);
void read_parts(struct map map, struct procedure_field *field);   /* read_parts.c: of those made of several answers */
/* Only what may be entered: for the value of a local. */
void read_entry(struct map map, struct text name, struct procedure_field *ret_field);
void read_clocks(struct reader *reader, struct map top);          /* read_clocks.c */
void read_registers(struct reader *reader, struct map top);       /* read_registers.c */
void read_inscriptions(struct map map, const struct procedure_inscription **ret_rows, size_t *ret_count);
void read_circuit(struct reader *reader, struct map top);         /* read_circuit.c */
void read_natures(struct reader *reader, struct map top);         /* read_natures.c */
/* `sur` and `reporte` of an action or a deadline. */
void read_upon(struct map map, const struct procedure_happening **ret_upon, size_t *ret_count);
void read_reported(struct map map, const struct text **ret_names, size_t *ret_count);
void read_words(struct reader *reader, struct map top);           /* read_words.c */
void read_scopes(struct reader *reader);                          /* scope.c */
/* NULL when it could not be made. */
const struct feel_scope *scope_of(const struct reader *reader, enum scope_kind kind);
void read_rules(struct reader *reader);                           /* rules.c */
void read_template(struct reader *reader, struct pending_template *pending); /* template.c */

/* Notes in the procedure what an expression that it reads depends on, outside of the dossier. */
void note_outside(struct reader *reader, const struct feel *feel);
/* Reads one noted expression; NULL after a finding. */
const struct feel *read_feel(struct reader *reader, const struct yaml_node *node, enum scope_kind scope,
	enum wanted wanted, const struct feel_type *expected);
/* `null`: something harmless in the place of what could not be read. NULL without memory. */
const struct feel *read_nothing(struct reader *reader);
/* The same for a cell of a decision table. */
const struct feel *read_cell(struct reader *reader, const struct cell *cell, enum scope_kind scope, enum wanted wanted);
/* Reads a piece of a source (a hole); base is where its text begins. */
const struct feel *read_hole(struct reader *reader, struct text text, enum scope_kind scope, enum wanted wanted,
	size_t (*place)(const void *context, size_t offset), const void *context, const struct source *source);

/* ---- what is made of the whole ---- */

void check_procedure(struct reader *reader);                      /* check.c */
/* check_dates.c: what a campaign without errors makes impossible, told at its windows. */
void check_campaign_dates(struct reader *reader, const struct procedure *procedure, const struct campaign *campaign,
	struct span windows);

/* The files as findings show them; NULL without memory, which is noted. */
struct files;
struct source *sources_of_files(struct reader *reader, const struct files *files); /* read.c */

/* ---- mutants ---- */

/* Marks the item of this number as left out, in the tree or in reader->without; false when there is none. */
bool mutant_leave_out(struct reader *reader, int number);
