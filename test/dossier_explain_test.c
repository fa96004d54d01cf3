/* Explanations in the core, on the reference procedure: each event of a life, what must not be learnt yet, what cannot be
 * explained, memory. */
#include "dossier_help.h"

#include "dossier/explanation.h"
#include "dossier/json.h"

#include "base/banned.h"

#define STAGE() CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_new()

static struct text
told(struct arena *arena, const struct dossier_explanation *explanation, enum feel_depth depth)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(4 << 20);
	dossier_explanation_write(explanation, depth, TEXT(""), &out);
	CHECK(!out.failed);
	return arena_text(arena, buffer_text(&out));
}

static struct world_dossier *
play(struct dossier_stage *stage)
{
	dossier_stage_at(stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(stage);
	dossier_stage_at(stage, "2023-06-20T10:00");
	CHECK(dossier_stage_act(stage, dossier, "proviseure", "défavorable", "motif_refus", "L’accueil du public.").kind
		== DOSSIER_HAPPENED);
	return dossier;
}

TEST(each_event_of_a_life_is_explained_twice_the_same)
{
	STAGE();
	const struct world_dossier *dossier = play(&stage);
	struct guichet_error error = { 0 };
	struct dossier state = { 0 };
	unsigned filed = 0;
	for (size_t i = 0; i < dossier->event_count; i++) {
		struct dossier_explanation first, second;
		CHECK(dossier_explain_event(stage.arena, stage.procedure, &state, &dossier->events[i], &first, &error)
			== GUICHET_OK);
		CHECK(dossier_explain_event(stage.arena, stage.procedure, &state, &dossier->events[i], &second, &error)
			== GUICHET_OK);
		for (enum feel_depth depth = FEEL_SENTENCE; depth <= FEEL_EVERYTHING; depth++)
			CHECK_TEXT(told(stage.arena, &second, depth), told(stage.arena, &first, depth));
		CHECK(!first.cut && !first.full && first.title.length > 0);
		filed += first.type == DOSSIER_FILED;
		CHECK(first.type != DOSSIER_COMPOSED_EVENT || first.count == 0);
		CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
	}
	CHECK_INTEGER(filed, 1);
}

TEST(an_event_that_is_erased_or_changed_is_not_explained)
{
	STAGE();
	const struct world_dossier *dossier = play(&stage);
	struct guichet_error error = { 0 };
	struct dossier_explanation explanation = { 0 };
	struct dossier_event event = dossier->events[0];
	struct text hash;
	event.payload = TEXT("");
	CHECK(dossier_explain_event(stage.arena, stage.procedure, NULL, &event, &explanation, &error) == GUICHET_REFUSED);
	CHECK(dossier_event_procedure(stage.arena, &event, &hash, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Le contenu de l’événement 1 a été effacé."));
	event = dossier->events[0];
	event.decided_at++;
	CHECK(dossier_explain_event(stage.arena, stage.procedure, NULL, &event, &explanation, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Rejoué, l’événement 1 ne donne pas le même résultat."));
	CHECK(explanation.count == 0);
}

/* The ground of a refusal that is still to be confirmed: its author may learn what reads it, the applicant may not. */
TEST(what_the_applicant_must_not_learn_yet_explains_nothing_to_them)
{
	STAGE();
	const struct world_dossier *dossier = play(&stage);
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	CHECK(world_facts(stage.world, TEXT("léa"), &dossier->state, stage.world->now, &facts, &error) == GUICHET_OK);
	const struct dossier_viewer applicant = { .person = dossier->state.subject },
		chef = { .person = TEXT("proviseure"), .roles = world_roles(&facts, TEXT("proviseure")) };
	static const struct { struct text source; bool veiled; } cases[] = {
		{ TEXT("motif_refus != null"), true }, { TEXT("dossier.état = \"instruction\""), true },
		{ TEXT("nombre_jours <= jours_maximum"), false }, { TEXT("terme > début_prévu"), false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct feel_findings *findings = arena_new_of(stage.arena, struct feel_findings);
		const struct feel *feel = feel_read(stage.arena, stage.procedure->case_scope, cases[i].source, findings);
		CHECK(feel);
		CHECK_INTEGER(dossier_may_explain(&facts, &applicant, feel), !cases[i].veiled);
		CHECK(dossier_may_explain(&facts, &chef, feel));
	}
}

TEST(the_present_of_a_dossier_is_explained)
{
	STAGE();
	dossier_stage_at(&stage, "2023-06-16T10:00");
	const struct world_dossier *dossier = dossier_stage_file(&stage);
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	struct dossier_explanation explanation;
	const struct text *lines;
	size_t count;
	CHECK(world_facts(stage.world, TEXT("léa"), &dossier->state, stage.world->now, &facts, &error) == GUICHET_OK);
	CHECK(dossier_explain_now(DOSSIER_PRESENT(&facts, stage.arena), stage.arena, &explanation, &error) == GUICHET_OK);
	const int due = procedure_deadline_find(stage.procedure, dossier->state.step, TEXT("ouverture_des_avis"));
	const struct dossier_judged *judged = dossier_judged_find(&explanation, PROCEDURE_AT_DEADLINE, due);
	CHECK(judged && dossier_judged_lines(&explanation, judged, &lines, &count));
	CHECK_INTEGER(count, 3);
	CHECK(text_starts(lines[0], TEXT("Échéance «\u00a0Avis attendu\u00a0»\u00a0: 19 juin 2023 à 0 h 00, car")));
	CHECK_TEXT(lines[1], TEXT("Règle\u00a0: «\u00a0fenêtre.avis.ouverture\u00a0»"));
	CHECK_TEXT(lines[2], TEXT("l’ouverture de «\u00a0Avis des chefs de service et d’établissement\u00a0»\u00a0: "
		"19 juin 2023 à 0 h 00 (période de la campagne)"));
	CHECK(!dossier_judged_find(&explanation, PROCEDURE_AT_DEADLINE, 9999));
}

TEST(explaining_survives_every_failed_allocation)
{
	STAGE();
	const struct world_dossier *dossier = play(&stage);
	struct guichet_error error = { 0 };
	struct dossier state = { 0 };
	CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[0], &error) == GUICHET_OK);
	size_t effect = 1;
	while (dossier->events[effect].type != DOSSIER_ELAPSED) {
		CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[effect++], &error) == GUICHET_OK);
		CHECK(effect < dossier->event_count);
	}
	bool finished = false;
	for (unsigned nth = 1; !finished; nth++) {
		CHECK(nth < 20000);
		CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
		CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
		struct dossier_explanation explanation;
		arena_fail_nth(nth);
		const enum guichet_status status = dossier_explain_event(arena, stage.procedure, &state,
			&dossier->events[effect], &explanation, &error);
		if (status == GUICHET_OK) {
			dossier_explanation_write(&explanation, FEEL_EVERYTHING, TEXT(""), &out);
			json_decref(dossier_explanation_json(&explanation, TEXT("")));
		}
		finished = !arena_failed();
		arena_fail_nth(0);
		CHECK(status == GUICHET_OK || (!finished && (status == GUICHET_BROKEN || status == GUICHET_REFUSED)));
	}
}

/* An event from before titles and contacts were kept has neither: judged again, it gives its own bytes. */
TEST(events_that_did_not_keep_the_words_of_the_campaign_are_still_explained)
{
	STAGE();
	struct campaign wordless = *stage.world->campaign;
	struct guichet_error error = { 0 };
	struct dossier_explanation explanation;
	wordless.title = (struct text){ 0 };
	wordless.contact_count = 0;
	stage.world->campaign = &wordless;
	const struct world_dossier *old = play(&stage);
	CHECK(text_find(old->events[0].payload, TEXT("\"contacts\"")) == SIZE_MAX);
	CHECK(dossier_explain_event(stage.arena, stage.procedure, NULL, &old->events[0], &explanation, &error) == GUICHET_OK);
	CHECK(explanation.count > 0);
}

TEST(events_keep_the_words_of_the_campaign)
{
	STAGE();
	const struct world_dossier *dossier = play(&stage);
	CHECK(text_find(dossier->events[0].payload, TEXT("\"contacts\":[{")) != SIZE_MAX);
	CHECK(text_find(dossier->events[0].payload, TEXT("\"title\":\"")) != SIZE_MAX);
}
