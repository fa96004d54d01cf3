/* What age and number cost, and how fast what is due happens, by the same functions as the server's, in a directory made
 * for it: a procedure written here, one dossier filed and judged by the core, then as many copies of its rows as asked.
 *
 *     build/release-gcc/bench-life life FOLDER [MOST]              MOST dossiers at most (100000)
 *     build/release-gcc/bench-life timers FOLDER [DUE [SECONDS]]   DUE effects in the same minute (1000000), for so long
 *
 *   FOLDER   where the data directories go; must not exist
 *
 * `life` prints what a command costs after 10, 100, 1 000 and 10 000 events of the same dossier, then among 10 000
 * dossiers and ten times more until MOST: microseconds of processor of the writer, beside what bare SQLite takes for what
 * these commands ask of it, and waiting for the disk.
 * `timers` prints how many effects happen per second while 16 agents at a time save a draft, file it and give way to
 * another after 30 ms, and how long these wait; then looks in the database whether each effect happened once, by its events. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "office/inside.h"

#include "bench/replay.h"

#include "base/banned.h"

enum { REQUEST_ARENA = 8 << 20, IN_FLIGHT = 16, MOST_WAITS = 1 << 20, BETWEEN = 30000 /* microseconds */ };

#define FILED_AT "2024-01-10T10:00"
#define DUE_AT "2024-02-09T00:30"

/* ---- the procedure ---- */

static const char procedure_text[] =
	"guichet: 1\n"
	"procédure: carnet\n"
	"titre: Un carnet\n"
	"service: bureau\n"
	"conservation: P1Y\n"
	"fenêtres:\n"
	"  dépôt: {libellé: Dépôt}\n"
	"rôles:\n"
	"  agent: {libellé: l’agent, est: demandeur}\n"
	"  chef: {libellé: le chef de service, fonction: [chef de service], de: structure}\n"
	"  bureau: {libellé: le bureau, fonction: [gestionnaire], de: partout}\n"
	"formulaire:\n"
	"  demande:\n"
	"    titre: Demande\n"
	"    champs:\n"
	"      jours: {libellé: Jours, type: entier, obligatoire: oui, contrôle: jours <= 5, message: Cinq jours au plus.,\n"
	"        pourquoi: Objet.}\n"
	"circuit:\n"
	"  brouillon:\n"
	"    libellé: Brouillon\n"
	"    qui: agent\n"
	"    actions:\n"
	"      déposer: {libellé: Déposer, pendant: dépôt, vers: ouverte}\n"
	"  ouverte:\n"
	"    libellé: Ouverte\n"
	"    explique: Le bureau suit la demande.\n"
	"    attend: chef\n"
	"    si_rien: La demande est relancée au bout de trente jours.\n"
	"    actions:\n"
	"      noter:\n"
	"        libellé: Noter\n"
	"        qui: chef\n"
	"        modifie: [jours]\n"
	"        saisit:\n"
	"          note: {libellé: Note, type: texte, obligatoire: oui, pourquoi: Suivi.}\n"
	"        vers: ouverte\n"
	"    échéances:\n"
	"      relance: {quand: 'dossier.déposé_le + duration(\"P30D\")', vers: relancée}\n"
	"  relancée:\n"
	"    libellé: Relancée\n"
	"    explique: La demande a été relancée.\n"
	"    attend: bureau\n"
	"    si_rien: La demande se clôt au bout d’un an.\n"
	"    actions:\n"
	"      clore: {libellé: Clore, qui: bureau, vers: close}\n"
	"    échéances:\n"
	"      clôture: {quand: 'fait.relance.le + duration(\"P1Y\")', vers: close}\n"
	"  close: {libellé: Close, explique: C’est fini., fin: oui}\n"
	"liste:\n"
	"  colonnes:\n"
	"    - {titre: Jours, valeur: jours}\n"
	"    - {titre: Note, valeur: note}\n";

static const char campaign_text[] =
	"campagne: 2024\n"
	"procédure: carnet\n"
	"titre: L’année 2024\n"
	"fenêtres:\n"
	"  dépôt: {du: 2024-01-01, au: 2024-12-31}\n";

