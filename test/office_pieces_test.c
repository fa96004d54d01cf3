/* The files that a piece had before the one of today: told with what became of them, opened by who may open that one, and
 * by nobody else. */
#include "office_help.h"

#include "base/banned.h"

/* Sixty-four digits, all that one. */
static struct text
sixty_four(struct counter *counter, char digit)
{
	char hex[64];
	memset(hex, digit, sizeof hex);
	return arena_text(counter->arena, (struct text){ hex, sizeof hex });
}

static struct office_command *
join(struct counter *counter, const char *matricule, struct text dossier, const char *piece, const char *file, char digit)
{
	struct guichet_error error = { 0 };
	const struct dossier_piece handed = { .name = text_of_string(piece), .file = text_of_string(file),
		.digest = sixty_four(counter, digit), .kind = TEXT("PDF"), .size = 1000 };
	struct office_handed_change change = { .dossier = dossier, .person = counter_person(counter, matricule),
		.pieces = &handed, .piece_count = 1, .at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, office_handed_save, &change, &error), &error);
	struct office_command *command = counter_act_with(counter, matricule, "joindre", dossier, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	return command;
}

static void
send_back(struct counter *counter, struct text dossier, const char *ground)
{
	struct office_command *command = counter_act_with(counter, "G1", "examiner", dossier,
		COUNTER_TYPED(counter, { TEXT("pièce.plan"), TEXT("renvoyée") }, { TEXT("pièce.plan.motif"), text_of_string(ground) }));
	counter_must(command->status, &command->error);
}

static void
undo(struct counter *counter, const char *matricule, struct text dossier)
{
	struct guichet_error error = { 0 };
	struct office_command *command = office_command_new(counter->office, counter->arena, counter_person(counter, matricule),
		clock_now(counter->clock));
	CHECK(command);
	command->dossier = dossier;
	command->undo = true;
	command->command.confirmed = true;
	counter_must(store_transact(counter->store, office_act, command, &error), &error);
}

static struct text
file(struct counter *counter, const char *matricule)
{
	struct office_command *command = counter_act(counter, matricule, "déposer", TEXT(""),
		COUNTER_TYPED(counter, { TEXT("motif"), TEXT("Travaux") }));
	counter_must(command->status, &command->error);
	return command->dossier;
}

/* All of a dossier; with `known` events given as already read. */
static const struct dossier_piece_version *
versions(struct counter *counter, struct text id, size_t known, size_t *ret_count)
{
	struct guichet_error error = { 0 };
	const struct office_dossier dossier = counter_load(counter, id);
	const struct dossier_event *events = NULL;
	const struct dossier_piece_version *list;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	if (known > 0)
		counter_must(office_events(tx, counter->arena, id, 0, known, &events, &known, &error), &error);
	counter_must(office_piece_versions(tx, counter->arena, &dossier, events, known, &list, ret_count, &error), &error);
	return list;
}

/* As that person; the name of the file, or the refusal. */
static struct text
open_as(struct counter *counter, const char *matricule, struct text id, const char *piece, struct text digest)
{
	struct guichet_error error = { 0 };
	struct office_dossier dossier = counter_load(counter, id);
	dossier.facts.dossier = &dossier.state;
	const struct text person = counter_person(counter, matricule);
	const struct dossier_viewer viewer = { .person = person, .roles = text_equal(text_of_string(matricule), TEXT("G1"))
		? DOSSIER_ROLE(procedure_role_find(dossier.procedure, TEXT("bureau"))) : 0 };
	struct dossier_piece found;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	const enum guichet_status status = office_piece_version(tx, counter->arena, &dossier, &viewer, text_of_string(piece),
		digest, &found, &error);
	if (status == GUICHET_OK) {
		CHECK_TEXT(found.digest, digest);
		return found.file;
	}
	CHECK(status == GUICHET_UNKNOWN);
	return arena_text(counter->arena, text_of_string(error.message));
}

#define UNKNOWN TEXT("Cette pièce n’existe pas.")

TEST(each_file_that_a_piece_had_is_told_with_what_became_of_it)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/pieces/versions");
	const struct text id = file(&counter, "L1");
	size_t count;
	versions(&counter, id, 0, &count);
	CHECK(count == 0);
	join(&counter, "L1", id, "plan", "un.pdf", '1');
	versions(&counter, id, 0, &count);
	CHECK(count == 1);
	send_back(&counter, id, "Il est flou.");
	counter_at(&counter, "2024-01-11T10:00");
	join(&counter, "L1", id, "plan", "deux.pdf", '2');
	counter_at(&counter, "2024-01-12T10:00");
	join(&counter, "G1", id, "plan", "deux-encore.pdf", '2'); /* the same bytes */
	for (size_t known = 0; known < 5; known += 2) {
		const struct dossier_piece_version *list = versions(&counter, id, known, &count);
		CHECK(count == 3);
		CHECK_TEXT(list[0].piece.file, TEXT("un.pdf"));
		CHECK_TEXT(list[0].by, TEXT("Mme Léa Orsaveine"));
		CHECK(list[0].piece.state == PROCEDURE_PIECE_SENT_BACK);
		CHECK_TEXT(list[0].piece.ground, TEXT("Il est flou."));
		CHECK(list[0].examined_at >= list[0].piece.at && list[0].examined_at < list[0].replaced_at);
		CHECK(list[0].replaced_at == list[1].piece.at && list[1].replaced_at == list[2].piece.at);
		CHECK(list[1].piece.state == PROCEDURE_PIECE_HANDED_IN && list[1].examined_at == 0);
		CHECK_TEXT(list[2].piece.file, TEXT("deux-encore.pdf"));
		CHECK(list[2].replaced_at == 0 && list[2].undone_at == 0);
	}
}

