/* Second stroke, what is asked: the form, its fields, the pieces, the computed values. */
#include "procedure/reader.h"

#include "base/french.h"
#include "base/banned.h"

enum { LONGEST_LINE = 500, LONGEST_TEXT = 20000, USUAL_LINE = 200, USUAL_TEXT = 4000, USUAL_ADDRESS = 400 };

static const struct {
	struct text word;
	const struct feel_type *type;
} types[PROCEDURE_FIELD_TYPE_COUNT] = {
#define FIELD_TYPE(type, word, feel) [PROCEDURE_FIELD_##type] = { { word, sizeof(word) - 1 }, &feel_type_##feel },
#include "procedure/words.def"
#undef FIELD_TYPE
};

static bool
is_text_type(enum procedure_field_type type)
{
	return type == PROCEDURE_FIELD_TEXT || type == PROCEDURE_FIELD_LONG_TEXT || type == PROCEDURE_FIELD_ADDRESS;
}

/* What is wrongly typed is taken for a text whose value may be anything. */
static enum procedure_field_type
read_type(struct map map, const struct feel_type **ret_type)
{
	const struct text word = map_text(map, "type", TEXT_NAME);
	struct text known[PROCEDURE_FIELD_TYPE_COUNT];
	for (int i = 0; i < PROCEDURE_FIELD_TYPE_COUNT; i++) {
		if (text_equal(word, types[i].word)) {
			*ret_type = types[i].type;
			return i;
		}
		known[i] = types[i].word;
	}
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "type")->at,
			nearest_remedy(map.reader, word, known, PROCEDURE_FIELD_TYPE_COUNT), "aucun champ n’est du type « %.*s »",
			TEXT_ARGS(word));
	return PROCEDURE_FIELD_TEXT;
}

static void
read_options(struct map map, struct procedure_field *field)
{
	struct reader *reader = map.reader;
	const bool choice = field->type == PROCEDURE_FIELD_CHOICE || field->type == PROCEDURE_FIELD_CHOICES;
	const struct yaml_node *node = map_get(map, "options");
	if (choice != (node != NULL)) {
		finding_add(reader->findings, 505, choice ? map.at : map_key_place(map, "options"),
			choice ? TEXT("ajoutez « options: {nom: Libellé, …} »") : TEXT("ôtez-les, ou écrivez « type: choix »"),
			choice ? "un choix a des options" : "seul un choix a des options");
		field->feel_type = choice ? &feel_type_any : field->feel_type;
		return;
	}
	if (!node || !(node = mapping_of(reader, node, "les options")))
		return;
	if (node->count == 0)
		finding_add(reader->findings, 505, node->at, TEXT(""), "un choix a au moins une option");
	struct procedure_option *options = READER_ARRAY(reader, struct procedure_option, node->count);
	struct text *words = READER_ARRAY(reader, struct text, node->count);
	for (size_t i = 0; options && words && i < node->count; i++) {
		(void)name_check(reader, node->items[i].key);
		options[i].name = words[i] = node->items[i].key->scalar;
		options[i].label = french_spaces(reader->arena, scalar_text(reader, node->items[i].value, TEXT_LABEL));
	}
	if (!options || !words)
		return;
	field->options = options;
	field->option_count = node->count;
	const struct feel_type *word = feel_type_words_of(reader->arena, words, node->count);
	field->feel_type = word && field->type == PROCEDURE_FIELD_CHOICES ? feel_type_list_of(reader->arena, word) : word;
	if (!field->feel_type)
		reader->findings->broken = true;
}

static bool
is_number_type(enum procedure_field_type type)
{
	return type == PROCEDURE_FIELD_INTEGER || type == PROCEDURE_FIELD_NUMBER || type == PROCEDURE_FIELD_MONEY
	       || type == PROCEDURE_FIELD_PERCENTAGE;
}

/* A bound of a number; *ret_bound is left alone when it is not stated. */
static void
read_bound(struct map map, const char *key, struct feel_value *ret_bound)
{
	const struct text text = map_text(map, key, TEXT_NAME);
	if (text.length && !feel_number_read_french(text, ret_bound))
		finding_add(map.reader->findings, 107, map_get(map, key)->at, TEXT("écrivez-le en chiffres : 1, ou 12,5"),
			"ce n’est pas un nombre");
}

