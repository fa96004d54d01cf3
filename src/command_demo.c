/* guichet demo: fills an invented place once, keeps it pristine, and serves a copy of it.
 *
 * The académie of 34 433 agents, or the people of another folder of demonstration/, go through the real import; its
 * campaigns are those that lieu.yaml names, of procedures/; then the history of the place, if it has one, is played
 * (demo_history.h). Who writes a procedure tries it in the same way, in a folder of their own (--place ./essai). A few dozen
 * accounts have a password; everybody else can be visited from the page /demo, which exists here only. */
#include <dirent.h>
#include <fts.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "commands.h"
#include "demo_history.h"
#include "demo_place.h"
#include "directory/account.h"
#include "directory/directory.h"
#include "document/typesetter.h"
#include "office/office.h"
#include "processes.h"
#include "server.h"
#include "store/attachment.h"

#include "base/banned.h"

enum { SEED = 2023, PATH_SIZE = 600 };

/* Who can log in with the password below: the roles of the campaign, for visitors who prefer the login page. */
static const char *const password = "le guichet est ouvert";

static enum guichet_status
import(struct store *store, const char *csv, const struct clock *clock, struct guichet_error *error)
{
	char paths[DIRECTORY_KIND_COUNT][PATH_SIZE];
	struct directory_import import = { .at = clock_now(clock), .force = true };
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (int kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		const struct text name = kind == DIRECTORY_INTERIMS ? TEXT("interims") : directory_kind_text((enum directory_kind)kind);
		snprintf(paths[kind], PATH_SIZE, "%.500s/%.50s.csv", csv, name.at);
		if (kind <= DIRECTORY_APPOINTMENTS || access(paths[kind], F_OK) == 0)
			import.paths[kind] = paths[kind];
	}
	struct directory_report report;
	const enum guichet_status status = directory_import(store, arena, &import, &report, error);
	return status != GUICHET_OK || report.refusal_count == 0 ? status
		: guichet_fail(error, GUICHET_REFUSED, "%s, ligne %zu : %.*s",
		paths[report.refusals[0].kind], report.refusals[0].line, TEXT_ARGS(text_part(report.refusals[0].message, 0, 400)));
}

/* Opens every campaign of a procedure's folder. */
static enum guichet_status
open_all(struct office *office, const char *folder, struct guichet_error *error)
{
	char path[PATH_SIZE];
	snprintf(path, sizeof path, "%.500s/campagnes", folder);
	DIR *campaigns = opendir(path);
	enum guichet_status status = GUICHET_OK;
	for (struct dirent *file; campaigns && status == GUICHET_OK && (file = readdir(campaigns));) {
		const size_t length = strlen(file->d_name);
		char name[256];
		if (length < 6 || length > sizeof name || strcmp(file->d_name + length - 5, ".yaml") != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(length < 200 ? length - 5 : 195), file->d_name);
		status = office_campaign_open(office, folder, name, error);
	}
	if (campaigns)
		closedir(campaigns);
	return status;
}

/* Opens the campaigns of the place, or every one of a folder of procedures. */
static enum guichet_status
open_campaigns(struct office *office, const struct demo_place *place, const char *procedures, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	char folder[PATH_SIZE];
	for (size_t i = 0; !procedures && status == GUICHET_OK && i < place->campaign_count; i++) {
		snprintf(folder, sizeof folder, "%.300s/%.200s", place->procedures, place->campaigns[i].procedure);
		status = office_campaign_open(office, folder, place->campaigns[i].campaign, error);
	}
	DIR *folders = procedures ? opendir(procedures) : NULL;
	if (procedures && !folders)
		return guichet_fail(error, GUICHET_REFUSED, "Le dossier « %s » est introuvable.", procedures);
	for (struct dirent *entry; folders && status == GUICHET_OK && (entry = readdir(folders));) {
		snprintf(folder, sizeof folder, "%.300s/%.200s", procedures, entry->d_name);
		if (entry->d_name[0] != '.')
			status = open_all(office, folder, error);
	}
	if (folders)
		closedir(folders);
	return status;
}

struct accounts {
	struct office *office;
	struct arena *arena;
	instant now;
	char hash[PASSWORD_HASH_SIZE];
};

