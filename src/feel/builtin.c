/* The table of builtins: signatures, choice, coercion of arguments. See builtin.h. */
#include "feel/builtin.h"

#include "feel/evaluation.h"

#include "base/banned.h"

#define BUILTIN(name_, parameters, result, function, does_) \
	struct feel_value builtin_##function(struct evaluation *evaluation, const struct feel_value *arguments);
#define READS BUILTIN
#define OURS  BUILTIN
#include "feel/builtins.def"
#undef BUILTIN

#undef READS
#undef OURS
#define LINE(name_, parameters, result_, function, does_, ...) \
	{ TEXT(name_), parameters, result_, builtin_##function, does_, __VA_ARGS__ },
#define BUILTIN(...) LINE(__VA_ARGS__, false, false)
#define READS(...)   LINE(__VA_ARGS__, true, false)
#define OURS(...)    LINE(__VA_ARGS__, false, true)

const struct builtin builtins[] = {
#include "feel/builtins.def"
};
const size_t builtin_count = sizeof builtins / sizeof *builtins;

/* ---- signatures ---- */

static const struct feel_type list_of_numbers = { .kind = FEEL_LIST, .of = &feel_type_number };
static const struct feel_type list_of_strings = { .kind = FEEL_LIST, .of = &feel_type_string };
static const struct feel_type any_range = { .kind = FEEL_RANGE };
static const struct feel_type any_function = { .kind = FEEL_FUNCTION };

const struct feel_type *
builtin_type(struct text name)
{
	static const struct {
		struct text name;
		const struct feel_type *type;
	} types[] = {
		{ TEXT("any"), &feel_type_any },
		{ TEXT("list<number>"), &list_of_numbers },
		{ TEXT("list<string>"), &list_of_strings },
		{ TEXT("range"), &any_range },
		{ TEXT("function"), &any_function },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (text_equal(types[i].name, name))
			return types[i].type;
	const struct feel_type *type = feel_type_find(name);
	return type ? type : &feel_type_any;
}

static bool
cut_end(struct text *text, struct text end)
{
	if (!text_ends(*text, end))
		return false;
	text->length -= end.length;
	return true;
}

size_t
builtin_parameters(const struct builtin *builtin, struct parameter parameters[MOST_PARAMETERS])
{
	size_t count = 0;
	struct text rest = text_of_string(builtin->signature);
	while (rest.length && count < MOST_PARAMETERS) {
		struct text type = text_split(&rest, ',');
		struct text name = text_trim(text_split(&type, ':'));
		struct parameter *parameter = &parameters[count++];
		*parameter = (struct parameter){ .type = builtin_type(text_trim(type)) };
		parameter->variadic = cut_end(&name, TEXT("..."));
		parameter->nullable = cut_end(&name, TEXT("~")) || parameter->type->kind == FEEL_ANY;
		parameter->optional = cut_end(&name, TEXT("?"));
		parameter->name = name;
	}
	return count;
}

/* ---- calls ---- */

/* Gives the value the kind of the parameter where the standard says so (§10.3.2.9.4). */
static bool
coerce(struct evaluation *evaluation, struct feel_value *value, const struct parameter *parameter)
{
	const enum feel_kind wanted = parameter->type->kind;
	if (wanted == FEEL_ANY || value->kind == wanted)
		return true;
	if (value->kind == FEEL_NULL)
		return parameter->nullable;
	if (wanted == FEEL_LIST) {
		struct items one = { 0 };
		if (!items_add(evaluation, &one, *value))
			return false;
		*value = items_list(&one);
		return true;
	}
	if (value->kind == FEEL_LIST && value->list.count == 1 && value->list.at[0].kind != FEEL_LIST) {
		struct feel_value item = value->list.at[0];
		if (!coerce(evaluation, &item, parameter))
			return false;
		*value = item;
		return true;
	}
	if (value->kind == FEEL_DATE && wanted == FEEL_DATE_TIME) {
		value->kind = FEEL_DATE_TIME;
		value->at.time = (struct feel_time){ 0 };
		value->zone = FEEL_OFFSET;
		value->offset = 0;
		return true;
	}
	return false;
}

/* Puts each argument in the place of its parameter; false when this way to call does not fit. */
static bool
place_arguments(struct evaluation *evaluation, const struct builtin *builtin,
	const struct feel_value *arguments,
	const struct text *names, size_t count, struct feel_value placed[MOST_PARAMETERS],
	struct parameter *ret_wrong)
{
	struct parameter parameters[MOST_PARAMETERS];
	bool given[MOST_PARAMETERS] = { false };
	const size_t parameter_count = builtin_parameters(builtin, parameters);
	struct items rest = { 0 };
	for (size_t i = 0; i < MOST_PARAMETERS; i++)
		placed[i] = absent();
	for (size_t i = 0; i < count; i++) {
		size_t place = i;
		if (names && names[i].length)
			for (place = 0; place < parameter_count && !text_equal(parameters[place].name, names[i]);)
				place++;
		else if (place >= parameter_count && parameter_count && parameters[parameter_count - 1].variadic)
			place = parameter_count - 1;
		if (place >= parameter_count)
			return false;
		if (parameters[place].variadic && !(names && names[i].length && arguments[i].kind == FEEL_LIST)) {
			if (!items_add(evaluation, &rest, arguments[i]))
				return false;
			placed[place] = items_list(&rest);
			given[place] = true;
			continue;
		}
		if (given[place])
			return false;
		given[place] = true;
		placed[place] = arguments[i];
		if (!coerce(evaluation, &placed[place], &parameters[place])) {
			*ret_wrong = parameters[place];
			return false;
		}
	}
	for (size_t i = 0; i < parameter_count; i++)
		if (!given[i] && !parameters[i].optional)
			return false;
	return true;
}

/* The bytes that a builtin may have to read of a value. */
static size_t
length_of(struct feel_value value)
{
	if (value.kind == FEEL_RANGE)
		return length_of(value.range->low) + length_of(value.range->high);
	return value.kind == FEEL_STRING ? value.string.length : 0;
}

/* Are the names given in the order of the signature? Two signatures may differ in nothing else:
 * before(point, range) and before(range, point). */
static bool
is_in_order(const struct builtin *builtin, const struct text *names, size_t count)
{
	struct parameter parameters[MOST_PARAMETERS];
	const size_t parameter_count = builtin_parameters(builtin, parameters);
	for (size_t i = 0; i < count; i++)
		if (names[i].length && (i >= parameter_count || !text_equal(parameters[i].name, names[i])))
			return false;
	return true;
}

struct feel_value
builtin_call(struct evaluation *evaluation, const struct builtin *const *choices, size_t choice_count,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	struct feel_value placed[MOST_PARAMETERS];
	struct parameter wrong = { 0 };
	for (size_t i = 0; i < count; i++)
		if (!evaluation_steps(evaluation, length_of(arguments[i]) / FEEL_BYTES_A_STEP))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
	bool named = false;
	for (size_t i = 0; names && i < count; i++)
		named = named || names[i].length > 0;
	for (size_t i = 0; named && choice_count > 1 && i < choice_count; i++)
		if (is_in_order(choices[i], names, count)
			&& place_arguments(evaluation, choices[i], arguments, names, count, placed, &wrong))
			return choices[i]->run(evaluation, placed);
	for (size_t i = 0; i < choice_count; i++)
		if (place_arguments(evaluation, choices[i], arguments, names, count, placed, &wrong))
			return choices[i]->run(evaluation, placed);
	for (size_t i = 0; i < count; i++)
		if (arguments[i].kind == FEEL_NULL)
			return arguments[i].reason.length ? arguments[i]
				: evaluation_null(evaluation, "valeur absente donnée à « " TEXT_FORMAT " »",
					TEXT_ARGS(choice_count ? choices[0]->name : TEXT("fonction")));
	if (wrong.type && choice_count == 1)
		return evaluation_null(evaluation,
			"« " TEXT_FORMAT " » attend " TEXT_FORMAT " pour « " TEXT_FORMAT " »",
			TEXT_ARGS(choices[0]->name), TEXT_ARGS(feel_kind_french(wrong.type->kind)),
			TEXT_ARGS(wrong.name));
	return evaluation_null(evaluation, "« " TEXT_FORMAT " » ne s’emploie pas avec ces arguments",
		TEXT_ARGS(choice_count ? choices[0]->name : TEXT("fonction")));
}
