/* See json.h. */
#include "dossier/json.h"

#include "base/banned.h"

enum { JSON_FLAGS = JSON_SORT_KEYS | JSON_COMPACT };

struct text
json_canonical(struct arena *arena, const json_t *json)
{
	/* Most texts are short: writing them costs one walk of the tree, not one more to measure. */
	char usual[8192];
	const size_t size = json ? json_dumpb(json, usual, sizeof usual, JSON_FLAGS) : 0;
	if (size > 0 && size <= sizeof usual)
		return arena_text(arena, (struct text){ usual, size });
	char *at = size > 0 ? arena_alloc(arena, size + 1) : NULL;
	if (!at || json_dumpb(json, at, size, JSON_FLAGS) != size)
		return (struct text){ NULL, 0 };
	return (struct text){ at, size };
}

json_t *
json_parse(struct text bytes, const char *what, struct guichet_error *error)
{
	if (bytes.length > DOSSIER_PAYLOAD_LIMIT)
		return guichet_fail_null(error, GUICHET_REFUSED, "%s dépasse la taille permise.", what);
	json_error_t where;
	json_t *json = json_loadb(bytes.at ? bytes.at : "", bytes.length, JSON_REJECT_DUPLICATES, &where);
	if (!json)
		return guichet_fail_null(error, GUICHET_REFUSED, "%s ne se lit pas (octet %d).", what, where.position);
	if (!json_is_object(json)) {
		json_decref(json);
		return guichet_fail_null(error, GUICHET_REFUSED, "%s ne se lit pas : un objet est attendu.", what);
	}
	return json;
}

json_t *
json_of_text(struct text text)
{
	return json_stringn(text.at ? text.at : "", text.length);
}

json_t *
json_of_digest(const struct digest *digest)
{
	static const char digits[] = "0123456789abcdef";
	char hex[DIGEST_SIZE * 2];
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		hex[2 * i] = digits[digest->bytes[i] >> 4];
		hex[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	return json_stringn(hex, sizeof hex);
}

bool
json_put(json_t *object, const char *key, json_t *value)
{
	return value && json_object_set_new(object, key, value) == 0;
}

bool
json_put_named(json_t *object, struct text key, json_t *value)
{
	return value && json_object_setn_new(object, key.at, key.length, value) == 0;
}

bool
json_push(json_t *array, json_t *value)
{
	return value && json_array_append_new(array, value) == 0;
}

json_t *
json_put_object(json_t *object, const char *key)
{
	json_t *child = json_object();
	return json_put(object, key, child) ? child : NULL;
}

json_t *
json_put_array(json_t *object, const char *key)
{
	json_t *child = json_array();
	return json_put(object, key, child) ? child : NULL;
}

struct text
json_text(struct json_reader *reader, const json_t *json)
{
	if (!json)
		return TEXT("");
	if (!json_is_string(json)) {
		reader->failed = true;
		return TEXT("");
	}
	const struct text text = arena_text(reader->arena,
		(struct text){ json_string_value(json), json_string_length(json) });
	if (!text.at)
		reader->failed = reader->full = true;
	return text.at ? text : TEXT("");
}

struct text
json_text_at(struct json_reader *reader, const json_t *object, const char *key)
{
	return json_text(reader, json_object_get(object, key));
}

int64_t
json_integer_at(struct json_reader *reader, const json_t *object, const char *key, int64_t min, int64_t max)
{
	const json_t *json = json_object_get(object, key);
	if (!json)
		return 0;
	if (json_is_integer(json) && json_integer_value(json) >= min && json_integer_value(json) <= max)
		return json_integer_value(json);
	reader->failed = true;
	return 0;
}

instant
json_instant(struct json_reader *reader, const json_t *json)
{
	const json_int_t at = json_integer_value(json);
	if (json_is_integer(json) && at >= INSTANT_LEAST && at <= INSTANT_MOST)
		return at;
	reader->failed = true;
	return 0;
}

bool
json_boolean_at(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *json = json_object_get(object, key);
	if (json && !json_is_boolean(json))
		reader->failed = true;
	return json_is_true(json);
}

struct digest
json_digest_at(struct json_reader *reader, const json_t *object, const char *key)
{
	struct digest digest = { 0 };
	const struct text hex = json_text_at(reader, object, key);
	if (!digest_read(hex, &digest))
		reader->failed = true;
	return digest;
}

struct feel_value
json_value(struct json_reader *reader, const struct feel_type *type, const json_t *json)
{
	struct feel_value value = feel_null(TEXT("")), shaped;
	struct guichet_error error = { 0 };
	if (!json || json_is_null(json))
		return value;
	const enum guichet_status status = feel_value_of_json(reader->arena, type, json, &value, &error);
	if (status != GUICHET_OK) {
		reader->failed = true;
		reader->full |= status == GUICHET_BROKEN;
		return feel_null(TEXT(""));
	}
	if (!value_shape(reader->arena, type, value, &shaped)) {
		reader->failed = reader->full = true;
		return feel_null(TEXT(""));
	}
	return shaped;
}

void *
json_items(struct json_reader *reader, const json_t *array, size_t size, size_t limit, size_t *ret_count)
{
	*ret_count = 0;
	if (!array)
		return NULL;
	const size_t count = json_array_size(array);
	if (!json_is_array(array) || count > limit) {
		reader->failed = true;
		return NULL;
	}
	if (count == 0)
		return NULL;
	void *items = arena_array(reader->arena, size, count);
	if (!items) {
		reader->failed = reader->full = true;
		return NULL;
	}
	*ret_count = count;
	return items;
}

bool
value_shape(struct arena *arena, const struct feel_type *type, struct feel_value value, struct feel_value *ret_value)
{
	if (!type || type->kind != FEEL_CONTEXT || type->field_count == 0 || type->open
	    || value.kind != FEEL_CONTEXT) {
		*ret_value = value;
		return true;
	}
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, type->field_count);
	if (!entries)
		return false;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct feel_field *field = &type->fields[i];
		entries[i].name = field->name;
		for (size_t j = 0; j < value.context.count; j++) {
			if (text_equal(value.context.at[j].name, field->name)
			    && !value_shape(arena, field->type, value.context.at[j].value, &entries[i].value))
				return false;
		}
	}
	*ret_value = feel_context(entries, type->field_count);
	return true;
}