/* Accounts for the first holders of one function. */
static enum guichet_status
write_accounts_of(struct store_tx *tx, const struct accounts *accounts, struct text function,
	struct guichet_error *error)
{
	enum { EACH = 3 };
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders holders;
	enum guichet_status status = directory_holders_within(tx, accounts->arena, &function, 1, &everywhere,
		date_of_instant(accounts->now, NULL), EACH, &holders, error);
	for (size_t h = 0; status == GUICHET_OK && h < holders.count; h++)
		if (holders.at[h].person.mail.length)
			status = account_create(tx, holders.at[h].person.id, holders.at[h].person.mail,
				text_of_string(accounts->hash), accounts->now, error);
	return status;
}

/* For agents, and for each function that a role of an open campaign names. */
static enum guichet_status
write_accounts(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct accounts *accounts = context;
	const struct office_campaigns campaigns = office_campaigns(accounts->office, accounts->arena);
	enum guichet_status status = write_accounts_of(tx, accounts, TEXT("agent"), error);
	for (size_t c = 0; c < campaigns.count; c++) {
		const struct procedure *procedure = campaigns.at[c]->procedure;
		for (size_t r = 0; r < procedure->role_count; r++)
			for (size_t f = 0; status == GUICHET_OK && f < procedure->roles[r].function_count; f++)
				status = write_accounts_of(tx, accounts, procedure->roles[r].functions[f], error);
	}
	return status;
}

static void
restart_typeset(void *processes)
{
	processes_restart(processes, PROCESS_TYPESET);
}

/* Plays what happened there, with a process that typesets its letters. */
static enum guichet_status
play_history(struct store *store, struct clock *clock, const struct demo_place *place, struct guichet_error *error)
{
	CLEANUP(processes_free) struct processes *processes = processes_new(NULL, error);
	CLEANUP(typesetter_free) struct typesetter *typesetter = !processes ? NULL
		: typesetter_new(16, restart_typeset, processes, error);
	CLEANUP(office_close) struct office *office = NULL;
	if (!typesetter)
		return error->status;
	typesetter_set_quiet(typesetter);
	const struct office_options options = { .store = store, .clock = clock, .typesetter = typesetter,
		.organisation = text_of_string(place->organisation), .public_address = TEXT("http://127.0.0.1:8080") };
	enum guichet_status status = processes_start(processes, PROCESS_TYPESET, typesetter_attach, typesetter, error);
	if (status == GUICHET_OK)
		status = office_open(&options, &office, error);
	const struct demo_stage stage = { .office = office, .store = store, .clock = clock, .typesetter = typesetter,
		.folder = place->folder, .start = place->start };
	if (status == GUICHET_OK)
		status = demo_history_play(&stage, error);
	processes_stop(processes);
	return status;
}

/* Files of data that are made again if the machine stops: nothing waits for the disk. */
static int
no_sync(int file)
{
	(void)file;
	return 0;
}

static int
no_sync_directory(const char *path)
{
	(void)path;
	return 0;
}

static enum guichet_status
fill(const char *data, const char *csv, const struct demo_place *place, const char *procedures,
	struct guichet_error *error)
{
	struct store_files files = store_files_system;
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(clock_free) struct clock *clock = clock_new(place->filled);
	CLEANUP(office_close) struct office *office = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
	if (!clock || !arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct accounts accounts = { .arena = arena, .now = place->filled };
	files.sync = no_sync;
	files.sync_directory = no_sync_directory;
	const struct store_options making = { .careless = true, .files = &files };
	enum guichet_status status = store_open(data, &making, &store, error);
	const struct office_options options = { .store = store, .clock = clock };
	if (status == GUICHET_OK && !place->has_files)
		status = directory_generate(csv, SEED, error);
	if (status == GUICHET_OK)
		status = import(store, place->has_files ? place->folder : csv, clock, error);
	if (status == GUICHET_OK)
		status = office_open(&options, &office, error);
	if (status == GUICHET_OK)
		status = open_campaigns(office, place, procedures, error);
	if (status == GUICHET_OK)
		status = password_hash(text_of_string(password), accounts.hash, error);
	accounts.office = office;
	if (status == GUICHET_OK)
		status = store_transact(store, write_accounts, &accounts, error);
	if (status == GUICHET_OK && place->lived_in)
		status = play_history(store, clock, place, error);
	return status;
}

/* ---- pristine data, and the copy that is served ---- */

static int
remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
	(void)stat, (void)kind, (void)at;
	return remove(path);
}

