/* Mappings with known keys, and the small values that stand under them. Everything wrong is
 * told where it stands, with the nearest right thing when there is one. */
#include "procedure/reader.h"

#include <assert.h>

#include "base/fold.h"
#include "base/hole.h"

#include "base/banned.h"

void *
reader_array(struct reader *reader, size_t size, size_t count)
{
	void *array = arena_array(reader->arena, size, count);
	if (!array)
		reader->findings->broken = true;
	return array;
}

struct procedure_list
list_of(struct reader *reader, const int *items, size_t count)
{
	int *copy = READER_ARRAY(reader, int, count);
	if (!copy)
		return (struct procedure_list){ 0 };
	for (size_t i = 0; i < count; i++)
		copy[i] = items[i];
	return (struct procedure_list){ copy, count };
}

/* ---- nearest ---- */

enum { NEAR_CHARACTERS = 60 };

static size_t
distance(struct text a, struct text b)
{
	size_t row[NEAR_CHARACTERS + 1];
	if (a.length > NEAR_CHARACTERS || b.length > NEAR_CHARACTERS)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			const size_t change = diagonal + (a.at[i - 1] != b.at[j - 1]);
			const size_t less = row[j - 1] < row[j] ? row[j - 1] : row[j];
			diagonal = row[j];
			row[j] = change < less + 1 ? change : less + 1;
		}
	}
	return row[b.length];
}

struct text
nearest(struct reader *reader, struct text name, const struct text *known, size_t count)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 20);
	struct text best = { 0 };
	if (!scratch)
		return best;
	(void)reader;
	const struct text wanted = text_fold(scratch, name);
	size_t least = wanted.length / 3 + 1;
	for (size_t i = 0; i < count; i++) {
		const struct text folded = text_fold(scratch, known[i]);
		const size_t far = folded.at && wanted.at ? distance(wanted, folded) : SIZE_MAX;
		if (far < least || (far == least && !best.at)) {
			least = far;
			best = known[i];
		}
	}
	return best;
}

struct text
nearest_remedy(struct reader *reader, struct text name, const struct text *known, size_t count)
{
	const struct text near = nearest(reader, name, known, count);
	struct text remedy = { 0 };
	if (near.length) {
		remedy = arena_format(reader->arena, "vouliez-vous « %.*s » ?", TEXT_ARGS(near));
	} else if (count && count <= 12) {
		CLEANUP(buffer_release) struct buffer list = buffer_new(1000);
		buffer_add(&list, TEXT("il y a : "));
		for (size_t i = 0; i < count; i++) {
			buffer_add(&list, i ? TEXT(", ") : TEXT(""));
			buffer_add(&list, known[i]);
		}
		if (!list.failed)
			remedy = arena_text(reader->arena, buffer_text(&list));
	}
	return remedy.at ? remedy : TEXT("");
}

/* ---- mappings ---- */

static const char *
shape_of(const struct yaml_node *node)
{
	return node->kind == YAML_MAPPING ? "un groupe de clés" : node->kind == YAML_SEQUENCE ? "une liste" : "un texte";
}

struct map
map_open(struct reader *reader, const struct yaml_node *node, struct span at, const struct shape *shape)
{
	struct map map = { reader, NULL, at, shape };
	if (!node)
		return map;
	if (node->kind != YAML_MAPPING) {
		finding_add(reader->findings, 106, node->at, TEXT("écrivez une clé et sa valeur par ligne"),
			"%s s’écrit avec des clés, et voici %s", shape->what, shape_of(node));
		return map;
	}
	struct text known[64];
	size_t count = 0;
	for (; shape->keys[count].name && count < sizeof known / sizeof *known; count++)
		known[count] = text_of_string(shape->keys[count].name);
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *key = node->items[i].key, *value = node->items[i].value;
		/* Between braces, "a, b" without quotes is a value, then a key that has none. */
		const bool continues = i > 0 && value && value->kind == YAML_SCALAR && value->scalar.length == 0
			&& (text_find(key->scalar, TEXT(" ")) != SIZE_MAX || text_ends(key->scalar, TEXT(")")));
		if (key->kind != YAML_SCALAR || !shape_key_find(shape, key->scalar))
			finding_add(reader->findings, 104, key->at, continues ? TEXT("si c’est la suite de ce qui précède, mettez le tout "
				"entre guillemets") : nearest_remedy(reader, key->scalar, known, count), "%s n’a pas de clé « %.*s »", shape->what,
				TEXT_ARGS(key->scalar));
	}
	map.node = node;
	for (const struct key *key = shape->keys; key->name; key++)
		if (key->needed == NEEDED)
			(void)map_need(map, key->name);
	return map;
}

