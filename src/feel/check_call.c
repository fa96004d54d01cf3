/* The type checker, second half: calls of builtins and of functions. See check.c. */
#include "feel/delay.h"
#include "feel/reader.h"
#include "feel/unit.h"

#include "base/banned.h"

static bool
fits(const struct feel_type *from, const struct feel_type *to)
{
	if (feel_type_conforms(from, to))
		return true;
	if (to->kind == FEEL_LIST && from->kind != FEEL_LIST)
		return feel_type_conforms(from, item_type(to)); /* one item stands for a list of one */
	return from->kind == FEEL_DATE && to->kind == FEEL_DATE_TIME;
}

/* The parameter that an argument goes to; count when there is none. */
static size_t
parameter_of(const struct parameter *parameters, size_t count, size_t position, struct text name)
{
	if (name.length == 0) {
		if (count && position >= count && parameters[count - 1].variadic)
			return count - 1;
		return position < count ? position : count;
	}
	for (size_t i = 0; i < count; i++)
		if (text_equal(parameters[i].name, name))
			return i;
	return count;
}

struct match {
	bool counts, types;
	size_t wrong; /* argument of a wrong type */
	struct parameter wanted;
};

static struct match
match_builtin(const struct builtin *builtin, const struct node *const *arguments, const struct text *names,
	size_t count)
{
	struct parameter parameters[MOST_PARAMETERS];
	bool given[MOST_PARAMETERS] = { false };
	const size_t parameter_count = builtin_parameters(builtin, parameters);
	struct match match = { .counts = true, .types = true };
	for (size_t i = 0; i < count; i++) {
		const size_t place = parameter_of(parameters, parameter_count, i, names[i]);
		if (place == parameter_count || (given[place] && !parameters[place].variadic)) {
			match.counts = false;
			return match;
		}
		given[place] = true;
		if (match.types && !fits(arguments[i]->type, parameters[place].type))
			match.types = false, match.wrong = i, match.wanted = parameters[place];
	}
	for (size_t i = 0; i < parameter_count; i++)
		if (!given[i] && !parameters[i].optional)
			match.counts = false;
	return match;
}

/* Builtins whose number is known better than the table says. */
static const struct {
	struct text name;
	enum { GIVES_WHOLE, GIVES_DAYS, KEEPS_UNIT, MIXES_UNITS } how;
} number_results[] = {
	{ TEXT("count"), GIVES_WHOLE }, { TEXT("string length"), GIVES_WHOLE }, { TEXT("day of year"), GIVES_WHOLE },
	{ TEXT("week of year"), GIVES_WHOLE }, { TEXT("jours ouvrés"), GIVES_DAYS },
	{ TEXT("jours ouvrables"), GIVES_DAYS }, { TEXT("semaines scolaires"), GIVES_WHOLE },
	 { TEXT("decimal"), KEEPS_UNIT }, { TEXT("floor"), KEEPS_UNIT },
	{ TEXT("ceiling"), KEEPS_UNIT }, { TEXT("round up"), KEEPS_UNIT }, { TEXT("round down"), KEEPS_UNIT },
	{ TEXT("round half up"), KEEPS_UNIT }, { TEXT("round half down"), KEEPS_UNIT }, { TEXT("abs"), KEEPS_UNIT },
	{ TEXT("min"), MIXES_UNITS }, { TEXT("max"), MIXES_UNITS }, { TEXT("sum"), MIXES_UNITS },
	{ TEXT("mean"), MIXES_UNITS }, { TEXT("median"), MIXES_UNITS },
};

/* One of the values given to min, sum…: of all of them when it is not known which. Bounds and words
 * are those of the arguments no more. */
static const struct feel_type *
mixed_type(struct reader *reader, const struct node *const *arguments, size_t count)
{
	const struct feel_type *type = NULL;
	struct text unit = { 0 };
	for (size_t i = 0; i < count; i++) {
		const struct feel_type *one = arguments[i]->type;
		if (count == 1)
			one = one->kind == FEEL_LIST ? item_type(one) : &feel_type_any;
		type = type ? feel_type_join(reader->arena, type, one) : one;
		if (!type)
			return NULL;
		unit_check(reader, arguments[0]->offset, arguments[i]->offset + arguments[i]->length - arguments[0]->offset,
			unit, unit_of(one), " ne se mêlent pas à ");
		unit = unit.length ? unit : unit_of(one);
	}
	if (!type || type->kind == FEEL_ANY)
		return &feel_type_any;
	if (type->kind == FEEL_NUMBER)
		return feel_type_number_of(reader->arena, unit, type->whole, NULL);
	const struct feel_type *plain = feel_type_find(feel_kind_text(type->kind));
	return plain ? plain : type;
}

