/* guichet serve DATA: serves what a data directory holds. guichet campaign DATA FOLDER NAME: opens a campaign there. */
#include <stdio.h>

#include "commands.h"
#include "office/office.h"
#include "server.h"

#include "base/banned.h"

static void
say_ready(void *context, const char *address)
{
	(void)context;
	printf("Guichet répond sur %s\n", address);
	fflush(stdout);
}

int
command_serve(int argc, char **argv)
{
	struct server_options options = { .port = 8080, .organisation = "Guichet", .start = INSTANT_NEVER,
		.mail.from = "guichet@localhost.example" };
	struct guichet_error error = { 0 };
	if (server_options_read(argc, argv, &options, &options.data, &error) != GUICHET_OK) {
		fprintf(stderr, "guichet serve : %s\n", error.message);
		return EXIT_USAGE;
	}
	if (!options.data) {
		fprintf(stderr, "guichet serve : dites où sont les données, par exemple « guichet serve /var/lib/guichet ».\n");
		return EXIT_USAGE;
	}
	options.mail.from_name = options.organisation;
	return server_run(&options, say_ready, NULL);
}

int
command_campaign(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	if (argc != 4) {
		fprintf(stderr, "guichet campaign : attend trois arguments, DONNÉES DOSSIER CAMPAGNE.\n");
		return EXIT_USAGE;
	}
	const struct store_options existing = { .existing = true };
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	CLEANUP(office_close) struct office *office = NULL;
	enum guichet_status status = clock ? store_open(argv[1], &existing, &store, &error)
		: guichet_fail(&error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct office_options options = { .store = store, .clock = clock };
	if (status == GUICHET_OK)
		status = office_open(&options, &office, &error);
	if (status == GUICHET_OK)
		status = office_campaign_open(office, argv[2], argv[3], &error);
	if (status != GUICHET_OK) {
		fprintf(stderr, "guichet campaign : %s\n", error.message);
		return EXIT_REFUSED;
	}
	printf("Campagne %s ouverte.\n", argv[3]);
	return command_roles_tell(office, store, clock_now(clock), NULL) >= 0 ? EXIT_DONE : EXIT_REFUSED;
}
