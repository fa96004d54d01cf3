/* The type checker: each node is typed as it is made, and a mistake has the place of its
 * operand. Any and Null go with everything: they are judged when evaluated. */
#include "feel/reader.h"
#include "feel/number.h"
#include "feel/unit.h"

#include "base/banned.h"

const struct feel_type *
item_type(const struct feel_type *type)
{
	return (type->kind == FEEL_LIST || type->kind == FEEL_RANGE) && type->of ? type->of : &feel_type_any;
}

static bool
is_open_type(const struct feel_type *type)
{
	return type->kind == FEEL_ANY || type->kind == FEEL_NULL;
}

/* ---- arithmetic: what each pair of kinds gives (§10.3.2.3, tables 58 to 61) ---- */

static const struct rule {
	uint8_t node, left, right, result;
} rules[] = {
	{ NODE_ADD, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER },
	{ NODE_ADD, FEEL_STRING, FEEL_STRING, FEEL_STRING },
	{ NODE_ADD, FEEL_DATE, FEEL_DAYS_TIME, FEEL_DATE },
	{ NODE_ADD, FEEL_DATE, FEEL_YEARS_MONTHS, FEEL_DATE },
	{ NODE_ADD, FEEL_DATE_TIME, FEEL_DAYS_TIME, FEEL_DATE_TIME },
	{ NODE_ADD, FEEL_DATE_TIME, FEEL_YEARS_MONTHS, FEEL_DATE_TIME },
	{ NODE_ADD, FEEL_TIME, FEEL_DAYS_TIME, FEEL_TIME },
	{ NODE_ADD, FEEL_DAYS_TIME, FEEL_DATE, FEEL_DATE },
	{ NODE_ADD, FEEL_YEARS_MONTHS, FEEL_DATE, FEEL_DATE },
	{ NODE_ADD, FEEL_DAYS_TIME, FEEL_DATE_TIME, FEEL_DATE_TIME },
	{ NODE_ADD, FEEL_YEARS_MONTHS, FEEL_DATE_TIME, FEEL_DATE_TIME },
	{ NODE_ADD, FEEL_DAYS_TIME, FEEL_TIME, FEEL_TIME },
	{ NODE_ADD, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS },
	{ NODE_ADD, FEEL_DAYS_TIME, FEEL_DAYS_TIME, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER },
	{ NODE_SUBTRACT, FEEL_DATE, FEEL_DATE, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_DATE, FEEL_DATE_TIME, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_DATE_TIME, FEEL_DATE, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_DATE_TIME, FEEL_DATE_TIME, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_TIME, FEEL_TIME, FEEL_DAYS_TIME },
	{ NODE_SUBTRACT, FEEL_DATE, FEEL_DAYS_TIME, FEEL_DATE },
	{ NODE_SUBTRACT, FEEL_DATE, FEEL_YEARS_MONTHS, FEEL_DATE },
	{ NODE_SUBTRACT, FEEL_DATE_TIME, FEEL_DAYS_TIME, FEEL_DATE_TIME },
	{ NODE_SUBTRACT, FEEL_DATE_TIME, FEEL_YEARS_MONTHS, FEEL_DATE_TIME },
	{ NODE_SUBTRACT, FEEL_TIME, FEEL_DAYS_TIME, FEEL_TIME },
	{ NODE_SUBTRACT, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS },
	{ NODE_SUBTRACT, FEEL_DAYS_TIME, FEEL_DAYS_TIME, FEEL_DAYS_TIME },
	{ NODE_MULTIPLY, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER },
	{ NODE_MULTIPLY, FEEL_YEARS_MONTHS, FEEL_NUMBER, FEEL_YEARS_MONTHS },
	{ NODE_MULTIPLY, FEEL_NUMBER, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS },
	{ NODE_MULTIPLY, FEEL_DAYS_TIME, FEEL_NUMBER, FEEL_DAYS_TIME },
	{ NODE_MULTIPLY, FEEL_NUMBER, FEEL_DAYS_TIME, FEEL_DAYS_TIME },
	{ NODE_DIVIDE, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER },
	{ NODE_DIVIDE, FEEL_YEARS_MONTHS, FEEL_NUMBER, FEEL_YEARS_MONTHS },
	{ NODE_DIVIDE, FEEL_DAYS_TIME, FEEL_NUMBER, FEEL_DAYS_TIME },
	{ NODE_DIVIDE, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS, FEEL_NUMBER },
	{ NODE_DIVIDE, FEEL_DAYS_TIME, FEEL_DAYS_TIME, FEEL_NUMBER },
	{ NODE_POWER, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER },
};