/* "=1", "item 1", "list 1": from the first argument; else a type by its name. */
static const struct feel_type *
result_type(struct reader *reader, const struct builtin *builtin, const struct node *const *arguments,
	size_t count)
{
	static const struct feel_type whole = { .kind = FEEL_NUMBER, .whole = true },
		days = { .kind = FEEL_NUMBER, .whole = true, .unit = { "jours", 5 } };
	const struct text result = text_of_string(builtin->result);
	const struct feel_type *first = count ? arguments[0]->type : &feel_type_any;
	const struct feel_type *type = builtin_type(result);
	for (size_t i = 0; i < sizeof number_results / sizeof *number_results; i++) {
		if (!text_equal(number_results[i].name, builtin->name))
			continue;
		switch (number_results[i].how) {
		case GIVES_WHOLE: return &whole;
		case GIVES_DAYS: return &days;
		case KEEPS_UNIT:
			return type->kind == FEEL_NUMBER ? feel_type_number_of(reader->arena, unit_of(first), false, NULL) : type;
		case MIXES_UNITS: {
			const struct feel_type *mixed = mixed_type(reader, arguments, count);
			/* a mean of whole numbers is not one */
			return !mixed || !mixed->whole || text_equal(builtin->name, TEXT("min"))
				|| text_equal(builtin->name, TEXT("max")) || text_equal(builtin->name, TEXT("sum")) ? mixed
				: feel_type_number_of(reader->arena, mixed->unit, false, NULL);
		}
		}
	}
	if (text_equal(result, TEXT("=1")))
		return first;
	if (text_equal(result, TEXT("list 1")))
		return first->kind == FEEL_LIST ? first : feel_type_list_of(reader->arena, first);
	if (text_equal(result, TEXT("item 1")))
		return first->kind == FEEL_LIST && count == 1 ? item_type(first) : count > 1 ? first : &feel_type_any;
	return type;
}

/* A name that no way to call the builtin has; told, with the nearest one. */
static bool
check_names(struct reader *reader, struct text builtin, struct text usage,
	const struct node *const *arguments, const struct text *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct closest closest = { .wrong = names[i], .distance = SIZE_MAX };
		bool known = names[i].length == 0;
		for (size_t k = 0; k < builtin_count && !known; k++) {
			struct parameter parameters[MOST_PARAMETERS];
			const size_t parameter_count = text_equal(builtins[k].name, builtin)
				? builtin_parameters(&builtins[k], parameters) : 0;
			for (size_t p = 0; p < parameter_count; p++) {
				known |= text_equal(parameters[p].name, names[i]);
				closest_try(&closest, parameters[p].name);
			}
		}
		if (known)
			continue;
		/* before its value and the colon; in a box, a name has no place of its own */
		size_t end = arguments[i]->offset, start = end, length = arguments[i]->length;
		while (end && strchr(" \t\n\r", reader->source.at[end - 1]))
			end--;
		if (end > names[i].length && reader->source.at[end - 1] == ':') {
			for (end--; end && strchr(" \t\n\r", reader->source.at[end - 1]);)
				end--;
			length = names[i].length < end ? names[i].length : end;
			start = end - length;
		}
		reader_mistake(reader, start, length, closest.best.length ? closest_remedy(reader->arena, &closest)
			: usage, "« " TEXT_FORMAT " » n’a pas de paramètre « " TEXT_FORMAT " »", TEXT_ARGS(builtin),
			TEXT_ARGS(names[i]));
		return false;
	}
	return true;
}

/* Does this builtin look at holidays and closed days? School is another matter: closed days do not change it. */
static bool
counts_days(struct text name)
{
	static const char *const names[] = { "échéance", "prorogée", "jours ouvrés", "jours ouvrables", "est ouvré", "est férié" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_equal(name, text_of_string(names[i])))
			return true;
	return false;
}

