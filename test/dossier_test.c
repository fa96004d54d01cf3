/* The core: races, the chain of events, replay, the row, numbers, memory. What the procedure itself
 * promises is tested by its own tests, which are run here too. */
#include "dossier_help.h"

#include <stdlib.h>

#include "dossier/json.h"
#include "package.h"

#include "base/french.h"

#include "base/banned.h"

#define STAGE() CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_new()

/* A request, its opinion, its convention signed by both: a dozen events of every type. */
static struct world_dossier *
play_whole_life(struct dossier_stage *stage)
{
	dossier_stage_at(stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(stage);
	dossier_stage_at(stage, "2023-06-20T10:00");
	CHECK(dossier_stage_act(stage, dossier, "proviseure", "réserve", "modification_demandée", "Le jeudi").kind
		== DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(stage, dossier, "support", "modifier", "motif_modification", "Accord").kind
		== DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(stage, dossier, "gestionnaire", "générer", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(stage, dossier, "gestionnaire", "envoyer", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(stage, dossier, "proviseure", "signer_chef", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(stage, dossier, "léa", "signer_agent", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier->event_count >= 8);
	return dossier;
}

TEST(who_signs_by_delegation_does_nothing_else_and_the_signature_says_so)
{
	STAGE();
	struct guichet_error error = { 0 };
	struct dossier_outcome outcome;
	const struct text quality = TEXT("pour Mme Claire Delorme, chef d’établissement, et par délégation");
	const struct procedure *procedure = stage.procedure;
	const dossier_roles chef = DOSSIER_ROLE(procedure_role_find(procedure, TEXT("chef")));
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	dossier_stage_at(&stage, "2023-06-20T10:00");

	struct dossier_input input = dossier_stage_input(&stage, &dossier->state, "hugo", "favorable");
	input.actor.roles = input.actor.signs = chef;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_REFUSED);
	CHECK_INTEGER(outcome.refusal, DOSSIER_NOT_THEIRS);
	const struct dossier_viewer viewer = { .person = TEXT("hugo"), .roles = chef, .signs = chef };
	const struct dossier_option *options;
	size_t count;
	CHECK(dossier_options(DOSSIER_PRESENT(&input.facts, stage.arena), &viewer, &options, &count, &error) == GUICHET_OK);
	CHECK_INTEGER(count, 0);

	CHECK(dossier_stage_act(&stage, dossier, "proviseure", "favorable", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(&stage, dossier, "gestionnaire", "générer", NULL, NULL).kind == DOSSIER_HAPPENED);
	CHECK(dossier_stage_act(&stage, dossier, "gestionnaire", "envoyer", NULL, NULL).kind == DOSSIER_HAPPENED);
	const int letter = procedure_letter_find(procedure, TEXT("convention"));
	input = dossier_stage_input(&stage, &dossier->state, "hugo", "signer_chef");
	input.actor.roles = input.actor.signs = chef;
	input.actor.person.quality = quality;
	input.actor.person.authority = TEXT("Arrêté 12");
	input.command.text_hash = dossier_act_find(&dossier->state, letter)->text_hash;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_OK);
	const struct dossier_act *act = dossier_act_find(&outcome.state, letter);
	CHECK_INTEGER(act->signature_count, 1);
	CHECK_TEXT(act->signatures[0].quality, quality);
	CHECK(text_find(outcome.event.payload, TEXT("\"authority\":\"Arrêté 12\"")) != SIZE_MAX);
	CHECK(dossier_replay(stage.arena, procedure, &dossier->state, &outcome.event, &error) == GUICHET_OK);
	/* Without it, the same person is refused. */
	input.actor.roles = input.actor.signs = 0;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_REFUSED);
	CHECK_INTEGER(outcome.refusal, DOSSIER_NOT_THEIRS);
}

TEST(the_tests_of_the_reference_procedure_pass)
{
	static const char folder[] = "procedures/teletravail-academie";
	const size_t passed = package_plays(folder);
	for (size_t i = 0; i < passed; i++)
		test_case(true, folder, 0, "-");
	CHECK(passed > 500);
}

TEST(a_failed_check_tells_its_line)
{
	PACKAGE(package, "test/dossier/petite");
	struct essai_report report = { .arena = package.arena };
	struct guichet_error error = { 0 };
	CHECK(essais_run(&package.essais, package.procedure, &report, &error) == GUICHET_OK);
	static const struct {
		unsigned line;
		const char *message;
	} expected[] = {
		{ 24, "l’état est « demandée »" },
		{ 25, "« jours * 2 » vaut 4, pas 5" },
		{ 26, "« inattendue » n’est pas une attente connue" },
		{ 31, "refusé : Cette action revient à quelqu’un d’autre : le bureau. Si c’est une erreur, adressez-vous au bureau." },
	};
	CHECK_INTEGER(report.failed, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < report.failed; i++) {
		CHECK_TEXT(report.failures[i].file, TEXT("essais/faux.yaml"));
		CHECK_INTEGER(report.failures[i].line, expected[i].line);
		CHECK(french_equal(report.failures[i].message, text_of_string(expected[i].message)));
	}
	CHECK(report.passed >= 8);
}

/* ---- races ---- */

TEST(two_heads_answer_at_once_and_the_first_wins)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	dossier_stage_at(&stage, "2023-06-20T10:00");
	struct dossier_input first = dossier_stage_input(&stage, &dossier->state, "proviseure", "favorable"), second = first;
	first.command.expected = second.command.expected = dossier->state.version;
	second.actor.person.id = TEXT("adjointe");
	second.actor.person.last_name = TEXT("Autre");

	struct dossier_outcome won, lost;
	struct guichet_error error = { 0 };
	CHECK(dossier_decide(&first, stage.arena, &won, &error) == GUICHET_OK);
	CHECK(won.kind == DOSSIER_HAPPENED);
	second.facts.dossier = &won.state; /* the writer gives the state as the first left it */
	CHECK(dossier_decide(&second, stage.arena, &lost, &error) == GUICHET_REFUSED);
	CHECK(lost.refusal == DOSSIER_ALREADY);
	CHECK_TEXT(lost.message, TEXT("Cette demande a déjà reçu une réponse le 20 juin 2023 à 10 h 00, "
		"de Mme Claire Delorme, chef d’établissement : « Favorable ». La première réponse est la seule retenue."));
	CHECK_TEXT(text_of_string(error.message), lost.message);
}

TEST(an_action_on_an_old_page_is_refused)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	struct dossier_input input = dossier_stage_input(&stage, &dossier->state, "léa", "retirer");
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	/* The receipt composed meanwhile is no reason to refuse. */
	CHECK_INTEGER(dossier->state.version, 2);
	CHECK_INTEGER(dossier->state.changed, 1);
	input.command.expected = 1;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_OK);

	dossier_stage_at(&stage, "2023-06-19T10:00"); /* the opinions open: the page is old */
	input.facts.dossier = &dossier->state;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_REFUSED);
	CHECK(outcome.refusal == DOSSIER_CONFLICT);
	CHECK_TEXT(outcome.message, TEXT("Ce dossier a changé depuis que vous l’avez ouvert. Relisez-le, puis recommencez :"
		" votre saisie est gardée."));
}

