/* See server.h. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "commands.h"
#include "document/typesetter.h"
#include "pages/pages.h"
#include "processes.h"
#include "store/attachment.h"
#include "web/session.h"

#include "base/banned.h"

enum { TYPESETTER_QUEUE = 256, PASSWORD_QUEUE = 64, FILE_QUEUE = 256, REPORT_QUEUE = 16, THROTTLE_ENTRIES = 4096, STOP_SECONDS = 20,
	UPKEEP_SECONDS = 12 * 3600, UNNAMED_SECONDS = 24 * 3600 };

#define FORM_LIFE (90 * INSTANT_DAY) /* a form left open longer than that, sent again, is no longer recognised */

static void
restart_typeset(void *processes)
{
	processes_restart(processes, PROCESS_TYPESET);
}

static void
restart_deliver(void *processes)
{
	processes_restart(processes, PROCESS_DELIVER);
}

/* Signals that stop are taken by server_run() alone: threads started after this ignore them. */
static void
hold_signals(sigset_t *held)
{
	sigemptyset(held);
	sigaddset(held, SIGINT);
	sigaddset(held, SIGTERM);
	pthread_sigmask(SIG_BLOCK, held, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the operator's limit is a full disk, told as such */
}

/* A shell gives 1024 descriptors, fewer than the connections we take: as many as we may, within reason. */
static void
raise_descriptors(void)
{
	enum { WANTED = 16384 };
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= WANTED)
		return;
	limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_line(LOG_WARNING, "start", "descriptors=%llu", (unsigned long long)limit.rlim_cur);
}

struct running {
	struct processes *processes;
	struct site site;
	struct web *web;
	char public_address[300];
	int data; /* the data directory, locked while we serve it; -1 before */
};

/* One server at a time: the others' mails and due effects would be done twice. The lock ends with the process. */
static enum guichet_status
take_data(const char *path, int *ret_directory, struct guichet_error *error)
{
	const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return GUICHET_OK; /* no directory: a database elsewhere */
	if (flock(directory, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(directory);
		return guichet_fail(error, GUICHET_REFUSED, "Un autre Guichet sert déjà « %s » : arrêtez-le, ou servez un autre dossier "
			"de données.", path);
	}
	*ret_directory = directory;
	return GUICHET_OK;
}

/* A clock that was moved begins again no earlier than the latest thing recorded: legal time never goes back. */
static enum guichet_status
start_clock(struct site *site, instant start, struct guichet_error *error)
{
	instant latest = INSTANT_NEVER;
	if (start != INSTANT_NEVER) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, NULL, STORE_EVENT_LATEST, STORE_VALUES(), error);
		if (store_next(&rows) && !store_is_null(&rows, 0))
			latest = store_integer(&rows, 0);
		const enum guichet_status status = store_finish(&rows);
		if (status != GUICHET_OK)
			return status;
	}
	site->clock = clock_new(latest != INSTANT_NEVER && latest > start ? latest : start);
	return site->clock ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static enum guichet_status
start_parts(const struct server_options *options, struct running *running, struct guichet_error *error)
{
	struct site *site = &running->site;
	enum guichet_status status;
	site->demo = options->demo;
	site->demo_about = text_of_string(options->demo_about ? options->demo_about : "");
	site->demo_sights = options->demo_sights;
	site->demo_sight_count = options->demo_sight_count;
	site->demo_start = options->start;
	site->organisation = text_of_string(options->organisation);
	site->throttle = throttle_new(THROTTLE_ENTRIES);
	site->passwords = worker_new(PASSWORD_QUEUE);
	site->files = worker_new(FILE_QUEUE);
	site->reports = worker_new(REPORT_QUEUE);
	if (!site->throttle || !site->passwords || !site->files || !site->reports)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct store_options existing = { .existing = true };
	if ((status = store_open(options->data, &existing, &site->store, error)) != GUICHET_OK
		|| (status = take_data(options->data, &running->data, error)) != GUICHET_OK)
		return status;
	if ((status = start_clock(site, options->start, error)) != GUICHET_OK)
		return status;
	struct web_key key;
	if ((status = web_key_load(options->data, &key, error)) != GUICHET_OK)
		return status;
	site->sessions = sessions_new(site->store, &key);
	if (!site->sessions)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (!(running->processes = processes_new(NULL, error)))
		return error->status;
	site->typesetter = typesetter_new(TYPESETTER_QUEUE, restart_typeset, running->processes, error);
	if (!site->typesetter)
		return error->status;
	status = processes_start(running->processes, PROCESS_TYPESET, typesetter_attach, site->typesetter, error);
	if (status == GUICHET_OK)
		status = mailer_new(site->store, site->clock, &options->mail, restart_deliver, running->processes, &site->mailer,
			error);
	if (status == GUICHET_OK && mailer_sends(site->mailer))
		status = processes_start(running->processes, PROCESS_DELIVER, mailer_attach, site->mailer, error);
	return status;
}