static const struct yaml_item *
item_find(struct map map, const char *key)
{
	const struct text wanted = text_of_string(key);
	assert(shape_key_find(map.shape, wanted)); /* or the schema would not have it */
	for (size_t i = 0; map.node && i < map.node->count; i++) {
		const struct yaml_item *item = &map.node->items[i];
		if (item->key->kind == YAML_SCALAR && text_equal(item->key->scalar, wanted))
			return item;
	}
	return NULL;
}

const struct yaml_node *
map_get(struct map map, const char *key)
{
	const struct yaml_item *item = item_find(map, key);
	return item && !item->left_out ? item->value : NULL;
}

bool
map_has_left_out(struct map map, const char *key)
{
	const struct yaml_item *item = item_find(map, key);
	return item && item->left_out;
}

struct span
map_key_place(struct map map, const char *key)
{
	const struct yaml_item *item = item_find(map, key);
	return item ? item->key->at : map.at;
}

const struct yaml_node *
map_need(struct map map, const char *key)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node && map.node)
		finding_add(map.reader->findings, 105, map.at, TEXT(""), "il manque « %s: »", key);
	return node;
}

const struct yaml_node *
mapping_of(struct reader *reader, const struct yaml_node *node, const char *what)
{
	if (!node || node->kind == YAML_MAPPING)
		return node;
	finding_add(reader->findings, 106, node->at, TEXT("écrivez un nom et sa description par ligne"),
		"%s s’écrivent avec leurs noms, et voici %s", what, shape_of(node));
	return NULL;
}

/* ---- small values ---- */

static bool
has_control(struct text text)
{
	if (text_find(text, TEXT(HOLE_OPEN)) != SIZE_MAX || text_find(text, TEXT(HOLE_CLOSE)) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < text.length; i++)
		if ((unsigned char)text.at[i] < 0x20 && text.at[i] != '\n' && text.at[i] != '\t')
			return true;
	return false;
}

struct text
scalar_text(struct reader *reader, const struct yaml_node *node, size_t most)
{
	if (!node)
		return TEXT("");
	if (node->kind != YAML_SCALAR) {
		finding_add(reader->findings, 106, node->at,
			TEXT("si le texte contient : ou commence par [ ou {, mettez-le entre guillemets"),
			"on attend un texte, et voici %s", shape_of(node));
		return TEXT("");
	}
	const struct text text = text_trim(node->scalar);
	if (text.length == 0)
		finding_add(reader->findings, 107, node->at, TEXT(""), "ce texte est vide");
	else if (text_characters(text) > most)
		finding_add(reader->findings, 107, node->at, TEXT("raccourcissez-le"), "ce texte dépasse %zu caractères", most);
	else if (has_control(text))
		finding_add(reader->findings, 107, node->at, TEXT("ôtez-le"), "ce texte contient un caractère de contrôle");
	else
		return text;
	return TEXT("");
}

struct text
map_text(struct map map, const char *key, size_t most)
{
	return scalar_text(map.reader, map_get(map, key), most);
}

struct text
map_need_text(struct map map, const char *key, size_t most)
{
	return scalar_text(map.reader, map_need(map, key), most);
}

bool
map_flag(struct map map, const char *key)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return false;
	if (node->kind == YAML_SCALAR && (text_equal(node->scalar, TEXT("oui")) || text_equal(node->scalar, TEXT("non"))))
		return text_equal(node->scalar, TEXT("oui"));
	finding_add(map.reader->findings, 107, node->at, TEXT("écrivez oui ou non"), "« %s » se répond par oui ou par non", key);
	return false;
}

int64_t
map_integer(struct map map, const char *key, int64_t least, int64_t most, int64_t otherwise)
{
	const struct yaml_node *node = map_get(map, key);
	int64_t value = otherwise;
	if (node && !(node->kind == YAML_SCALAR && text_to_integer(node->scalar, least, most, &value)))
		finding_add(map.reader->findings, 107, node->at, TEXT(""), "« %s » est un nombre entier de %lld à %lld", key,
			(long long)least, (long long)most);
	return value;
}

bool
map_date(struct map map, const char *key, struct date *ret_date)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return false;
	if (node->kind == YAML_SCALAR && date_read(node->scalar, ret_date))
		return true;
	finding_add(map.reader->findings, 107, node->at, TEXT("écrivez l’année, le mois, le jour : 2023-06-16"),
		"ce n’est pas une date");
	return false;
}

