/* guichet closed-day: the days added to every calendar after procedures were published. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "office/office.h"

#include "base/banned.h"

static int
wrong_usage(const char *sentence)
{
	fprintf(stderr, "%s\nUsage : guichet closed-day %s\n", sentence, COMMAND_CLOSED_DAY_USAGE);
	return EXIT_USAGE;
}

static void
write_day(struct arena *arena, const struct office_closed_day *day)
{
	const bool one = date_compare(day->first, day->last) == 0;
	printf("%s%.*s%s%.*s : %.*s%s\n", one ? "" : "du ", TEXT_ARGS(date_french(arena, day->first, true)), one ? "" : " au ",
		TEXT_ARGS(one ? TEXT("") : date_french(arena, day->last, true)), TEXT_ARGS(day->label),
		day->holiday ? " (férié)" : "");
}

static enum guichet_status
list(struct store *store, struct arena *arena, struct guichet_error *error)
{
	const struct office_closed_day *days;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = office_closed_days(tx, arena, &days, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		write_day(arena, &days[i]);
	if (status == GUICHET_OK && count == 0)
		printf("Aucun jour n’a été ajouté aux calendriers des procédures.\n");
	return status;
}

int
command_closed_day(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	struct office_closed_change change = { 0 };
	struct date *const dates[] = { &change.day.first, &change.day.last };
	size_t date_count = 0;
	if (argc < 3)
		return wrong_usage("Dites « add », « list » ou « remove », puis le dossier de données.");
	const char *what = argv[1];
	const bool adds = strcmp(what, "add") == 0, removes = strcmp(what, "remove") == 0, lists = strcmp(what, "list") == 0;
	if (!adds && !removes && !lists)
		return wrong_usage("Dites « add », « list » ou « remove ».");
	for (int i = 3; i < argc; i++) {
		if (adds && strcmp(argv[i], "--label") == 0 && i + 1 < argc)
			change.day.label = text_of_string(argv[++i]);
		else if (adds && strcmp(argv[i], "--holiday") == 0)
			change.day.holiday = true;
		else if (argv[i][0] == '-')
			return wrong_usage("Cette option n’est pas connue.");
		else if (date_count == (adds ? 2u : 1u) || !date_read_french(text_of_string(argv[i]), dates[date_count++]))
			return wrong_usage("Écrivez le jour comme 2026-05-15, une fois, ou deux pour une période.");
	}
	if (lists ? date_count > 0 : date_count == 0)
		return wrong_usage(lists ? "« list » n’attend pas de jour." : "Donnez le jour.");
	if (date_count == 1)
		change.day.last = change.day.first;
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	CLEANUP(arena_free) struct arena *arena = arena_new(16u << 20);
	CLEANUP(store_close) struct store *store = NULL;
	if (!clock || !arena)
		return EXIT_REFUSED;
	change.now = clock_now(clock);
	change.day.id = id_new(arena, change.now);
	enum guichet_status status = store_open(argv[2], NULL, &store, &error);
	if (status == GUICHET_OK)
		status = lists ? list(store, arena, &error)
			: store_transact(store, adds ? office_closed_day_add : office_closed_day_remove, &change, &error);
	if (status == GUICHET_OK && !lists)
		printf(adds ? "Jour ajouté. Les échéances des dossiers en cours sont comptées de nouveau par « guichet serve ».\n"
			: "Jour ôté. Les échéances des dossiers en cours sont comptées de nouveau par « guichet serve ».\n");
	if (status == GUICHET_OK)
		return EXIT_DONE;
	if (status == GUICHET_BROKEN)
		log_error("closed-day", &error);
	fprintf(stderr, "%s\n", error.message);
	return EXIT_REFUSED;
}