static const struct { const char *name, *text; } directory_texts[] = {
	{ "structures.csv", "code;type;nom;parent;département;adresse;courriel;régime\n"
		"ACA;académie;Académie;;;;;\n"
		"SG;service;Secrétariat général;ACA;;;;application\n" },
	{ "personnes.csv", "matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"
		"L1;Mme;Léa;Orsaveine;lea@ac.example;Secrétaires;;B;administrative\n"
		"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"
		"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n" },
	{ "affectations.csv", "matricule;structure;fonction;quotité;début;fin\n"
		"L1;SG;agent;100;2022-09-01;\n"
		"P1;SG;chef de service;100;2022-09-01;\n"
		"G1;SG;gestionnaire;100;2022-09-01;\n" },
};

/* ---- small things ---- */

[[gnu::noreturn]] static void
die(const char *what, const char *why)
{
	fprintf(stderr, "bench-life: %s: %s\n", what, why);
	exit(1);
}

static void
must(enum guichet_status status, const struct guichet_error *error, const char *what)
{
	if (status != GUICHET_OK)
		die(what, error->message);
}

static void
write_text(const char *folder, const char *name, const char *text)
{
	char path[700];
	snprintf(path, sizeof path, "%.500s/%s", folder, name);
	FILE *file = fopen(path, "we");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		die(path, "cannot be written");
}

static instant
moment(const char *text)
{
	instant at;
	if (!instant_read(text_of_string(text), &at))
		die(text, "no moment");
	return at;
}

static int64_t
thread_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t
process_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

/* ---- the place ---- */

struct side {
	const char *data;
	struct arena *arena;
	struct store *store;
	struct clock *clock;
	struct office *office;
	const struct office_campaign *campaign;
	struct text agent, chef, dossier, number; /* the one that is copied */
};

static void
side_open(struct side *side, const char *at)
{
	struct guichet_error error = { 0 };
	side->clock = clock_new(moment(at));
	must(store_open(side->data, NULL, &side->store, &error), &error, "store");
	const struct office_options options = { .store = side->store, .clock = side->clock,
		.organisation = TEXT("Académie"), .public_address = TEXT("http://guichet.example") };
	must(office_open(&options, &side->office, &error), &error, "office");
	const struct office_campaigns campaigns = office_campaigns(side->office, side->arena);
	side->campaign = campaigns.count ? campaigns.at[0] : NULL;
}

static void
side_close(struct side *side)
{
	office_close(side->office);
	store_close(side->store);
	clock_free(side->clock);
}

static struct text
person_of(struct side *side, const char *matricule)
{
	struct guichet_error error = { 0 };
	struct directory_person person;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(side->store, &error);
	must(tx ? directory_person_by_external_id(tx, side->arena, text_of_string(matricule),
		date_of_instant(clock_now(side->clock), NULL), &person, &error) : error.status, &error, matricule);
	return person.id;
}

/* ---- commands ---- */

enum { SERVICE_AGENTS = 200 };

/* The copy of that rank. */
static struct text
copy_id(const struct side *side, struct arena *arena, size_t rank)
{
	return arena_format(arena, TEXT_FORMAT "%08zu", TEXT_ARGS(text_part(side->dossier, 0, side->dossier.length - 8)), rank);
}

struct request {
	struct arena *arena;
	struct office_draft_change draft;
	struct office_command *command;
	struct dossier_raw raws[2];
	struct guichet_error error;
	int64_t processor; /* nanoseconds of the writer */
	bool undone;       /* at the end, as if refused */
};

static enum guichet_status
draft_and_file(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct request *request = context;
	const enum guichet_status status = office_draft_save(tx, &request->draft, error);
	return status == GUICHET_OK ? office_act(tx, request->command, error) : status;
}

static void
file_prepare(const struct side *side, struct request *request, struct text person)
{
	request->raws[0] = (struct dossier_raw){ TEXT("jours"), TEXT("2") };
	request->draft = (struct office_draft_change){ .arena = request->arena, .campaign = side->campaign->id,
		.person = person, .raws = { request->raws, 1 }, .at = clock_now(side->clock) };
	request->command = office_command_new(side->office, request->arena, person, clock_now(side->clock));
	if (!request->command)
		die("arena", "full");
	request->command->campaign = side->campaign;
	request->command->command.action = TEXT("déposer");
}