static enum guichet_status
start_web(const struct server_options *options, struct running *running, struct guichet_error *error)
{
	struct site *site = &running->site;
	struct web_options web = { .address = options->address, .port = options->port, .secure = options->secure,
		.trust_forwarded = options->trust_forwarded, .public_address = options->public_address,
		.upload_directory = options->data, .clock = site->clock, .sessions = site->sessions, .context = site,
		.authorise = site_authorise, .error_page = site_error_page, .login_path = "/connexion" };
	web.routes = site_routes(&web.route_count);
	/* The office's mails need the public address, which needs the port: bind first. Until the office is there the
	 * listening socket only queues. */
	running->web = web_start(&web, error);
	if (!running->web)
		return error->status;
	if (options->public_address)
		snprintf(running->public_address, sizeof running->public_address, "%s", options->public_address);
	else
		snprintf(running->public_address, sizeof running->public_address, "http://%s:%u",
			options->address ? options->address : "127.0.0.1", web_port(running->web));
	return GUICHET_OK;
}

static enum guichet_status
start_office(struct running *running, struct guichet_error *error)
{
	struct site *site = &running->site;
	site->public_address = text_of_string(running->public_address);
	const struct office_options office = { .store = site->store, .clock = site->clock, .typesetter = site->typesetter,
		.organisation = site->organisation, .public_address = site->public_address };
	enum guichet_status status = office_open(&office, &site->office, error);
	if (status == GUICHET_OK)
		status = office_start(site->office, error);
	site->ready = status == GUICHET_OK;
	return status;
}

/* What has had its time: expired sessions, tokens of forms sent long ago, files that nobody names. */
static enum guichet_status
forget_old(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const instant now = *(const instant *)context;
	enum guichet_status status = session_sweep(tx, now, error);
	if (status == GUICHET_OK)
		status = office_undo_sweep(tx, now, error);
	return status != GUICHET_OK ? status : store_run(tx, STORE_ONCE_SWEEP, STORE_VALUES(now - FORM_LIFE), NULL, error);
}

static void
upkeep(struct site *site)
{
	int64_t removed = 0;
	struct guichet_error error = { 0 };
	instant now = clock_now(site->clock);
	enum guichet_status status = store_transact(site->store, forget_old, &now, &error);
	if (status == GUICHET_OK && store_directory(site->store))
		status = attachment_sweep(site->store, STORE_ATTACHMENT_IS_NAMED, UNNAMED_SECONDS, &removed, &error);
	if (status != GUICHET_OK)
		log_error("upkeep", &error);
	else
		log_line(LOG_INFO, "upkeep", "files_removed=%lld", (long long)removed);
}

static void
stop(struct running *running)
{
	struct site *site = &running->site;
	if (running->web && !web_stop(running->web, STOP_SECONDS)) {
		log_line(LOG_WARNING, "stop", "reason=\"requests still waiting\"");
		_exit(EXIT_REFUSED); /* what was acknowledged is on disk */
	}
	office_close(site->office);
	processes_stop(running->processes);
	mailer_free(site->mailer);
	typesetter_free(site->typesetter);
	processes_free(running->processes);
	worker_free(site->passwords);
	worker_free(site->files);
	worker_free(site->reports);
	sessions_free(site->sessions);
	store_close(site->store);
	if (running->data >= 0)
		close(running->data);
	throttle_free(site->throttle);
	clock_free(site->clock);
}

