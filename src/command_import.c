/* guichet import: brings the directory to what the employer's files say. */
#include <getopt.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "directory/directory.h"
#include "import_lines.h"

#include "base/banned.h"

static int
wrong_usage(const char *sentence)
{
	fprintf(stderr, "%s\nUsage : guichet import %s\n", sentence, COMMAND_IMPORT_USAGE);
	return EXIT_USAGE;
}

/* The instant of the import: now, or noon of --date. */
static bool
instant_of_option(const char *option, instant *ret_at)
{
	struct date date;
	if (!date_read_french(text_of_string(option), &date))
		return false;
	*ret_at = instant_of_paris(date, (struct clock_time){ .hour = 12 });
	return true;
}

int
command_import(int argc, char **argv)
{
	static const struct option options[] = {
		{ "structures", required_argument, NULL, 's' }, { "personnes", required_argument, NULL, 'p' },
		{ "affectations", required_argument, NULL, 'a' }, { "interims", required_argument, NULL, 'i' }, { "date", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' }, { "strict", no_argument, NULL, 'S' },
		{ "dry-run", no_argument, NULL, 'n' }, { "counters", required_argument, NULL, 'c' },
		{ "dossiers", required_argument, NULL, 'D' }, { "campaign", required_argument, NULL, 'C' },
		{ "action", required_argument, NULL, 'A' }, { "as", required_argument, NULL, 'P' }, { NULL, 0, NULL, 0 },
	};
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	if (!clock)
		return EXIT_REFUSED;
	struct directory_import import = { .at = clock_now(clock) };
	struct import_lines apart = { .at = INSTANT_NEVER };
	optind = 0;
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1; ) {
		switch (option) {
		case 's': import.paths[DIRECTORY_STRUCTURES] = optarg; break;
		case 'p': import.paths[DIRECTORY_PERSONS] = optarg; break;
		case 'a': import.paths[DIRECTORY_APPOINTMENTS] = optarg; break;
		case 'i': import.paths[DIRECTORY_INTERIMS] = optarg; break;
		case 'f': import.force = true; break;
		case 'S': import.strict = true; break;
		case 'n': import.dry = true; break;
		case 'c': apart.counters = optarg; break;
		case 'D': apart.dossiers = optarg; break;
		case 'C': apart.campaign = optarg; break;
		case 'A': apart.action = optarg; break;
		case 'P': apart.author = optarg; break;
		case 'd':
			if (!instant_of_option(optarg, &import.at))
				return wrong_usage("--date attend un jour comme 2023-06-01.");
			apart.at = import.at;
			break;
		default: return wrong_usage("Cette option n’est pas connue.");
		}
	}
	if (optind + 1 != argc)
		return wrong_usage("Donnez le dossier de données, une fois.");
	size_t files = 0;
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		files += import.paths[kind] != NULL;
	if (apart.counters || apart.dossiers) {
		if (files || (apart.counters && apart.dossiers) || import.dry || import.strict || import.force)
			return wrong_usage("« --counters » et « --dossiers » s’importent seuls.");
		if (apart.dossiers && (!apart.campaign || !apart.action || !apart.author))
			return wrong_usage("« --dossiers » demande aussi « --campaign », « --action » et « --as ».");
		apart.data = argv[optind];
		return import_lines_run(&apart);
	}
	if (files == 0)
		return wrong_usage("Donnez au moins un fichier.");

	struct guichet_error error;
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new(16u << 20);
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_FILE);
	if (!arena)
		return EXIT_REFUSED;
	enum guichet_status status = store_open(argv[optind], NULL, &store, &error);
	struct directory_report report = { 0 };
	if (status == GUICHET_OK)
		status = directory_import(store, arena, &import, &report, &error);
	size_t lines = 0;
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		lines += report.counts[kind].lines;
	if (status == GUICHET_OK || lines)
		directory_report_write(&report, &import, &out);
	fprintf(stdout, TEXT_FORMAT, TEXT_ARGS(buffer_text(&out)));
	if (status != GUICHET_OK) {
		if (status == GUICHET_BROKEN)
			log_error("import", &error);
		fprintf(stderr, "%s\n", error.message);
		return EXIT_REFUSED;
	}
	if (import.dry)
		fprintf(stdout, "Essai à blanc : rien n’a été écrit.\n");
	return report.refusal_count ? EXIT_REFUSED : EXIT_DONE;
}