/* NULL when no pair of values of these types has a result. */
static const struct feel_type *
arithmetic_type(enum node_kind kind, const struct feel_type *left, const struct feel_type *right)
{
	const struct feel_type *result = NULL;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (rules[i].node != kind || (!is_open_type(left) && rules[i].left != left->kind)
			|| (!is_open_type(right) && rules[i].right != right->kind))
			continue;
		const struct feel_type *type = feel_type_find(feel_kind_text(rules[i].result));
		result = result && result != type ? &feel_type_any : type;
	}
	return result;
}

static const char *const verbs[] = {
	[NODE_ADD] = "ajouter", [NODE_SUBTRACT] = "soustraire", [NODE_MULTIPLY] = "multiplier",
		[NODE_DIVIDE] = "diviser",
	[NODE_POWER] = "élever à une puissance",
};

static bool
is_day(const struct feel_type *type)
{
	return type->kind == FEEL_DATE || type->kind == FEEL_DATE_TIME;
}

static bool
is_whole(const struct node *node)
{
	return node->type->whole || (node->kind == NODE_CONSTANT && number_is_whole(node->constant.number));
}

/* What an operation on two numbers gives: units that cannot meet are told. */
static const struct feel_type *
number_type(struct reader *reader, enum node_kind kind, const struct node *left, const struct node *right)
{
	const size_t offset = left->offset, length = right->offset + right->length - offset;
	const struct text a = unit_of(left->type), b = unit_of(right->type);
	if (kind == NODE_ADD)
		unit_check(reader, offset, length, a, b, " ne s’ajoutent pas à ");
	else if (kind == NODE_SUBTRACT)
		unit_check(reader, offset, length, b, a, " ne se soustraient pas à ");
	const bool whole = kind != NODE_DIVIDE && kind != NODE_POWER && is_whole(left) && is_whole(right);
	return feel_type_number_of(reader->arena, unit_of_arithmetic(kind, left, right), whole, NULL);
}

/* The type with a unit, when it is that of a number and has none. */
static const struct feel_type *
with_unit(struct reader *reader, const struct feel_type *type, struct text unit)
{
	if (!type || type->kind != FEEL_NUMBER || unit.length == 0 || type->unit.length)
		return type;
	struct feel_type *made = arena_new_of(reader->arena, struct feel_type);
	if (!made)
		return NULL;
	*made = *type;
	made->unit = unit;
	return made;
}

static struct node *
check_arithmetic(struct reader *reader, enum node_kind kind, const struct node *left,
	const struct node *right)
{
	const struct feel_type *type = arithmetic_type(kind, left->type, right->type);
	if (!type) {
		const bool add_days = (is_day(left->type) && right->type->kind == FEEL_NUMBER)
			|| (left->type->kind == FEEL_NUMBER && is_day(right->type));
		const bool join = kind == NODE_ADD
			&& (left->type->kind == FEEL_STRING || right->type->kind == FEEL_STRING);
		reader_mistake(reader, left->offset, right->offset + right->length - left->offset,
			add_days ? TEXT("écrivez le nombre de jours comme une durée : duration(\"P3D\")")
			: join   ? TEXT("écrivez string(…) autour de ce qui n’est pas un texte") : TEXT(""),
			"on ne peut pas %s " TEXT_FORMAT " et " TEXT_FORMAT, verbs[kind],
			TEXT_ARGS(feel_type_french(reader->arena, left->type)),
			TEXT_ARGS(feel_type_french(reader->arena, right->type)));
		type = &feel_type_any;
	}
	if (left->type->kind == FEEL_NUMBER && right->type->kind == FEEL_NUMBER)
		type = number_type(reader, kind, left, right);
	return node_over(reader, kind, left->offset, type, left, right);
}

/* ---- comparison ---- */

