/* See type.h. */
#include "feel/type.h"

#include "base/buffer.h"
#include "feel/evaluation.h"
#include "feel/unit.h"

#include "base/banned.h"

const struct feel_type feel_type_any = { .kind = FEEL_ANY };
const struct feel_type feel_type_null = { .kind = FEEL_NULL };
const struct feel_type feel_type_boolean = { .kind = FEEL_BOOLEAN };
const struct feel_type feel_type_number = { .kind = FEEL_NUMBER };
const struct feel_type feel_type_string = { .kind = FEEL_STRING };
const struct feel_type feel_type_date = { .kind = FEEL_DATE };
const struct feel_type feel_type_time = { .kind = FEEL_TIME };
const struct feel_type feel_type_date_time = { .kind = FEEL_DATE_TIME };
const struct feel_type feel_type_years_months = { .kind = FEEL_YEARS_MONTHS };
const struct feel_type feel_type_days_time = { .kind = FEEL_DAYS_TIME };
const struct feel_type feel_type_context = { .kind = FEEL_CONTEXT, .open = true };
const struct feel_type feel_type_list = { .kind = FEEL_LIST };

static const struct feel_type *const simple[] = {
	&feel_type_any, &feel_type_null, &feel_type_boolean, &feel_type_number, &feel_type_string,
		&feel_type_date,
	&feel_type_time, &feel_type_date_time, &feel_type_years_months, &feel_type_days_time, &feel_type_context,
	&feel_type_list,
};

const struct feel_type *
feel_type_find(struct text name)
{
	if (text_equal(name, TEXT("dateTime")))
		return &feel_type_date_time;
	if (text_equal(name, TEXT("yearMonthDuration")))
		return &feel_type_years_months;
	if (text_equal(name, TEXT("dayTimeDuration")))
		return &feel_type_days_time;
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
		if (text_equal(name, feel_kind_text(simple[i]->kind)))
			return simple[i];
	return NULL;
}

static const struct feel_type *
type_of(struct arena *arena, struct feel_type type)
{
	struct feel_type *made = arena_new_of(arena, struct feel_type);
	if (made)
		*made = type;
	return made;
}

const struct feel_type *
feel_type_list_of(struct arena *arena, const struct feel_type *item)
{
	return type_of(arena, (struct feel_type){ .kind = FEEL_LIST, .of = item });
}

const struct feel_type *
feel_type_range_of(struct arena *arena, const struct feel_type *bound)
{
	return type_of(arena, (struct feel_type){ .kind = FEEL_RANGE, .of = bound });
}

const struct feel_type *
feel_type_context_of(struct arena *arena, const struct feel_field *fields, size_t count)
{
	return type_of(arena, (struct feel_type){ .kind = FEEL_CONTEXT, .fields = fields, .field_count = count });
}

const struct feel_type *
feel_type_words_of(struct arena *arena, const struct text *words, size_t count)
{
	return type_of(arena, (struct feel_type){ .kind = FEEL_STRING, .words = words, .word_count = count });
}

const struct feel_type *
feel_type_number_of(struct arena *arena, struct text unit, bool whole, const struct feel_range *bounds)
{
	if (unit.length == 0 && !whole && !bounds)
		return &feel_type_number;
	return type_of(arena, (struct feel_type){ .kind = FEEL_NUMBER, .unit = unit, .whole = whole,
		.bounds = bounds });
}

const struct feel_type *
feel_type_optional_of(struct arena *arena, const struct feel_type *type, bool optional)
{
	if (type->optional == optional)
		return type;
	struct feel_type made = *type;
	made.optional = optional;
	return type_of(arena, made);
}

/* ---- conformance (§10.3.2.9) ---- */

static const struct feel_type *
item_of(const struct feel_type *type)
{
	return type->of ? type->of : &feel_type_any;
}

static const struct feel_type *
field_type(const struct feel_type *type, struct text name)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (text_equal(type->fields[i].name, name))
			return type->fields[i].type;
	return NULL;
}

static bool
words_conform(const struct feel_type *from, const struct feel_type *to)
{
	if (!to->words || !from->words)
		return true; /* a text is judged when evaluated */
	for (size_t i = 0; i < from->word_count; i++)
		for (size_t j = 0; j < to->word_count; j++)
			if (text_equal(from->words[i], to->words[j]))
				return true;
	return false; /* nothing in common */
}

