/* guichet explain DATA NUMBER [EVENT]: why each event of a dossier gave what it gave. Everything comes from what the
 * events stored and from the archived procedure: the directory of the day is not read, so the answer is the same for
 * ever. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "command_data.h"
#include "commands.h"
#include "dossier/explanation.h"

#include "base/banned.h"

enum { MOST_OUTPUT = 16 << 20 };

struct explain {
	const char *data;
	struct text number, only;
	unsigned event;
	enum feel_depth depth;
	bool json;

	json_t *list;
	struct buffer sources; /* what the requirements cite, told at the end */
	bool told;             /* something of `only` */
	unsigned events;       /* told so far */
};

/* "TTA : Circulaire du 5 juin 2023": once for each procedure. */
static void
note_sources(struct explain *explain, const struct procedure *procedure)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	for (size_t i = 0; i < procedure->source_count; i++) {
		const struct procedure_source *source = &procedure->sources[i];
		if (source->catalogue.length > 0)
			buffer_format(&out, "  " TEXT_FORMAT "\u00a0: " TEXT_FORMAT "\n", TEXT_ARGS(source->catalogue),
				TEXT_ARGS(source->title));
	}
	const struct text lines = buffer_text(&out);
	if (lines.length > 0 && text_find(buffer_text(&explain->sources), lines) == SIZE_MAX)
		buffer_add(&explain->sources, lines);
}

static enum guichet_status
tell_json(struct explain *explain, const struct dossier_explanation *explanation, struct guichet_error *error)
{
	json_t *one = dossier_explanation_json(explanation, explain->only);
	if (!one || json_array_append_new(explain->list, one) != 0)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	return GUICHET_OK;
}

/* One event. */
static enum guichet_status
tell(void *context, const struct dossier_explanation *explanation, struct guichet_error *error)
{
	struct explain *explain = context;
	if (explain->json)
		return tell_json(explain, explanation, error);
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	const bool told = dossier_explanation_write(explanation, explain->depth, explain->only, &out);
	if (out.failed)
		return guichet_fail(error, GUICHET_BROKEN, "L’explication de l’événement %u est trop longue.", explanation->event);
	if (explain->only.length > 0 && !told)
		return GUICHET_OK;
	explain->told |= told;
	note_sources(explain, explanation->procedure);
	if (explain->events++ == 0)
		printf("Dossier " TEXT_FORMAT "\n", TEXT_ARGS(explain->number));
	printf("\nÉvénement %u, " TEXT_FORMAT "\u00a0: " TEXT_FORMAT "\nProcédure " TEXT_FORMAT ", version %.12s\n",
		explanation->event, TEXT_ARGS(instant_french(explanation->arena, explanation->at)), TEXT_ARGS(explanation->title),
		TEXT_ARGS(explanation->procedure->name), digest_hex(explanation->arena, &explanation->procedure->hash).at);
	const struct text text = buffer_text(&out);
	if (told)
		printf(TEXT_FORMAT "\n", TEXT_ARGS(text_trim(text)));
	else
		printf("Rien n’a été calculé.\n");
	return GUICHET_OK;
}

static int
wrong_usage(const char *sentence)
{
	fprintf(stderr, "%s\nUsage : guichet explain %s\n", sentence, COMMAND_EXPLAIN_USAGE);
	return EXIT_USAGE;
}

/* EXIT_DONE when the arguments are understood. */
static int
read_arguments(struct explain *explain, int argc, char **argv)
{
	int64_t event = 0;
	int place = 0;
	for (int i = 1; i < argc; i++) {
		const char *argument = argv[i];
		if (strcmp(argument, "--json") == 0) {
			explain->json = true;
		} else if (strcmp(argument, "--value") == 0 && i + 1 < argc) {
			explain->only = text_of_string(argv[++i]);
		} else if (strcmp(argument, "--depth") == 0 && i + 1 < argc) {
			if (!feel_depth_read(text_of_string(argv[++i]), &explain->depth))
				return wrong_usage("--depth attend « phrase », « étapes » ou « tout ».");
		} else if (argument[0] == '-') {
			return wrong_usage("Cette option n’est pas connue.");
		} else if (place == 0) {
			explain->data = argument;
			place++;
		} else if (place == 1) {
			explain->number = text_of_string(argument);
			place++;
		} else if (place == 2) {
			if (!text_to_integer(text_of_string(argument), 1, DOSSIER_EVENTS_LIMIT, &event))
				return wrong_usage("L’événement se donne par son numéro : 1 est le dépôt.");
			explain->event = (unsigned)event;
			place++;
		} else {
			return wrong_usage("Il y a un argument de trop.");
		}
	}
	return place >= 2 ? EXIT_DONE : wrong_usage("Donnez le dossier de données et le numéro du dossier à expliquer.");
}

static enum guichet_status
run(struct explain *explain, struct guichet_error *error)
{
	COMMAND_DATA(opened);
	enum guichet_status status = command_data_open(explain->data, &opened, error);
	if (status == GUICHET_OK)
		status = office_explain(opened.office, explain->number, explain->event, tell, explain, error);
	if (status == GUICHET_OK && explain->only.length > 0 && !explain->json && !explain->told)
		status = guichet_fail(error, GUICHET_REFUSED, "Rien de ce nom n’a été jugé\u00a0: « " TEXT_FORMAT " ». "
			"Donnez le nom d’un calcul, d’un champ, d’une action ou d’une échéance de la procédure.",
			TEXT_ARGS(text_part(explain->only, 0, 80)));
	return status;
}

int
command_explain(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	struct explain explain = { .depth = FEEL_STEPS, .sources = buffer_new(MOST_OUTPUT) };
	const int usage = read_arguments(&explain, argc, argv);
	if (usage != EXIT_DONE)
		return usage;
	explain.list = explain.json ? json_array() : NULL;
	enum guichet_status status = run(&explain, &error);
	const struct text sources = buffer_text(&explain.sources);
	if (status == GUICHET_OK && sources.length > 0)
		printf("\nSources citées\u00a0:\n" TEXT_FORMAT, TEXT_ARGS(sources));
	if (status == GUICHET_OK && explain.json) {
		json_dumpf(explain.list, stdout, JSON_INDENT(1));
		printf("\n");
	}
	json_decref(explain.list);
	buffer_release(&explain.sources);
	if (status == GUICHET_OK)
		return EXIT_DONE;
	fprintf(stderr, "guichet : %s\n", error.message);
	return EXIT_REFUSED;
}