struct text
check_words_remedy(struct reader *reader, const struct feel_type *type)
{
	if (!type->words || type->word_count == 0 || type->word_count > 8)
		return TEXT("");
	struct text remedy = TEXT("les valeurs possibles sont");
	for (size_t i = 0; i < type->word_count && remedy.at; i++)
		remedy = arena_format(reader->arena, TEXT_FORMAT "%s \"" TEXT_FORMAT "\"", TEXT_ARGS(remedy),
			i ? "," : "", TEXT_ARGS(type->words[i]));
	return remedy;
}

void
check_among_words(struct reader *reader, const struct feel_type *type, const struct node *node)
{
	if (type->kind == FEEL_LIST)
		type = item_type(type);
	if (!type->words)
		return;
	if (node->kind == NODE_LIST)
		for (uint32_t i = 0; i < node->count; i++)
			check_among_words(reader, type, node->parts[i]);
	if (node->kind != NODE_CONSTANT || node->constant.kind != FEEL_STRING)
		return;
	struct closest closest = { .wrong = node->constant.string, .distance = SIZE_MAX };
	const struct text composed = name_composed(reader->arena, node->constant.string);
	if (!composed.at) {
		reader_broken(reader);
		return;
	}
	bool apart = false; /* the same letters, with their accents written apart */
	for (size_t i = 0; i < type->word_count; i++) {
		if (text_equal(type->words[i], node->constant.string))
			return;
		apart |= composed.at && text_equal(type->words[i], composed);
		closest_try(&closest, type->words[i]);
	}
	struct text remedy = apart ? TEXT("retapez-la : ses accents sont écrits à part de leurs lettres")
		: closest_remedy(reader->arena, &closest);
	if (remedy.length == 0)
		remedy = check_words_remedy(reader, type);
	reader_mistake(reader, node->offset, node->length, remedy,
		"« " TEXT_FORMAT " » n’est pas une valeur possible", TEXT_ARGS(node->constant.string));
}

static bool
has_order(const struct feel_type *type)
{
	return is_open_type(type) || (type->kind >= FEEL_NUMBER && type->kind <= FEEL_DAYS_TIME);
}

/* Says when values of the two types can never be compared; the place is that of both. */
static void
compare_types(struct reader *reader, enum node_kind kind, size_t offset, size_t length,
	const struct feel_type *left,
	const struct feel_type *right)
{
	const bool equality = kind == NODE_EQUAL || kind == NODE_DIFFERENT;
	const bool open = is_open_type(left) || is_open_type(right);
	if (!open && left->kind != right->kind) {
		reader_mistake(reader, offset, length,
			left->kind == FEEL_STRING && is_day(right) ? TEXT("pour une date, écrivez date(\"2023-06-16\")")
			: is_day(left) && right->kind == FEEL_STRING ? TEXT("pour une date, écrivez date(\"2023-06-16\")")
			: left->kind == FEEL_NUMBER && right->kind == FEEL_STRING
			? TEXT("un nombre s’écrit sans guillemets")
			: is_day(left) && is_day(right) ? TEXT("écrivez date(…) autour de la date avec heure")
			: left->kind == FEEL_LIST ? TEXT("pour chercher dans une liste, écrivez : valeur in liste")
			: TEXT(""),
			"on ne peut pas comparer " TEXT_FORMAT " à " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, left)),
			TEXT_ARGS(feel_type_french(reader->arena, right)));
	} else if (!equality && (!has_order(left) || !has_order(right))) {
		reader_mistake(reader, offset, length, TEXT(""),
			TEXT_FORMAT " n’est ni plus grand ni plus petit qu’autre chose",
			TEXT_ARGS(feel_type_french(reader->arena, has_order(left) ? right : left)));
	} else {
		unit_check(reader, offset, length, unit_of(left), unit_of(right), " ne se comparent pas à ");
	}
}

static struct node *
check_comparison(struct reader *reader, enum node_kind kind, const struct node *left,
	const struct node *right)
{
	compare_types(reader, kind, left->offset, right->offset + right->length - left->offset, left->type,
		right->type);
	check_among_words(reader, left->type, right);
	check_among_words(reader, right->type, left);
	return node_over(reader, kind, left->offset, &feel_type_boolean, left, right);
}

