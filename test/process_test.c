/* The typeset process and its supervisor, with real children: this very program, run again. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "commands.h"
#include "confine.h"
#include "document/typesetter.h"
#include "processes.h"
#include "test.h"

#include "base/banned.h"

/* Children are started as "guichet typeset": then this is no test run. */
__attribute__((constructor)) static void
run_as_child(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "guichet") == 0)
		exit(command_run(argc, argv));
}

/* A supervised typesetter. */
struct house {
	struct processes *processes;
	struct typesetter *typesetter;
};

static void
restart(void *context)
{
	processes_restart(((struct house *)context)->processes, PROCESS_TYPESET);
}

static void
house_open(struct house *house, size_t queue)
{
	struct guichet_error error = { 0 };
	house->processes = processes_new(NULL, &error);
	house->typesetter = typesetter_new(queue, restart, house, &error);
	if (!house->processes || !house->typesetter
		|| processes_start(house->processes, PROCESS_TYPESET, typesetter_attach, house->typesetter, &error)
			!= GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	typesetter_set_patience(house->typesetter, 60 * INSTANT_SECOND); /* machines may be slow */
}

static void
house_close_at(struct house *house)
{
	processes_stop(house->processes);
	typesetter_free(house->typesetter);
	processes_free(house->processes);
}

static const struct document_request letter = { .markdown = { "# Bonjour\n\nTexte.\n", 18 },
	.title = { "Essai", 5 } };

static void
nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

TEST(a_child_renders_and_inspects)
{
	CLEANUP(house_close) struct house house = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	house_open(&house, 8);
	struct guichet_error error = { 0 };
	struct text pdf;
	struct document_facts facts;
	CHECK(typesetter_render_wait(house.typesetter, arena, &letter, &pdf, &error) == GUICHET_OK);
	CHECK(text_starts(pdf, TEXT("%PDF-1.7")));
	CHECK(typesetter_inspect_wait(house.typesetter, pdf, TEXT("a.pdf"), &facts, &error) == GUICHET_OK);
	CHECK(facts.kind == DOCUMENT_PDF && facts.pages == 1);
	const struct digest digest = digest_of(pdf);
	CHECK(digest_equal(&facts.digest, &digest));

	/* The same bytes as here, whatever the process gave up. */
	CLEANUP(document_press_free) struct document_press *press = document_press_new(&error);
	struct text here;
	CHECK(press && document_render(press, arena, &letter, &here, &error) == GUICHET_OK);
	CHECK_TEXT(here, pdf);

	/* Refusals come back as they were said, and cost the child nothing. */
	const int id = processes_id(house.processes, PROCESS_TYPESET);
	CHECK(typesetter_inspect_wait(house.typesetter, TEXT("texte"), TEXT("a.pdf"), &facts,
		&error) == GUICHET_REFUSED);
	CHECK(text_starts(text_of_string(error.message), TEXT("Le fichier « a.pdf » n’est ni un PDF")));
	const struct document_request nothing = { .title = TEXT("x") };
	CHECK(typesetter_render_wait(house.typesetter, arena, &nothing, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("La lettre est vide."));
	CHECK_INTEGER(processes_id(house.processes, PROCESS_TYPESET), id);
}

TEST(a_confined_child_meets_every_script_and_size)
{
	CLEANUP(house_close) struct house house = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(buffer_release) struct buffer all = buffer_new(1 << 20);
	house_open(&house, 8);
	/* A few characters of each block of Unicode, in each style: none may open a file. */
	for (uint32_t c = 0xA0; c < 0x20000; c += c < 0x3000 ? 0x30 : 0x500) {
		if (c >= 0xD800 && c < 0xF900)
			continue;
		buffer_add_character(&all, c);
		buffer_add_character(&all, c + 5);
		buffer_add(&all, TEXT(" "));
	}
	const struct text values[] = { buffer_text(&all) };
	const struct document_request request = { .title = TEXT("x"), .holes = values, .hole_count = 1,
		.markdown = TEXT("# \uE0000\uE001\n\n## \uE0000\uE001\n\n### \uE0000\uE001\n\n\uE0000\uE001 *\uE0000\uE001* "
			"**\uE0000\uE001** `\uE0000\uE001`\n\n|\uE0000\uE001|\n|-|\n|`\uE0000\uE001`|\n"),
		.footer = TEXT("漢字"), .organisation = TEXT("ع"), .contact = TEXT("Ж"), .language = TEXT("ar") };
	const int id = processes_id(house.processes, PROCESS_TYPESET);
	struct guichet_error error = { 0 };
	struct text pdf;
	if (typesetter_render_wait(house.typesetter, arena, &request, &pdf, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	CHECK_INTEGER(processes_id(house.processes, PROCESS_TYPESET), id);
}

TEST(a_confined_child_sets_the_page_of_signatures)
{
	CLEANUP(house_close) struct house house = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	house_open(&house, 8);
	/* Its dates are of a zone that must have been read before the child was confined. */
	const struct document_signature signature = { .who = TEXT("Mme Léa Martin"), .quality = TEXT("cheffe"),
		.when = 1687158007901616 };
	struct document_request request = letter;
	request.signatures = &signature;
	request.signature_count = 1;
	request.has_original = true;
	const int id = processes_id(house.processes, PROCESS_TYPESET);
	struct guichet_error error = { 0 };
	struct text pdf;
	if (typesetter_render_wait(house.typesetter, arena, &request, &pdf, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	CHECK_INTEGER(processes_id(house.processes, PROCESS_TYPESET), id);
}

TEST(a_killed_child_is_replaced_and_its_job_done_again)
{
	CLEANUP(house_close) struct house house = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	house_open(&house, 8);
	struct guichet_error error = { 0 };
	struct text pdf;
	CHECK(typesetter_render_wait(house.typesetter, arena, &letter, &pdf, &error) == GUICHET_OK);
	for (int i = 0; i < 3; i++) {
		const int id = processes_id(house.processes, PROCESS_TYPESET);
		CHECK(id > 0 && kill(id, SIGKILL) == 0);
		CHECK(typesetter_render_wait(house.typesetter, arena, &letter, &pdf, &error) == GUICHET_OK);
		CHECK(processes_id(house.processes, PROCESS_TYPESET) != id);
	}
}

/* A child that this test plays itself, at the other end of a socket pair. */
struct played {
	struct typesetter *typesetter;
	int descriptor, restarts;
	enum { SILENT, NONSENSE, GONE } how;
	pthread_t thread;
};

static void *
play(void *context)
{
	struct played *const played = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	struct guichet_error error = { 0 };
	struct frame frame;
	while (frame_receive(played->descriptor, FRAME_LIMIT, INT64_MAX, arena, &frame, &error) == GUICHET_OK) {
		if (played->how == NONSENSE)
			(void)!send(played->descriptor, "This is not a frame at all, is it?", 34, MSG_NOSIGNAL);
		else if (played->how == GONE)
			break;
	}
	close(played->descriptor);
	return NULL;
}

static void
start_playing(struct played *played)
{
	int sockets[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
		abort();
	played->descriptor = sockets[1];
	if (pthread_create(&played->thread, NULL, play, played) != 0)
		abort();
	typesetter_attach(played->typesetter, sockets[0]);
}

/* Our end was closed, so the player ends; another takes its place. */
static void
replace(void *context)
{
	struct played *const played = context;
	pthread_join(played->thread, NULL);
	played->restarts++;
	start_playing(played);
}

TEST(a_child_that_is_late_or_talks_nonsense_is_replaced_once_then_the_job_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	struct guichet_error error = { 0 };
	struct document_facts facts;
	struct text pdf;
	for (int how = SILENT; how <= NONSENSE; how++) {
		struct played played = { .how = how };
		played.typesetter = typesetter_new(4, replace, &played, &error);
		CHECK(played.typesetter);
		typesetter_set_patience(played.typesetter, how == SILENT ? INSTANT_SECOND / 50 : 60 * INSTANT_SECOND);
		start_playing(&played);
		CHECK(typesetter_inspect_wait(played.typesetter, TEXT("x"), TEXT("x"), &facts,
			&error) == GUICHET_BROKEN);
		CHECK(text_starts(text_of_string(error.message), TEXT("Ce fichier n’a pas pu être examiné")));
		CHECK_INTEGER(played.restarts, 2);
		CHECK(typesetter_render_wait(played.typesetter, arena, &letter, &pdf, &error) == GUICHET_BROKEN);
		CHECK(text_starts(text_of_string(error.message), TEXT("Ce document n’a pas pu être composé")));
		CHECK_INTEGER(played.restarts, 4);
		typesetter_free(played.typesetter);
		pthread_join(played.thread, NULL);
	}
	/* No child at all. */
	CLEANUP(typesetter_free) struct typesetter *alone = typesetter_new(4, NULL, NULL, &error);
	typesetter_set_patience(alone, INSTANT_SECOND / 50);
	CHECK(typesetter_render_wait(alone, arena, &letter, &pdf, &error) == GUICHET_BROKEN);
	CHECK(text_starts(text_of_string(error.message), TEXT("La mise en page des documents ne répond pas")));
}

static void
count_answer(void *context, const struct typesetter_answer *answer)
{
	if (answer->status == GUICHET_BROKEN)
		__atomic_add_fetch((int *)context, 1, __ATOMIC_SEQ_CST);
}

TEST(the_queue_of_the_typesetter_has_an_end_and_each_job_an_answer)
{
	struct guichet_error error = { 0 };
	int broken = 0, taken = 0;
	struct typesetter *typesetter = typesetter_new(4, NULL, NULL, &error);
	CHECK(typesetter);
	enum guichet_status status = GUICHET_OK;
	/* One may be in the hands of the thread, four wait. */
	for (int i = 0; i < 6 && status == GUICHET_OK; i++) {
		status = typesetter_render(typesetter, &letter, count_answer, &broken, &error);
		taken += status == GUICHET_OK;
	}
	CHECK(status == GUICHET_RETRY && (taken == 4 || taken == 5));
	CHECK(text_starts(text_of_string(error.message), TEXT("Trop de documents attendent")));
	typesetter_free(typesetter);
	CHECK_INTEGER(broken, taken);
}

/* What the child of a fork does once confined; returns how it ended. */
static int
end_of(void (*act)(void))
{
	const pid_t id = fork();
	if (id == 0) {
		struct guichet_error error = { 0 };
		if (confine_user(&error) != GUICHET_OK || confine_to_computing(&error) != GUICHET_OK)
			_exit(99);
		act();
		_exit(7);
	}
	int status = 0;
	return id > 0 && waitpid(id, &status, 0) == id ? status : -1;
}

static void
compute(void)
{
	volatile char *const memory = malloc(1 << 20);
	if (memory)
		memory[1000] = 1;
	free((void *)memory);
}

static void open_socket(void) { (void)!socket(AF_INET, SOCK_STREAM, 0); }
static void open_file(void) { (void)!open("/etc/passwd", O_RDONLY); }
static void create_file(void) { (void)!open("/tmp/guichet-forbidden", O_CREAT | O_WRONLY, 0600); }
static void make_process(void) { (void)!fork(); }
static void run_program(void) { (void)!execl("/bin/true", "true", NULL); }
static void look_at_parent(void) { (void)!kill(getppid(), 0); }

TEST(a_confined_process_computes_and_dies_at_any_other_call)
{
	static void (*const forbidden[])(void) = { open_socket, open_file, create_file, make_process, run_program,
		look_at_parent };
	int status = end_of(compute);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden && confine_is_complete(); i++) {
		status = end_of(forbidden[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			test_fail(__FILE__, __LINE__, "forbidden call %zu: status %x", i, (unsigned)status);
	}
}

TEST(a_child_holds_nothing_of_ours)
{
	CLEANUP(house_close) struct house house = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	const int secret = open("/etc/hostname", O_RDONLY); /* on purpose without O_CLOEXEC */
	CHECK(secret >= 0);
	house_open(&house, 8);
	struct guichet_error error = { 0 };
	struct text pdf;
	CHECK(typesetter_render_wait(house.typesetter, arena, &letter, &pdf, &error) == GUICHET_OK);
	close(secret);

	const struct text path = arena_format(arena, "/proc/%d/status",
		processes_id(house.processes, PROCESS_TYPESET));
	FILE *const file = fopen(path.at, "re");
	char status[4096] = "";
	CHECK(file && fread(status, 1, sizeof status - 1, file) > 0);
	fclose(file);
	CHECK(strstr(status, "NoNewPrivs:\t1"));
	CHECK(strstr(status, "CapEff:\t0000000000000000") || geteuid() != 0);
	CHECK(!confine_is_complete() || strstr(status, "Seccomp:\t2"));
	CHECK(!strstr(status, "Uid:\t0"));

	/* Its descriptors, where we may look: 0 to 3. */
	const struct text fifth = arena_format(arena, "/proc/%d/fd/4",
		processes_id(house.processes, PROCESS_TYPESET));
	CHECK(access(fifth.at, F_OK) != 0);
}

TEST(children_end_with_their_parent)
{
	int report[2];
	CHECK(pipe2(report, O_CLOEXEC) == 0);
	const pid_t parent = fork();
	if (parent == 0) {
		struct house house = { 0 };
		house_open(&house, 8);
		CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
		struct guichet_error error = { 0 };
		struct text pdf;
		int id = typesetter_render_wait(house.typesetter, arena, &letter, &pdf, &error) == GUICHET_OK
			? processes_id(house.processes, PROCESS_TYPESET) : 0;
		(void)!write(report[1], &id, sizeof id);
		raise(SIGKILL);
	}
	int id = 0, status;
	close(report[1]);
	CHECK(read(report[0], &id, sizeof id) == sizeof id && id > 0);
	close(report[0]);
	CHECK(waitpid(parent, &status, 0) == parent);
	/* It is somebody else's child now: gone, or a zombie that will be. */
	char path[64], state[512] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", id);
	for (int i = 0; i < 3000; i++) {
		FILE *const file = fopen(path, "re");
		if (!file)
			return;
		const size_t length = fread(state, 1, sizeof state - 1, file);
		fclose(file);
		state[length] = '\0';
		const char *const name_end = strrchr(state, ')');
		if (!name_end || name_end[2] == 'Z' || name_end[2] == 'X')
			return;
		nap();
	}
	test_fail(__FILE__, __LINE__, "the child outlives its parent: %s", state);
}

TEST(a_program_that_cannot_run_is_told)
{
	struct guichet_error error = { 0 };
	CLEANUP(typesetter_free) struct typesetter *typesetter = typesetter_new(4, NULL, NULL, &error);
	CLEANUP(processes_free) struct processes *processes = processes_new("/nonexistent/guichet", &error);
	CHECK(processes && typesetter);
	CHECK(processes_start(processes, PROCESS_TYPESET, typesetter_attach, typesetter,
		&error) == GUICHET_BROKEN);
	CHECK_TEXT(text_of_string(error.message), TEXT("Le processus « typeset » n’a pas pu commencer."));
	CHECK_INTEGER(processes_id(processes, PROCESS_TYPESET), 0);
}