/* A type may hold the same part in many places, and the types of a long expression be nested deeply: beyond
 * some bounds two types are taken for different, and what joins them may be anything. */
enum { MOST_DEPTH = 100, MOST_COMPARED = 10000, MOST_JOINED = 2000 };

struct comparison {
	bool doubtful; /* a value of type Any may turn out to be of any other */
	unsigned depth, left;
};

static bool
conforms(const struct feel_type *from, const struct feel_type *to, struct comparison *comparison);

static bool
parts_conform(const struct feel_type *from, const struct feel_type *to, struct comparison *comparison)
{
	switch (from->kind) {
	case FEEL_STRING:
		return words_conform(from, to);
	case FEEL_LIST:
	case FEEL_RANGE:
		return conforms(item_of(from), item_of(to), comparison);
	case FEEL_CONTEXT:
		for (size_t i = 0; i < to->field_count; i++) {
			const struct feel_type *field = field_type(from, to->fields[i].name);
			if (field ? !conforms(field, to->fields[i].type, comparison) : !from->open)
				return false;
		}
		return true;
	case FEEL_FUNCTION:
		if (!from->fields || !to->fields)
			return true;
		if (from->field_count != to->field_count || !conforms(item_of(from), item_of(to), comparison))
			return false;
		for (size_t i = 0; i < to->field_count; i++)
			if (!conforms(to->fields[i].type, from->fields[i].type, comparison))
				return false;
		return true;
	default:
		return true;
	}
}

static bool
conforms(const struct feel_type *from, const struct feel_type *to, struct comparison *comparison)
{
	if (from == to || to->kind == FEEL_ANY || (comparison->doubtful && from->kind == FEEL_ANY)
		|| from->kind == FEEL_NULL)
		return true;
	if (from->kind != to->kind || comparison->depth == 0 || comparison->left == 0)
		return false;
	comparison->left--;
	comparison->depth--;
	const bool conform = parts_conform(from, to, comparison);
	comparison->depth++;
	return conform;
}

bool
feel_type_conforms(const struct feel_type *from, const struct feel_type *to)
{
	struct comparison comparison = { true, MOST_DEPTH, MOST_COMPARED };
	return conforms(from, to, &comparison);
}

bool
feel_type_is(const struct feel_type *from, const struct feel_type *to)
{
	struct comparison comparison = { false, MOST_DEPTH, MOST_COMPARED };
	return conforms(from, to, &comparison);
}

/* The bounds of either: the widest of both. */
static const struct feel_range *
join_bounds(struct arena *arena, const struct feel_range *a, const struct feel_range *b)
{
	if (!a || !b || a == b)
		return a && b ? a : NULL;
	struct feel_range *hull = arena_new_of(arena, struct feel_range);
	int order;
	if (!hull)
		return NULL; /* nothing known is always right */
	if (a->low.kind != FEEL_NULL && b->low.kind != FEEL_NULL && feel_order(a->low, b->low, &order)) {
		hull->low = order <= 0 ? a->low : b->low;
		hull->low_open = order < 0 ? a->low_open : order > 0 ? b->low_open : a->low_open && b->low_open;
	}
	if (a->high.kind != FEEL_NULL && b->high.kind != FEEL_NULL && feel_order(a->high, b->high, &order)) {
		hull->high = order >= 0 ? a->high : b->high;
		hull->high_open = order > 0 ? a->high_open : order < 0 ? b->high_open
			: a->high_open && b->high_open;
	}
	return hull;
}

/* Two types of the same simple kind: what is known of both. */
static const struct feel_type *
join_declared(struct arena *arena, const struct feel_type *a, const struct feel_type *b)
{
	const struct feel_type joined = {
		.kind = a->kind,
		.words = a->words == b->words ? a->words : NULL,
		.word_count = a->words == b->words ? a->word_count : 0,
		.unit = b->unit.length && unit_meets(a->unit, b->unit) ? a->unit : TEXT(""),
		.whole = a->whole && b->whole,
		.optional = a->optional || b->optional,
		.bounds = join_bounds(arena, a->bounds, b->bounds),
		.allowed = a->allowed == b->allowed ? a->allowed : NULL,
	};
	if (joined.allowed || joined.words || joined.unit.length || joined.whole || joined.optional || joined.bounds)
		return type_of(arena, joined);
	return feel_type_find(feel_kind_text(a->kind));
}

