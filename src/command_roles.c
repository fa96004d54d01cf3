/* guichet roles: who is missing in the directory for the campaigns that are open. For the operator, by hand or each night. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "office/office.h"

#include "base/banned.h"

long
command_roles_tell(struct office *office, struct store *store, instant at, const struct office_campaign *only)
{
	struct guichet_error error = { 0 };
	const struct office_vacancy *vacancies;
	size_t count = 0;
	CLEANUP(arena_free) struct arena *arena = arena_new(64u << 20);
	CLEANUP(store_read_end) struct store_tx *tx = arena ? store_read(store, &error) : NULL;
	const enum guichet_status status = tx ? office_vacancies(office, tx, arena, only, date_of_instant(at, NULL), &vacancies,
		&count, &error) : arena ? error.status : guichet_fail(&error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		fprintf(stderr, TEXT_FORMAT " : " TEXT_FORMAT "\n", TEXT_ARGS(vacancies[i].campaign->id),
			TEXT_ARGS(office_vacancy_text(arena, &vacancies[i])));
	if (status == GUICHET_OK)
		return (long)count;
	log_error("roles", &error);
	return -1;
}

static int
wrong_usage(const char *what)
{
	fprintf(stderr, "guichet roles : %s\nUsage : guichet roles %s\n", what, COMMAND_ROLES_USAGE);
	return EXIT_USAGE;
}

int
command_roles(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	struct date day = { 0 };
	if (argc < 2 || argc > 3)
		return wrong_usage("donnez le dossier de données, et un jour si ce n’est pas aujourd’hui.");
	if (argc == 3 && !date_read_french(text_of_string(argv[2]), &day))
		return wrong_usage("écrivez le jour comme 2026-05-15.");
	const struct store_options read_only = { .read_only = true, .readers = 2 };
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(office_close) struct office *office = NULL;
	enum guichet_status status = clock ? store_open(argv[1], &read_only, &store, &error)
		: guichet_fail(&error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct office_options options = { .store = store, .clock = clock };
	if (status == GUICHET_OK)
		status = office_open(&options, &office, &error);
	if (status != GUICHET_OK) {
		fprintf(stderr, "guichet roles : %s\n", error.message);
		return EXIT_REFUSED;
	}
	const long count = command_roles_tell(office, store, argc == 3 ? instant_of_day(day) : clock_now(clock), NULL);
	if (count == 0)
		printf("Chaque rôle des campagnes ouvertes est tenu par quelqu’un.\n");
	return count == 0 ? EXIT_DONE : EXIT_REFUSED;
}
