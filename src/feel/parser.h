/* The inside of reading, for the files that turn text into nodes: lex.c (characters and names),
 * literal.c, read_name.c, read_operand.c, read.c (operators), read_test.c (unary tests, and the doors).
 * Reading is one pass: the scope is asked while lexing and each node is checked as it is made.
 * Functions that give a node give NULL once the reader stopped, and have then said why. */
#pragma once

#include "feel/reader.h"

/* ---- characters: the reader stands on the first byte of a token, spaces skipped ---- */

void lex_skip_spaces(struct reader *reader);
/* Moves past a token that ends at `end`. */
void lex_advance(struct reader *reader, size_t end);
/* True when a character of a name stands at `at`. */
bool lex_goes_on(struct text source, size_t at);
bool lex_sees(const struct reader *reader, struct text sign);
bool lex_take(struct reader *reader, struct text sign);
/* A keyword, which ends where a name would. */
bool lex_sees_word(const struct reader *reader, struct text word);
bool lex_take_word(struct reader *reader, struct text word);
/* How FEEL writes what stands here and is not FEEL; or empty. */
struct text lex_hint(const struct reader *reader);
/* Stops: `what` is missing here. Returns NULL. */
const struct node *lex_expected(struct reader *reader, const char *what);
/* The sign or the word is taken, or the reader stops. */
bool lex_expect(struct reader *reader, struct text sign, const char *what);
bool lex_expect_word(struct reader *reader, struct text word, const char *what);

/* ---- names ---- */

/* What a name was found to be. */
struct found {
	enum { FOUND_NOTHING, FOUND_LOCAL, FOUND_ENTRY, FOUND_INPUT, FOUND_BUILTIN } what;
	struct text name;
	size_t end;
	const struct local *local;
	const struct feel_type *type;
	unsigned slot;
};

/* The longest name known here. */
struct found lex_find_name(struct reader *reader);
/* Where `name` ends when it stands at `at`; 0 when it does not. One space of the name matches
 * any; ' matches ’. */
size_t lex_name_end(struct text source, size_t at, struct text name);
/* A name of one word at `at`: where it ends, or `at`. */
size_t lex_word_end(struct text source, size_t at);
/* A new name up to one of `ends`, its words joined by one space; empty when there is none. */
struct text lex_new_name(struct reader *reader, struct text ends);
/* A variable of an iteration: up to the word "in". */
struct text lex_variable(struct reader *reader);
void lex_try_known_names(const struct reader *reader, struct closest *closest);
/* Does a word stand at `at` that goes on an expression ("and", "in", "then"…)? */
bool lex_is_operator_word(struct text source, size_t at);
/* The most words that could be one name: what was meant, for a message. */
size_t lex_guess_end(struct reader *reader, struct closest *closest);

/* Records that a path of the scope is read. */
void reader_note_use(struct reader *reader, unsigned slot, struct text path, size_t offset);

/* Locals last as long as the construct that makes them. */
struct mark {
	const struct local *locals;
	unsigned count;
};

bool reader_push_local(struct reader *reader, struct text name, const struct feel_type *type, bool entries,
	unsigned *ret_place);
struct mark reader_mark_locals(const struct reader *reader);
void reader_drop_locals(struct reader *reader, struct mark mark);

/* A function that is named may call itself. Its name is pushed before it is read, its type becoming
 * known in stages: with its parameters (node_function_type), then with its body (reader_settle_self).
 * The function that is read next takes the name. */
bool reader_push_self(struct reader *reader, struct text name);
struct local *reader_take_self(struct reader *reader);
bool reader_settle_self(struct reader *reader, struct text name, const struct feel_type *type);

/* ---- growing lists of nodes ---- */

struct nodes {
	const struct node **at;
	struct text *names;
	size_t count, capacity;
};

/* False when `node` is NULL or the arena is full. */
bool nodes_add(struct reader *reader, struct nodes *nodes, const struct node *node, struct text name);
struct node *node_of_parts(struct reader *reader, enum node_kind kind, size_t offset,
	const struct nodes *parts, const struct feel_type *type);
/* Gives the node its length, up to the last token; refuses what evaluation could not walk. */
struct node *node_finish(struct reader *reader, struct node *node);

/* ---- constructs, as texts and boxes make them (construct.c) ---- */

/* Entries from local on; `result` is its value when it is not NULL. */
const struct node *node_context(struct reader *reader, size_t offset, const struct nodes *entries,
	unsigned local, const struct node *result);
/* for, some or every: the lists, then the body; variables from local. */
const struct node *node_iteration(struct reader *reader, enum node_kind kind, size_t offset,
	const struct nodes *parts, unsigned local);
/* The type of a function whose body is not read yet; `fields` is copied. `self` (or NULL) learns it. */
const struct feel_type *node_function_type(struct reader *reader, const struct feel_field *fields,
	size_t count, struct local *self);
const struct node *node_function(struct reader *reader, size_t offset, const struct feel_type *type,
	const struct node *body, unsigned local, const struct local *self);
/* list[inside], the item in `place`. */
const struct node *node_filter(struct reader *reader, const struct node *list, const struct node *inside,
	unsigned place);

/* ---- literals and types ---- */

/* The characters between two quotes; at == NULL when the reader stopped. */
struct text read_characters(struct reader *reader);
const struct node *read_string(struct reader *reader);
const struct node *read_number(struct reader *reader);
/* @"2023-06-16" */
const struct node *read_at_literal(struct reader *reader);
/* A type, as "instance of" and parameters write it. */
const struct feel_type *read_type(struct reader *reader);

/* ---- expressions ---- */

const struct node *read_expression(struct reader *reader);
/* What stands between operators. */
const struct node *read_operand(struct reader *reader);
/* A name, and its arguments when it is that of a builtin. */
const struct node *read_name(struct reader *reader);
/* Arguments after "(", with their names when they have some, to ")". False when the reader stopped. */
bool read_arguments(struct reader *reader, struct nodes *arguments);
/* The entry after a dot. A *path that is not empty is made longer by its name. */
const struct node *read_entry_of(struct reader *reader, const struct node *of, struct text *path);
/* What may stand on one side of a comparison: no comparison, `and` or `or` but in parentheses. */
const struct node *read_compared(struct reader *reader);
/* The end of a range whose start was read: `..high]`. */
const struct node *read_range_end(struct reader *reader, size_t offset, const struct node *low,
	bool low_open);
/* A sign of comparison; NODE_CONSTANT when there is none. */
enum node_kind read_comparison(struct reader *reader);
/* What follows `in`. */
const struct node *read_in(struct reader *reader, const struct node *value);

/* A whole cell of tests: those, `-`, or `not(…)`. */
const struct node *read_test_cell(struct reader *reader, unsigned place, const struct feel_type *tested);

/* ---- a whole source ---- */

/* Stops when something follows what was read. */
void reader_end(struct reader *reader);
