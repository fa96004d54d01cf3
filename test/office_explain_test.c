/* Why, years later: what is told of the events of a dossier comes from what they stored, to the byte, on a copy whose
 * directory is gone; and what guichet explain refuses. */
#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "commands.h"
#include "dossier/explanation.h"
#include "office_help.h"
#include "store/attachment.h"

#include "base/banned.h"

/* ---- transcripts ---- */

struct transcript {
	struct buffer out;
	unsigned events;
};

static enum guichet_status
write_event(void *context, const struct dossier_explanation *explanation, struct guichet_error *error)
{
	struct transcript *transcript = context;
	buffer_format(&transcript->out, "== %u " TEXT_FORMAT "\n", explanation->event, TEXT_ARGS(explanation->title));
	for (enum feel_depth depth = FEEL_SENTENCE; depth <= FEEL_EVERYTHING; depth++) {
		buffer_format(&transcript->out, "-- %d", (int)depth);
		dossier_explanation_write(explanation, depth, TEXT(""), &transcript->out);
		buffer_add(&transcript->out, TEXT("\n"));
	}
	json_t *json = dossier_explanation_json(explanation, TEXT(""));
	char *bytes = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!bytes)
		return guichet_fail(error, GUICHET_BROKEN, "json");
	buffer_add(&transcript->out, text_of_string(bytes));
	buffer_add(&transcript->out, TEXT("\n"));
	free(bytes);
	transcript->events++;
	return GUICHET_OK;
}

static struct text
transcript_of(struct counter *counter, struct text number, unsigned event, unsigned *ret_events)
{
	struct guichet_error error = { 0 };
	struct transcript transcript = { .out = buffer_new(64 << 20) };
	counter_must(office_explain(counter->office, number, event, write_event, &transcript, &error), &error);
	CHECK(!transcript.out.failed);
	const struct text text = arena_text(counter->arena, buffer_text(&transcript.out));
	buffer_release(&transcript.out);
	CHECK(text.at);
	*ret_events = transcript.events;
	return text;
}