static enum guichet_status
act_timed(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct request *request = context;
	const int64_t start = thread_time();
	const enum guichet_status status = office_act(tx, request->command, error);
	request->processor = thread_time() - start;
	return status == GUICHET_OK && request->undone ? guichet_fail(error, GUICHET_REFUSED, "undone") : status;
}

/* One note on a dossier, undone or not; microseconds of the writer's processor. */
static double
note_or_undo(const struct side *side, size_t rank, size_t i, bool undone)
{
	char chef[40];
	snprintf(chef, sizeof chef, "chef-%08zu", rank / SERVICE_AGENTS);
	static const char *const days[] = { "1", "2", "3", "4", "5" };
	struct guichet_error error = { 0 };
	struct request request = { .arena = arena_new(REQUEST_ARENA), .undone = undone };
	request.raws[0] = (struct dossier_raw){ TEXT("jours"), text_of_string(days[i % 5]) };
	request.raws[1] = (struct dossier_raw){ TEXT("note"), TEXT("Vu en entretien, à suivre le mois prochain.") };
	request.command = office_command_new(side->office, request.arena, text_of_string(chef), clock_now(side->clock));
	if (!request.command)
		die("arena", "full");
	request.command->dossier = copy_id(side, request.arena, rank);
	request.command->command.action = TEXT("noter");
	request.command->command.raws = (struct dossier_raws){ request.raws, 2 };
	const enum guichet_status status = store_transact(side->store, act_timed, &request, &error);
	if (!undone || status != GUICHET_REFUSED || strcmp(error.message, "undone") != 0)
		must(status, &error, "noter");
	arena_free(request.arena);
	return (double)request.processor / 1e3;
}

static double
note(const struct side *side, size_t rank, size_t i)
{
	return note_or_undo(side, rank, i, false);
}

/* A fresh data directory with its directory, its campaign and one dossier. */
static void
side_make(struct side *side, const char *folder, const char *name)
{
	struct guichet_error error = { 0 };
	char procedure[600], campaigns[700], *paths[3];
	snprintf(procedure, sizeof procedure, "%.500s/carnet", folder);
	snprintf(campaigns, sizeof campaigns, "%s/campagnes", procedure);
	mkdir(procedure, 0700);
	mkdir(campaigns, 0700);
	write_text(procedure, "procedure.yaml", procedure_text);
	write_text(campaigns, "2024.yaml", campaign_text);
	*side = (struct side){ .arena = arena_new(512 << 20) };
	const struct text data = arena_format(side->arena, "%s/%s", folder, name);
	side->data = data.at;
	side_open(side, FILED_AT);
	for (size_t i = 0; i < 3; i++) {
		write_text(procedure, directory_texts[i].name, directory_texts[i].text);
		paths[i] = (char *)arena_format(side->arena, "%s/%s", procedure, directory_texts[i].name).at;
	}
	const struct directory_import import = { .paths = { paths[0], paths[1], paths[2] }, .at = clock_now(side->clock) };
	struct directory_report report;
	must(directory_import(side->store, side->arena, &import, &report, &error), &error, "import");
	must(office_campaign_open(side->office, procedure, "2024", &error), &error, "campaign");
	side->campaign = office_campaigns(side->office, side->arena).at[0];
	side->agent = person_of(side, "L1");
	side->chef = person_of(side, "P1");
	struct request request = { .arena = side->arena };
	file_prepare(side, &request, side->agent);
	must(store_transact(side->store, draft_and_file, &request, &error), &error, "déposer");
	side->dossier = request.command->dossier;
	side->number = request.command->number;
}

/* ---- many of them ---- */

struct copying {
	sqlite3 *database;
	struct side *side;
	size_t first, count; /* ranks of the copies */
};

static void
script(struct copying *copying, const char *sql)
{
	char *message = NULL;
	if (sqlite3_exec(copying->database, sql, NULL, NULL, &message) != SQLITE_OK)
		die(sql, message);
}