struct text
map_duration(struct map map, const char *key)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return TEXT("");
	const struct text text = scalar_text(map.reader, node, 20);
	bool good = text.length >= 3 && text.at[0] == 'P' && strchr("YMD", text.at[text.length - 1]);
	int64_t number;
	good = good && text_to_integer(text_part(text, 1, text.length - 2), 1, 36500, &number);
	if (text.length && !good)
		finding_add(map.reader->findings, 107, node->at,
			TEXT("écrivez P5Y pour cinq ans, P6M pour six mois, P30D pour trente jours"), "ce n’est pas une durée");
	return good ? text : TEXT("");
}

enum procedure_sense
map_sense(struct map map, const char *key)
{
	static const struct text words[] = {
		[PROCEDURE_NO_SENSE] = { "", 0 },
#define SENSE(word, sense) [sense] = { word, sizeof(word) - 1 },
#include "procedure/words.def"
#undef SENSE
	};
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return PROCEDURE_NO_SENSE;
	for (int i = PROCEDURE_FAVOURABLE; i <= PROCEDURE_UNFAVOURABLE; i++)
		if (node->kind == YAML_SCALAR && text_equal(node->scalar, words[i]))
			return i;
	finding_add(map.reader->findings, 107, node->at, TEXT("écrivez favorable, réservé ou défavorable"),
		"ce n’est pas un sens");
	return PROCEDURE_NO_SENSE;
}

bool
map_never(struct map map, const char *key)
{
	const struct text word = map_text(map, key, TEXT_NAME);
	if (word.length == 0 || text_equal(word, TEXT("jamais")))
		return word.length > 0;
	finding_add(map.reader->findings, 107, map_get(map, key)->at, TEXT("écrivez « jamais », ou donnez une date par « au: »"),
		"« %s » ne se répond que par « jamais »", key);
	return false;
}

void
map_texts(struct map map, const char *key, const struct text **ret_texts, size_t *ret_count)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node || node->kind == YAML_MAPPING) {
		(void)scalar_text(map.reader, node, TEXT_LABEL);
		return;
	}
	const size_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
	struct text *texts = READER_ARRAY(map.reader, struct text, count);
	if (!texts)
		return;
	for (size_t i = 0; i < count; i++)
		texts[i] = scalar_text(map.reader, node->kind == YAML_SEQUENCE ? node->items[i].value : node, TEXT_LABEL);
	*ret_texts = texts;
	*ret_count = count;
}

struct procedure_origin
map_origin(struct map map)
{
	struct procedure_origin origin = { .file = map.at.source->name };
	source_locate(map.at.source, map.at.start, &origin.line, &origin.column);
	if (map.node && map_get(map, "cite"))
		map_texts(map, "cite", &origin.cites, &origin.cite_count);
	return origin;
}

/* ---- names ---- */

static bool
is_name_character(unsigned char c, bool first)
{
	return c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
}

bool
name_check(struct reader *reader, const struct yaml_node *key)
{
	const struct text name = key->scalar;
	bool good = key->kind == YAML_SCALAR && name.length > 0 && text_characters(name) <= TEXT_NAME;
	for (size_t i = 0; good && i < name.length; i++)
		good = is_name_character((unsigned char)name.at[i], i == 0);
	/* Characters that look like letters and are not: quotes, spaces and dashes of typography. */
	static const char *const others[] = { "’", "«", "»", "–", "—", "…", "\u00a0", "\u202f", HOLE_OPEN, HOLE_CLOSE };
	for (size_t i = 0; good && i < sizeof others / sizeof *others; i++)
		good = text_find(name, text_of_string(others[i])) == SIZE_MAX;
	if (!good) {
		finding_add(reader->findings, 112, key->at, TEXT("par exemple « date_échange »"),
			"un nom s’écrit en lettres, chiffres et « _ », sans espace, et commence par une lettre");
		return false;
	}
	return true;
}

int
name_find(const struct reader *reader, enum name_kind kind, struct text name)
{
	const struct names *names = &reader->names[kind];
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->at[i].name, name))
			return (int)i;
	return PROCEDURE_NONE;
}

