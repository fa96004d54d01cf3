/* The age of a dossier: its state does not grow with its events, those of before are raised, and its whole past is told
 * by the events themselves. */
#include "dossier_help.h"

#include <jansson.h>

#include "dossier/json.h"
#include "package.h"

#include "base/banned.h"

#define LONG_LIFE "test/dossier/longue"
#define STAGE(folder) CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_of(folder)

static struct world_dossier *
file(struct dossier_stage *stage)
{
	static const struct dossier_raw raws[] = { { TEXT("jours"), TEXT("2") } };
	const struct dossier_command command = { .action = TEXT("déposer"), .raws = { raws, 1 }, .channel = TEXT("application") };
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	dossier_stage_at(stage, "2024-01-10T10:00");
	CHECK(world_act(stage->world, NULL, TEXT("ana"), TEXT("ana"), &command, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.kind == DOSSIER_HAPPENED);
	return world_dossier_find(stage->world, TEXT("ana"));
}

/* One of Luc's, with an answer to the field that every action of his but "corriger" ignores. */
static void
act(struct dossier_stage *stage, struct world_dossier *dossier, const char *action, const char *days)
{
	const struct dossier_raw raws[] = { { TEXT("jours"), text_of_string(days) }, { TEXT("motif"), TEXT("Il le faut") } };
	const struct dossier_command command = { .action = text_of_string(action), .raws = { raws, 2 },
		.channel = TEXT("application") };
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	CHECK(world_act(stage->world, dossier, dossier->key, TEXT("luc"), &command, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.kind == DOSSIER_HAPPENED);
}

/* Suspended, opened again, corrected: the letter is made again each time, and the one before is cancelled. */
static void
live(struct dossier_stage *stage, struct world_dossier *dossier, size_t rounds)
{
	for (size_t i = 0; i < rounds; i++) {
		act(stage, dossier, "suspendre", "");
		act(stage, dossier, "rouvrir", "");
		act(stage, dossier, "corriger", dossier_value_of(&dossier->state, TEXT("jours")).kind == FEEL_NUMBER
			&& i % 2 ? "3" : "4");
	}
}

static struct text
state_text(struct dossier_stage *stage, const struct dossier *state)
{
	const struct text json = dossier_to_json(stage->arena, stage->procedure, state);
	CHECK(json.at);
	return json;
}

TEST(a_long_life_has_its_own_essais)
{
	CHECK(package_plays(LONG_LIFE) >= 50);
}

TEST(a_state_does_not_grow_with_its_events)
{
	STAGE(LONG_LIFE);
	struct world_dossier *dossier = file(&stage);
	live(&stage, dossier, 3);
	const size_t young = state_text(&stage, &dossier->state).length, done = dossier->state.done_count;
	live(&stage, dossier, 60);
	CHECK(dossier->event_count > 240);
	CHECK(state_text(&stage, &dossier->state).length <= young + 40); /* longer numbers */
	CHECK_INTEGER(dossier->state.done_count, done);
	CHECK_INTEGER(dossier->state.change_count, 1);
	const struct dossier_done all = dossier_done_of(&dossier->state,
		procedure_move_find(stage.procedure, TEXT("suspendre")));
	CHECK_INTEGER(all.count, 63);
	CHECK_TEXT(all.by, TEXT("M. Luc Roy, gestionnaire"));
}

TEST(acts_made_again_leave_the_state_and_their_numbers_are_not_given_again)
{
	STAGE(LONG_LIFE);
	struct world_dossier *dossier = file(&stage);
	live(&stage, dossier, 5);
	CHECK_INTEGER(dossier->state.acts_made, 6);
	CHECK_INTEGER(dossier->state.act_count, 1);
	const struct dossier_act *last = dossier_act_at(&dossier->state, 6);
	CHECK(last && last->status == DOSSIER_COMPOSED);
	CHECK_INTEGER(dossier_act_rank(last), 6);
	CHECK(dossier_act_at(&dossier->state, 5) == NULL);
	/* One that nothing replaces stays, cancelled, for whoever looks. */
	act(&stage, dossier, "annuler", "");
	CHECK(dossier_act_at(&dossier->state, 6)->status == DOSSIER_CANCELLED);
	CHECK(dossier_act_find(&dossier->state, last->letter) == NULL);
	act(&stage, dossier, "corriger", "1");
	CHECK_INTEGER(dossier->state.act_count, 1);
	CHECK_INTEGER(dossier_act_rank(&dossier->state.acts[0]), 7);
}

TEST(events_of_a_long_life_fold_and_replay)
{
	STAGE(LONG_LIFE);
	struct guichet_error error = { 0 };
	struct world_dossier *dossier = file(&stage);
	live(&stage, dossier, 10);
	struct dossier state = { 0 }, read;
	for (size_t i = 0; i < dossier->event_count; i++) {
		CHECK(dossier_replay(stage.arena, stage.procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
		CHECK(dossier_fold(stage.arena, stage.procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
	}
	const struct text json = state_text(&stage, &state);
	CHECK_TEXT(json, state_text(&stage, &dossier->state));
	CHECK(dossier_of_json(stage.arena, stage.procedure, json, &read, &error) == GUICHET_OK);
	CHECK_TEXT(state_text(&stage, &read), json);
}

/* ---- states of before ---- */

/* The state as it was written when it held all that happened: every act, every change, every move. */
static struct text
state_of_before(struct dossier_stage *stage, const struct world_dossier *dossier)
{
	struct guichet_error error = { 0 };
	struct dossier state = { 0 };
	json_t *known = json_array(), *changes = json_array(), *acts = json_array(), *old = NULL;
	for (size_t i = 0; i < dossier->event_count; i++) {
		CHECK(dossier_fold(stage->arena, stage->procedure, &state, &dossier->events[i], &error) == GUICHET_OK);
		json_decref(old);
		old = json_parse(state_text(stage, &state), "état", &error);
		CHECK(old);
		const unsigned version = dossier->events[i].number;
		size_t at;
		json_t *one;
		json_array_foreach(json_object_get(old, "done"), at, one) {
			if (json_integer_value(json_object_get(one, "version")) != version)
				continue;
			json_t *happened = json_deep_copy(one);
			json_object_set(happened, "at", json_object_get(one, "last_at"));
			json_object_del(happened, "count");
			json_object_del(happened, "first_at");
			json_object_del(happened, "last_at");
			json_array_append_new(known, happened);
		}
		json_array_foreach(json_object_get(old, "changes"), at, one)
			if (json_integer_value(json_object_get(one, "version")) == version)
				json_array_append(changes, one);
		json_array_foreach(acts, at, one) /* those that the state left are cancelled */
			json_object_set_new(one, "status", json_string("cancelled"));
		json_array_foreach(json_object_get(old, "acts"), at, one) {
			const unsigned rank = dossier_act_rank(&state.acts[at]);
			if (rank > json_array_size(acts))
				json_array_append(acts, one);
			else
				json_array_set(acts, rank - 1, one);
		}
	}
	const char *name;
	json_t *pair;
	json_object_foreach(json_object_get(old, "values"), name, pair)
		json_array_remove(pair, 2);
	json_object_del(old, "done");
	json_object_del(old, "acts_made");
	json_object_set_new(old, "known", known);
	json_object_set_new(old, "changes", changes);
	json_object_set_new(old, "acts", acts);
	const struct text text = json_canonical(stage->arena, old);
	CHECK(text.at);
	json_decref(old);
	return text;
}

static void
check_raised(struct dossier_stage *stage, const struct world_dossier *dossier)
{
	struct guichet_error error = { 0 };
	struct dossier raised;
	const struct text before = state_of_before(stage, dossier), now = state_text(stage, &dossier->state);
	CHECK(!text_equal(before, now));
	CHECK(dossier_of_json(stage->arena, stage->procedure, before, &raised, &error) == GUICHET_OK);
	CHECK_TEXT(state_text(stage, &raised), now);
}

TEST(a_state_of_before_is_raised)
{
	STAGE(LONG_LIFE);
	struct world_dossier *dossier = file(&stage);
	check_raised(&stage, dossier);
	live(&stage, dossier, 4);
	check_raised(&stage, dossier);
	act(&stage, dossier, "annuler", "");
	check_raised(&stage, dossier);
	act(&stage, dossier, "corriger", "1");
	check_raised(&stage, dossier);
}

/* A refusal to confirm is veiled: what it said is still not told once its state is raised. */
TEST(what_was_veiled_in_a_state_of_before_still_is)
{
	STAGE("procedures/teletravail-academie");
	dossier_stage_at(&stage, "2023-06-16T10:00");
	struct world_dossier *dossier = dossier_stage_file(&stage);
	dossier_stage_at(&stage, "2023-06-20T10:00");
	CHECK(dossier_stage_act(&stage, dossier, "proviseure", "réserve", "modification_demandée", "Le jeudi").kind
		== DOSSIER_HAPPENED);
	check_raised(&stage, dossier);
}

TEST(a_state_of_before_with_a_move_that_is_not_of_the_procedure_is_refused)
{
	STAGE(LONG_LIFE);
	struct guichet_error error = { 0 };
	struct dossier raised;
	const struct world_dossier *dossier = file(&stage);
	json_t *old = json_parse(state_of_before(&stage, dossier), "état", &error);
	json_object_set_new(json_array_get(json_object_get(old, "known"), 0), "name", json_string("inventer"));
	const struct text text = json_canonical(stage.arena, old);
	json_decref(old);
	CHECK(dossier_of_json(stage.arena, stage.procedure, text, &raised, &error) == GUICHET_REFUSED);
}

/* ---- the past, told by events ---- */

static struct text
titles(struct dossier_stage *stage, const struct world_dossier *dossier, size_t first, size_t count)
{
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	const struct dossier_viewer viewer = { .person = TEXT("ana") };
	const struct dossier_moment *moments;
	size_t moment_count;
	struct text text = TEXT("");
	CHECK(world_facts(stage->world, dossier->person, &dossier->state, stage->world->now, &facts, &error) == GUICHET_OK);
	CHECK(dossier_timeline(DOSSIER_PRESENT(&facts, stage->arena), &viewer, dossier->events + first, count, &moments,
		&moment_count, &error)
		== GUICHET_OK);
	for (size_t i = 0; i < moment_count; i++)
		if (moments[i].kind == DOSSIER_PAST)
			text = arena_format(stage->arena, TEXT_FORMAT TEXT_FORMAT "(%zu,%zu) ", TEXT_ARGS(text),
				TEXT_ARGS(moments[i].title), moments[i].change_count, moments[i].value_count);
	return text;
}

TEST(the_past_is_told_page_by_page_as_it_is_whole)
{
	STAGE(LONG_LIFE);
	struct world_dossier *dossier = file(&stage);
	live(&stage, dossier, 2);
	const struct text whole = titles(&stage, dossier, 0, dossier->event_count);
	CHECK_TEXT(whole, TEXT("Demande déposée(0,0) Suspendue(0,0) Rouverte(0,0) Corriger(1,1) Suspendue(0,0) Rouverte(0,0) "
		"Corriger(1,1) "));
	struct text pages = TEXT("");
	for (size_t i = 0; i < dossier->event_count; i += 3) {
		const size_t left = dossier->event_count - i;
		pages = arena_format(stage.arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(pages),
			TEXT_ARGS(titles(&stage, dossier, i, left < 3 ? left : 3)));
	}
	CHECK_TEXT(pages, whole);
	CHECK_TEXT(titles(&stage, dossier, 0, 0), TEXT(""));
}

TEST(an_erased_event_still_has_its_date)
{
	STAGE(LONG_LIFE);
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	const struct world_dossier *dossier = file(&stage);
	struct dossier_event event = dossier->events[0];
	struct dossier_moment moment;
	bool told;
	event.payload = event.salt = (struct text){ 0 };
	CHECK(world_facts(stage.world, dossier->person, &dossier->state, stage.world->now, &facts, &error) == GUICHET_OK);
	CHECK(dossier_tell_event(&facts, &(struct dossier_viewer){ .person = TEXT("ana") }, &event, stage.arena, &moment, &told,
		&error) == GUICHET_OK);
	CHECK(told);
	CHECK_INTEGER(moment.at, event.at);
	CHECK_TEXT(moment.title, TEXT("Contenu effacé"));
	/* A damaged one is refused. */
	event.payload = TEXT("{\"command\":{\"action\":\"inventer\"}}");
	CHECK(dossier_tell_event(&facts, &(struct dossier_viewer){ 0 }, &event, stage.arena, &moment, &told, &error)
		== GUICHET_REFUSED);
	CHECK(!told);
}