/* Copies the row of a table for each rank `n`: its columns as they are, but those given, whose text is an expression. */
static void
copy_rows(struct copying *copying, const char *table, const char *where, const char *const *changed)
{
	CLEANUP(buffer_release) struct buffer columns = buffer_new(1 << 16);
	CLEANUP(buffer_release) struct buffer values = buffer_new(1 << 16);
	CLEANUP(buffer_release) struct buffer sql = buffer_new(1 << 18);
	sqlite3_stmt *list;
	char pragma[100];
	snprintf(pragma, sizeof pragma, "SELECT name FROM pragma_table_info('%s')", table);
	if (sqlite3_prepare_v2(copying->database, pragma, -1, &list, NULL) != SQLITE_OK)
		die(table, sqlite3_errmsg(copying->database));
	while (sqlite3_step(list) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(list, 0), *value = NULL;
		for (size_t i = 0; changed[i]; i += 2)
			if (strcmp(changed[i], name) == 0)
				value = changed[i + 1];
		buffer_format(&columns, "%s\"%s\"", columns.length ? ", " : "", name);
		if (value)
			buffer_format(&values, "%s%s", values.length ? ", " : "", value);
		else
			buffer_format(&values, "%s\"%s\"", values.length ? ", " : "", name);
	}
	sqlite3_finalize(list);
	buffer_format(&sql, "WITH RECURSIVE rank(n) AS (SELECT %zu UNION ALL SELECT n + 1 FROM rank WHERE n + 1 < %zu)"
		" INSERT INTO %s (" TEXT_FORMAT ") SELECT " TEXT_FORMAT " FROM rank, (SELECT * FROM %s WHERE %s)", copying->first,
		copying->first + copying->count, table, TEXT_ARGS(buffer_text(&columns)), TEXT_ARGS(buffer_text(&values)), table, where);
	buffer_add_character(&sql, 0);
	if (sql.failed)
		die(table, "too long");
	script(copying, sql.at);
}

#define COPY(copying, table, where, ...) copy_rows((copying), (table), (where), (const char *const[]){ __VA_ARGS__, NULL })

static const char *
format(struct copying *copying, const char *template, struct text text)
{
	return arena_format(copying->side->arena, template, TEXT_ARGS(text)).at;
}

/* Services of SERVICE agents, each with its chef, then the agents of ranks [first, first + count). */
#define SERVICE "200"
#define OF_SERVICE "printf('service-%08d', n / " SERVICE ")"
#define PATH_OF_SERVICE "printf('/ACA/S%08d/', n / " SERVICE ")"
static void
copy_persons(struct copying *copying)
{
	struct side *side = copying->side;
	const char *is = format(copying, "person = '%.*s'", side->agent), *chef = format(copying, "person = '%.*s'", side->chef);
	const char *person = "printf('personne-%08d', n)";
	struct copying services = *copying;
	services.first = (copying->first + SERVICE_AGENTS - 1) / SERVICE_AGENTS;
	services.count = (copying->first + copying->count + SERVICE_AGENTS - 1) / SERVICE_AGENTS - services.first;
	COPY(&services, "structure", "code = 'SG'", "id", "printf('service-%08d', n)", "code", "printf('S%08d', n)");
	COPY(&services, "structure_version", "structure = (SELECT id FROM structure WHERE code = 'SG')",
		"structure", "printf('service-%08d', n)", "path", "printf('/ACA/S%08d/', n)");
	COPY(&services, "person", format(copying, "id = '%.*s'", side->chef), "id", "printf('chef-%08d', n)",
		"external_id", "printf('C%08d', n)");
	COPY(&services, "person_version", chef, "person", "printf('chef-%08d', n)");
	COPY(&services, "appointment", chef, "id", "printf('chefferie-%08d', n)", "person", "printf('chef-%08d', n)",
		"structure", "printf('service-%08d', n)");
	COPY(copying, "person", format(copying, "id = '%.*s'", side->agent), "id", person,
		"external_id", "printf('M%08d', n)");
	COPY(copying, "person_version", is, "person", person);
	COPY(copying, "appointment", is, "id", "printf('affectation-%08d', n)", "person", person, "structure", OF_SERVICE);
}

/* A text of the dossier with other names in the place of its own. */
static const char *
replaced(struct copying *copying, const char *column, const char *id, const char *number, const char *person)
{
	const struct side *side = copying->side;
	return arena_format(side->arena, "replace(replace(replace(%s, '" TEXT_FORMAT "', %s), '" TEXT_FORMAT "', %s), '"
		TEXT_FORMAT "', %s)", column, TEXT_ARGS(side->dossier), id, TEXT_ARGS(side->number), number,
		TEXT_ARGS(side->agent), person).at;
}