TEST(a_window_is_compared_to_the_microsecond)
{
	STAGE();
	instant closing;
	CHECK(instant_read(TEXT("2023-06-17"), &closing));
	struct dossier_input input = dossier_stage_input(&stage, NULL, "léa", "déposer");
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	input.facts.at = closing - 1;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.state.filed_at == closing - 1);
	input.facts.at = closing;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_REFUSED);
	CHECK(outcome.refusal == DOSSIER_OVER);
}

TEST(a_command_is_never_older_than_the_dossier)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	struct dossier_input input = dossier_stage_input(&stage, &dossier->state, "léa", "retirer");
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	input.facts.at -= INSTANT_HOUR;
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.event.at == dossier->state.last_at);
}

TEST(an_effect_that_no_longer_holds_changes_nothing)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	const struct dossier_due due = dossier->dues[0];
	CHECK_TEXT(due.effect, TEXT("ouverture_des_avis"));
	CHECK(dossier_stage_act(&stage, dossier, "léa", "retirer", NULL, NULL).kind == DOSSIER_HAPPENED);
	const struct dossier_input input = dossier_stage_input(&stage, &dossier->state, "léa", "");
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	CHECK(dossier_elapse(&input, due.effect, due.step, due.at, stage.arena, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.kind == DOSSIER_STALE);
	CHECK_INTEGER(outcome.due_count, 0);
}

TEST(an_effect_told_too_early_is_put_back)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	const struct dossier_due due = dossier->dues[0];
	const struct dossier_input input = dossier_stage_input(&stage, &dossier->state, "léa", "");
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	CHECK(dossier_elapse(&input, due.effect, due.step, due.at - 1, stage.arena, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.kind == DOSSIER_STALE);
	CHECK_INTEGER(outcome.due_count, 1);
	CHECK(outcome.dues[0].at == due.at);
}

