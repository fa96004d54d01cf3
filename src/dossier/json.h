/* JSON of states and events: between jansson's trees and the texts of an arena. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "dossier/dossier.h"
#include "feel/feel.h"

DEFINE_CLEANUP(json_t, json_decref)

/* Instants that a dossier may hold: 1900 to 9999, or none at all. */
#define INSTANT_LEAST (INT64_C(-2208988800) * INSTANT_SECOND)
#define INSTANT_MOST  (INT64_C(253402300799) * INSTANT_SECOND)

/* Sorted keys, compact. `at` is NULL when the arena is full. */
struct text json_canonical(struct arena *arena, const json_t *json);
/* A new reference, or NULL with REFUSED: `what` names it in the sentence. */
json_t *json_parse(struct text bytes, const char *what, struct guichet_error *error);

/* The same with only the members of these names, of it and of the objects just below it: `names` ends with NULL. For who
 * reads little of a large event; what is left out is not looked at, beyond where it ends. */
json_t *json_parse_only(struct arena *arena, struct text bytes, const char *const *names, const char *what,
	struct guichet_error *error);

json_t *json_of_text(struct text text);
json_t *json_of_digest(const struct digest *digest);
/* Sets an entry; false when `value` is NULL or memory is short. Takes the reference. */
bool json_put(json_t *object, const char *key, json_t *value);
bool json_put_named(json_t *object, struct text key, json_t *value);
bool json_push(json_t *array, json_t *value);
/* A new empty child, borrowed from its parent; NULL without memory or without parent. */
json_t *json_put_object(json_t *object, const char *key);
json_t *json_put_array(json_t *object, const char *key);

/* A reading that remembers its first mistake: read all, then look at `failed`. */
struct json_reader {
	struct arena *arena;
	const struct procedure *procedure;
	bool failed, full; /* `full`: the arena, not the text */
};

/* An absent text is empty; an absent number is 0; an absent object or array has no entries. */
struct text json_text(struct json_reader *reader, const json_t *json);
struct text json_text_at(struct json_reader *reader, const json_t *object, const char *key);
int64_t json_integer_at(struct json_reader *reader, const json_t *object, const char *key, int64_t min, int64_t max);
/* An instant within the bounds; refused when absent. */
instant json_instant(struct json_reader *reader, const json_t *json);
bool json_boolean_at(struct json_reader *reader, const json_t *object, const char *key);
struct digest json_digest_at(struct json_reader *reader, const json_t *object, const char *key);
struct feel_value json_value(struct json_reader *reader, const struct feel_type *type, const json_t *json);
/* NULL when empty or failed; counts in *ret_count. */
void *json_items(struct json_reader *reader, const json_t *array, size_t size, size_t limit, size_t *ret_count);

/* A value whose contexts have the entries of `type`, in its order; what is missing is null.
 * False when the arena is full. */
[[nodiscard]] bool value_shape(struct arena *arena, const struct feel_type *type, struct feel_value value,
	struct feel_value *ret_value);

/* The type of a value by its name: a field or a posed name; NULL when unknown. */
const struct feel_type *value_type_find(const struct procedure *procedure, struct text name);

/* The context `agent`, as events and states keep it. */
json_t *json_of_agent(struct feel_value agent);
json_t *json_of_person(const struct dossier_person *person);
struct dossier_person json_person(struct json_reader *reader, const json_t *json);
enum procedure_piece_state json_piece_state(struct json_reader *reader, const json_t *json);
json_t *json_of_piece(const struct dossier_piece *piece);
struct dossier_piece json_piece(struct json_reader *reader, const json_t *json);