void
check_boolean(struct reader *reader, const struct node *node, const char *where)
{
	if (node->type->kind != FEEL_BOOLEAN && !is_open_type(node->type))
		reader_mistake(reader, node->offset, node->length, TEXT("comparez cette valeur à quelque chose"),
			"%s, une condition (vraie ou fausse) est attendue, et non " TEXT_FORMAT, where,
			TEXT_ARGS(feel_type_french(reader->arena, node->type)));
}

static struct node *
check_range(struct reader *reader, const struct node *low, const struct node *high)
{
	const struct feel_type *bound = feel_type_join(reader->arena, low->type, high->type);
	if (!bound)
		return reader_broken(reader);
	if ((!is_open_type(low->type) && !is_open_type(high->type) && low->type->kind != high->type->kind)
		|| !has_order(low->type) || !has_order(high->type))
		reader_mistake(reader, low->offset, high->offset + high->length - low->offset, TEXT(""),
			"les bornes d’un intervalle se comparent : " TEXT_FORMAT " et " TEXT_FORMAT " ne le peuvent pas",
			TEXT_ARGS(feel_type_french(reader->arena, low->type)),
			TEXT_ARGS(feel_type_french(reader->arena, high->type)));
	else
		unit_check(reader, low->offset, high->offset + high->length - low->offset, unit_of(low->type),
			unit_of(high->type), " ne bornent pas un intervalle avec ");
	const struct text unit = unit_of(unit_of(low->type).length ? low->type : high->type);
	if (!(bound = with_unit(reader, bound, unit)))
		return reader_broken(reader);
	const struct feel_type *type = feel_type_range_of(reader->arena, bound);
	return type ? node_over(reader, NODE_RANGE, low->offset, type, low, high) : reader_broken(reader);
}

struct node *
check_binary(struct reader *reader, enum node_kind kind, const struct node *left, const struct node *right)
{
	switch (kind) {
	case NODE_CALCULATIONS:
		return check_arithmetic(reader, kind, left, right);
	case NODE_AND:
	case NODE_OR:
		check_boolean(reader, left, kind == NODE_AND ? "avant « and »" : "avant « or »");
		check_boolean(reader, right, kind == NODE_AND ? "après « and »" : "après « or »");
		return node_over(reader, kind, left->offset, &feel_type_boolean, left, right);
	case NODE_RANGE:
		return check_range(reader, left, right);
	default:
		return check_comparison(reader, kind, left, right);
	}
}

struct node *
check_negate(struct reader *reader, size_t offset, const struct node *operand)
{
	const enum feel_kind kind = operand->type->kind;
	const struct feel_type *type = operand->type;
	if (kind != FEEL_NUMBER && kind != FEEL_YEARS_MONTHS && kind != FEEL_DAYS_TIME && !is_open_type(type)) {
		reader_mistake(reader, operand->offset, operand->length, TEXT(""),
			"le signe moins s’applique à un nombre ou à une durée, et non à " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, type)));
		type = &feel_type_any;
	} else if (kind == FEEL_NUMBER) {
		type = feel_type_number_of(reader->arena, type->unit, type->whole, NULL);
	}
	return node_over(reader, NODE_NEGATE, offset, type, operand, NULL);
}

struct node *
check_between(struct reader *reader, const struct node *value, const struct node *low,
	const struct node *high)
{
	compare_types(reader, NODE_LESS_EQUAL, value->offset, low->offset + low->length - value->offset,
		value->type, low->type);
	compare_types(reader, NODE_LESS_EQUAL, high->offset, high->length, value->type, high->type);
	const struct node *const parts[] = { value, low, high };
	return node_of(reader, NODE_BETWEEN, value->offset, &feel_type_boolean, parts, 3);
}

struct node *
check_if(struct reader *reader, size_t offset, const struct node *condition, const struct node *then,
	const struct node *otherwise)
{
	check_boolean(reader, condition, "après « if »");
	const struct node *const parts[] = { condition, then, otherwise };
	const struct feel_type *type = feel_type_join(reader->arena, then->type, otherwise->type);
	const struct text unit = unit_of(then->type);
	unit_check(reader, then->offset, otherwise->offset + otherwise->length - then->offset, unit,
		unit_of(otherwise->type), " ne se mêlent pas à ");
	return node_of(reader, NODE_IF, offset,
		with_unit(reader, type, unit.length ? unit : unit_of(otherwise->type)), parts, 3);
}

