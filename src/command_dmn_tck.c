/* guichet dmn-tck DIR: plays the cases of a conformance kit and tells each result that is not the
 * expected one. A result (a « resultNode ») is the unit counted. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands.h"
#include "dmn/kit.h"

#include "base/banned.h"

struct count {
	unsigned outcomes[3];
	json_t *failures; /* NULL: they are printed as they come */
};

static json_t *
json_of(struct text text)
{
	return json_stringn(text.at ? text.at : "", text.length);
}

static void
report(void *context, const struct kit_result *result)
{
	struct count *count = context;
	count->outcomes[result->outcome]++;
	if (result->outcome != KIT_FAILED)
		return;
	if (count->failures) {
		json_t *failure = json_object();
		json_object_set_new(failure, "file", json_of(result->file));
		json_object_set_new(failure, "case", json_of(result->test));
		json_object_set_new(failure, "node", json_of(result->node));
		json_object_set_new(failure, "expected", json_of(result->expected));
		json_object_set_new(failure, "got", json_of(result->got));
		json_object_set_new(failure, "reason", json_of(result->reason));
		json_array_append_new(count->failures, failure);
		return;
	}
	printf(TEXT_FORMAT ", cas " TEXT_FORMAT ", " TEXT_FORMAT "\n    attendu " TEXT_FORMAT "\n    obtenu  "
		TEXT_FORMAT "%s" TEXT_FORMAT "\n", TEXT_ARGS(result->file), TEXT_ARGS(result->test),
		TEXT_ARGS(result->node), TEXT_ARGS(result->expected), TEXT_ARGS(result->got),
		result->reason.length ? " : " : "", TEXT_ARGS(result->reason));
}

int
command_dmn_tck(int argc, char **argv)
{
	const char *folder = NULL;
	bool json = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		else if (!folder && argv[i][0] != '-')
			folder = argv[i];
		else
			folder = NULL, argc = 0;
	}
	if (!folder) {
		fprintf(stderr, "Usage : guichet dmn-tck %s\n", COMMAND_DMN_TCK_USAGE);
		return EXIT_USAGE;
	}
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	struct count count = { .failures = json ? json_array() : NULL };
	struct guichet_error error;
	if (!clock || (json && !count.failures)) {
		json_decref(count.failures);
		fprintf(stderr, "Mémoire insuffisante.\n");
		return EXIT_REFUSED;
	}
	const enum guichet_status status = kit_run(folder, clock_now(clock), report, &count, &error);
	const unsigned *outcomes = count.outcomes;
	if (status == GUICHET_OK && json) {
		json_t *all = json_pack("{s:i, s:i, s:i, s:O}", "passed", (int)outcomes[KIT_PASSED], "failed",
			(int)outcomes[KIT_FAILED], "skipped", (int)outcomes[KIT_SKIPPED], "failures", count.failures);
		if (all)
			json_dumpf(all, stdout, JSON_INDENT(2));
		printf("\n");
		json_decref(all);
	} else if (status == GUICHET_OK) {
		printf("%u passed, %u failed, %u skipped\n", outcomes[KIT_PASSED], outcomes[KIT_FAILED],
			outcomes[KIT_SKIPPED]);
	} else {
		fprintf(stderr, "%s\n", error.message);
	}
	json_decref(count.failures);
	return status == GUICHET_OK && outcomes[KIT_FAILED] == 0 ? EXIT_DONE : EXIT_REFUSED;
}