/* ---- what people type ---- */

TEST(hostile_texts_are_refused_or_made_harmless)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct dossier_input input = dossier_stage_input(&stage, NULL, "léa", "déposer");
	struct dossier_raw *raws = arena_array_of(stage.arena, struct dossier_raw, input.command.raws.count);
	memcpy(raws, input.command.raws.at, input.command.raws.count * sizeof *raws);
	input.command.raws.at = raws;
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };

	raws[1].value = TEXT("Sophie\0\x01 Arnal\x7f");
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_OK);
	CHECK_TEXT(dossier_value_of(&outcome.state, TEXT("supérieur")).string, TEXT("Sophie Arnal"));
	CHECK_TEXT(dossier_value_of(&outcome.state, TEXT("modalités")).string, TEXT("Suivi des commandes.\nJoignable."));
	CHECK(dossier_value_of(&outcome.state, TEXT("inconnu")).kind == FEEL_NULL);

	raws[1].value = TEXT("\xff\xfe");
	CHECK(dossier_decide(&input, stage.arena, &outcome, &error) == GUICHET_REFUSED);
	CHECK(outcome.refusal == DOSSIER_INCOMPLETE);
	const struct dossier_answer *answer = dossier_answer_find(&outcome.form, TEXT("supérieur"));
	CHECK_TEXT(answer->mistake, TEXT("Ce texte contient des caractères illisibles : saisissez-le de nouveau."));
	CHECK_TEXT(answer->raws[0], TEXT("\xff\xfe")); /* what was typed comes back */
	CHECK_TEXT(outcome.message, TEXT("Une réponse est à corriger : elle est signalée à sa place. Le reste de votre saisie"
		" est gardé."));
}

TEST(a_draft_comes_back_as_it_was)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error = { 0 };
	const struct dossier_raw raws[] = {
		{ TEXT("b"), TEXT("deux\n\"lignes\"") }, { TEXT("a"), TEXT("1") }, { TEXT("b"), TEXT("") },
	};
	const struct text json = dossier_raws_to_json(arena, (struct dossier_raws){ raws, 3 });
	CHECK_TEXT(json, TEXT("{\"a\":[\"1\"],\"b\":[\"deux\\n\\\"lignes\\\"\",\"\"]}"));
	struct dossier_raws read;
	CHECK(dossier_raws_of_json(arena, json, &read, &error) == GUICHET_OK);
	CHECK_INTEGER(read.count, 3);
	CHECK_TEXT(read.at[2].field, TEXT("b"));
	CHECK_TEXT(read.at[1].value, TEXT("deux\n\"lignes\""));
	CHECK(dossier_raws_of_json(arena, TEXT("{\"a\":1}"), &read, &error) == GUICHET_REFUSED);
	CHECK(dossier_raws_of_json(arena, TEXT("[]"), &read, &error) == GUICHET_REFUSED);
}

/* ---- events ---- */

static enum guichet_status
refold(const struct dossier_stage *stage, const struct world_dossier *dossier, struct dossier *ret_state,
	struct guichet_error *error)
{
	*ret_state = (struct dossier){ 0 };
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < dossier->event_count && status == GUICHET_OK; i++)
		status = dossier_fold(stage->arena, stage->procedure, ret_state, &dossier->events[i], error);
	return status;
}

TEST(events_give_the_stored_state)
{
	STAGE();
	const struct world_dossier *dossier = play_whole_life(&stage);
	struct guichet_error error = { 0 };
	struct dossier state, read;
	CHECK(refold(&stage, dossier, &state, &error) == GUICHET_OK);
	const struct text stored = dossier_to_json(stage.arena, stage.procedure, &dossier->state);
	CHECK_TEXT(dossier_to_json(stage.arena, stage.procedure, &state), stored);
	CHECK(dossier_of_json(stage.arena, stage.procedure, stored, &read, &error) == GUICHET_OK);
	CHECK_TEXT(dossier_to_json(stage.arena, stage.procedure, &read), stored);
	CHECK(read.act_count == dossier->state.act_count && read.done_count == dossier->state.done_count);
}

