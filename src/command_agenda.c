/* guichet agenda: what will happen by itself on a day. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "command_data.h"
#include "commands.h"

#include "base/banned.h"

static int
wrong_usage(const char *sentence)
{
	fprintf(stderr, "%s\nUsage : guichet agenda %s\n", sentence, COMMAND_AGENDA_USAGE);
	return EXIT_USAGE;
}

static void
write_line(struct arena *arena, const struct office_agenda_line *line)
{
	struct clock_time time;
	(void)date_of_instant(line->at - (line->kind == OFFICE_AGENDA_WINDOW), &time);
	const bool ends = line->kind == OFFICE_AGENDA_WINDOW && time.minute == 59 && time.second == 59;
	(void)date_of_instant(line->at, &time);
	if (ends)
		printf("  24 h 00  ");
	else
		printf("  %2d h %02d  ", time.hour, time.minute);
	printf(TEXT_FORMAT, TEXT_ARGS(line->what));
	if (line->number.length)
		printf(", " TEXT_FORMAT, TEXT_ARGS(line->number));
	if (line->who.length)
		printf(", " TEXT_FORMAT, TEXT_ARGS(line->who));
	if (line->campaign)
		printf(" (" TEXT_FORMAT ")", TEXT_ARGS(line->campaign->id));
	printf("\n");
	(void)arena;
}

static void
write_agenda(struct arena *arena, struct date day, const struct office_agenda *agenda)
{
	const struct text name = date_french(arena, day, true);
	printf(TEXT_FORMAT "\n", TEXT_ARGS(name));
	if (agenda->count == 0)
		printf("  Rien n’est prévu.\n");
	for (int kind = 0; kind < OFFICE_AGENDA_KINDS; kind++) {
		bool told = false;
		for (size_t i = 0; i < agenda->count; i++) {
			if ((int)agenda->lines[i].kind != kind)
				continue;
			if (!told)
				printf("\n" TEXT_FORMAT "\n", TEXT_ARGS(office_agenda_kind_text(kind)));
			told = true;
			write_line(arena, &agenda->lines[i]);
		}
	}
	if (agenda->more)
		printf("\nIl y en a d’autres : demandez une campagne à la fois.\n");
}

int
command_agenda(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	const char *campaign = NULL, *data = NULL;
	struct date day = { 0 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--campaign") == 0 && i + 1 < argc)
			campaign = argv[++i];
		else if (argv[i][0] == '-')
			return wrong_usage("Cette option n’est pas connue.");
		else if (!data)
			data = argv[i];
		else if (day.year != 0 || !date_read_french(text_of_string(argv[i]), &day))
			return wrong_usage("Écrivez le jour comme 2026-05-15.");
	}
	if (!data || day.year == 0)
		return wrong_usage("Donnez le dossier de données et le jour.");
	CLEANUP(arena_free) struct arena *arena = arena_new(64u << 20);
	COMMAND_DATA(opened);
	enum guichet_status status = arena ? command_data_open(data, &opened, &error)
		: guichet_fail(&error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct office_campaign *only = status == GUICHET_OK && campaign
		? office_campaign_find(opened.office, text_of_string(campaign)) : NULL;
	if (status == GUICHET_OK && campaign && !only)
		status = guichet_fail(&error, GUICHET_REFUSED, "Aucune campagne ouverte ne s’appelle « %s ».", campaign);
	if (status == GUICHET_OK) {
		struct office_agenda agenda;
		CLEANUP(store_read_end) struct store_tx *tx = store_read(opened.store, &error);
		status = tx ? office_agenda_of(opened.office, tx, arena, day, only, &agenda, &error) : error.status;
		if (status == GUICHET_OK)
			write_agenda(arena, day, &agenda);
	}
	if (status == GUICHET_OK)
		return EXIT_DONE;
	if (status == GUICHET_BROKEN)
		log_error("agenda", &error);
	fprintf(stderr, "%s\n", error.message);
	return EXIT_REFUSED;
}
