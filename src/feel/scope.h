/* The inside of a scope, for the reader. */
#pragma once

#include "feel/type.h"

struct scope_name {
	struct text name;
	const struct feel_type *type;
};

struct feel_scope {
	struct arena *arena;
	const struct feel_scope *parent;
	unsigned first_slot, count, capacity;
	struct scope_name *names;
	unsigned type_count, type_capacity;
	struct scope_name *types; /* that "instance of" and parameters may name */
	const struct calendar *calendar; /* NULL: that of the parent, or the national one */
};

/* See feel_scope_set_calendar(). */
const struct calendar *scope_calendar(const struct feel_scope *scope);

/* ---- the characters of a name (grammar rules 27 to 30) ---- */

/* A letter, "_" or "?". */
bool name_starts_with(uint32_t point);
/* Those, a digit, a middle dot, a combining accent. */
bool name_goes_on_with(uint32_t point);
/* Between the words of a name: . / - ' ’ + * */
bool name_may_hold(uint32_t point);
bool is_white(uint32_t point);
/* The next character, an accent that follows its letter being put on it: "e" and U+0301 are "é". */
uint32_t name_next(struct text text, size_t *at);
/* True when an accent of its own (U+0300 to U+036F) begins at `at`. */
static inline bool
name_has_accent(struct text text, size_t at)
{
	return at < text.length && ((unsigned char)text.at[at] & 0xfe) == 0xcc;
}
/* The text with its accents put on their letters; itself when there is none. NULL `at`: no memory. */
struct text name_composed(struct arena *arena, struct text text);
/* The letter without its case and accents, for people who forget them; 0 for an accent. */
uint32_t name_letter(uint32_t point);
/* True when the whole text can be a name. */
bool name_is_valid(struct text name);
