/* guichet import --counters and --dossiers: files whose lines are each judged alone. */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "commands.h"
#include "import_lines.h"
#include "office/office.h"

#include "base/banned.h"

enum { FILE_LIMIT = 64 << 20 };

static void
write_report(const char *path, const char *what, const struct office_import_report *report)
{
	printf("%s, %zu lignes : %zu %s", path, report->lines, report->added, what);
	if (report->changed)
		printf(", %zu changées", report->changed);
	printf(", %zu déjà là, %zu refusées\n", report->unchanged, report->refused);
	for (size_t i = 0; i < report->refusal_count; i++)
		fprintf(stderr, "%s, ligne %zu : %.*s\n", path, report->refusals[i].line, TEXT_ARGS(report->refusals[i].message));
}

static enum guichet_status
import_dossiers(const struct import_lines *import, struct store *store, struct clock *clock, struct arena *arena,
	struct text source, struct office_import_report *ret_report, struct guichet_error *error)
{
	const struct office_options options = { .store = store, .clock = clock };
	CLEANUP(office_close) struct office *office = NULL;
	enum guichet_status status = office_open(&options, &office, error);
	if (status != GUICHET_OK)
		return status;
	struct office_import_dossiers dossiers = { .campaign = office_campaign_find(office, text_of_string(import->campaign)),
		.action = text_of_string(import->action) };
	if (!dossiers.campaign)
		return guichet_fail(error, GUICHET_REFUSED, "Aucune campagne ouverte ne s’appelle « %s ».", import->campaign);
	{
		struct directory_person author;
		CLEANUP(store_read_end) struct store_tx *tx = store_read(store, error);
		if (!tx)
			return error->status;
		status = directory_person_by_external_id(tx, arena, text_of_string(import->author),
			date_of_instant(clock_now(clock), NULL), &author, error);
		if (status == GUICHET_UNKNOWN)
			return guichet_fail(error, GUICHET_REFUSED, "L’annuaire ne connaît pas le matricule « %s ».", import->author);
		if (status != GUICHET_OK)
			return status;
		dossiers.author = author.id;
	}
	return office_import_dossiers(office, arena, &dossiers, source, ret_report, error);
}

int
import_lines_run(const struct import_lines *import)
{
	struct guichet_error error = { 0 };
	CLEANUP(clock_free) struct clock *clock = clock_new(import->at);
	CLEANUP(arena_free) struct arena *arena = arena_new((size_t)1 << 30);
	CLEANUP(store_close) struct store *store = NULL;
	struct office_import_report report = { 0 };
	struct text source;
	if (!clock || !arena)
		return EXIT_REFUSED;
	const char *path = import->counters ? import->counters : import->dossiers;
	enum guichet_status status = file_read(arena, path, FILE_LIMIT, &source, &error);
	if (status == GUICHET_OK)
		status = store_open(import->data, NULL, &store, &error);
	if (status == GUICHET_OK)
		status = import->counters ? office_import_counters(store, arena, source, clock_now(clock), &report, &error)
			: import_dossiers(import, store, clock, arena, source, &report, &error);
	if (status == GUICHET_OK)
		write_report(path, import->counters ? "ajoutées" : "reprises", &report);
	if (status == GUICHET_OK)
		return report.refused ? EXIT_REFUSED : EXIT_DONE;
	if (status == GUICHET_BROKEN)
		log_error("import", &error);
	fprintf(stderr, "%s\n", error.message);
	return EXIT_REFUSED;
}