/* Dossiers of the same ranks, theirs. */
static void
copy_dossiers(struct copying *copying)
{
	struct side *side = copying->side;
	const char *is = format(copying, "dossier = '%.*s'", side->dossier);
	const struct text id = text_part(side->dossier, 0, side->dossier.length - 8);
	const char *own = format(copying, "'%.*s' || printf('%%08d', n)", id), *number = "printf('2024-C-%08d-A', n)",
		*person = "printf('personne-%08d', n)";
	const char *state = replaced(copying, "state", own, number, person),
		*payload = arena_format(side->arena, "CAST(%s AS BLOB)",
			replaced(copying, "CAST(payload AS TEXT)", own, number, person)).at;
	char due[300];
	snprintf(due, sizeof due, "'d:' || %s || ':relance'", own);
	COPY(copying, "dossier", format(copying, "id = '%.*s'", side->dossier), "id", own, "number", number, "subject", person,
		"structure", OF_SERVICE, "structure_path", PATH_OF_SERVICE, "state", state);
	COPY(copying, "dossier_role", is, "dossier", own, "structure", OF_SERVICE);
	COPY(copying, "event", is, "dossier", own, "payload", payload);
	COPY(copying, "due", is, "dossier", own, "id", due);
	char counter[200];
	snprintf(counter, sizeof counter, "UPDATE counter SET value = value + %zu WHERE step = 'ouverte'", copying->count);
	script(copying, counter);
}

static struct copying
copying_open(struct side *side)
{
	struct copying copying = { .side = side };
	const char *path = arena_format(side->arena, "%s/guichet.db", side->data).at;
	if (sqlite3_open(path, &copying.database) != SQLITE_OK)
		die(path, sqlite3_errmsg(copying.database));
	script(&copying, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;"
		" PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; BEGIN");
	return copying;
}

static void
copying_close(struct copying *copying)
{
	script(copying, "COMMIT; ANALYZE; PRAGMA journal_mode = WAL");
	sqlite3_close(copying->database);
}

/* ---- life ---- */

static double
median(double *values, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 && values[j - 1] > values[j]; j--) {
			const double value = values[j];
			values[j] = values[j - 1];
			values[j - 1] = value;
		}
	return values[count / 2];
}

enum { MEASURED = 200, WARMING = 50 };
#define BARE_CACHE "-16384" /* the writer's */

/* Dossiers brought to that age, then as many notes as are measured. */
static void
measure_age(struct side *side, size_t age, size_t dossiers, size_t *next)
{
	double measures[MEASURED], waits[MEASURED];
	size_t count = 0;
	for (size_t i = 0; i < dossiers; i++) {
		const size_t rank = (*next)++;
		for (size_t version = 1; version < age; version++)
			(void)note(side, rank, version);
		for (size_t j = 0; j < MEASURED / dossiers; j++) {
			const int64_t start = clock_steady();
			measures[count] = note(side, rank, age + j);
			waits[count++] = (double)(clock_steady() - start);
		}
	}
	printf("age events=%zu processor_us=%.1f wait_us=%.0f\n", age, median(measures, count), median(waits, count));
	fflush(stdout);
}

/* The same notes on other dossiers, recorded and undone, then what they asked given to bare SQLite alone, in the same
 * database: the microseconds of processor that it takes. */
