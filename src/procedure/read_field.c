/* Second stroke, one field: its type, its options, its bounds, its checks. */
#include "procedure/reader.h"

#include "base/french.h"
#include "base/banned.h"

enum { LONGEST_LINE = 500, LONGEST_TEXT = 20000, USUAL_LINE = 200, USUAL_TEXT = 4000, USUAL_ADDRESS = 400 };

/* Where a field stands. */
enum place { AS_COLUMN = 1, IN_ROW = 2, AS_CAMPAIGN_DATA = 4, IN_FORM = 8 };
enum {
	IN_FORMS = IN_FORM,
	IN_ROWS = IN_ROW | IN_FORMS,
	AS_DATA = AS_CAMPAIGN_DATA | IN_FORMS,
	ANYWHERE = AS_COLUMN | IN_ROWS | AS_DATA,
};

static const struct {
	struct text word;
	const struct feel_type *type;
	unsigned places;
} types[PROCEDURE_FIELD_TYPE_COUNT] = {
#define FIELD_TYPE(type, word, feel, where) \
	[PROCEDURE_FIELD_##type] = { { word, sizeof(word) - 1 }, &feel_type_##feel, where },
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
read_type(struct map map, enum place place, const struct feel_type **ret_type)
{
	static const char *const nobody[] = { [AS_COLUMN] = "aucune colonne de registre", [IN_ROW] = "aucun champ de ligne",
		[AS_CAMPAIGN_DATA] = "aucune donnée de campagne", [IN_FORM] = "aucun champ" };
	const struct text word = map_text(map, "type", TEXT_NAME);
	struct text known[PROCEDURE_FIELD_TYPE_COUNT];
	size_t count = 0;
	for (int i = 0; i < PROCEDURE_FIELD_TYPE_COUNT; i++) {
		if (!(types[i].places & place))
			continue;
		if (text_equal(word, types[i].word)) {
			*ret_type = types[i].type;
			return i;
		}
		known[count++] = types[i].word;
	}
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "type")->at, nearest_remedy(map.reader, word, known, count),
			"%s n’est du type « %.*s »", nobody[place], TEXT_ARGS(word));
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

/* What any field may say of its own value. */
static void
read_simple(struct map map, struct procedure_field *field)
{
	read_options(map, field);
	read_length(map, field);
	read_domain(map, field);
}

/* What one answer may be, and nothing more. */
static void
read_alone(struct map map, struct text name, enum place place, struct procedure_field *ret_field)
{
	const struct feel_type *feel_type = &feel_type_any;
	const enum procedure_field_type type = map.node ? read_type(map, place, &feel_type) : PROCEDURE_FIELD_TEXT;
	*ret_field = (struct procedure_field){
		.origin = map_origin(map), .name = name, .label = map_text(map, "libellé", TEXT_LABEL),
		.help = map_text(map, "aide", TEXT_SENTENCE), .unit = map_text(map, "unité", TEXT_NAME),
		.missing = map_text(map, "message", TEXT_SENTENCE),
		.type = type, .feel_type = feel_type, .section = PROCEDURE_NONE,
	};
	if (map.node)
		read_simple(map, ret_field);
}

void
read_register_column(struct reader *reader, const struct yaml_item *item, struct procedure_field *ret_field)
{
	const struct map map = map_open(reader, item->value, item->key->at, &shape_register_column);
	read_alone(map, item->key->scalar, AS_COLUMN, ret_field);
	ret_field->compulsory = map_flag(map, "obligatoire");
}

void
read_row_field(struct reader *reader, const struct yaml_item *item, enum scope_kind scope,
	struct procedure_field *ret_field)
{
	const struct map map = map_open(reader, item->value, item->key->at, &shape_row_field);
	read_alone(map, item->key->scalar, IN_ROW, ret_field);
	ret_field->compulsory = map_flag(map, "obligatoire");
	ret_field->conditional = map_get(map, "si") != NULL;
	if (!map.node)
		return;
	read_named_type(reader, ret_field);
	ret_field->missing = TEXT(""); /* `message` is that of the check, when there is one */
	read_checks(map, scope, ret_field);
	map_feel(map, "si", scope, WANT_TRUTH, &ret_field->condition);
}

void
read_entry(struct map map, struct text name, struct procedure_field *ret_field)
{
	read_alone(map, name, AS_CAMPAIGN_DATA, ret_field);
}

void
read_field(struct reader *reader, const struct yaml_item *item, enum scope_kind scope, bool campaign,
	struct procedure_field *ret_field)
{
	const struct map map = map_open(reader, item->value, item->key->at, campaign ? &shape_campaign_data : &shape_field);
	const struct feel_type *feel_type = &feel_type_any;
	const enum procedure_field_type type = map.node ? read_type(map, campaign ? AS_CAMPAIGN_DATA : IN_FORM, &feel_type) : PROCEDURE_FIELD_TEXT;
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
		read_simple(map, &field);
		if (!campaign)
			read_parts(map, &field);
		read_checks(map, scope, &field);
	}
	if (!campaign) {
		field.why = map_text(map, "pourquoi", TEXT_SENTENCE);
		field.readers = map_names(map, "lisible_par", NAME_ROLE);
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