/* Which numbers may come: the form refuses the others, and rules are checked with that. */
static void
read_domain(struct map map, struct procedure_field *field)
{
	static const char *const keys[] = { "minimum", "maximum" };
	struct reader *reader = map.reader;
	if (!is_number_type(field->type)) {
		for (size_t i = 0; i < 2; i++)
			if (map_get(map, keys[i]))
				finding_add(reader->findings, 505, map_key_place(map, keys[i]), TEXT("ôtez-le"),
					"seul un nombre a un %s", keys[i]);
		return;
	}
	struct feel_range *bounds = READER_ARRAY(reader, struct feel_range, 1);
	if (!bounds)
		return;
	const bool percentage = field->type == PROCEDURE_FIELD_PERCENTAGE;
	if (percentage)
		*bounds = (struct feel_range){ .low = feel_integer(0), .high = feel_integer(100) };
	read_bound(map, "minimum", &bounds->low);
	read_bound(map, "maximum", &bounds->high);
	int order;
	if (bounds->low.kind != FEEL_NULL && bounds->high.kind != FEEL_NULL && feel_order(bounds->low, bounds->high, &order)
		&& order > 0) {
		finding_add(reader->findings, 505, map.at, TEXT("échangez-les"), "le minimum dépasse le maximum");
		return;
	}
	const struct text unit = percentage ? TEXT("%") : field->unit.length || field->type != PROCEDURE_FIELD_MONEY
		? field->unit : TEXT("€");
	field->feel_type = feel_type_number_of(reader->arena, unit, field->type == PROCEDURE_FIELD_INTEGER,
		bounds->low.kind != FEEL_NULL || bounds->high.kind != FEEL_NULL ? bounds : NULL);
	if (!field->feel_type)
		reader->findings->broken = true;
}

static void
read_length(struct map map, struct procedure_field *field)
{
	if (is_text_type(field->type)) {
		const bool line = field->type == PROCEDURE_FIELD_TEXT;
		field->length = map_integer(map, "longueur", 1, line ? LONGEST_LINE : LONGEST_TEXT,
			line ? USUAL_LINE : field->type == PROCEDURE_FIELD_ADDRESS ? USUAL_ADDRESS : USUAL_TEXT);
	} else if (map_get(map, "longueur")) {
		finding_add(map.reader->findings, 505, map_key_place(map, "longueur"), TEXT("ôtez-la"),
			"seul un texte a une longueur");
	}
}

/* `contrôle:` with `message:`, or `contrôles:` for several. */
static void
read_checks(struct map map, enum scope_kind scope, struct procedure_field *field)
{
	struct reader *reader = map.reader;
	map_rules(map, "contrôles", scope, &field->checks, &field->check_count);
	const struct yaml_node *rule = map_get(map, "contrôle");
	const struct text message = map_text(map, "message", TEXT_SENTENCE);
	if (!rule) {
		field->missing = message;
		return;
	}
	if (field->check_count) {
		finding_add(reader->findings, 505, map_key_place(map, "contrôle"), TEXT("mettez-les tous sous « contrôles: »"),
			"un champ a « contrôle: » ou « contrôles: », pas les deux");
		return;
	}
	struct procedure_rule *checks = READER_ARRAY(reader, struct procedure_rule, 1);
	if (!checks)
		return;
	checks->origin = field->origin;
	checks->message = message;
	if (!message.length && !map_get(map, "message"))
		finding_add(reader->findings, 105, map_key_place(map, "contrôle"), TEXT("dites à la personne ce qu’elle doit corriger"),
			"il manque « message: » à ce contrôle");
	want_feel(reader, rule, scope, WANT_TRUTH, NULL, &checks->rule);
	field->checks = checks;
	field->check_count = 1;
}

void
read_field(struct reader *reader, const struct yaml_item *item, enum scope_kind scope, bool campaign,
	struct procedure_field *ret_field)
{
	const struct map map = map_open(reader, item->value, item->key->at, campaign ? &shape_campaign_data : &shape_field);
	const struct feel_type *feel_type = &feel_type_any;
	const enum procedure_field_type type = map.node ? read_type(map, &feel_type) : PROCEDURE_FIELD_TEXT;
	struct procedure_field field = {
		.origin = map_origin(map),
		.name = item->key->scalar,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.help = map_text(map, "aide", TEXT_SENTENCE),
		.unit = map_text(map, "unité", TEXT_NAME),
		.type = type,
		.feel_type = feel_type,
		.section = PROCEDURE_NONE,
	};
	if (map.node) {
		read_options(map, &field);
		read_length(map, &field);
		read_domain(map, &field);
		read_checks(map, scope, &field);
	}
	if (!campaign) {
		field.why = map_text(map, "pourquoi", TEXT_SENTENCE);
		field.compulsory = map_flag(map, "obligatoire");
		field.keep = map_duration(map, "conservation");
		if (map.node && !field.why.length)
			finding_add(reader->findings, 503, map.at, TEXT("ajoutez « pourquoi: », que la personne lira sous le champ"),
				"on demande « %.*s » sans dire pourquoi", TEXT_ARGS(field.name));
	}
	*ret_field = field;
	/* Places in the model, not in this copy. */
	if (!campaign && map.node) {
		ret_field->conditional = map_get(map, "si") != NULL;
		map_feel(map, "si", scope, WANT_TRUTH, &ret_field->condition);
		const struct yaml_node *prefill = map_get(map, "préremplir");
		if (prefill)
			want_feel(reader, prefill, scope, WANT_ANY, field.feel_type, &ret_field->prefill);
	}
}