static double
measure_bare(struct side *side, size_t dossiers)
{
	static struct store_backend recorder;
	struct record record = { .arena = arena_new(256 << 20), .reads = true };
	recorder = record_backend();
	recording = &record;
	side->store->backend = &recorder;
	for (size_t i = 0; i < MEASURED + WARMING; i++)
		(void)note_or_undo(side, (i * 7919 + 250) % dossiers, i, true);
	side->store->backend = &store_sqlite;

	static struct bare bare;
	double measures[MEASURED];
	char path[700];
	bare = (struct bare){ 0 };
	snprintf(path, sizeof path, "%.600s/guichet.db", side->data);
	bare_must(&bare, sqlite3_open(path, &bare.database) == SQLITE_OK);
	bare_script(&bare, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = " BARE_CACHE);
	size_t at = 0;
	for (unsigned work = 1; work <= record.works; work++) {
		for (; at < record.count && record.at[at].work < work; at++)
			;
		bare_script(&bare, "BEGIN IMMEDIATE");
		const int64_t start = thread_time();
		for (; at < record.count && record.at[at].work == work; at++)
			bare_run(&bare, &record.at[at]);
		if (work > WARMING && work - WARMING <= MEASURED)
			measures[work - WARMING - 1] = (double)(thread_time() - start) / 1e3;
		bare_script(&bare, "COMMIT");
	}
	for (size_t i = 0; i < STORE_STATEMENT_COUNT; i++)
		sqlite3_finalize(bare.prepared[i]);
	sqlite3_close(bare.database);
	free(record.at);
	arena_free(record.arena);
	return median(measures, MEASURED);
}

static void
measure_number(struct side *side, size_t dossiers)
{
	double measures[MEASURED], waits[MEASURED];
	for (size_t i = 0; i < MEASURED + WARMING; i++) {
		const int64_t start = clock_steady();
		const double processor = note(side, (i * 7919 + 500) % dossiers, i);
		if (i >= WARMING) {
			measures[i - WARMING] = processor;
			waits[i - WARMING] = (double)(clock_steady() - start);
		}
	}
	printf("number dossiers=%zu processor_us=%.1f wait_us=%.0f bare_us=%.1f\n", dossiers, median(measures, MEASURED),
		median(waits, MEASURED), measure_bare(side, dossiers));
	fflush(stdout);
}

static void
life(const char *folder, size_t most)
{
	struct side side;
	side_make(&side, folder, "life");
	size_t made = 0, next = 0;
	for (size_t dossiers = 10000; dossiers <= most; dossiers *= 10) {
		side_close(&side);
		struct copying copying = copying_open(&side);
		copying.first = made;
		copying.count = dossiers - made;
		copy_persons(&copying);
		copy_dossiers(&copying);
		copying_close(&copying);
		made = dossiers;
		side_open(&side, FILED_AT);
		if (next == 0) {
			measure_age(&side, 10, 50, &next);
			measure_age(&side, 100, 10, &next);
			measure_age(&side, 1000, 2, &next);
			measure_age(&side, 10000, 1, &next);
		}
		measure_number(&side, dossiers);
	}
	side_close(&side);
	arena_free(side.arena);
}

/* ---- timers ---- */

/* Agents who file one after the other, IN_FLIGHT at a time. */
struct rush {
	struct side *side;
	size_t first; /* rank of the first agent who files */
	atomic_size_t started;
	atomic_bool over;
	pthread_mutex_t lock;
	size_t count, refused;
	int64_t *waits;
	struct guichet_error error;
};

static void *
file_on(void *context)
{
	struct rush *rush = context;
	struct side *side = rush->side;
	while (!atomic_load(&rush->over)) {
		usleep(BETWEEN);
		struct request request = { .arena = arena_new(REQUEST_ARENA) };
		const size_t rank = rush->first + atomic_fetch_add(&rush->started, 1);
		const struct text person = arena_format(request.arena, "personne-%08zu", rank);
		file_prepare(side, &request, person);
		request.command->once = token_new(request.arena);
		/* As pages do: a draft is saved, then filed, judged ahead of the writer's turn. */
		enum guichet_status status = store_transact(side->store, office_draft_save, &request.draft, &request.error);
		const int64_t start = clock_steady();
		if (status == GUICHET_OK) {
			{
				CLEANUP(store_read_end) struct store_tx *tx = store_read(side->store, &request.error);
				if (tx)
					office_foresee(tx, request.command);
			}
			status = store_transact(side->store, office_act, request.command, &request.error);
		}
		const int64_t waited = clock_steady() - start;
		pthread_mutex_lock(&rush->lock);
		if (status != GUICHET_OK && rush->refused++ == 0)
			rush->error = request.error;
		if (rush->count < MOST_WAITS)
			rush->waits[rush->count++] = waited;
		pthread_mutex_unlock(&rush->lock);
		arena_free(request.arena);
	}
	return NULL;
}

static int64_t
ask(const struct side *side, const char *sql)
{
	sqlite3 *database;
	sqlite3_stmt *statement;
	const char *path = arena_format(side->arena, "%s/guichet.db", side->data).at;
	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK
	    || sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
		die(sql, sqlite3_errmsg(database));
	const int64_t answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return answer;
}

static void
timers(const char *folder, size_t due, int64_t seconds, size_t filers)
{
	enum { MOST_FILERS = 200000 };
	struct side side;
	struct guichet_error error = { 0 };
	const int64_t filled = clock_steady();
	side_make(&side, folder, "timers");
	side_close(&side);
	struct copying copying = copying_open(&side);
	copying.count = due + MOST_FILERS;
	copy_persons(&copying);
	copying.count = due;
	copy_dossiers(&copying);
	copying_close(&copying);
	printf("filled dossiers=%zu seconds=%.0f\n", due, (double)(clock_steady() - filled) / 1e6);
	fflush(stdout);

	side_open(&side, DUE_AT);
	struct rush rush = { .side = &side, .first = due, .lock = PTHREAD_MUTEX_INITIALIZER,
		.waits = calloc(MOST_WAITS, sizeof(int64_t)) };
	pthread_t threads[IN_FLIGHT];
	for (size_t i = 0; i < filers; i++)
		if (pthread_create(&threads[i], NULL, file_on, &rush) != 0)
			die("thread", "refused");
	const struct store_counts before = store_counts(side.store);
	const int64_t start = clock_steady(), processor = process_time();
	for (bool more = true; more && clock_steady() - start < seconds * 1000000;)
		must(office_fire_due(side.office, &more, &error), &error, "calendar");
	const int64_t taken = clock_steady() - start, spent = process_time() - processor;
	const struct store_counts after = store_counts(side.store);
	atomic_store(&rush.over, true);
	for (size_t i = 0; i < filers; i++)
		pthread_join(threads[i], NULL);
	side_close(&side);
	if (rush.refused)
		die("filing", rush.error.message);

	const int64_t fired = ask(&side, "SELECT count(*) FROM event WHERE type = 'elapsed'"),
		left = ask(&side, "SELECT count(*) FROM due WHERE id GLOB '*:relance' AND at < 1709247600000000"),
		twice = ask(&side, "SELECT count(*) FROM (SELECT 1 FROM event WHERE type = 'elapsed' GROUP BY dossier"
			" HAVING count(*) > 1)"),
		alerts = ask(&side, "SELECT count(*) FROM alert");
	if (rush.count)
		qsort(rush.waits, rush.count, sizeof *rush.waits, by_value);
	printf("timers due=%zu fired=%lld left=%lld twice=%lld alerts=%lld seconds=%.1f per_second=%.0f per_commit=%.1f"
		" processors=%.2f filings=%zu filings_per_second=%.0f p50_ms=%.1f p99_ms=%.1f\n", due + 1, (long long)fired, (long long)left,
		(long long)twice, (long long)alerts, (double)taken / 1e6, (double)fired / ((double)taken / 1e6),
		(double)(after.works - before.works) / (double)(after.commits - before.commits), (double)spent / 1e3 / (double)taken,
		rush.count,
		(double)rush.count / ((double)taken / 1e6), rush.count ? (double)rush.waits[rush.count / 2] / 1e3 : 0,
		rush.count ? (double)rush.waits[rush.count * 99 / 100] / 1e3 : 0);
	free(rush.waits);
	arena_free(side.arena);
}

int
main(int argc, char **argv)
{
	int64_t most = 0, seconds = 3600, filers = IN_FLIGHT;
	const bool lives = argc > 2 && strcmp(argv[1], "life") == 0, fires = argc > 2 && strcmp(argv[1], "timers") == 0;
	if ((!lives && !fires) || (argc > 3 && !text_to_integer(text_of_string(argv[3]), 1000, 10000000, &most))
	    || (argc > 4 && !text_to_integer(text_of_string(argv[4]), 1, 36000, &seconds))
	    || (argc > 5 && !text_to_integer(text_of_string(argv[5]), 0, IN_FLIGHT, &filers))
	    || !digest_start() || mkdir(argv[2], 0700) != 0) {
		fprintf(stderr, "Usage: bench-life life FOLDER [MOST]\n       bench-life timers FOLDER [DUE [SECONDS [FILERS]]]\n");
		return 2;
	}
	if (lives)
		life(argv[2], most ? (size_t)most : 100000);
	else
		timers(argv[2], most ? (size_t)most : 1000000, seconds, (size_t)filers);
	return 0;
}