/* A type may hold the same part in many places: how many more parts may be joined, and how deep. */
struct joining {
	struct arena *arena;
	unsigned depth, left;
};

static const struct feel_type *join(struct joining *joining, const struct feel_type *a,
	const struct feel_type *b);

/* The entries that both have; open when one may have others. */
static const struct feel_type *
join_contexts(struct joining *joining, const struct feel_type *a, const struct feel_type *b)
{
	struct feel_field *fields = arena_array_of(joining->arena, struct feel_field, a->field_count);
	bool same = true;
	size_t count = 0;
	for (size_t i = 0; fields && i < a->field_count; i++) {
		const struct feel_type *other = i < b->field_count && text_equal(b->fields[i].name, a->fields[i].name)
			? b->fields[i].type : field_type(b, a->fields[i].name); /* rows have the same order */
		if (!other)
			continue;
		const struct feel_type *joined = join(joining, a->fields[i].type, other);
		if (!joined)
			return NULL;
		same &= joined == a->fields[i].type;
		fields[count++] = (struct feel_field){ a->fields[i].name, joined };
	}
	const bool open = a->open || b->open || count < a->field_count || count < b->field_count;
	if (!fields || (same && count == a->field_count && open == a->open))
		return fields ? a : NULL;
	return type_of(joining->arena, (struct feel_type){ .kind = FEEL_CONTEXT, .fields = fields,
		.field_count = count, .open = open, .optional = a->optional || b->optional });
}

static const struct feel_type *
join_kinds(struct joining *joining, const struct feel_type *a, const struct feel_type *b)
{
	struct arena *arena = joining->arena;
	switch (a->kind) {
	case FEEL_LIST: {
		const struct feel_type *item = join(joining, item_of(a), item_of(b));
		if (item == item_of(a))
			return a;
		return item == item_of(b) ? b : item == &feel_type_any ? &feel_type_list
			: feel_type_list_of(arena, item);
	}
	case FEEL_RANGE: {
		const struct feel_type *bound = join(joining, item_of(a), item_of(b));
		return bound == item_of(a) ? a : bound == item_of(b) ? b : feel_type_range_of(arena, bound);
	}
	case FEEL_CONTEXT:
		return join_contexts(joining, a, b);
	case FEEL_FUNCTION:
		return &feel_type_any;
	default:
		return join_declared(arena, a, b);
	}
}

static const struct feel_type *
join(struct joining *joining, const struct feel_type *a, const struct feel_type *b)
{
	if (a == b || b->kind == FEEL_NULL)
		return a;
	if (a->kind == FEEL_NULL)
		return b;
	if (a->kind != b->kind || a->kind == FEEL_ANY || joining->depth == 0 || joining->left == 0)
		return &feel_type_any;
	joining->left--;
	joining->depth--;
	const struct feel_type *joined = join_kinds(joining, a, b);
	joining->depth++;
	return joined;
}

const struct feel_type *
feel_type_join(struct arena *arena, const struct feel_type *a, const struct feel_type *b)
{
	struct joining joining = { arena, MOST_DEPTH, MOST_JOINED };
	return join(&joining, a, b);
}

/* Takes steps for work that is not counted otherwise; false, with none left, when they do not do. */
static bool
take_steps(unsigned long *steps, unsigned long taken)
{
	*steps = taken < *steps ? *steps - taken : 0;
	return *steps > 0;
}