struct node *
check_builtin(struct reader *reader, size_t offset, size_t name_length, struct text name,
	const struct node **arguments, const struct text *names, size_t count)
{
	const struct builtin *choices[16];
	size_t choice_count = 0, same_counts = 0;
	struct match close = { 0 };
	const struct feel_type *type = NULL;
	for (int strict = 1; strict >= 0 && choice_count == 0; strict--) {
		for (size_t i = 0; i < builtin_count && choice_count < 16; i++) {
			if (!text_equal(builtins[i].name, name))
				continue;
			const struct match match = match_builtin(&builtins[i], arguments, names, count);
			if (!match.counts)
				continue;
			same_counts++;
			if (strict && !match.types) {
				close = match;
				continue;
			}
			choices[choice_count++] = &builtins[i];
			const struct feel_type *result = result_type(reader, &builtins[i], arguments, count);
			if (!result)
				return reader_broken(reader);
			type = type ? feel_type_join(reader->arena, type, result) : result;
		}
		if (strict && choice_count == 0 && same_counts)
			reader_mistake(reader, arguments[close.wrong]->offset, arguments[close.wrong]->length, TEXT(""),
				"« " TEXT_FORMAT " » attend " TEXT_FORMAT " pour « " TEXT_FORMAT " », et non " TEXT_FORMAT,
				TEXT_ARGS(name),
				TEXT_ARGS(feel_type_french(reader->arena, close.wanted.type)), TEXT_ARGS(close.wanted.name),
				TEXT_ARGS(feel_type_french(reader->arena, arguments[close.wrong]->type)));
	}
	if (choice_count == 0) {
		struct text usage = TEXT("");
		for (size_t i = 0; i < builtin_count && usage.length == 0; i++)
			if (text_equal(builtins[i].name, name))
				usage = arena_format(reader->arena, "écrivez " TEXT_FORMAT "(%s)", TEXT_ARGS(name),
					builtins[i].signature);
		if (check_names(reader, name, usage, arguments, names, count))
			reader_mistake(reader, offset, name_length, usage,
				"« " TEXT_FORMAT " » ne s’emploie pas avec ces arguments", TEXT_ARGS(name));
		return node_constant(reader, offset, feel_null(TEXT("fonction mal employée")), &feel_type_any);
	}
	if (count > 1 && (text_equal(name, TEXT("list contains")) || text_equal(name, TEXT("index of"))))
		check_among_words(reader, arguments[0]->type, arguments[1]);
	if (text_equal(name, TEXT("échéance")))
		for (size_t i = 0; i < count; i++)
			if (names && names[i].length ? text_equal(names[i], TEXT("unité")) : i == 2)
				check_among_words(reader, &delay_units, arguments[i]);
	struct node *node = node_of(reader, NODE_BUILTIN, offset, type, arguments, count);
	const struct builtin **kept = node ? arena_array_of(reader->arena, const struct builtin *, choice_count)
		: NULL;
	if (!node || !kept)
		return node ? reader_broken(reader) : NULL;
	memcpy(kept, choices, choice_count * sizeof *kept);
	node->names = names;
	node->builtin.choices = kept;
	node->builtin.choice_count = (uint32_t)choice_count;
	node->builtin.calendar = scope_calendar(reader->scope);
	reader->counts_days |= counts_days(name);
	/* A constant date is read now, so that its mistakes are found now. */
	if (count == 1 && arguments[0]->kind == NODE_CONSTANT && arguments[0]->constant.kind == FEEL_STRING
		&& type->kind >= FEEL_NUMBER && type->kind != FEEL_STRING && choices[0]->reads_constants) {
		struct feel_run run = { .arena = reader->arena };
		const struct feel_value value = feel_evaluate(&(struct feel){ .root = node,
			.source = reader->source }, &run);
		if (run.stop != FEEL_COMPLETE)
			return reader_broken(reader);
		if (value.kind == FEEL_NULL)
			reader_mistake(reader, arguments[0]->offset, arguments[0]->length, TEXT(""), TEXT_FORMAT,
				TEXT_ARGS(value.reason));
		struct node *constant = node_constant(reader, offset, value,
			value.kind == FEEL_NULL ? type : feel_type_find(feel_kind_text(value.kind)));
		return constant;
	}
	return node;
}

struct node *
check_call(struct reader *reader, const struct node *function, const struct node **arguments,
	const struct text *names,
	size_t count)
{
	const struct feel_type *type = function->type->kind == FEEL_FUNCTION && function->type->of
		? function->type->of
		: &feel_type_any;
	if (function->type->kind == FEEL_FUNCTION && function->type->fields) {
		const struct feel_type *wanted = function->type;
		if (wanted->field_count != count)
			reader_mistake(reader, function->offset, function->length, TEXT(""),
				"cette fonction attend %zu argument%s, et en reçoit %zu", wanted->field_count,
				wanted->field_count > 1 ? "s" : "", count);
		for (size_t i = 0; i < count; i++) {
			size_t place = i;
			if (names[i].length)
				for (place = 0; place < wanted->field_count
					&& !text_equal(wanted->fields[place].name, names[i]);)
					place++;
			struct closest closest = { .wrong = names[i], .distance = SIZE_MAX };
			for (size_t k = 0; k < wanted->field_count; k++)
				closest_try(&closest, wanted->fields[k].name);
			if (names[i].length && place == wanted->field_count)
				reader_mistake(reader, arguments[i]->offset, arguments[i]->length,
					closest_remedy(reader->arena, &closest), "paramètre inconnu « " TEXT_FORMAT " »",
					TEXT_ARGS(names[i]));
			else if (place < wanted->field_count && !fits(arguments[i]->type, wanted->fields[place].type))
				reader_mistake(reader, arguments[i]->offset, arguments[i]->length, TEXT(""),
					TEXT_FORMAT " est attendu ici, et non " TEXT_FORMAT,
					TEXT_ARGS(feel_type_french(reader->arena, wanted->fields[place].type)),
					TEXT_ARGS(feel_type_french(reader->arena, arguments[i]->type)));
		}
	}
	struct node *node = node_of(reader, NODE_CALL, function->offset, type, arguments, count);
	if (!node)
		return NULL;
	if (function->height >= MOST_HEIGHT)
		return reader_stop(reader, function->offset, 0, TEXT(""), "expression trop longue");
	node->left = function;
	node->names = names;
	if (function->height >= node->height)
		node->height = (uint16_t)(function->height + 1);
	return node;
}