TEST(a_file_whose_joining_was_undone_is_told_and_the_one_before_stands_again)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/pieces/versions");
	const struct text id = file(&counter, "L1");
	size_t count;
	join(&counter, "L1", id, "plan", "un.pdf", '1');
	send_back(&counter, id, "Il est flou.");
	counter_at(&counter, "2024-01-11T10:00");
	join(&counter, "L1", id, "plan", "deux.pdf", '2');
	undo(&counter, "L1", id);
	const struct dossier_piece_version *list = versions(&counter, id, 0, &count);
	CHECK(count == 2);
	CHECK(list[0].replaced_at == 0 && list[0].undone_at == 0);
	CHECK(list[0].piece.state == PROCEDURE_PIECE_SENT_BACK && list[0].examined_at > 0);
	CHECK(list[1].undone_at > 0 && list[1].replaced_at == 0);
	CHECK_TEXT(open_as(&counter, "L1", id, "plan", sixty_four(&counter, '2')), TEXT("deux.pdf"));

	/* The first ever, undone: the dossier has no such piece, and nothing of it opens. */
	join(&counter, "G1", id, "avis", "avis.pdf", '3');
	undo(&counter, "G1", id);
	CHECK_TEXT(open_as(&counter, "G1", id, "avis", sixty_four(&counter, '3')), UNKNOWN);
	CHECK_TEXT(open_as(&counter, "L1", id, "avis", sixty_four(&counter, '3')), UNKNOWN);
}

TEST(a_former_file_opens_for_who_may_open_the_piece_and_is_unknown_otherwise)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/pieces/versions");
	const struct text id = file(&counter, "L1"), other = file(&counter, "N1");
	join(&counter, "L1", id, "plan", "un.pdf", '1');
	join(&counter, "L1", id, "plan", "deux.pdf", '2');
	join(&counter, "N1", other, "plan", "autre.pdf", '3');
	join(&counter, "L1", id, "avis", "avis-un.pdf", '4');
	join(&counter, "G1", id, "avis", "avis-deux.pdf", '5');
	static const struct { const char *who, *piece; char digit; const char *file; } rows[] = {
		{ "L1", "plan", '1', "un.pdf" },
		{ "L1", "plan", '2', "deux.pdf" }, /* the one of today, by its digest */
		{ "P1", "plan", '1', "un.pdf" },   /* whoever reads the dossier: the piece says nothing else */
		{ "L1", "plan", '9', NULL },       /* no such file */
		{ "L1", "plan", '3', NULL },       /* of another dossier */
		{ "L1", "plan", '4', NULL },       /* of another piece */
		{ "G1", "plan", '4', NULL },
		{ "L1", "rien", '1', NULL },
		{ "G1", "avis", '4', "avis-un.pdf" },
		{ "G1", "avis", '5', "avis-deux.pdf" },
		/* who handed in the one of today may, as of the piece itself; it is no longer L1 */
		{ "L1", "avis", '4', NULL },
		{ "L1", "avis", '5', NULL },
		{ "P1", "avis", '4', NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_TEXT(open_as(&counter, rows[i].who, id, rows[i].piece, sixty_four(&counter, rows[i].digit)),
			rows[i].file ? text_of_string(rows[i].file) : UNKNOWN);
	/* Not quite a digest. */
	CHECK_TEXT(open_as(&counter, "L1", id, "plan", TEXT("")), UNKNOWN);
	CHECK_TEXT(open_as(&counter, "L1", id, "plan", TEXT("1")), UNKNOWN);
	CHECK_TEXT(open_as(&counter, "L1", id, "plan", TEXT("../../guichet.db")), UNKNOWN);
	/* Handed in again by L1, it is theirs to open: what it was before too. */
	join(&counter, "L1", id, "avis", "avis-trois.pdf", '6');
	CHECK_TEXT(open_as(&counter, "L1", id, "avis", sixty_four(&counter, '5')), TEXT("avis-deux.pdf"));
}

TEST(a_long_life_is_read_page_by_page)
{
	enum { TIMES = 260 };
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/pieces/versions");
	const struct text id = file(&counter, "L1");
	size_t count;
	join(&counter, "L1", id, "plan", "un.pdf", '1');
	for (size_t i = 0; i < TIMES; i++)
		send_back(&counter, id, "Il est flou.");
	join(&counter, "L1", id, "plan", "deux.pdf", '2');
	const struct dossier_piece_version *list = versions(&counter, id, 0, &count);
	CHECK(count == 2);
	CHECK(list[0].replaced_at > list[0].examined_at && list[1].replaced_at == 0);
	CHECK_TEXT(open_as(&counter, "P1", id, "plan", sixty_four(&counter, '1')), TEXT("un.pdf"));
}
