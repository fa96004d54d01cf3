/* What the reader, the checker and the findings share. Reading is one pass: the scope is
 * asked while lexing, types are checked as each node is made. Inside of feel/. */
#pragma once

#include "feel/builtin.h"
#include "feel/node.h"
#include "feel/scope.h"

struct local {
	const struct local *next;
	struct text name;
	const struct feel_type *type;
	unsigned place;
	bool entries; /* the item of a filter: its entries are names too */
};

/* Where a piece of a source made of several comes from. */
struct source_part {
	size_t start, length;
	const void *place;
};

struct reader {
	struct arena *arena;
	const struct feel_scope *scope;
	struct text source;
	size_t at;  /* next byte, spaces skipped */
	size_t end; /* where the last token ended */
	struct feel_findings *findings;
	const struct source_part *parts; /* of a source made of several, in order; NULL: it is one */
	size_t part_count;
	const struct local *locals;
	struct local *self; /* the name of the function that comes next, or NULL */
	unsigned local_count, most_locals;
	unsigned nesting;
	size_t name_start, name_end; /* of the last known name */
	bool stopped; /* a mistake of syntax, or no memory: nothing more can be said */
	bool mistaken;
	bool uses_tested; /* `?` was read */
	bool counts_days; /* a builtin that looks at the calendar was read */
	enum feel_about about; /* of the mistakes that are recorded now */
	struct feel_use *uses;
	size_t use_count, use_capacity;
};

/* Records a mistake of meaning: reading goes on. The message is a format. */
[[gnu::format(printf, 5, 6)]] void reader_mistake(struct reader *reader, size_t offset, size_t length,
	struct text remedy, const char *format, ...);
/* Records a mistake of syntax at a point: reading stops. Returns NULL. */
[[gnu::format(printf, 5, 6)]] struct node *reader_stop(struct reader *reader, size_t offset, size_t length,
	struct text remedy, const char *format, ...);
/* No memory: returns NULL. */
struct node *reader_broken(struct reader *reader);

/* The closest of the known words to `wrong`, or an empty text: feed candidates one by one. */
struct closest {
	struct text wrong, best;
	size_t distance;
};
void closest_try(struct closest *closest, struct text candidate);
/* "vouliez-vous « jours » ?", or empty. */
struct text closest_remedy(struct arena *arena, const struct closest *closest);

/* ---- checker: makes nodes, typed; NULL when the reader stopped ---- */

struct node *node_new(struct reader *reader, enum node_kind kind, size_t offset,
	const struct feel_type *type);
struct node *node_constant(struct reader *reader, size_t offset, struct feel_value value,
	const struct feel_type *type);
/* A node over two others (the second may be NULL); refuses to grow beyond what evaluation can walk. */
struct node *node_over(struct reader *reader, enum node_kind kind, size_t offset,
	const struct feel_type *type, const struct node *left, const struct node *right);
/* A node over parts, copied. */
struct node *node_of(struct reader *reader, enum node_kind kind, size_t offset, const struct feel_type *type,
	const struct node *const *parts, size_t count);
struct node *check_binary(struct reader *reader, enum node_kind kind, const struct node *left,
	const struct node *right);
struct node *check_negate(struct reader *reader, size_t offset, const struct node *operand);
struct node *check_between(struct reader *reader, const struct node *value, const struct node *low,
	const struct node *high);
struct node *check_if(struct reader *reader, size_t offset, const struct node *condition,
	const struct node *then,
	const struct node *otherwise);
struct node *check_entry(struct reader *reader, const struct node *of, struct text name, size_t name_offset);
/* A test of the value of type `tested` in `place`: `operand` compared with `comparison`, or NODE_TEST. */
struct node *check_test(struct reader *reader, size_t offset, unsigned place, const struct feel_type *tested,
	enum node_kind comparison, const struct node *operand, bool is_condition);
struct node *check_builtin(struct reader *reader, size_t offset, size_t name_length, struct text name,
	const struct node **arguments, const struct text *names, size_t count);
struct node *check_call(struct reader *reader, const struct node *function, const struct node **arguments,
	const struct text *names, size_t count);
/* "les valeurs possibles sont "a", "b"" of a type of few words, or empty. */
struct text check_words_remedy(struct reader *reader, const struct feel_type *type);
/* Says that a constant text (or one in a list) is none of the words of the type. */
void check_among_words(struct reader *reader, const struct feel_type *type, const struct node *node);
void check_boolean(struct reader *reader, const struct node *node, const char *where);
/* What a value of the type gives when iterated. */
const struct feel_type *check_iterated(struct reader *reader, const struct node *node);
const struct feel_type *item_type(const struct feel_type *type);