/* ---- entries ---- */

#define NUMBER_OF(name, unit_, whole_) \
	static const struct feel_type type_##name = { .kind = FEEL_NUMBER, .whole = whole_, \
		.unit = { unit_, sizeof(unit_) - 1 } }
NUMBER_OF(whole, "", true);
NUMBER_OF(years, "ans", true);
NUMBER_OF(months, "mois", true);
NUMBER_OF(days, "jours", true);
NUMBER_OF(hours, "h", true);
NUMBER_OF(minutes, "min", true);
NUMBER_OF(seconds, "s", false);
#undef NUMBER_OF

static const struct property {
	struct text name;
	uint8_t of;
	const struct feel_type *type;
} properties[] = {
	{ TEXT("year"), FEEL_DATE, &type_whole },
	{ TEXT("month"), FEEL_DATE, &type_whole },
	{ TEXT("day"), FEEL_DATE, &type_whole },
	{ TEXT("weekday"), FEEL_DATE, &type_whole },
	{ TEXT("year"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("month"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("day"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("weekday"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("hour"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("minute"), FEEL_DATE_TIME, &type_whole },
	{ TEXT("second"), FEEL_DATE_TIME, &feel_type_number },
	{ TEXT("time offset"), FEEL_DATE_TIME, &feel_type_days_time },
	{ TEXT("timezone"), FEEL_DATE_TIME, &feel_type_string },
	{ TEXT("hour"), FEEL_TIME, &type_whole },
	{ TEXT("minute"), FEEL_TIME, &type_whole },
	{ TEXT("second"), FEEL_TIME, &feel_type_number },
	{ TEXT("time offset"), FEEL_TIME, &feel_type_days_time },
	{ TEXT("timezone"), FEEL_TIME, &feel_type_string },
	{ TEXT("years"), FEEL_YEARS_MONTHS, &type_years },
	{ TEXT("months"), FEEL_YEARS_MONTHS, &type_months },
	{ TEXT("days"), FEEL_DAYS_TIME, &type_days },
	{ TEXT("hours"), FEEL_DAYS_TIME, &type_hours },
	{ TEXT("minutes"), FEEL_DAYS_TIME, &type_minutes },
	{ TEXT("seconds"), FEEL_DAYS_TIME, &type_seconds },
	{ TEXT("start"), FEEL_RANGE, NULL }, /* that of its bounds */
	{ TEXT("end"), FEEL_RANGE, NULL },
	{ TEXT("start included"), FEEL_RANGE, &feel_type_boolean },
	{ TEXT("end included"), FEEL_RANGE, &feel_type_boolean },
};

/* The type of an entry: of a context, or a property of a date…; NULL when it cannot exist. */
static const struct feel_type *
entry_type(struct reader *reader, const struct feel_type *of, struct text name)
{
	if (is_open_type(of))
		return &feel_type_any;
	if (of->kind == FEEL_LIST) {
		const struct feel_type *inside = entry_type(reader, item_type(of), name);
		const struct feel_type *list = inside ? feel_type_list_of(reader->arena, inside) : NULL;
		if (inside && !list)
			reader_broken(reader);
		return list;
	}
	if (of->kind == FEEL_CONTEXT) {
		for (size_t i = 0; i < of->field_count; i++)
			if (text_equal(of->fields[i].name, name))
				return of->fields[i].type;
		return of->open ? &feel_type_any : NULL;
	}
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (properties[i].of == of->kind && text_equal(properties[i].name, name))
			return properties[i].type ? properties[i].type : item_type(of);
	return NULL;
}

/* "agent.structure", when that is what stands there; else empty. */
static struct text
path_text(const struct reader *reader, const struct node *node)
{
	const struct node *root = node;
	while (root->kind == NODE_ENTRY)
		root = root->left;
	if (root->kind != NODE_INPUT && root->kind != NODE_LOCAL)
		return TEXT("");
	return text_part(reader->source, node->offset, node->length);
}

enum { MOST_LISTED = 12 };

/* "il y a : code, nom, type", when they are few. */
static struct text
list_entries(struct reader *reader, const struct feel_type *type)
{
	struct text list = TEXT("");
	if (type->kind != FEEL_CONTEXT || type->open || type->field_count > MOST_LISTED)
		return list;
	for (size_t i = 0; i < type->field_count && list.at; i++)
		list = arena_format(reader->arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(list), i ? ", " : "il y a : ",
			TEXT_ARGS(type->fields[i].name));
	return list;
}

struct node *
check_entry(struct reader *reader, const struct node *of, struct text name, size_t name_offset)
{
	const struct feel_type *type = entry_type(reader, of->type, name);
	if (reader->stopped)
		return NULL;
	if (!type) {
		struct closest closest = { .wrong = name, .distance = SIZE_MAX };
		const struct feel_type *holder = of->type->kind == FEEL_LIST ? item_type(of->type) : of->type;
		for (size_t i = 0; i < holder->field_count; i++)
			closest_try(&closest, holder->fields[i].name);
		for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
			if (properties[i].of == holder->kind)
				closest_try(&closest, properties[i].name);
		const struct text path = holder->kind == FEEL_CONTEXT ? path_text(reader, of) : TEXT("");
		reader_mistake(reader, name_offset, name.length, closest.best.length
			? closest_remedy(reader->arena, &closest) : list_entries(reader, holder),
			"%s" TEXT_FORMAT "%s n’a pas de « " TEXT_FORMAT " »", path.length ? "« " : "",
			TEXT_ARGS(path.length ? path : feel_type_french(reader->arena, holder)), path.length ? " »" : "",
			TEXT_ARGS(name));
		type = &feel_type_any;
	}
	struct node *node = node_over(reader, NODE_ENTRY, of->offset, type, of, NULL);
	if (node)
		node->name = name;
	return node;
}

const struct feel_type *
check_iterated(struct reader *reader, const struct node *node)
{
	const enum feel_kind kind = node->type->kind;
	if (kind == FEEL_CONTEXT || kind == FEEL_FUNCTION)
		reader_mistake(reader, node->offset, node->length, TEXT(""),
			"une liste est attendue après « in », et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, node->type)));
	if (kind == FEEL_LIST || kind == FEEL_RANGE || is_open_type(node->type))
		return item_type(node->type);
	return node->type;
}

/* ---- tests ---- */

struct node *
check_test(struct reader *reader, size_t offset, unsigned place, const struct feel_type *tested,
	enum node_kind comparison, const struct node *operand, bool is_condition)
{
	const struct feel_type *type = operand->type;
	if (comparison != NODE_CONSTANT) {
		compare_types(reader, comparison, operand->offset, operand->length, tested, type);
		check_among_words(reader, tested, operand);
		struct node *value = node_new(reader, NODE_LOCAL, offset, tested);
		if (!value)
			return NULL;
		value->local = place;
		return node_over(reader, comparison, offset, &feel_type_boolean, value, operand);
	}
	if (is_condition) {
		/* a test that names `?` is a condition of its own */
		check_boolean(reader, operand, "dans un test sur « ? »");
		return node_over(reader, NODE_AND, offset, &feel_type_boolean, operand,
			node_constant(reader, offset, feel_boolean(true), &feel_type_boolean));
	}
	check_among_words(reader, tested, operand);
	/* A value, or a list or a range of values; a list may be tested for being in a list of lists. */
	const struct feel_type *item = type->kind == FEEL_LIST || type->kind == FEEL_RANGE ? item_type(type)
		: type;
	while (item->kind == FEEL_LIST || item->kind == FEEL_RANGE)
		item = item_type(item);
	const struct feel_type *value = tested;
	while (value->kind == FEEL_LIST || value->kind == FEEL_RANGE)
		value = item_type(value);
	if (!is_open_type(item) && !is_open_type(value) && item->kind != value->kind)
		reader_mistake(reader, operand->offset, operand->length, TEXT(""),
			"on ne peut pas comparer " TEXT_FORMAT " à " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, tested)),
			TEXT_ARGS(feel_type_french(reader->arena, type)));
	else
		unit_check(reader, operand->offset, operand->length, unit_of(tested), unit_of(type),
			" ne se comparent pas à ");
	struct node *node = node_over(reader, NODE_TEST, offset, &feel_type_boolean, operand, NULL);
	if (node)
		node->local = place;
	return node;
}