bool
feel_value_is_within(struct feel_value value, const struct feel_type *type, unsigned long *steps)
{
	if (value.kind == FEEL_NULL || type->kind == FEEL_ANY)
		return true;
	if (value.kind != type->kind)
		return false;
	switch (type->kind) {
	case FEEL_STRING:
		for (size_t i = 0; i < type->word_count; i++)
			if (text_equal(value.string, type->words[i]))
				return true;
		return !type->words;
	case FEEL_LIST:
		if (type->of && !take_steps(steps, value.list.count))
			return false;
		for (size_t i = 0; type->of && i < value.list.count; i++)
			if (!feel_value_is_within(value.list.at[i], type->of, steps))
				return false;
		return true;
	case FEEL_RANGE:
		return !type->of || (feel_value_is_within(value.range->low, type->of, steps)
			&& feel_value_is_within(value.range->high, type->of, steps));
	case FEEL_CONTEXT:
		for (size_t i = 0; i < type->field_count; i++) {
			size_t j = 0;
			while (j < value.context.count && !text_equal(value.context.at[j].name, type->fields[i].name))
				j++;
			if (!take_steps(steps, 1 + j / FEEL_NAMES_A_STEP) || j == value.context.count
				|| !feel_value_is_within(value.context.at[j].value, type->fields[i].type, steps))
				return false;
		}
		return true;
	case FEEL_FUNCTION: {
		const struct feel_function *function = value.function;
		const struct feel_type *known = function->node ? function->node->type : function->type;
		return !type->fields || !known || feel_type_conforms(known, type);
	}
	default:
		return true;
	}
}

bool
feel_value_is(struct feel_value value, const struct feel_type *type)
{
	unsigned long steps = FEEL_MOST_STEPS;
	return feel_value_is_within(value, type, &steps);
}

static const struct feel_type *
type_shown(struct arena *arena, struct feel_value value, int depth)
{
	if (value.kind == FEEL_NULL || value.kind == FEEL_RANGE || value.kind == FEEL_FUNCTION || depth > 50)
		return &feel_type_any;
	if (value.kind == FEEL_LIST) {
		const struct feel_type *item = NULL;
		for (size_t i = 0; i < value.list.count; i++) {
			const struct feel_type *type = type_shown(arena, value.list.at[i], depth + 1);
			item = !type ? NULL : item ? feel_type_join(arena, item, type) : type;
			if (!item)
				return NULL;
		}
		return item ? feel_type_list_of(arena, item) : &feel_type_list;
	}
	if (value.kind == FEEL_CONTEXT) {
		struct feel_field *fields = arena_array_of(arena, struct feel_field, value.context.count);
		for (size_t i = 0; fields && i < value.context.count; i++) {
			fields[i].name = value.context.at[i].name;
			fields[i].type = type_shown(arena, value.context.at[i].value, depth + 1);
			if (!fields[i].type)
				return NULL;
		}
		return fields ? feel_type_context_of(arena, fields, value.context.count) : NULL;
	}
	return feel_type_find(feel_kind_text(value.kind));
}

const struct feel_type *
feel_type_of_value(struct arena *arena, struct feel_value value)
{
	return type_shown(arena, value, 0);
}

static unsigned long
steps_left(const struct feel_run *run)
{
	const unsigned long most = run->most_steps ? run->most_steps : FEEL_MOST_STEPS;
	return most > run->steps ? most - run->steps : 0;
}

/* Counts steps of the run; false once there are too many. */
static bool
spend_steps(struct feel_run *run, unsigned long steps)
{
	const bool enough = steps < steps_left(run);
	run->steps += steps;
	if (!enough && run->stop == FEEL_COMPLETE)
		run->stop = FEEL_TOO_LONG;
	return run->stop == FEEL_COMPLETE;
}

/* One evaluation of the tests that the type allows. */
static bool
passes(struct feel_run *run, struct feel_value value, const struct feel *allowed)
{
	if (run->stop != FEEL_COMPLETE || !spend_steps(run, 1))
		return false;
	struct feel_run test = { .arena = run->arena, .tested = &value, .now = run->now, .depth = run->depth,
		.most_steps = steps_left(run) };
	const bool passed = feel_is_true(feel_evaluate(allowed, &test));
	run->steps += test.steps;
	run->stop = test.stop;
	return passed;
}

/* True when the type and its parts allow the value, which is of the type. */
static bool
is_allowed(struct feel_run *run, struct feel_value value, const struct feel_type *type)
{
	if (value.kind == FEEL_NULL)
		return true;
	if (type->allowed && !passes(run, value, type->allowed))
		return false;
	if (type->kind == FEEL_LIST && type->of && !spend_steps(run, value.list.count))
		return false;
	if (type->kind == FEEL_LIST && type->of)
		for (size_t i = 0; i < value.list.count; i++)
			if (!is_allowed(run, value.list.at[i], type->of))
				return false;
	if (type->kind == FEEL_CONTEXT
		&& !spend_steps(run, type->field_count * (1 + value.context.count / FEEL_NAMES_A_STEP)))
		return false;
	for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->field_count; i++)
		if (!is_allowed(run, feel_entry_of(value, type->fields[i].name), type->fields[i].type))
			return false;
	return true;
}