TEST(a_row_that_is_no_state_is_refused)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	const struct world_dossier *dossier = dossier_stage_file(&stage);
	struct guichet_error error = { 0 };
	struct dossier read = { 0 };
	const struct text stored = dossier_to_json(stage.arena, stage.procedure, &dossier->state);
	for (size_t cut = 0; cut < stored.length; cut += 7)
		CHECK(dossier_of_json(stage.arena, stage.procedure, text_part(stored, 0, cut), &read, &error)
			== GUICHET_REFUSED);
	CHECK(dossier_of_json(stage.arena, stage.procedure, TEXT("{}"), &read, &error) == GUICHET_REFUSED);
	CHECK(dossier_of_json(stage.arena, stage.procedure, TEXT("{\"id\":\"a\",\"step\":\"nulle part\"}"), &read, &error)
		== GUICHET_REFUSED);
	CHECK(read.version == 0);
}

TEST(the_chain_notices_what_is_changed_removed_moved_or_cut)
{
	STAGE();
	const struct world_dossier *dossier = play_whole_life(&stage);
	const size_t count = dossier->event_count;
	struct guichet_error error = { 0 };
	struct dossier_event *events = arena_array_of(stage.arena, struct dossier_event, count);
#define VERIFY(n) dossier_chain_verify(events, (n), &dossier->state.head, &error)
#define RESTORE() memcpy(events, dossier->events, count * sizeof *events)
	RESTORE();
	CHECK(VERIFY(count) == GUICHET_OK);
	for (size_t i = 0; i < count; i++) {
		char *payload = arena_alloc(stage.arena, events[i].payload.length);
		memcpy(payload, events[i].payload.at, events[i].payload.length);
		payload[events[i].payload.length / 2] ^= 1;
		events[i].payload.at = payload; /* an edit */
		CHECK(VERIFY(count) == GUICHET_REFUSED);
		RESTORE();
		events[i].at++; /* of the header */
		CHECK(VERIFY(count) == GUICHET_REFUSED);
		RESTORE();
		memmove(events + i, events + i + 1, (count - i - 1) * sizeof *events); /* a removal */
		CHECK(VERIFY(count - 1) == GUICHET_REFUSED);
		RESTORE();
		const size_t other = (i + 1) % count; /* a move */
		const struct dossier_event moved = events[i];
		events[i] = events[other];
		events[other] = moved;
		CHECK(VERIFY(count) == GUICHET_REFUSED);
		RESTORE();
		CHECK(VERIFY(i) == GUICHET_REFUSED); /* the end is cut off */
	}
	CHECK_TEXT(text_of_string(error.message),
		TEXT("La chaîne du dossier s’arrête trop tôt : ses derniers événements manquent."));
	/* Personal payloads are erased, with their salt: the chain still holds. */
	for (size_t i = 0; i < count; i++)
		events[i].payload = events[i].salt = TEXT("");
	CHECK(VERIFY(count) == GUICHET_OK);
	struct dossier state = { 0 };
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &events[0], &error) == GUICHET_REFUSED);
#undef VERIFY
#undef RESTORE
}

TEST(replaying_gives_the_same_bytes)
{
	STAGE();
	const struct world_dossier *dossier = play_whole_life(&stage);
	struct guichet_error error = { 0 };
	struct dossier state = { 0 };
	for (size_t i = 0; i < dossier->event_count; i++) {
		CHECK(dossier_replay(stage.arena, stage.procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
		struct dossier_event other = dossier->events[i];
		other.decided_at++;
		if (other.type != DOSSIER_COMPOSED_EVENT)
			CHECK(dossier_replay(stage.arena, stage.procedure, &state, &other, &error) == GUICHET_REFUSED);
		CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
	}
}

TEST(an_event_out_of_its_place_is_refused)
{
	STAGE();
	const struct world_dossier *dossier = play_whole_life(&stage);
	struct guichet_error error = { 0 };
	struct dossier state = { 0 };
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[1], &error) == GUICHET_REFUSED);
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[0], &error) == GUICHET_OK);
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[0], &error) == GUICHET_REFUSED);
	struct dossier_event other = dossier->events[1];
	other.version = 2;
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &other, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message),
		TEXT("L’événement 2 est d’une version (2) que ce programme ne connaît pas : mettez-le à jour."));
}

/* ---- numbers ---- */

