/* What is expected of a person now, by where a dossier stands and what became of its pieces. */
#include "dossier_help.h"

#include "base/banned.h"

#define DAY(text) ({ instant day_; CHECK(instant_read(text_of_string(text), &day_)); day_; })

/* What is expected of Léa, of a dossier that stands at this step with at most one piece. */
static size_t
expected_of(struct dossier_stage *stage, const char *person, const char *step, const struct dossier_piece *piece,
	const struct dossier_expected **ret_expected)
{
	const int index = procedure_step_find(stage->procedure, text_of_string(step));
	CHECK(index >= 0);
	struct dossier *dossier = arena_new_of(stage->arena, struct dossier);
	struct dossier_facts *facts = arena_new_of(stage->arena, struct dossier_facts);
	CHECK(dossier && facts);
	*dossier = (struct dossier){ .id = TEXT("d"), .number = TEXT("2024-LO-00001-K"), .subject = TEXT("léa"),
		.author = TEXT("léa"), .step = index, .version = 2, .filed_at = DAY("2024-01-10T10:00"),
		.entered_at = DAY("2024-02-01T10:00"), .last_at = DAY("2024-02-01T10:00"), .pieces = piece,
		.piece_count = piece != NULL };
	*facts = (struct dossier_facts){ .procedure = stage->procedure, .campaign = stage->world->campaign, .dossier = dossier,
		.subject = dossier->subject, .agent = feel_null(TEXT("")), .at = DAY("2024-03-01T10:00") };
	const struct dossier_viewer viewer = { .person = text_of_string(person) };
	const struct dossier_option *options;
	struct guichet_error error = { 0 };
	size_t option_count, count;
	CHECK(dossier_options(DOSSIER_PRESENT(facts, stage->arena), &viewer, &options, &option_count, &error) == GUICHET_OK);
	CHECK(dossier_expected(facts, &viewer, options, option_count, stage->arena, ret_expected, &count, &error) == GUICHET_OK);
	return count;
}

static struct dossier_piece
piece_of(const char *name, enum procedure_piece_state state, struct date valid_until)
{
	return (struct dossier_piece){ .name = text_of_string(name), .file = TEXT("a.pdf"), .kind = TEXT("PDF"), .state = state,
		.at = DAY("2024-02-01T10:00"), .by = TEXT("léa"), .ground = TEXT("Elle est illisible."), .valid_until = valid_until };
}

#define STAGE CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_of("test/pieces/logement")

TEST(an_answer_and_a_missing_piece_are_expected_where_it_is_ones_turn)
{
	STAGE;
	const struct dossier_expected *expected;
	CHECK_INTEGER(expected_of(&stage, "léa", "non_assuré", NULL, &expected), 2);
	CHECK_INTEGER(expected[0].step, procedure_step_find(stage.procedure, TEXT("non_assuré")));
	CHECK_INTEGER(expected[0].piece, PROCEDURE_NONE);
	CHECK(expected[0].until == INSTANT_NEVER);
	CHECK_INTEGER(expected[1].step, PROCEDURE_NONE);
	CHECK_INTEGER(expected[1].piece, procedure_piece_find(stage.procedure, TEXT("assurance")));
	CHECK_INTEGER(expected[1].task, DOSSIER_PIECE_AWAITED);
	CHECK_TEXT(stage.procedure->actions[expected[1].action].name, TEXT("assurer"));
	/* Nothing of it of somebody else. */
	CHECK_INTEGER(expected_of(&stage, "noé", "non_assuré", NULL, &expected), 0);
}

TEST(what_is_decided_asks_for_no_answer)
{
	STAGE;
	const struct dossier_expected *expected;
	CHECK_INTEGER(expected_of(&stage, "léa", "attribué", NULL, &expected), 1);
	CHECK_INTEGER(expected[0].task, DOSSIER_PIECE_AWAITED);
	CHECK_INTEGER(expected_of(&stage, "léa", "rendu", NULL, &expected), 0);
	CHECK_INTEGER(expected_of(&stage, "léa", "refusé", NULL, &expected), 0);
}

TEST(a_piece_is_to_renew_two_months_before_its_last_day)
{
	STAGE;
	const struct dossier_expected *expected;
	struct dossier_piece piece = piece_of("assurance", PROCEDURE_PIECE_ACCEPTED, (struct date){ 2024, 4, 29 });
	CHECK_INTEGER(expected_of(&stage, "léa", "attribué", &piece, &expected), 1);
	CHECK_INTEGER(expected[0].task, DOSSIER_PIECE_TO_RENEW);
	CHECK(expected[0].until == DAY("2024-04-30T00:00"));
	piece.valid_until = (struct date){ 2024, 5, 1 };
	CHECK_INTEGER(expected_of(&stage, "léa", "attribué", &piece, &expected), 0);
	piece.valid_until = (struct date){ 2024, 2, 20 }; /* past */
	CHECK_INTEGER(expected_of(&stage, "léa", "attribué", &piece, &expected), 1);
	/* Where nothing hands it in any more. */
	CHECK_INTEGER(expected_of(&stage, "léa", "rendu", &piece, &expected), 0);
}

TEST(a_piece_sent_back_is_to_replace_and_one_to_examine_is_not_theirs)
{
	STAGE;
	const struct dossier_expected *expected;
	struct dossier_piece piece = piece_of("revenus", PROCEDURE_PIECE_SENT_BACK, (struct date){ 0 });
	CHECK_INTEGER(expected_of(&stage, "léa", "examen", &piece, &expected), 1);
	CHECK_INTEGER(expected[0].task, DOSSIER_PIECE_TO_REPLACE);
	CHECK_TEXT(stage.procedure->actions[expected[0].action].name, TEXT("compléter"));
	piece.state = PROCEDURE_PIECE_HANDED_IN;
	CHECK_INTEGER(expected_of(&stage, "léa", "examen", &piece, &expected), 0);
}