static void
remove_folder(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Bytes for bytes, without waiting for the disk: it can be made again. */
static bool
copy_file(const char *from, const char *to)
{
	char bytes[1 << 16];
	FILE *in = fopen(from, "re"), *out = fopen(to, "wxe");
	bool whole = in && out;
	for (size_t length; whole && (length = fread(bytes, 1, sizeof bytes, in)) > 0;)
		whole = fwrite(bytes, 1, length, out) == length;
	whole = whole && !ferror(in);
	if (in)
		fclose(in);
	return out ? fclose(out) == 0 && whole : false;
}

/* The pristine folder, which nobody serves, copied. Files handed in and letters never change: they are shared. */
static enum guichet_status
copy_folder(const char *from, const char *to, struct guichet_error *error)
{
	char root[PATH_SIZE], path[2 * PATH_SIZE];
	bool whole = true;
	snprintf(root, sizeof root, "%.500s", from);
	FTS *tree = fts_open((char *[]){ root, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	for (FTSENT *entry; tree && whole && (entry = fts_read(tree));) {
		snprintf(path, sizeof path, "%.500s%.500s", to, entry->fts_path + strlen(root));
		if (entry->fts_info == FTS_D)
			whole = mkdir(path, 0700) == 0;
		else if (entry->fts_info == FTS_F)
			whole = (entry->fts_level > 1 && link(entry->fts_accpath, path) == 0) || copy_file(entry->fts_accpath, path);
	}
	whole = tree && whole;
	if (tree)
		fts_close(tree);
	return whole ? GUICHET_OK : guichet_fail(error, GUICHET_REFUSED,
		"Impossible de copier %s dans %s : le disque est plein, ou "
		"le dossier n’est pas à vous.", from, to);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum guichet_status
hash_file(const char *path, struct digest *digest, struct guichet_error *error)
{
	enum { LIMIT = 64 << 20 };
	FILE *file = fopen(path, "re");
	char *bytes = malloc(LIMIT);
	const size_t length = file && bytes ? fread(bytes, 1, LIMIT, file) : 0;
	const struct text parts[] = { { (const char *)digest->bytes, DIGEST_SIZE }, text_of_string(path), { bytes, length } };
	*digest = digest_of_list(parts, 3);
	const bool read = file && bytes && feof(file);
	free(bytes);
	if (file)
		fclose(file);
	return read ? GUICHET_OK : guichet_fail(error, GUICHET_REFUSED, "Impossible de lire %s.", path);
}

static enum guichet_status
hash_folder(const char *folder, struct digest *digest, struct guichet_error *error)
{
	char path[PATH_SIZE];
	snprintf(path, sizeof path, "%.500s", folder);
	enum guichet_status status = GUICHET_OK;
	FTS *tree = fts_open((char *[]){ path, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	for (FTSENT *entry; tree && status == GUICHET_OK && (entry = fts_read(tree));)
		if (entry->fts_info == FTS_F)
			status = hash_file(entry->fts_accpath, digest, error);
	if (tree)
		fts_close(tree);
	return status;
}

/* What the filled place depends on: this program, the place and the procedures. When they change it is filled again. */
static enum guichet_status
hash_sources(const struct demo_place *place, const char *procedures, struct digest *digest, struct guichet_error *error)
{
	enum guichet_status status = hash_file("/proc/self/exe", digest, error);
	if (status == GUICHET_OK)
		status = hash_folder(place->folder, digest, error);
	if (status == GUICHET_OK && !place->lived_in)
		*digest = digest_of((struct text){ (const char *)digest->bytes, DIGEST_SIZE });
	if (status == GUICHET_OK && procedures)
		return hash_folder(procedures, digest, error);
	char folder[PATH_SIZE];
	for (size_t i = 0; status == GUICHET_OK && i < place->campaign_count; i++) {
		snprintf(folder, sizeof folder, "%.300s/%.200s", place->procedures, place->campaigns[i].procedure);
		status = hash_folder(folder, digest, error);
	}
	return status;
}

static enum guichet_status
make_pristine(const char *base, const struct demo_place *place, const char *procedures, char pristine[static PATH_SIZE],
	struct guichet_error *error)
{
	char making[PATH_SIZE], csv[PATH_SIZE];
	struct digest sources = { 0 };
	enum guichet_status status = hash_sources(place, procedures, &sources, error);
	CLEANUP(arena_free) struct arena *arena = arena_new(4096);
	const struct text hex = arena ? digest_hex(arena, &sources) : (struct text){ 0 };
	if (status != GUICHET_OK || !hex.at)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	snprintf(pristine, PATH_SIZE, "%.500s/pristine-%.16s", base, hex.at);
	if (access(pristine, F_OK) == 0)
		return GUICHET_OK;
	printf("Remplissage de la démonstration. %s\n", place->about);
	fflush(stdout);
	snprintf(making, sizeof making, "%.500s/making-%d", base, (int)getpid());
	snprintf(csv, sizeof csv, "%.500s-csv", making);
	status = fill(making, csv, place, procedures, error);
	/* Another one may have been first: both are the same. */
	if (status == GUICHET_OK && rename(making, pristine) != 0 && access(pristine, F_OK) != 0)
		status = guichet_fail(error, GUICHET_BROKEN, "Impossible de créer %s.", pristine);
	remove_folder(making);
	remove_folder(csv);
	return status;
}

static void
say_who(void *context, const char *address)
{
	(void)context;
	printf("\nGuichet, en démonstration : %s\n\n"
		"  Entrez comme qui vous voulez : %s/demo\n"
		"  ou avec une adresse de cette page et le mot de passe « %s ».\n"
		"  Le temps s’avance depuis le bandeau, les courriels se lisent dans %s/demo/courriels\n\n"
		"Ctrl-C pour arrêter.\n", address, address, password, address);
	fflush(stdout);
}

/* Takes `name` (and its value, when it has one) out of the arguments; NULL when it is not there. */
static const char *
take(int *argc, char **argv, const char *name, bool valued)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], name) != 0 || (valued && i + 1 == *argc))
			continue;
		const int taken = valued ? 2 : 1;
		const char *value = argv[i + taken - 1];
		for (int next = i + taken; next < *argc; next++)
			argv[next - taken] = argv[next];
		*argc -= taken;
		return value;
	}
	return NULL;
}

/* "essai" of "./essai" */
static const char *
last_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int
command_demo(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
	struct demo_place place;
	struct guichet_error error = { 0 };
	const char *given = take(&argc, argv, "--data", true), *base = NULL;
	const char *procedures = take(&argc, argv, "--procedures", true), *name = take(&argc, argv, "--place", true);
	const bool resume = take(&argc, argv, "--resume", false), blank = take(&argc, argv, "--blank", false);
	if (!arena || demo_place_read(arena, name ? name : "academie", &place, &error) != GUICHET_OK) {
		fprintf(stderr, "guichet demo : %s\n", arena ? error.message : "Plus de mémoire.");
		return EXIT_REFUSED;
	}
	/* With its own procedures, or asked for blank, the place is as it was before its history. */
	place.lived_in = !procedures && !blank && demo_history_exists(place.folder);
	struct server_options options = { .port = 8080, .organisation = place.organisation, .demo = true,
		.demo_about = place.about, .start = place.start, .mail.from = place.mail,
		.demo_sights = place.sights, .demo_sight_count = place.lived_in ? place.sight_count : 0 };
	if (server_options_read(argc, argv, &options, &base, &error) != GUICHET_OK) {
		fprintf(stderr, "guichet demo : %s\n", error.message);
		return EXIT_USAGE;
	}
	char data[PATH_SIZE], pristine[PATH_SIZE];
	char kept[PATH_SIZE] = "build/demo";
	if (place.own)
		snprintf(kept, sizeof kept, "%.300s/.%.200s-servi", place.procedures, last_of(place.folder));
	if (!base)
		base = kept;
	options.mail.from_name = options.organisation;
	snprintf(data, sizeof data, "%.500s%s", given ? given : base, given ? "" : "/served");
	if (!place.own)
		mkdir("build", 0777);
	mkdir(base, 0777);
	enum guichet_status status = make_pristine(base, &place, procedures, pristine, &error);
	if (status == GUICHET_OK && !(resume && access(data, F_OK) == 0)) {
		remove_folder(data);
		status = copy_folder(pristine, data, &error);
	}
	if (status != GUICHET_OK) {
		fprintf(stderr, "guichet demo : %s\n", error.message);
		return EXIT_REFUSED;
	}
	options.data = data;
	return server_run(&options, say_who, NULL);
}