static void
read_sections(struct reader *reader, const struct yaml_node *form, struct procedure_field *fields)
{
	if (!form)
		return;
	struct procedure_section *sections = READER_ARRAY(reader, struct procedure_section, form->count);
	for (size_t i = 0; sections && i < form->count; i++) {
		const struct map map = map_open(reader, form->items[i].value, form->items[i].key->at, &shape_section);
		(void)name_check(reader, form->items[i].key);
		struct procedure_section *section = &sections[i];
		section->origin = map_origin(map);
		section->name = form->items[i].key->scalar;
		section->title = map_text(map, "titre", TEXT_LABEL);
		section->help = map_text(map, "aide", TEXT_SENTENCE);
		map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &section->condition);
		const struct yaml_node *list = map_get(map, "champs");
		if (!list || list->kind != YAML_MAPPING)
			continue;
		int *indexes = READER_ARRAY(reader, int, list->count);
		size_t kept = 0;
		for (size_t k = 0; indexes && k < list->count; k++) {
			const int index = name_find(reader, NAME_FIELD, list->items[k].key->scalar);
			/* One written twice has been told, and the first stands. */
			if (index == PROCEDURE_NONE || reader->names[NAME_FIELD].at[index].key != list->items[k].key)
				continue;
			fields[index].section = (int)i;
			fields[index].conditional |= map_get(map, "si") != NULL;
			indexes[kept++] = index;
		}
		section->fields = (struct procedure_list){ indexes, kept };
	}
	reader->procedure->sections = sections;
	reader->procedure->section_count = sections ? form->count : 0;
}

static unsigned
read_formats(struct map map)
{
	static const struct {
		struct text word;
		enum procedure_format format;
	} known[] = {
#define FORMAT(word, format) { { word, sizeof(word) - 1 }, format },
#include "procedure/words.def"
#undef FORMAT
	};
	const struct text *words = NULL;
	size_t count = 0;
	unsigned formats = 0;
	map_texts(map, "formats", &words, &count);
	for (size_t i = 0; i < count; i++) {
		unsigned found = 0;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			found |= text_equal(words[i], known[k].word) ? known[k].format : 0;
		if (!found && words[i].length)
			finding_add(map.reader->findings, 107, map_get(map, "formats")->at, TEXT("il y a : PDF, JPEG, PNG"),
				"« %.*s » n’est pas un format de pièce", TEXT_ARGS(words[i]));
		formats |= found;
	}
	return formats ? formats : PROCEDURE_PDF | PROCEDURE_JPEG | PROCEDURE_PNG;
}

/* Whether a piece is asked after the filing. */
static bool
read_phase(struct map map)
{
	static const struct {
		struct text word;
		bool later;
	} known[] = {
#define PHASE(word, later) { { word, sizeof(word) - 1 }, later },
#include "procedure/words.def"
#undef PHASE
	};
	const struct text word = map_text(map, "attendue", TEXT_NAME);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_equal(word, known[i].word))
			return known[i].later;
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "attendue")->at, TEXT("écrivez dépôt ou plus tard"),
			"« %.*s » n’est pas un moment où joindre une pièce", TEXT_ARGS(word));
	return false;
}

static void
read_pieces(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_PIECE];
	struct procedure_piece *pieces = READER_ARRAY(reader, struct procedure_piece, names->count);
	for (size_t i = 0; pieces && i < names->count; i++) {
		const struct map map = map_open(reader, names->at[i].value, names->at[i].key->at, &shape_piece);
		struct procedure_piece *piece = &pieces[i];
		*piece = (struct procedure_piece){
			.origin = map_origin(map),
			.name = names->at[i].name,
			.label = map_text(map, "libellé", TEXT_LABEL),
			.help = map_text(map, "aide", TEXT_SENTENCE),
			.why = map_text(map, "pourquoi", TEXT_SENTENCE),
			.missing = map_text(map, "message", TEXT_SENTENCE),
			.keep = map_duration(map, "conservation"),
			.compulsory = map_flag(map, "obligatoire"),
			.formats = read_formats(map),
			.later = read_phase(map),
			.examined = map_flag(map, "examen"),
			.readers = map_names(map, "lisible_par", NAME_ROLE),
		};
		piece->conditional = map_get(map, "si") != NULL;
		map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &piece->condition);
		map_feel(map, "valable_jusquau", SCOPE_CASE, WANT_DAY, &piece->valid_until);
		if (map.node && !piece->why.length)
			finding_add(reader->findings, 503, map.at, TEXT("ajoutez « pourquoi: », que la personne lira sous la pièce"),
				"on demande « %.*s » sans dire pourquoi", TEXT_ARGS(piece->name));
	}
	reader->procedure->pieces = pieces;
	reader->procedure->piece_count = pieces ? names->count : 0;
}

void
read_form(struct reader *reader, struct map top)
{
	const struct names *names = &reader->names[NAME_FIELD];
	struct procedure_field *fields = READER_ARRAY(reader, struct procedure_field, names->count);
	if (!fields)
		return;
	for (size_t i = 0; i < names->count; i++) {
		const struct yaml_item item = { (struct yaml_node *)names->at[i].key, (struct yaml_node *)names->at[i].value, false };
		read_field(reader, &item, SCOPE_CASE, false, &fields[i]);
	}
	reader->procedure->fields = fields;
	reader->procedure->field_count = names->count;
	const struct yaml_node *form = map_get(top, "formulaire");
	if (form && form->kind == YAML_MAPPING)
		read_sections(reader, form, fields);
	read_pieces(reader);
}
