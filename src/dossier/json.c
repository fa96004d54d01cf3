/* See json.h. */
#include "dossier/json.h"

#include <stdlib.h>

#include "base/buffer.h"

#include "base/banned.h"

/* ---- writing ----
 *
 * The bytes of json_dumps(JSON_SORT_KEYS | JSON_COMPACT), which checks for loops with a hash table per level and must be
 * called twice to know the size: a filing spent a quarter of its time there. */

enum { DEPTH_LIMIT = 2048, SIZE_LIMIT = 64 << 20 };

struct member {
	struct text key;
	const json_t *value;
};

/* A dozen keys as a rule: each goes to its place among those before it. */
static void
sort_members(struct member *members, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct member one = members[i];
		size_t at = i;
		for (; at > 0 && text_compare(members[at - 1].key, one.key) > 0; at--)
			members[at] = members[at - 1];
		members[at] = one;
	}
}

static int
by_key(const void *a, const void *b)
{
	return text_compare(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void
write_string(struct buffer *out, struct text text)
{
	buffer_add(out, TEXT("\""));
	size_t from = 0;
	for (size_t i = 0; i < text.length; i++) {
		const unsigned char byte = (unsigned char)text.at[i];
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		static const char letters[] = "btnvfr"; /* of 8 to 13; 11 has none */
		buffer_add(out, text_part(text, from, i - from));
		from = i + 1;
		if (byte == '"' || byte == '\\')
			buffer_format(out, "\\%c", byte);
		else if (byte >= 8 && byte <= 13 && byte != 11)
			buffer_format(out, "\\%c", letters[byte - 8]);
		else
			buffer_format(out, "\\u%04X", byte);
	}
	buffer_add(out, text_part(text, from, SIZE_MAX));
	buffer_add(out, TEXT("\""));
}

static void
write_integer(struct buffer *out, int64_t integer)
{
	char digits[24];
	size_t at = sizeof digits;
	for (uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer; at == sizeof digits || left; left /= 10)
		digits[--at] = (char)('0' + left % 10);
	if (integer < 0)
		digits[--at] = '-';
	buffer_add(out, (struct text){ digits + at, sizeof digits - at });
}

static void write_json(struct arena *arena, struct buffer *out, const json_t *json, unsigned depth);

static void
write_object(struct arena *arena, struct buffer *out, const json_t *json, unsigned depth)
{
	struct member few[32];
	const size_t count = json_object_size(json);
	struct member *members = count <= sizeof few / sizeof *few ? few : arena_array_of(arena, struct member, count);
	if (!members) {
		out->failed = true;
		return;
	}
	size_t i = 0;
	for (void *at = json_object_iter((json_t *)json); at && i < count; at = json_object_iter_next((json_t *)json, at))
		members[i++] = (struct member){ { json_object_iter_key(at), json_object_iter_key_len(at) },
			json_object_iter_value(at) };
	if (members == few)
		sort_members(members, count);
	else
		qsort(members, count, sizeof *members, by_key);
	buffer_add(out, TEXT("{"));
	for (i = 0; i < count; i++) {
		if (i)
			buffer_add(out, TEXT(","));
		write_string(out, members[i].key);
		buffer_add(out, TEXT(":"));
		write_json(arena, out, members[i].value, depth);
	}
	buffer_add(out, TEXT("}"));
}

static void
write_json(struct arena *arena, struct buffer *out, const json_t *json, unsigned depth)
{
	if (depth > DEPTH_LIMIT) {
		out->failed = true;
		return;
	}
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		write_object(arena, out, json, depth + 1);
		break;
	case JSON_ARRAY:
		buffer_add(out, TEXT("["));
		for (size_t i = 0; i < json_array_size(json); i++) {
			if (i)
				buffer_add(out, TEXT(","));
			write_json(arena, out, json_array_get(json, i), depth + 1);
		}
		buffer_add(out, TEXT("]"));
		break;
	case JSON_STRING:
		write_string(out, (struct text){ json_string_value(json), json_string_length(json) });
		break;
	case JSON_INTEGER:
		write_integer(out, json_integer_value(json));
		break;
	case JSON_REAL: /* numbers of people are strings: no event holds one */
		out->failed = true;
		break;
	case JSON_TRUE:
		buffer_add(out, TEXT("true"));
		break;
	case JSON_FALSE:
		buffer_add(out, TEXT("false"));
		break;
	case JSON_NULL:
		buffer_add(out, TEXT("null"));
		break;
	}
}

struct text
json_canonical(struct arena *arena, const json_t *json)
{
	if (!json)
		return (struct text){ NULL, 0 };
	CLEANUP(buffer_release) struct buffer out = buffer_new(SIZE_LIMIT);
	write_json(arena, &out, json, 0);
	return out.failed ? (struct text){ NULL, 0 } : arena_text(arena, buffer_text(&out));
}

/* ---- reading and building ---- */

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
		return guichet_fail_null(error, GUICHET_REFUSED, "%s ne se lit pas : un objet est attendu.", what);
	}
	return json;
}

/* One past the string that begins at `at`; the length when it does not end. */
static size_t
string_end(struct text bytes, size_t at)
{
	for (at++; at < bytes.length; at++) {
		const char *quote = memchr(bytes.at + at, '"', bytes.length - at);
		if (!quote)
			break;
		const char *back = quote; /* escaped when an odd number of them stand before it */
		while (back > bytes.at + at && back[-1] == '\\')
			back--;
		at = (size_t)(quote - bytes.at);
		if ((quote - back) % 2 == 0)
			return at + 1;
	}
	return bytes.length;
}