int
server_run(const struct server_options *options, void (*ready)(void *context, const char *public_address), void *context)
{
	sigset_t held;
	hold_signals(&held);
	raise_descriptors();
	struct running running = { .data = -1 };
	struct guichet_error error = { 0 };
	enum guichet_status status = start_parts(options, &running, &error);
	if (status == GUICHET_OK)
		status = start_web(options, &running, &error);
	if (status == GUICHET_OK)
		status = start_office(&running, &error);
	if (status != GUICHET_OK) {
		fprintf(stderr, "guichet : %s\n", error.message);
		stop(&running);
		return EXIT_REFUSED;
	}
	if (ready)
		ready(context, running.public_address);
	int received;
	do
		upkeep(&running.site);
	while ((received = sigtimedwait(&held, NULL, &(struct timespec){ .tv_sec = UPKEEP_SECONDS })) < 0);
	log_line(LOG_INFO, "stop", "signal=%d", received);
	stop(&running);
	return EXIT_DONE;
}

/* ---- options ---- */

static enum guichet_status
read_one(const char *name, const char *value, struct server_options *options, struct guichet_error *error)
{
	int64_t port;
	const struct { const char *name, **place; } strings[] = {
		{ "--address", &options->address }, { "--public-address", &options->public_address },
		{ "--organisation", &options->organisation }, { "--smtp", &options->mail.url },
		{ "--smtp-user", &options->mail.user }, { "--smtp-authorities", &options->mail.authorities },
		{ "--from", &options->mail.from },
	};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		if (strcmp(name, strings[i].name) == 0) {
			*strings[i].place = value;
			return GUICHET_OK;
		}
	if (strcmp(name, "--port") == 0) {
		if (!text_to_integer(text_of_string(value), 0, 65535, &port))
			return guichet_fail(error, GUICHET_REFUSED, "Le port « %s » n’est pas un nombre de 0 à 65535.", value);
		options->port = (uint16_t)port;
		return GUICHET_OK;
	}
	if (strcmp(name, "--clock") == 0)
		return instant_read(text_of_string(value), &options->start) ? GUICHET_OK
			: guichet_fail(error, GUICHET_REFUSED, "« %s » n’est pas un moment : écrivez 2023-06-08T10:00.", value);
	return GUICHET_UNKNOWN;
}

/* The password of the relay stands in a file, never on a command line that others can read. */
static enum guichet_status
read_password(const char *path, struct server_options *options, struct guichet_error *error)
{
	static char password[256];
	FILE *file = fopen(path, "re");
	const size_t length = file ? fread(password, 1, sizeof password - 1, file) : 0;
	if (file)
		fclose(file);
	password[strcspn(password, "\r\n")] = '\0';
	if (length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Le fichier de mot de passe « %s » est vide ou illisible.", path);
	options->mail.password = password;
	return GUICHET_OK;
}

enum guichet_status
server_options_read(int argc, char **argv, struct server_options *options, const char **ret_rest,
	struct guichet_error *error)
{
	*ret_rest = NULL;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0) {
			*ret_rest = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--behind-proxy") == 0) {
			options->secure = options->trust_forwarded = true;
			continue;
		}
		if (i + 1 == argc)
			return guichet_fail(error, GUICHET_REFUSED, "L’option %s attend une valeur.", argv[i]);
		const enum guichet_status status = strcmp(argv[i], "--smtp-password-file") == 0
			? read_password(argv[i + 1], options, error) : read_one(argv[i], argv[i + 1], options, error);
		if (status == GUICHET_UNKNOWN)
			return guichet_fail(error, GUICHET_REFUSED, "L’option %s n’existe pas.", argv[i]);
		if (status != GUICHET_OK)
			return status;
		i++;
	}
	return GUICHET_OK;
}
