/* Values as canonical JSON, and back with their type: see value.h. Numbers, dates, times and
 * durations are strings holding their canonical text: JSON numbers would lose digits. */
#include <jansson.h>

#include "feel/number.h"
#include "feel/temporal.h"
#include "feel/type.h"

#include "base/banned.h"

enum { MOST_NESTED = 100, MOST_NODES = 1000000, BYTES_A_NODE = 64 };

static json_t *
write_value(struct feel_value value, int depth, unsigned *nodes)
{
	char text[TEMPORAL_TEXT_SIZE];
	if (depth > MOST_NESTED || ++*nodes > MOST_NODES)
		return NULL;
	switch ((enum feel_kind)value.kind) {
	case FEEL_NULL:
	case FEEL_RANGE:
	case FEEL_FUNCTION:
	case FEEL_ANY:
	case FEEL_KIND_COUNT:
		return json_null();
	case FEEL_BOOLEAN:
		return json_boolean(value.boolean);
	case FEEL_NUMBER:
		return json_stringn(text, number_write(value.number, text));
	case FEEL_STRING:
		/* The same long text may stand in many places. */
		*nodes += (unsigned)(value.string.length < MOST_NODES ? value.string.length / BYTES_A_NODE : MOST_NODES);
		if (*nodes > MOST_NODES)
			return NULL;
		return json_stringn(value.string.at ? value.string.at : "", value.string.length);
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_YEARS_MONTHS:
	case FEEL_DAYS_TIME:
		return json_stringn(text, temporal_write(value, text));
	case FEEL_LIST: {
		json_t *array = json_array();
		for (size_t i = 0; array && i < value.list.count; i++) {
			if (json_array_append_new(array, write_value(value.list.at[i], depth + 1, nodes)) != 0) {
				json_decref(array);
				return NULL;
			}
		}
		return array;
	}
	case FEEL_CONTEXT: {
		json_t *object = json_object();
		for (size_t i = 0; object && i < value.context.count; i++) {
			const struct text name = value.context.at[i].name;
			char key[512];
			if (name.length >= sizeof key || memchr(name.at, '\0', name.length)) {
				json_decref(object);
				return NULL;
			}
			memcpy(key, name.at, name.length);
			key[name.length] = '\0';
			if (json_object_set_new(object, key,
				write_value(value.context.at[i].value, depth + 1, nodes)) != 0) {
				json_decref(object);
				return NULL;
			}
		}
		return object;
	}
	}
	return json_null();
}

struct json_t *
feel_value_to_json(struct feel_value value)
{
	unsigned nodes = 0;
	return write_value(value, 0, &nodes);
}

struct text
feel_value_to_json_text(struct arena *arena, struct feel_value value)
{
	json_t *json = feel_value_to_json(value);
	if (!json)
		return (struct text){ 0 };
	const size_t size = json_dumpb(json, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
	char *text = size ? arena_alloc(arena, size + 1) : NULL;
	if (text && json_dumpb(json, text, size, JSON_COMPACT | JSON_ENCODE_ANY) != size)
		text = NULL; /* it allocates too */
	json_decref(json);
	return text ? (struct text){ text, size } : (struct text){ 0 };
}

/* ---- reading ---- */

struct place {
	const struct place *in;
	const char *name; /* of the entry, or NULL in a list */
};

static enum guichet_status
wrong(const struct place *place, const struct feel_type *type, struct guichet_error *error)
{
	char kind[200];
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	const struct text wanted = arena ? feel_type_french(arena, type) : TEXT("autre chose");
	snprintf(kind, sizeof kind, TEXT_FORMAT, TEXT_ARGS(wanted));
	for (; place; place = place->in)
		if (place->name)
			return guichet_fail(error, GUICHET_REFUSED, "« %.100s » : %s est attendu.", place->name, kind);
	return guichet_fail(error, GUICHET_REFUSED, "Cette valeur n’est pas celle qui est attendue : %s.", kind);
}

static enum guichet_status
full(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire une valeur.");
}

static enum guichet_status read_value(struct arena *arena, const struct feel_type *type, const json_t *json,
	const struct place *place, int depth, struct feel_value *ret_value, struct guichet_error *error);

static enum guichet_status
read_number(const struct feel_type *type, const json_t *json, const struct place *place,
	struct feel_value *ret_value,
	struct guichet_error *error)
{
	char text[64];
	struct text source = { text, 0 };
	if (json_is_string(json))
		source = (struct text){ json_string_value(json), json_string_length(json) };
	else if (json_is_integer(json))
		source.length = (size_t)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json));
	else if (json_is_real(json))
		/* the shortest text that reads back to the same double */
		for (int digits = 15; digits <= 17; digits++) {
			double back;
			source.length = (size_t)snprintf(text, sizeof text, "%.*g", digits, json_real_value(json));
			if (sscanf(text, "%lf", &back) == 1 && back == json_real_value(json))
				break;
		}
	return source.length && feel_number_read(source, ret_value) ? GUICHET_OK : wrong(place, type, error);
}

