/* Evaluates the expressions of its standard input, one a line, for tests written in other languages: one line of JSON
 * for each, in order. Mistakes of meaning are lenient, as the standard has it: they give null.
 *
 *     echo 'date("2023-06-16").year + 1' | build/release-gcc/feel-values
 *     {"number": "2024"}
 *
 * "? 3 | > 2, 1" is unary tests after the value they test. Written as JSON: booleans, strings and lists; an object with one
 * key for all else: {"null": reason}, {"number": "1.5"}, {"date": …} and each other kind by its FEEL name, {"context":
 * [[name, value]…]}, {"range": ["[", low, high, "]"]}, {"function": true}, and {"refused": message} for what cannot be
 * read. now() is 16 June 2023, 10:00 in Paris. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "feel/feel.h"

#include "base/banned.h"

static const instant now = 1686902400 * INSTANT_SECOND;

static json_t *json_of(struct arena *arena, struct feel_value value);

static json_t *
json_text(struct text text)
{
	return json_stringn_nocheck(text.at ? text.at : "", text.length);
}

static json_t *
json_one(struct text key, json_t *value)
{
	json_t *object = json_object();
	char name[64];
	snprintf(name, sizeof name, TEXT_FORMAT, TEXT_ARGS(key));
	json_object_set_new_nocheck(object, name, value);
	return object;
}

static json_t *
json_range(struct arena *arena, const struct feel_range *range)
{
	json_t *parts = json_array();
	json_array_append_new(parts, json_string(range->low_open ? "(" : "["));
	json_array_append_new(parts, json_of(arena, range->low));
	json_array_append_new(parts, json_of(arena, range->high));
	json_array_append_new(parts, json_string(range->high_open ? ")" : "]"));
	return parts;
}

static json_t *
json_of(struct arena *arena, struct feel_value value)
{
	json_t *parts;
	switch ((enum feel_kind)value.kind) {
	case FEEL_NULL:
		return json_one(TEXT("null"), json_text(value.reason));
	case FEEL_BOOLEAN:
		return json_boolean(value.boolean);
	case FEEL_STRING:
		return json_text(value.string);
	case FEEL_LIST:
		parts = json_array();
		for (size_t i = 0; i < value.list.count; i++)
			json_array_append_new(parts, json_of(arena, value.list.at[i]));
		return parts;
	case FEEL_CONTEXT:
		parts = json_array();
		for (size_t i = 0; i < value.context.count; i++) {
			json_t *pair = json_array();
			json_array_append_new(pair, json_text(value.context.at[i].name));
			json_array_append_new(pair, json_of(arena, value.context.at[i].value));
			json_array_append_new(parts, pair);
		}
		return json_one(TEXT("context"), parts);
	case FEEL_RANGE:
		return json_one(TEXT("range"), json_range(arena, value.range));
	case FEEL_FUNCTION:
		return json_one(TEXT("function"), json_true());
	default:
		return json_one(feel_kind_text(value.kind), json_text(feel_value_to_bare_literal(arena, value)));
	}
}

/* The value of "EXPRESSION" or "? VALUE | TESTS". */
static json_t *
value_of(struct arena *arena, struct text source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_run run = { .arena = arena, .now = now };
	struct feel_value tested;
	const struct feel *feel;
	findings->lenient = true;
	if (text_starts(source, TEXT("? "))) {
		const size_t bar = text_find(source, TEXT(" | "));
		const struct text value = text_part(source, 2, bar == SIZE_MAX ? 0 : bar - 2);
		const struct text tests = text_part(source, bar == SIZE_MAX ? source.length : bar + 3, source.length);
		feel = feel_read(arena, NULL, value, findings);
		if (feel) {
			tested = feel_evaluate(feel, &run);
			run.tested = &tested;
			source = text_trim(tests);
			feel = feel_read_unary(arena, NULL, feel_type_of_value(arena, tested), source, findings);
		}
	} else {
		feel = feel_read(arena, NULL, source, findings);
	}
	if (feel)
		return json_of(arena, feel_evaluate(feel, &run));
	return json_one(TEXT("refused"), json_text(findings->count
		? findings->at[findings->count - 1].message : TEXT("")));
}

int
main(void)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	char *line = NULL;
	setvbuf(stdout, NULL, _IOLBF, 0); /* each answer leaves at once */
	size_t size = 0;
	for (ssize_t length; (length = getline(&line, &size, stdin)) >= 0;) {
		while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			length--;
		json_t *json = value_of(arena, (struct text){ line, (size_t)length });
		json_dumpf(json, stdout, JSON_ENCODE_ANY);
		putchar('\n');
		json_decref(json);
		arena_clear(arena);
	}
	free(line);
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
