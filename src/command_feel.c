/* guichet feel 'EXPR' [--context JSON]: evaluates one FEEL expression and prints one literal. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands.h"
#include "feel/feel.h"

#include "base/banned.h"

enum { MOST_MEMORY = 64 << 20 };

/* Declares the entries of a JSON object; *ret_values are the inputs. */
static enum guichet_status
read_context(struct arena *arena, const char *source, struct feel_scope *scope,
	struct feel_value **ret_values,
	struct guichet_error *error)
{
	json_error_t json_error;
	json_t *json = json_loads(source, JSON_REJECT_DUPLICATES, &json_error);
	struct feel_value context;
	if (!json || !json_is_object(json)) {
		json_decref(json);
		return guichet_fail(error, GUICHET_REFUSED,
			"--context attend un objet JSON, par exemple {\"jours\": 2}.");
	}
	enum guichet_status status = feel_value_of_json(arena, &feel_type_context, json, &context, error);
	json_decref(json);
	if (status != GUICHET_OK)
		return status;
	struct feel_value *values = arena_array_of(arena, struct feel_value, context.context.count + 1);
	for (size_t i = 0; values && i < context.context.count && status == GUICHET_OK; i++) {
		const struct feel_entry *entry = &context.context.at[i];
		const struct feel_type *type = feel_type_of_value(arena, entry->value);
		unsigned slot;
		if (!type)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		status = feel_scope_add(scope, entry->name, type, &slot, error);
		if (status == GUICHET_OK)
			values[slot] = entry->value;
	}
	if (status == GUICHET_OK && !values)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	if (status == GUICHET_OK)
		*ret_values = values;
	return status;
}

int
command_feel(int argc, char **argv)
{
	const char *context = NULL, *expression = NULL;
	bool explain = false, one_depth = false;
	enum feel_depth depth = FEEL_STEPS;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--context") == 0 && i + 1 < argc)
			context = argv[++i];
		else if (strcmp(argv[i], "--explain") == 0)
			explain = true;
		else if (strcmp(argv[i], "--depth") == 0 && i + 1 < argc && feel_depth_read(text_of_string(argv[i + 1]), &depth))
			i++, explain = one_depth = true;
		else if (!expression)
			expression = argv[i];
		else
			expression = "", argc = 0;
	}
	if (!expression || argc == 0) {
		fprintf(stderr, "Usage : guichet feel %s\n", COMMAND_FEEL_USAGE);
		return EXIT_USAGE;
	}
	CLEANUP(arena_free) struct arena *arena = arena_new(MOST_MEMORY);
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct feel_findings *findings = scope ? arena_new_of(arena, struct feel_findings) : NULL;
	struct feel_trace *trace = findings && explain ? feel_trace_new(arena) : NULL;
	struct guichet_error error = { 0 };
	struct feel_value *values = NULL;
	if (!findings || !clock) {
		fprintf(stderr, "Mémoire insuffisante.\n");
		return EXIT_REFUSED;
	}
	if (context && read_context(arena, context, scope, &values, &error) != GUICHET_OK) {
		fprintf(stderr, "%s\n", error.message);
		return EXIT_REFUSED;
	}
	const struct text source = text_of_string(expression);
	const struct feel *feel = feel_read(arena, scope, source, findings);
	if (!feel) {
		for (size_t i = 0; i < findings->count; i++)
			fprintf(stderr, TEXT_FORMAT "\n", TEXT_ARGS(feel_finding_text(arena, &findings->at[i], source)));
		if (findings->broken)
			fprintf(stderr, "Mémoire insuffisante.\n");
		return EXIT_REFUSED;
	}
	struct feel_run run = { .arena = arena, .inputs = values, .now = clock_now(clock), .trace = trace };
	const struct feel_value value = feel_evaluate(feel, &run);
	const struct text literal = feel_value_to_bare_literal(arena, value);
	if (run.stop != FEEL_COMPLETE || !literal.at) {
		fprintf(stderr, TEXT_FORMAT "\n",
			TEXT_ARGS(run.stop == FEEL_COMPLETE ? TEXT("résultat trop grand") : value.reason));
		return EXIT_REFUSED;
	}
	printf(TEXT_FORMAT "\n", TEXT_ARGS(literal));
	if (value.kind == FEEL_NULL && value.reason.length)
		fprintf(stderr, TEXT_FORMAT "\n", TEXT_ARGS(value.reason));
	if (trace) {
		if (!one_depth)
			fprintf(stderr, TEXT_FORMAT "\n", TEXT_ARGS(feel_explain_french(arena, trace, FEEL_SENTENCE, NULL)));
		fprintf(stderr, TEXT_FORMAT "\n", TEXT_ARGS(feel_explain_french(arena, trace, depth, NULL)));
	}
	return EXIT_DONE;
}