/* The directory, the accounts and the counters of a copy disappear. */
static void
empty_directory(const char *path)
{
	sqlite3 *database;
	char file_name[200], *message = NULL;
	snprintf(file_name, sizeof file_name, "%s/guichet.db", path);
	CHECK(sqlite3_open_v2(file_name, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	const int result = sqlite3_exec(database, "PRAGMA foreign_keys = 0; DELETE FROM account_token; DELETE FROM account;"
		" DELETE FROM appointment; DELETE FROM person_version; DELETE FROM person; DELETE FROM structure_version;"
		" DELETE FROM structure; DELETE FROM exemption; DELETE FROM dossier_role", NULL, NULL, &message);
	if (result != SQLITE_OK)
		fprintf(stderr, "%s\n", message);
	sqlite3_free(message);
	sqlite3_close(database);
	CHECK(result == SQLITE_OK);
}

/* ---- the stories ---- */

/* Léa's request is accepted by her chef; Noé's is left without an answer. The directory changes in between. */
struct story {
	struct counter counter;
	char path[100];
	struct text lea, noe; /* numbers */
	struct text at_filing; /* what was told of Léa's filing that day */
};

static void
story_play(struct story *story)
{
	struct guichet_error error = { 0 };
	unsigned events;
	struct counter *counter = &story->counter;
	snprintf(story->path, sizeof story->path, "%s/data", test_directory());
	counter_open(counter, story->path, "2024-01-10T10:00");
	counter_import(counter, "2024-01-09", TEXT(COUNTER_PERSONS));
	counter_must(office_campaign_open(counter->office, COUNTER_MISSION, "2024", &error), &error);
	counter->campaign = office_campaigns(counter->office, counter->arena).at[0];
	const struct office_command *lea = counter_file(counter, "L1", "83,33", "autre"), *noe = counter_file(counter, "N1", "60", "soins");
	story->lea = lea->number;
	story->noe = noe->number;
	story->at_filing = transcript_of(counter, story->lea, 1, &events);
	CHECK_INTEGER(events, 1);

	/* Léa changes of category, Noé of name: what was judged does not. */
	counter_at(counter, "2024-01-16T09:00");
	counter_import(counter, "2024-01-16", TEXT(
		"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"
		"L1;Mme;Léa;Orsaveine;lea@ac.example;Attachés;;A;administrative\n"
		"N1;M.;Noé;Tarvilan-Merle;noe@ac.example;Secrétaires;;B;technique\n"
		"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"
		"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"));
	const struct office_command *refused = counter_act(counter, "P1", "accepter", noe->dossier, (struct dossier_raws){ 0 });
	CHECK_INTEGER(refused->status, GUICHET_REFUSED);
	CHECK_TEXT(refused->outcome.because, TEXT("«\u00a0Part perdue\u00a0» vaut 40, plus de 30"));
	const struct office_command *accepted = counter_act(counter, "P1", "accepter", lea->dossier, (struct dossier_raws){ 0 });
	counter_must(accepted->status, &accepted->error);
	counter_at(counter, "2024-02-20T09:00");
}

TEST(explanations_are_the_same_bytes_on_a_copy_without_directory)
{
	struct guichet_error error = { 0 };
	struct story story = { 0 };
	CLEANUP(counter_close) struct counter copy = { 0 };
	char copy_path[120];
	unsigned lea_events, noe_events, again;
	story_play(&story);
	const struct text lea = transcript_of(&story.counter, story.lea, 0, &lea_events),
		noe = transcript_of(&story.counter, story.noe, 0, &noe_events);
	CHECK_INTEGER(lea_events, 2);
	CHECK_INTEGER(noe_events, 2);
	/* What was told on the day of the filing is told now. */
	CHECK_TEXT(text_part(lea, 0, story.at_filing.length), story.at_filing);

	snprintf(copy_path, sizeof copy_path, "%s/copy", test_directory());
	counter_must(store_backup(story.path, copy_path, STORE_ATTACHMENT_NAMED, &error), &error);
	empty_directory(copy_path);
	counter_open(&copy, copy_path, "2031-05-05T10:00");
	CHECK_TEXT(transcript_of(&copy, story.lea, 0, &again), lea);
	CHECK_INTEGER(again, lea_events);
	CHECK_TEXT(transcript_of(&copy, story.noe, 0, &again), noe);
	CHECK_INTEGER(again, noe_events);
	counter_close(&story.counter);
}

/* test/explain/mission.txt is what is told, at the three depths, with spaces for no-break ones. */
struct told {
	struct buffer out;
};

static enum guichet_status
write_told(void *context, const struct dossier_explanation *explanation, struct guichet_error *error)
{
	struct told *told = context;
	(void)error;
	buffer_format(&told->out, "\n==== événement %u : " TEXT_FORMAT "\n", explanation->event,
		TEXT_ARGS(explanation->title));
	for (enum feel_depth depth = FEEL_SENTENCE; depth <= FEEL_EVERYTHING; depth++) {
		static const char *const names[] = { "raison", "phrase", "étapes", "tout" };
		buffer_format(&told->out, "\n-- %s", names[depth]);
		dossier_explanation_write(explanation, depth, TEXT(""), &told->out);
		buffer_add(&told->out, TEXT("\n"));
	}
	return GUICHET_OK;
}

static void
add_plain(struct buffer *out, struct text text)
{
	for (size_t at = 0; at < text.length;) {
		const size_t from = at;
		const uint32_t character = text_next(text, &at);
		buffer_add(out, character == 0xa0 || character == 0x202f ? TEXT(" ") : text_part(text, from, at - from));
	}
}

TEST(explanations_of_a_dossier_read_well)
{
	struct guichet_error error = { 0 };
	struct story story = { 0 };
	struct told told = { buffer_new(1 << 20) };
	struct buffer plain = buffer_new(1 << 20);
	story_play(&story);
	counter_must(office_explain(story.counter.office, story.lea, 0, write_told, &told, &error), &error);
	counter_must(office_explain(story.counter.office, story.noe, 2, write_told, &told, &error), &error);
	add_plain(&plain, buffer_text(&told.out));
	const bool same = text_equal(buffer_text(&plain), test_file(story.counter.arena, "test/explain/mission.txt"));
	if (!same)
		fprintf(stderr, TEXT_FORMAT, TEXT_ARGS(buffer_text(&plain)));
	buffer_release(&told.out);
	buffer_release(&plain);
	counter_close(&story.counter);
	CHECK(same);
}

/* ---- the command ---- */

/* Runs guichet explain with these arguments; its status, and what it printed and complained of. */
static int
run_command(struct arena *arena, char **argv, struct text *ret_out, struct text *ret_err)
{
	char paths[2][120];
	int argc = 0;
	while (argv[argc])
		argc++;
	for (int i = 0; i < 2; i++)
		snprintf(paths[i], sizeof paths[i], "%s/%s", test_directory(), i ? "err" : "out");
	fflush(NULL);
	const pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		const bool sent = freopen(paths[0], "wb", stdout) && freopen(paths[1], "wb", stderr);
		const int status = sent ? command_explain(argc, argv) : 99;
		fflush(NULL);
		_exit(status);
	}
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	*ret_out = test_file(arena, paths[0]);
	*ret_err = test_file(arena, paths[1]);
	return WEXITSTATUS(status);
}

#define RUN(...) run_command(arena, (char *[]){ (char []){ "explain" }, __VA_ARGS__ __VA_OPT__(,) NULL }, &out, &err)

TEST(guichet_explain_tells_or_refuses)
{
	struct story story = { 0 };
	struct text out, err;
	story_play(&story);
	CLEANUP(arena_free) struct arena *arena = arena_new(128 << 20);
	char number[40];
	snprintf(number, sizeof number, TEXT_FORMAT, TEXT_ARGS(story.lea));
	char *const data = story.path;
	counter_close(&story.counter);

	CHECK_INTEGER(RUN(data, number), EXIT_DONE);
	CHECK(text_starts(out, TEXT("Dossier 2024-")) && text_find(out, TEXT("Événement 2, ")) != SIZE_MAX);
	CHECK(text_find(out, TEXT("MIS\u00a0: Charte des missions")) != SIZE_MAX);
	CHECK_INTEGER(RUN(data, number, "1", "--value", "part", "--depth", "phrase"), EXIT_DONE);
	CHECK(text_find(out, TEXT("Part de la rémunération\u00a0: 87,62 (exactement 87,617142…)")) != SIZE_MAX);
	CHECK_INTEGER(RUN(data, number, "--json"), EXIT_DONE);
	json_t *json = json_loadb(out.at, out.length, 0, NULL);
	CHECK_INTEGER(json_array_size(json), 2);
	json_decref(json);

	CHECK_INTEGER(RUN(data, "2024-XX-00001-A"), EXIT_REFUSED);
	CHECK(text_find(err, TEXT("Aucun dossier ne porte le numéro « 2024-XX-00001-A ».")) != SIZE_MAX && out.length == 0);
	CHECK_INTEGER(RUN(data, number, "9"), EXIT_REFUSED);
	CHECK(text_find(err, TEXT("Ce dossier a 2 événements : demandez-en un de 1 à 2.")) != SIZE_MAX);
	CHECK_INTEGER(RUN(data, number, "--value", "rien"), EXIT_REFUSED);
	CHECK(text_find(err, TEXT("Rien de ce nom n’a été jugé")) != SIZE_MAX);
	char nowhere[] = "/nonexistent";
	CHECK_INTEGER(RUN(nowhere, number), EXIT_REFUSED);
	CHECK(err.length > 0);

	CHECK_INTEGER(RUN(data), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, number, "zéro"), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, number, "--depth", "beaucoup"), EXIT_USAGE);
	CHECK(text_find(err, TEXT("--depth attend")) != SIZE_MAX);
	CHECK_INTEGER(RUN(data, number, "--profondeur", "tout"), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, number, "1", "2"), EXIT_USAGE);
}