int
name_declare(struct reader *reader, enum name_kind kind, const struct yaml_node *key, const struct yaml_node *value,
	bool again)
{
	struct names *names = &reader->names[kind];
	const int found = name_find(reader, kind, key->scalar);
	if (found != PROCEDURE_NONE) {
		if (!again) {
			unsigned line, column;
			source_locate(key->at.source, names->at[found].key->at.start, &line, &column);
			finding_add(reader->findings, 202, key->at, TEXT("donnez-lui un autre nom"),
				"« %.*s » est déjà déclaré à la ligne %u", TEXT_ARGS(key->scalar), line);
		}
		return found;
	}
	if (names->count == names->capacity) {
		const size_t capacity = names->capacity ? names->capacity * 2 : 32;
		struct name *grown = READER_ARRAY(reader, struct name, capacity);
		if (!grown)
			return PROCEDURE_NONE;
		if (names->count)
			memcpy(grown, names->at, names->count * sizeof *grown);
		names->at = grown;
		names->capacity = capacity;
	}
	names->at[names->count] = (struct name){ key->scalar, key, value };
	return (int)names->count++;
}

static int
resolve(struct reader *reader, const struct yaml_node *node, enum name_kind kind)
{
	static const char *const kinds[NAME_KIND_COUNT] = {
		[NAME_WINDOW] = "fenêtre", [NAME_ROLE] = "rôle", [NAME_FIELD] = "champ",
		[NAME_STEP] = "étape", [NAME_MOVE] = "action ni échéance", [NAME_LETTER] = "lettre",
		[NAME_PIECE] = "pièce",
		[NAME_COUNTER] = "compteur",
		[NAME_SECTION] = "partie",
		[NAME_NATURE] = "nature",
	};
	static const bool feminine[NAME_KIND_COUNT] = {
		[NAME_WINDOW] = true, [NAME_STEP] = true, [NAME_MOVE] = true, [NAME_LETTER] = true,
		[NAME_PIECE] = true, [NAME_SECTION] = true, [NAME_NATURE] = true,
	};
	const struct text name = scalar_text(reader, node, TEXT_NAME);
	if (name.length == 0)
		return PROCEDURE_NONE;
	const int found = name_find(reader, kind, name);
	if (found != PROCEDURE_NONE || reader->mutant)
		return found;
	const struct names *names = &reader->names[kind];
	struct text *known = READER_ARRAY(reader, struct text, names->count);
	for (size_t i = 0; known && i < names->count; i++)
		known[i] = names->at[i].name;
	finding_add(reader->findings, 201, node->at, nearest_remedy(reader, name, known, known ? names->count : 0),
		"%s %s ne s’appelle « %.*s »", feminine[kind] ? "aucune" : "aucun", kinds[kind], TEXT_ARGS(name));
	return PROCEDURE_NONE;
}

int
map_name(struct map map, const char *key, enum name_kind kind)
{
	const struct yaml_node *node = map_get(map, key);
	return node ? resolve(map.reader, node, kind) : PROCEDURE_NONE;
}

struct procedure_list
map_names(struct map map, const char *key, enum name_kind kind)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return (struct procedure_list){ 0 };
	const size_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
	int *items = READER_ARRAY(map.reader, int, count);
	size_t kept = 0;
	for (size_t i = 0; items && i < count; i++) {
		const struct yaml_node *one = node->kind == YAML_SEQUENCE ? node->items[i].value : node;
		const int item = resolve(map.reader, one, kind);
		bool twice = false;
		for (size_t k = 0; k < kept; k++)
			twice |= items[k] == item;
		if (twice && item != PROCEDURE_NONE)
			finding_add(map.reader->findings, 202, one->at, TEXT("ôtez-le"), "« %.*s » est déjà dans la liste",
				TEXT_ARGS(one->scalar));
		else if (item != PROCEDURE_NONE)
			items[kept++] = item;
	}
	return (struct procedure_list){ items, kept };
}

/* ---- expressions ---- */

bool
is_expression(struct reader *reader, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR && text_trim(node->scalar).length > 0)
		return true;
	if (node->kind == YAML_SCALAR)
		finding_add(reader->findings, 107, node->at, TEXT("écrivez une expression"), "cette expression est vide");
	else
		finding_add(reader->findings, 106, node->at, TEXT("mettez cette expression entre guillemets ou après |"),
			"YAML lit ici %s et non une expression", shape_of(node));
	return false;
}

void
want_feel(struct reader *reader, const struct yaml_node *node, enum scope_kind scope, enum wanted wanted,
	const struct feel_type *expected, const struct feel **ret_feel)
{
	struct pending *pending = READER_ARRAY(reader, struct pending, 1);
	if (!pending)
		return;
	*pending = (struct pending){ NULL, node, scope, wanted, expected, ret_feel };
	*reader->last_pending = pending;
	reader->last_pending = &pending->next;
}