static enum guichet_status
read_list(struct arena *arena, const struct feel_type *type, const json_t *json, const struct place *place,
	int depth,
	struct feel_value *ret_value, struct guichet_error *error)
{
	if (!json_is_array(json))
		return wrong(place, type, error);
	const size_t count = json_array_size(json);
	struct feel_value *items = arena_array_of(arena, struct feel_value, count);
	if (!items)
		return full(error);
	for (size_t i = 0; i < count; i++) {
		const enum guichet_status status = read_value(arena, type->of ? type->of : &feel_type_any,
			json_array_get(json, i), place, depth + 1, &items[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_value = feel_list(items, count);
	return GUICHET_OK;
}

static enum guichet_status
read_context(struct arena *arena, const struct feel_type *type, const json_t *json, const struct place *place,
	int depth,
	struct feel_value *ret_value, struct guichet_error *error)
{
	if (!json_is_object(json))
		return wrong(place, type, error);
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, json_object_size(json));
	if (!entries)
		return full(error);
	size_t count = 0;
	const char *key;
	json_t *inside;
	json_object_foreach((json_t *)json, key, inside) {
		const struct feel_type *wanted = type->kind == FEEL_ANY || type->open ? &feel_type_any : NULL;
		for (size_t i = 0; i < type->field_count && type->kind == FEEL_CONTEXT; i++)
			if (text_equal(type->fields[i].name, text_of_string(key)))
				wanted = type->fields[i].type;
		if (!wanted)
			return guichet_fail(error, GUICHET_REFUSED, "« %.100s » n’est pas un champ connu.", key);
		const struct place here = { place, key };
		entries[count].name = arena_text(arena, text_of_string(key));
		if (!entries[count].name.at)
			return full(error);
		const enum guichet_status status = read_value(arena, wanted, inside, &here, depth + 1,
			&entries[count].value, error);
		if (status != GUICHET_OK)
			return status;
		count++;
	}
	*ret_value = feel_context(entries, count);
	return GUICHET_OK;
}

static enum guichet_status
read_string(struct arena *arena, const struct feel_type *type, const json_t *json, const struct place *place,
	struct feel_value *ret_value, struct guichet_error *error)
{
	if (!json_is_string(json))
		return wrong(place, type, error);
	const struct text kept = arena_text(arena,
		(struct text){ json_string_value(json), json_string_length(json) });
	if (!kept.at)
		return full(error);
	if (!feel_value_is(feel_string(kept), type))
		return wrong(place, type, error);
	*ret_value = feel_string(kept);
	return GUICHET_OK;
}

static enum guichet_status
read_temporal(struct arena *arena, const struct feel_type *type, const json_t *json,
	const struct place *place,
	struct feel_value *ret_value, struct guichet_error *error)
{
	struct feel_value value;
	if (!json_is_string(json)
		|| temporal_read(arena, (struct text){ json_string_value(json), json_string_length(json) },
			&value) != TEMPORAL_READ
		|| value.kind != type->kind)
		return wrong(place, type, error);
	*ret_value = value;
	return GUICHET_OK;
}

static enum guichet_status
read_value(struct arena *arena, const struct feel_type *type, const json_t *json, const struct place *place,
	int depth,
	struct feel_value *ret_value, struct guichet_error *error)
{
	if (depth > MOST_NESTED)
		return guichet_fail(error, GUICHET_REFUSED, "Valeur trop imbriquée.");
	if (!json || json_is_null(json)) {
		*ret_value = feel_null(TEXT(""));
		return GUICHET_OK;
	}
	switch (type->kind) {
	case FEEL_BOOLEAN:
		if (!json_is_boolean(json))
			return wrong(place, type, error);
		*ret_value = feel_boolean(json_is_true(json));
		return GUICHET_OK;
	case FEEL_NUMBER:
		return read_number(type, json, place, ret_value, error);
	case FEEL_STRING:
		return read_string(arena, type, json, place, ret_value, error);
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_YEARS_MONTHS:
	case FEEL_DAYS_TIME:
		return read_temporal(arena, type, json, place, ret_value, error);
	case FEEL_LIST:
		return read_list(arena, type, json, place, depth, ret_value, error);
	case FEEL_CONTEXT:
		return read_context(arena, type, json, place, depth, ret_value, error);
	case FEEL_ANY:
		if (json_is_boolean(json))
			return read_value(arena, &feel_type_boolean, json, place, depth, ret_value, error);
		if (json_is_number(json))
			return read_number(&feel_type_number, json, place, ret_value, error);
		if (json_is_string(json))
			return read_string(arena, &feel_type_string, json, place, ret_value, error);
		if (json_is_array(json))
			return read_list(arena, &feel_type_list, json, place, depth, ret_value, error);
		return read_context(arena, &feel_type_any, json, place, depth, ret_value, error);
	default:
		return wrong(place, type, error);
	}
}

enum guichet_status
feel_value_of_json(struct arena *arena, const struct feel_type *type, const struct json_t *json,
	struct feel_value *ret_value, struct guichet_error *error)
{
	struct feel_value value;
	const enum guichet_status status = read_value(arena, type, json, NULL, 0, &value, error);
	if (status == GUICHET_OK)
		*ret_value = value;
	return status;
}