/* The value as the type wants it, whatever it allows; a null with a reason when it cannot be. */
static struct feel_value
converted(struct feel_run *run, struct feel_value value, const struct feel_type *type, unsigned long *steps)
{
	if (feel_value_is_within(value, type, steps))
		return value;
	if (type->kind == FEEL_LIST && value.kind != FEEL_LIST
		&& feel_value_is_within(value, item_of(type), steps)) {
		struct feel_value *one = arena_new_of(run->arena, struct feel_value);
		if (!one) {
			run->stop = FEEL_NO_MEMORY;
			return feel_null(TEXT("mémoire insuffisante"));
		}
		*one = value;
		return feel_list(one, 1);
	}
	if (value.kind == FEEL_LIST && value.list.count == 1 && feel_value_is_within(value.list.at[0], type, steps))
		return value.list.at[0];
	if (value.kind == FEEL_DATE && type->kind == FEEL_DATE_TIME) {
		value.kind = FEEL_DATE_TIME;
		value.zone = FEEL_OFFSET;
		value.offset = 0;
		value.at.time = (struct feel_time){ 0 };
		return value;
	}
	return feel_null(TEXT("valeur qui n’est pas du type attendu"));
}

struct feel_value
feel_coerce(struct feel_run *run, struct feel_value value, const struct feel_type *type)
{
	const unsigned long before = steps_left(run);
	unsigned long left = before;
	const struct feel_value coerced = converted(run, value, type, &left);
	if (!spend_steps(run, before - left))
		return feel_null(TEXT("valeur trop grande pour être vérifiée"));
	return is_allowed(run, coerced, type) ? coerced
		: feel_null(TEXT("valeur qui n’est pas parmi celles que permet son type"));
}

/* ---- writing ---- */

static void
write_type(struct buffer *out, const struct feel_type *type, int depth)
{
	const struct text name = feel_kind_text(type->kind);
	buffer_add(out, name);
	if (depth > 8 || out->failed)
		return;
	if (type->kind == FEEL_FUNCTION) {
		buffer_add(out, TEXT("<"));
		for (size_t i = 0; i < type->field_count; i++) {
			buffer_add(out, i ? TEXT(", ") : TEXT(""));
			write_type(out, type->fields[i].type, depth + 1);
		}
		buffer_add(out, TEXT("> -> "));
		write_type(out, item_of(type), depth + 1);
	} else if ((type->kind == FEEL_LIST || type->kind == FEEL_RANGE) && type->of) {
		buffer_add(out, TEXT("<"));
		write_type(out, type->of, depth + 1);
		buffer_add(out, TEXT(">"));
	} else if (type->kind == FEEL_CONTEXT && type->field_count) {
		buffer_add(out, TEXT("<"));
		for (size_t i = 0; i < type->field_count; i++) {
			buffer_add(out, i ? TEXT(", ") : TEXT(""));
			buffer_add(out, type->fields[i].name);
			buffer_add(out, TEXT(": "));
			write_type(out, type->fields[i].type, depth + 1);
		}
		buffer_add(out, TEXT(">"));
	}
}

struct text
feel_type_text(struct arena *arena, const struct feel_type *type)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	write_type(&out, type, 0);
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

struct text
feel_type_french(struct arena *arena, const struct feel_type *type)
{
	static const struct text plural[FEEL_KIND_COUNT] = {
		[FEEL_BOOLEAN] = { "oui/non", 7 },
		[FEEL_NUMBER] = { "nombres", 7 },
		[FEEL_STRING] = { "textes", 6 },
		[FEEL_DATE] = { "dates", 5 },
		[FEEL_TIME] = { "heures", 6 },
		[FEEL_LIST] = { "listes", 6 },
	};
	if (type->kind == FEEL_LIST && type->of && plural[type->of->kind].length)
		return arena_format(arena, "une liste de " TEXT_FORMAT, TEXT_ARGS(plural[type->of->kind]));
	return feel_kind_french(type->kind);
}