const struct feel_type *
value_type_find(const struct procedure *procedure, struct text name)
{
	const int field = procedure_field_find(procedure, name);
	if (field >= 0)
		return procedure->fields[field].feel_type;
	const int posed = procedure_posed_find(procedure, name);
	return posed >= 0 ? procedure->posed[posed].type : NULL;
}

/* The texts of a person, by their keys. */
static const struct {
	const char *key;
	size_t offset;
} person_texts[] = {
	{ "id", offsetof(struct dossier_person, id) },
	{ "civility", offsetof(struct dossier_person, civility) },
	{ "first_name", offsetof(struct dossier_person, first_name) },
	{ "last_name", offsetof(struct dossier_person, last_name) },
	{ "mail", offsetof(struct dossier_person, mail) },
	{ "quality", offsetof(struct dossier_person, quality) },
	{ "structure", offsetof(struct dossier_person, structure) },
};

json_t *
json_of_person(const struct dossier_person *person)
{
	json_t *object = json_object();
	bool well = object != NULL;
	for (size_t i = 0; well && i < sizeof person_texts / sizeof *person_texts; i++) {
		const struct text *text = (const struct text *)((const char *)person + person_texts[i].offset);
		well = text->length == 0 || json_put(object, person_texts[i].key, json_of_text(*text));
	}
	if (well)
		return object;
	json_decref(object);
	return NULL;
}

struct dossier_person
json_person(struct json_reader *reader, const json_t *json)
{
	struct dossier_person person = { 0 };
	for (size_t i = 0; i < sizeof person_texts / sizeof *person_texts; i++)
		*(struct text *)((char *)&person + person_texts[i].offset) =
			json_text_at(reader, json, person_texts[i].key);
	return person;
}

json_t *
json_of_piece(const struct dossier_piece *piece)
{
	json_t *object = json_object();
	const bool well = object && json_put(object, "name", json_of_text(piece->name))
		&& json_put(object, "file", json_of_text(piece->file))
		&& json_put(object, "digest", json_of_text(piece->digest))
		&& json_put(object, "kind", json_of_text(piece->kind))
		&& json_put(object, "size", json_integer(piece->size));
	if (well)
		return object;
	json_decref(object);
	return NULL;
}

struct dossier_piece
json_piece(struct json_reader *reader, const json_t *json)
{
	return (struct dossier_piece){
		.name = json_text_at(reader, json, "name"),
		.file = json_text_at(reader, json, "file"),
		.digest = json_text_at(reader, json, "digest"),
		.kind = json_text_at(reader, json, "kind"),
		.size = json_integer_at(reader, json, "size", 0, INT64_MAX),
	};
}