TEST(a_number_mistyped_is_noticed)
{
	STAGE();
	for (int64_t serial = 1; serial < 40000; serial += 137) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
		const struct text number = dossier_number(arena, stage.procedure, stage.world->campaign, serial);
		CHECK(dossier_number_is_valid(number));
		char *typed = arena_alloc(arena, number.length);
		for (size_t i = 0; i < number.length - 2; i++) {
			memcpy(typed, number.at, number.length);
			if (typed[i] < '0' || typed[i] > '9')
				continue;
			typed[i] = typed[i] == '9' ? '0' : (char)(typed[i] + 1);
			CHECK(!dossier_number_is_valid((struct text){ typed, number.length }));
			memcpy(typed, number.at, number.length);
			const char swapped = typed[i];
			if (typed[i + 1] < '0' || typed[i + 1] > '9' || typed[i + 1] == swapped)
				continue;
			typed[i] = typed[i + 1];
			typed[i + 1] = swapped;
			CHECK(!dossier_number_is_valid((struct text){ typed, number.length }));
		}
	}
	CHECK(!dossier_number_is_valid(TEXT("")));
	CHECK(!dossier_number_is_valid(TEXT("abc")));
}

/* ---- memory ---- */

TEST(every_allocation_of_a_filing_may_fail)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	const struct dossier_input input = dossier_stage_input(&stage, NULL, "léa", "déposer");
	struct guichet_error error = { 0 };
	struct dossier_outcome whole;
	CHECK(dossier_decide(&input, stage.arena, &whole, &error) == GUICHET_OK);
	for (unsigned nth = 1; nth < 20000; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
		struct dossier_outcome outcome;
		arena_fail_nth(nth);
		const enum guichet_status status = dossier_decide(&input, arena, &outcome, &error);
		const bool reached = arena_failed();
		arena_fail_nth(0);
		if (!reached) {
			CHECK(status == GUICHET_OK);
			CHECK(nth > 50);
			return;
		}
		/* Refused as the machine's fault, or done whole. */
		CHECK(status == GUICHET_BROKEN || (status == GUICHET_OK
			&& text_equal(outcome.event.payload, whole.event.payload)
			&& outcome.mail_count == whole.mail_count && outcome.due_count == whole.due_count));
	}
}

TEST(dossier_json_is_written_as_the_library_would)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	static const char source[] = "{\"é\":[],\"e\":{},"
		"\"b\":[1,-1,0,9223372036854775807,-9223372036854775808,true,false,null],"
		"\"a\":\"\\u0001\\u000b\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\x7f’é🙂\","
		"\"ab\":{\"z\":{\"y\":[[[\"\"]]]},\"\":\"\"},\"aa\":\" \"}";
	json_t *json = json_loads(source, 0, NULL);
	CHECK(json);
	char *expected = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
	CHECK_TEXT(json_canonical(arena, json), text_of_string(expected));
	free(expected);
	json_decref(json);
	CHECK(!json_canonical(arena, NULL).at);
}

TEST(only_what_is_told_of_an_event_is_read)
{
	static const char *const names[] = { "a", "b", "z", "command", "action", NULL };
	static const struct { const char *bytes, *left; } cases[] = {
		{ "{}", "{}" },
		{ "{\"facts\":{\"a\":[1,{\"b\":\"}\"}]}}", "{}" },
		{ "{\"a\":1,\"facts\":\"x\"}", "{\"a\":1}" },
		{ "{\"facts\":[],\"z\":2}", "{\"z\":2}" },
		{ "{\"a\":1,\"facts\":null,\"raws\":0,\"z\":2}", "{\"a\":1,\"z\":2}" },
		{ "{\"command\":{\"action\":\"x\",\"raws\":{\"y\":[\"\\\",\\\\\"]},\"z\":true}}", "{\"command\":{\"action\":\"x\",\"z\":true}}" },
		{ "{\"a\":{\"b\":{\"facts\":1}}}", "{\"a\":{\"b\":{\"facts\":1}}}" }, /* deeper: kept */
		{ "{\"a\":\"facts\",\"b\":[\"raws\"]}", "{\"a\":\"facts\",\"b\":[\"raws\"]}" }, /* values, not names */
		{ "{\"facts\":", NULL }, { "{\"facts", NULL }, { "{\"a\":1,\"facts\":{\"b\":2}", NULL }, { "]", NULL },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CHECK(arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct guichet_error error = { 0 };
		CLEANUP(json_decref) json_t *json = json_parse_only(arena, text_of_string(cases[i].bytes), names, "Ceci", &error);
		CHECK(!json == !cases[i].left);
		if (json)
			CHECK_TEXT(json_canonical(arena, json), text_of_string(cases[i].left));
	}
}