void
map_feel(struct map map, const char *key, enum scope_kind scope, enum wanted wanted, const struct feel **ret_feel)
{
	const struct yaml_node *node = map_get(map, key);
	if (node)
		want_feel(map.reader, node, scope, wanted, NULL, ret_feel);
}

void
map_rules(struct map map, const char *key, enum scope_kind scope, const struct procedure_rule **ret_rules,
	size_t *ret_count)
{
	const struct yaml_node *node = map_get(map, key);
	if (!node)
		return;
	if (node->kind != YAML_SEQUENCE) {
		finding_add(map.reader->findings, 106, node->at, TEXT("écrivez « - règle: … » et « message: … »"),
			"« %s » est une liste de règles, et voici %s", key, shape_of(node));
		return;
	}
	struct procedure_rule *rules = READER_ARRAY(map.reader, struct procedure_rule, node->count);
	size_t kept = 0;
	for (size_t i = 0; rules && i < node->count; i++) {
		if (node->items[i].left_out)
			continue;
		const struct yaml_node *item = node->items[i].value;
		const struct map rule = map_open(map.reader, item, item->at, &shape_rule);
		if (!rule.node)
			continue;
		rules[kept].origin = map_origin(rule);
		rules[kept].message = map_text(rule, "message", TEXT_SENTENCE);
		const struct yaml_node *feel = map_get(rule, "règle");
		if (feel)
			want_feel(map.reader, feel, scope, WANT_TRUTH, NULL, &rules[kept].rule);
		kept++;
	}
	*ret_rules = rules;
	*ret_count = kept;
}

/* ---- templates ---- */

static void
want_template(struct reader *reader, const struct source *source, const struct yaml_node *scalar, enum scope_kind scope,
	struct procedure_template *ret_template)
{
	struct pending_template *pending = READER_ARRAY(reader, struct pending_template, 1);
	if (!pending)
		return;
	*pending = (struct pending_template){ NULL, source, scalar, scope, ret_template };
	*reader->last_template = pending;
	reader->last_template = &pending->next;
}

void
map_line(struct map map, const char *key, enum scope_kind scope, struct procedure_template *ret_template)
{
	const struct yaml_node *node = map_get(map, key);
	if (node && scalar_text(map.reader, node, TEXT_LABEL).length)
		want_template(map.reader, node->at.source, node, scope, ret_template);
}

/* The file of `folder` ("lettres/") at `path`, which is written under `key` from its byte `skip` on;
 * NULL after a finding. */
static const struct source *
find_source(struct map map, const char *key, struct text folder, struct text path, size_t skip, int number,
	struct text otherwise)
{
	struct reader *reader = map.reader;
	struct text *known = READER_ARRAY(reader, struct text, reader->source_count);
	if (!known)
		return NULL;
	size_t count = 0;
	for (size_t i = 0; i < reader->source_count; i++) {
		const struct text name = reader->sources[i].name;
		if (!text_starts(name, folder))
			continue;
		if (text_equal(name, path)) {
			reader->used[i] = true;
			return &reader->sources[i];
		}
		known[count++] = text_part(name, skip, SIZE_MAX);
	}
	const struct text remedy = nearest_remedy(reader, text_part(path, skip, SIZE_MAX), known, count);
	finding_add(reader->findings, number, map_get(map, key)->at, remedy.length ? remedy : otherwise,
		"le fichier « %.*s » n’existe pas", TEXT_ARGS(path));
	return NULL;
}

const struct source *
map_file(struct map map, struct text folder, int number, struct text otherwise)
{
	const struct text path = map_need_text(map, "fichier", TEXT_LABEL);
	return path.length ? find_source(map, "fichier", folder, path, 0, number, otherwise) : NULL;
}

void
map_model(struct map map, const char *folder, enum scope_kind scope, struct procedure_template *ret_template)
{
	struct reader *reader = map.reader;
	const struct text file = map_text(map, "modèle", TEXT_LABEL);
	if (file.length == 0)
		return;
	const struct text path = arena_format(reader->arena, "%s/%.*s", folder, TEXT_ARGS(file));
	if (!path.at) {
		reader->findings->broken = true;
		return;
	}
	const size_t skip = path.length - file.length;
	const struct source *source = find_source(map, "modèle", text_part(path, 0, skip), path, skip, 401,
		TEXT("écrivez ce fichier dans le dossier de la procédure"));
	if (source)
		want_template(reader, source, NULL, scope, ret_template);
}