/* One past the value that begins at `at`: before what separates it from the next. */
static size_t
value_end(struct text bytes, size_t at)
{
	size_t depth = 0;
	while (at < bytes.length) {
		const char c = bytes.at[at];
		if (c == '"') {
			at = string_end(bytes, at);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return at;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		at++;
	}
	return bytes.length;
}

static bool
is_one_of(struct text name, const char *const *names)
{
	for (; *names; names++)
		if (text_equal(name, text_of_string(*names)))
			return true;
	return false;
}

json_t *
json_parse_only(struct arena *arena, struct text bytes, const char *const *names, const char *what,
	struct guichet_error *error)
{
	enum { DEEPEST = 2 };
	char *kept = arena_array_of(arena, char, bytes.length + 1);
	size_t length = 0, depth = 0;
	if (!kept)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t at = 0; at < bytes.length;) {
		const char c = bytes.at[at];
		size_t end = at + 1;
		depth += c == '{' || c == '[';
		depth -= depth > 0 && (c == '}' || c == ']');
		if (c == '"') {
			end = string_end(bytes, at);
			const bool key = depth > 0 && depth <= DEEPEST && end < bytes.length && bytes.at[end] == ':';
			if (key && !is_one_of(text_part(bytes, at + 1, end - at - 2), names)) {
				at = value_end(bytes, end + 1);
				if (at < bytes.length && bytes.at[at] == ',')
					at++; /* what comes next follows what came before */
				else if (length && kept[length - 1] == ',')
					length--;
				continue;
			}
		}
		memcpy(kept + length, bytes.at + at, end - at);
		length += end - at;
		at = end;
	}
	return json_parse((struct text){ kept, length }, what, error);
}

json_t *
json_of_text(struct text text)
{
	return json_stringn(text.at ? text.at : "", text.length);
}

json_t *
json_of_digest(const struct digest *digest)
{
	char hex[2 * DIGEST_SIZE];
	digest_write(digest, hex);
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
	if (type && type->kind == FEEL_LIST && type->of && type->of->kind == FEEL_CONTEXT && value.kind == FEEL_LIST) {
		struct feel_value *items = arena_array_of(arena, struct feel_value, value.list.count + 1);
		for (size_t i = 0; items && i < value.list.count; i++)
			if (!value_shape(arena, type->of, value.list.at[i], &items[i]))
				return false;
		*ret_value = feel_list(items, value.list.count);
		return items;
	}
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
	{ "authority", offsetof(struct dossier_person, authority) },
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
		&& json_put(object, "size", json_integer(piece->size))
		/* Those of commands, and of states of before, have none of these. */
		&& (piece->state == PROCEDURE_PIECE_HANDED_IN
			|| json_put(object, "state", json_of_text(procedure_piece_states[piece->state])))
		&& (piece->ground.length == 0 || json_put(object, "ground", json_of_text(piece->ground)))
		&& (piece->at == 0 || json_put(object, "at", json_integer(piece->at)))
		&& (piece->by.length == 0 || json_put(object, "by", json_of_text(piece->by)))
		&& (piece->valid_until.year == 0
			|| json_put(object, "valid_until", feel_value_to_json(feel_date(piece->valid_until))));
	if (well)
		return object;
	json_decref(object);
	return NULL;
}

enum procedure_piece_state
json_piece_state(struct json_reader *reader, const json_t *json)
{
	const struct text word = json_text(reader, json);
	int state = 0;
	while (state < PROCEDURE_PIECE_STATE_COUNT && !text_equal(word, procedure_piece_states[state]))
		state++;
	reader->failed |= state == PROCEDURE_PIECE_STATE_COUNT;
	return state % PROCEDURE_PIECE_STATE_COUNT;
}

struct dossier_piece
json_piece(struct json_reader *reader, const json_t *json)
{
	const json_t *state = json_object_get(json, "state"), *at = json_object_get(json, "at");
	const struct feel_value until = json_value(reader, &feel_type_date, json_object_get(json, "valid_until"));
	return (struct dossier_piece){
		.name = json_text_at(reader, json, "name"),
		.file = json_text_at(reader, json, "file"),
		.digest = json_text_at(reader, json, "digest"),
		.kind = json_text_at(reader, json, "kind"),
		.size = json_integer_at(reader, json, "size", 0, INT64_MAX),
		.state = state ? json_piece_state(reader, state) : PROCEDURE_PIECE_HANDED_IN,
		.ground = json_text_at(reader, json, "ground"),
		.at = at ? json_instant(reader, at) : 0,
		.by = json_text_at(reader, json, "by"),
		.valid_until = until.kind == FEEL_DATE ? until.date : (struct date){ 0 },
	};
}

json_t *
json_of_agent(struct feel_value agent)
{
	json_t *json = feel_value_to_json(agent), *structure = json_object_get(json, "structure");
	/* What the directory learned to say later is left out while it says nothing: events of before have the same bytes. */
	if (json_is_null(json_object_get(json, "statut")))
		json_object_del(json, "statut");
	if (json_is_null(json_object_get(structure, "employeur")))
		json_object_del(structure, "employeur");
	return json;
}
