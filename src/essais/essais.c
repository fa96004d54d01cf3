/* See essais.h: reads the tests, and plays them in a world (world.h). What a step may expect stands
 * in expect.c and expect_service.c. */
#include "essais/play.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { SCENARIO_ARENA_LIMIT = 256 << 20, MOST_TEST_FILES = 200, MOST_RAWS = 1000, MOST_SEQUENCES = 5 };

/* ---- what is typed and handed in ---- */

/* "pièce.devis", "pièce.devis.motif": what a form of examination sends. */
static bool
names_piece(const struct procedure *procedure, struct text field)
{
	struct text rest = field;
	return text_equal(text_split(&rest, '.'), TEXT("pièce")) && procedure_piece_find(procedure, text_split(&rest, '.')) >= 0;
}

bool
essai_typed(struct playing *playing, const struct procedure_field *field, const struct yaml_node *node,
	struct feel_value *ret_value)
{
	struct dossier_raw raws[MOST_RAWS];
	size_t count = 0;
	struct dossier_answer answer;
	struct guichet_error error = { 0 };
	if (field->type < PROCEDURE_FIELD_TIME)
		return false;
	if (dossier_names(field->type))
		return world_named_value(playing->world, field->type, yaml_scalar(node), ret_value);
	essai_type(playing->arena, field->name, node, raws, &count, MOST_RAWS);
	if (dossier_answer_typed(playing->arena, field, (struct dossier_raws){ raws, count }, &answer, &error) != GUICHET_OK
		|| answer.mistake.length)
		return false;
	*ret_value = answer.value;
	return true;
}

/* What a model (`comme`) and `avec` give together: a plain empty value takes a field away. */
static size_t
collect_raws(struct playing *playing, const struct yaml_node *step, struct dossier_raw *raws)
{
	const struct yaml_node *with = yaml_get(step, "avec");
	const struct text model_name = yaml_scalar(yaml_get(step, "comme"));
	const struct yaml_node *model = yaml_get_named(yaml_get(playing->file, "modèles"), model_name);
	if (!model)
		model = yaml_get_named(yaml_get(playing->shared, "modèles"), model_name);
	if (model_name.length > 0 && !model)
		essai_check(playing, step, false, "modèle inconnu : « %.*s »", TEXT_ARGS(model_name));
	const struct yaml_node *maps[] = { model, with };
	size_t count = 0;
	for (size_t m = 0; m < 2; m++) {
		for (size_t i = 0; maps[m] && i < maps[m]->count; i++) {
			const struct text field = maps[m]->items[i].key->scalar;
			const struct yaml_node *value = maps[m]->items[i].value;
			if (m == 0 && yaml_get_named(with, field))
				continue;
			if (value->kind == YAML_SCALAR && value->plain && value->scalar.length == 0)
				continue;
			if (procedure_field_find(playing->procedure, field) < 0 && !names_piece(playing->procedure, field)
			    && !playing->report->first_only)
				essai_check(playing, value, false, "champ inconnu : « %.*s »", TEXT_ARGS(field));
			essai_type(playing->arena, field, value, raws, &count, MOST_RAWS);
		}
	}
	return count;
}

/* `examine: {plan: acceptée, devis: {renvoyée: Il manque le cachet.}}`, as the page sends it. */
static size_t
collect_verdicts(struct playing *playing, const struct yaml_node *node, struct dossier_raw *raws, size_t count)
{
	for (size_t i = 0; node && i < node->count && count + 2 <= MOST_RAWS; i++) {
		const struct text name = node->items[i].key->scalar;
		const struct yaml_node *value = node->items[i].value;
		const bool back = value->kind == YAML_MAPPING && value->count == 1;
		const struct text field = arena_format(playing->arena, "pièce.%.*s", TEXT_ARGS(name)),
			ground = arena_format(playing->arena, "%.*s.motif", TEXT_ARGS(field));
		if (!playing->report->first_only)
			essai_check(playing, value, procedure_piece_find(playing->procedure, name) >= 0, "pièce inconnue : « %.*s »",
				TEXT_ARGS(name));
		raws[count++] = (struct dossier_raw){ field, back ? value->items[0].key->scalar : yaml_scalar(value) };
		if (back)
			raws[count++] = (struct dossier_raw){ ground, essai_typed_text(playing->arena, value->items[0].value) };
	}
	return count;
}

static size_t
collect_pieces(struct playing *playing, const struct yaml_node *node, struct dossier_piece *pieces)
{
	size_t count = 0;
	for (size_t i = 0; node && i < node->count && count < DOSSIER_PIECES_LIMIT; i++) {
		const struct text file = yaml_scalar(node->items[i].value);
		const struct digest digest = digest_of(file);
		pieces[count++] = (struct dossier_piece){
			.name = node->items[i].key->scalar,
			.file = file,
			.digest = digest_hex(playing->arena, &digest),
			.kind = text_ends(file, TEXT(".pdf")) ? TEXT("PDF") : text_ends(file, TEXT(".jpg")) ? TEXT("JPEG")
				: text_ends(file, TEXT(".png")) ? TEXT("PNG") : TEXT(""),
			.size = 1000,
		};
	}
	return count;
}

/* ---- a step ---- */

/* `dérogation: {de: dpae, fenêtre: dépôt, jusquau: 2023-06-20, motif: …}` for the person of the step. */
static void
grant(struct playing *playing, const struct yaml_node *node, struct text person, struct dossier_outcome *outcome)
{
	struct world *world = playing->world;
	const struct text by = yaml_scalar(yaml_get(node, "de")), reason = yaml_scalar(yaml_get(node, "motif"));
	const int window = procedure_window_find(playing->procedure, yaml_scalar(yaml_get(node, "fenêtre")));
	struct date last = { 0 };
	struct dossier_facts facts;
	struct guichet_error error = { 0 };
	instant until;
	if (!essai_keys_are_known(playing, node, &shape_essai_exception))
		return;
	if (window < 0 || !date_read(yaml_scalar(yaml_get(node, "jusquau")), &last)
	    || world->exception_count == WORLD_MOST_DOSSIERS
	    || world_facts(world, person, NULL, world->now, &facts, &error) != GUICHET_OK) {
		essai_check(playing, node, false, "dérogation illisible");
		return;
	}
	const struct dossier_actor actor = { .person = world_person_of(world, by), .roles = world_roles(&facts, by) };
	if (dossier_exception_check(&facts, &actor, window, last, reason, &until, &error) != GUICHET_OK) {
		outcome->kind = DOSSIER_REFUSED_OUTCOME;
		outcome->message = arena_text(playing->arena, text_of_string(error.message));
		return;
	}
	world->exception_of[world->exception_count] = world_whose(world, person, NULL);
	world->exceptions[world->exception_count++] = (struct dossier_exception){ window, until, by, reason, world->now };
}

/* The one filed is born of another; NULL when the step does not say so, or not of what. */
static const struct world_birth *
birth_of(struct playing *playing, const struct yaml_node *step, struct text last_key, struct world_birth *birth)
{
	const struct text nature = yaml_scalar(yaml_get(step, "nature")), named = yaml_scalar(yaml_get(step, "parent"));
	const struct text subject = yaml_scalar(yaml_get(step, "pour"));
	playing->world->asks_for = TEXT("");
	if (subject.length > 0 && playing->procedure->of_structures) {
		essai_check(playing, step, world_structure(playing->world, subject) != NULL,
			"structure inconnue de l’annuaire : « %.*s »", TEXT_ARGS(subject));
		playing->world->asks_for = subject;
		return NULL;
	}
	if (nature.length == 0 && subject.length > 0) {
		essai_check(playing, step, world_person(playing->world, subject) != NULL, "personne inconnue de l’annuaire : « %.*s »",
			TEXT_ARGS(subject));
		*birth = (struct world_birth){ .subject = subject };
		return birth;
	}
	if (nature.length == 0)
		return NULL;
	*birth = (struct world_birth){ .nature = nature,
		.parent = world_dossier_find(playing->world, named.length > 0 ? named : last_key) };
	if (birth->parent && procedure_nature_find(playing->procedure, nature) >= 0)
		return birth;
	essai_check(playing, step, false, birth->parent ? "nature inconnue : « %.*s »" : "de quel dossier naîtrait « %.*s » ?",
		TEXT_ARGS(nature));
	return NULL;
}

static enum guichet_status
act(struct playing *playing, const struct yaml_node *step, struct world_dossier **dossier, const struct world_birth *birth,
	struct text key, struct text person, struct dossier_outcome *outcome)
{
	struct dossier_raw raws[MOST_RAWS];
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	const struct yaml_node *version = yaml_get(step, "version"), *channel = yaml_get(step, "canal"),
		*read = yaml_get(step, "texte");
	struct dossier_command command = {
		.action = yaml_scalar(yaml_get(step, "fait")),
		.raws = { raws, collect_raws(playing, step, raws) },
		.pieces = pieces,
		.confirmed = !essai_is_no(yaml_get(step, "confirme")),
		.channel = channel ? yaml_scalar(channel) : TEXT("application"),
		.ground = yaml_scalar(yaml_get(step, "motif")),
	};
	command.raws.count = collect_verdicts(playing, yaml_get(step, "examine"), raws, command.raws.count);
	command.piece_count = collect_pieces(playing, yaml_get(step, "pièces"), pieces);
	int64_t expected = 0;
	if (version && text_to_integer(yaml_scalar(version), 0, DOSSIER_EVENTS_LIMIT, &expected))
		command.expected = (unsigned)expected;
	const int action = *dossier ? dossier_action_find(playing->procedure, &(*dossier)->state, command.action)
		: PROCEDURE_NONE;
	if (action >= 0 && playing->procedure->actions[action].signs >= 0) {
		const struct dossier_act *shown = dossier_act_find(&(*dossier)->state, playing->procedure->actions[action].signs);
		command.text_hash = read ? yaml_scalar(read) : shown ? shown->text_hash : TEXT("");
	}
	/* Filing, unless a dossier of that name still counts and the action is one of its later steps. */
	const bool filing = birth || !*dossier || playing->world->asks_for.length > 0 || (procedure_action_find(playing->procedure, 0, command.action) >= 0
		&& dossier_action_find(playing->procedure, &(*dossier)->state, command.action) < 0
		&& text_equal((*dossier)->person, person));
	const enum guichet_status status = world_act_or_bear(playing->world, filing ? NULL : *dossier, birth, key, person,
		&command, outcome, playing->error);
	*dossier = world_dossier_find(playing->world, key);
	return status;
}

static enum guichet_status play_step(struct playing *playing, const struct yaml_node *step, struct text *last_key);

/* The steps of each sequence that a step takes up ("reprend"), in order, as if they were written there. */
static enum guichet_status
play_sequences(struct playing *playing, const struct yaml_node *names, struct text *last_key)
{
	enum guichet_status status = GUICHET_OK;
	if (playing->depth == MOST_SEQUENCES) {
		essai_check(playing, names, false, "ces suites se reprennent l’une l’autre");
		return GUICHET_OK;
	}
	playing->depth++;
	for (size_t i = 0; i < essai_item_count(names); i++) {
		const struct text name = yaml_scalar(essai_item_at(names, i));
		const struct yaml_node *steps = yaml_get_named(yaml_get(playing->file, "suites"), name);
		if (!steps)
			steps = yaml_get_named(yaml_get(playing->shared, "suites"), name);
		if (!steps || steps->kind != YAML_SEQUENCE)
			essai_check(playing, names, false, "aucune suite d’étapes ne s’appelle « %.*s »", TEXT_ARGS(name));
		for (size_t j = 0; status == GUICHET_OK && steps && steps->kind == YAML_SEQUENCE && j < steps->count
			&& !essai_must_stop(playing); j++)
			status = play_step(playing, steps->items[j].value, last_key);
	}
	playing->depth--;
	return status;
}

static enum guichet_status
play_step(struct playing *playing, const struct yaml_node *step, struct text *last_key)
{
	struct world *world = playing->world;
	struct dossier_outcome outcome = { 0 };
	struct happening happening = { .playing = playing };
	const struct text person = yaml_scalar(yaml_get(step, "en tant que")), wanted = yaml_scalar(yaml_get(step, "dossier"));
	const struct yaml_node *exception = yaml_get(step, "dérogation"), *expected = yaml_get(step, "attend");
	instant at = world->now;
	if (!essai_keys_are_known(playing, step, &shape_essai_step))
		return GUICHET_OK;
	if (yaml_get(step, "à") && !essai_read_instant(playing, yaml_get(step, "à"), &at))
		return GUICHET_OK;
	if (at < world->now)
		essai_check(playing, step, false, "le temps recule");
	world->compose = !essai_is_no(yaml_get(step, "compose"));
	world->trouble = TEXT("");
	world->alerts = (struct procedure_list){ 0 };
	enum guichet_status status = world_advance(world, at, playing->error);
	if (status == GUICHET_OK && yaml_get(step, "reprend"))
		return play_sequences(playing, yaml_get(step, "reprend"), last_key);
	if (status != GUICHET_OK)
		return status;
	if (person.length > 0 && !world_person(world, person)) {
		essai_check(playing, step, false, "personne inconnue de l’annuaire : « %.*s »", TEXT_ARGS(person));
		return GUICHET_OK;
	}
	const bool files = procedure_action_find(playing->procedure, 0, yaml_scalar(yaml_get(step, "fait"))) >= 0;
	struct world_birth newborn;
	const struct world_birth *birth = birth_of(playing, step, *last_key, &newborn);
	const struct text key = wanted.length > 0 ? wanted
		: world->asks_for.length > 0 ? world->asks_for
		: birth && !birth->parent ? birth->subject
		: birth ? arena_format(playing->arena, "%.*s/%.*s", TEXT_ARGS(birth->parent->key), TEXT_ARGS(birth->nature))
		: files || last_key->length == 0 ? person : *last_key;
	happening.dossier = world_dossier_find(world, key);
	if (exception) {
		happening.outcome = &outcome;
		grant(playing, exception, person, &outcome);
	} else if (yaml_get(step, "fait")) {
		happening.outcome = &outcome;
		status = act(playing, step, &happening.dossier, birth, key, person, &outcome);
		if (status != GUICHET_OK)
			return status;
	}
	if (yaml_get(step, "défait") && !happening.dossier)
		essai_check(playing, step, false, "il n’y a pas de dossier dont défaire une action");
	else if (yaml_get(step, "défait")) {
		happening.outcome = &outcome;
		status = world_undo(world, happening.dossier, person, yaml_scalar(yaml_get(step, "défait")), &outcome,
			playing->error);
		if (status != GUICHET_OK)
			return status;
	}
	if (yaml_get(step, "réglage") || yaml_get(step, "annuaire") || yaml_get(step, "ferme")) {
		happening.outcome = &outcome;
		status = essai_play_outside(playing, step, person, &outcome);
		if (status != GUICHET_OK)
			return status;
	}
	if (happening.dossier)
		*last_key = key;
	if (happening.outcome && !yaml_get(expected, "refus") && !yaml_get(expected, "erreurs"))
		essai_check(playing, step, outcome.kind == DOSSIER_HAPPENED, "refusé : %.*s", TEXT_ARGS(outcome.message));
	/* What follows at the same instant. */
	status = world_advance(world, world->now, playing->error);
	if (status != GUICHET_OK)
		return status;
	essai_check(playing, step, world->trouble.length == 0, "%.*s", TEXT_ARGS(world->trouble));
	const struct text subject = happening.dossier ? happening.dossier->person : person;
	status = world_facts(world, subject, happening.dossier ? &happening.dossier->state : NULL, world->now,
		&happening.facts, playing->error);
	if (status != GUICHET_OK)
		return status;
	essai_expect(&happening, expected);
	world->mail_count = 0;
	return GUICHET_OK;
}

/* ---- the whole record of each dossier ---- */

/* Its chain holds, folding its events gives its state, and each replays to the same bytes. */
static void
check_record(struct playing *playing, const struct yaml_node *node)
{
	for (size_t i = 0; i < playing->world->dossier_count; i++) {
		const struct world_dossier *dossier = &playing->world->dossiers[i];
		struct guichet_error error = { 0 };
		struct dossier state = { 0 };
		enum guichet_status status = dossier_chain_verify(dossier->events, dossier->event_count, &dossier->state.head,
			&error);
		for (size_t j = 0; j < dossier->event_count && status == GUICHET_OK; j++) {
			status = dossier_replay(playing->arena, playing->procedure, &state, &dossier->events[j], &error);
			if (status == GUICHET_OK)
				status = dossier_fold(playing->arena, playing->procedure, &state, &dossier->events[j], &error);
		}
		essai_check(playing, node, status == GUICHET_OK, "le dossier de %.*s : %s", TEXT_ARGS(dossier->key), error.message);
		if (status != GUICHET_OK)
			continue;
		const struct text folded = dossier_to_json(playing->arena, playing->procedure, &state),
			stored = dossier_to_json(playing->arena, playing->procedure, &dossier->state);
		struct dossier read = { 0 };
		status = dossier_of_json(playing->arena, playing->procedure, stored, &read, &error);
		const struct text again = status == GUICHET_OK ? dossier_to_json(playing->arena, playing->procedure, &read)
			: TEXT("");
		essai_check(playing, node, text_equal(folded, stored) && text_equal(again, stored),
			"le dossier de %.*s : ses événements ne redonnent pas son état", TEXT_ARGS(dossier->key));
	}
}

/* ---- examples ---- */

/* Values given by text to a state: those of fields as people type them, posed ones as literals. */
static bool
set_given(struct playing *playing, const struct dossier_facts *facts, const struct yaml_node *given,
	struct dossier *dossier)
{
	struct dossier_value *values = arena_array_of(playing->arena, struct dossier_value, given->count + 1);
	size_t count = 0;
	for (size_t i = 0; values && i < given->count; i++) {
		struct feel_findings findings = { 0 };
		struct guichet_error error = { 0 };
		const struct text name = given->items[i].key->scalar;
		const struct yaml_node *node = given->items[i].value;
		struct text source = yaml_scalar(node);
		struct date date;
		const int field = procedure_field_find(playing->procedure, name);
		values[count].name = name;
		if (field >= 0 && essai_typed(playing, &playing->procedure->fields[field], node, &values[count].value)) {
			count++;
			continue;
		}
		if (date_read(source, &date))
			source = arena_format(playing->arena, "date(\"%.*s\")", TEXT_ARGS(source));
		const struct feel *feel = feel_read(playing->arena, playing->procedure->case_scope, source, &findings);
		if (!feel || (field < 0 && procedure_posed_find(playing->procedure, name) < 0)
		    || dossier_evaluate(facts, feel, playing->arena, &values[count].value, &error) != GUICHET_OK) {
			essai_check(playing, node, playing->report->first_only, "« %.*s » n’est pas une donnée lisible", TEXT_ARGS(name));
			continue;
		}
		count++;
	}
	dossier->values = values;
	dossier->value_count = values ? count : 0;
	return values != NULL;
}

/* `campagne lue: |` and the text of a campaign's file: is it accepted? */
static void
play_campaign(struct playing *playing, const struct yaml_node *node, const struct yaml_node *expected)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	const struct text refusal = yaml_scalar(yaml_get(expected, "refus"));
	const struct campaign *campaign = campaign_read(playing->arena, playing->procedure, TEXT("campagne"),
		yaml_scalar(node), &findings, &error);
	if (text_equal(refusal, TEXT("rien"))) {
		essai_check(playing, node, campaign != NULL, "la campagne est refusée : %s", error.message);
		return;
	}
	bool found = false;
	for (size_t i = 0; i < findings.count; i++)
		found |= essai_contains(findings.at[i].sentence, refusal) || essai_contains(findings.at[i].remedy, refusal);
	essai_check(playing, node, !campaign && found, "la campagne est %s%s", campaign ? "acceptée" : "refusée : ",
		error.message);
}

static enum guichet_status
play_example(struct playing *playing, const struct yaml_node *node)
{
	struct world *world = playing->world;
	const struct yaml_node *expected = yaml_get(node, "attend"), *given = yaml_get(node, "données"), *cases = yaml_get(node, "cas");
	const struct text agent = yaml_scalar(yaml_get(node, "agent"));
	struct dossier_facts facts;
	if (!essai_keys_are_known(playing, node, &shape_essai_example)
	    || (expected && !essai_keys_are_known(playing, expected, &shape_essai_example_expected)))
		return GUICHET_OK;
	if (yaml_get(node, "à") && !essai_read_instant(playing, yaml_get(node, "à"), &world->now))
		return GUICHET_OK;
	if (yaml_get(node, "campagne lue")) {
		play_campaign(playing, yaml_get(node, "campagne lue"), expected);
		return GUICHET_OK;
	}
	enum guichet_status status = world_facts(world, agent, NULL, world->now, &facts, playing->error);
	if (status != GUICHET_OK)
		return status;
	if (given || cases) {
		const int step = procedure_step_find(playing->procedure, yaml_scalar(yaml_get(node, "état")));
		struct dossier dossier = {
			.id = TEXT("exemple"), .number = TEXT("EXEMPLE"), .subject = agent, .agent = facts.agent,
			.step = step < 0 ? 0 : step, .version = 1, .filed_at = world->now, .last_at = world->now,
		};
		if (cases)
			return essai_play_cases(playing, cases, &facts, &dossier);
		if (!set_given(playing, &facts, given, &dossier))
			return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
		facts.dossier = &dossier;
		essai_check_values(playing, &facts, yaml_get(expected, "valeurs"));
		return GUICHET_OK;
	}
	struct dossier_raw raws[MOST_RAWS];
	const struct dossier_raws all = { raws, collect_raws(playing, node, raws) };
	struct dossier_form form;
	status = world_named(world, all, &facts, playing->error);
	if (status != GUICHET_OK)
		return status;
	status = dossier_form_read(playing->arena, &facts, DOSSIER_FORM_FILING, PROCEDURE_NONE, all, false, &form,
		playing->error);
	if (status != GUICHET_OK)
		return status;
	if (yaml_get(expected, "erreurs"))
		essai_check_mistakes(playing, yaml_get(expected, "erreurs"), &form, NULL);
	const struct yaml_node *values = yaml_get(expected, "réponses");
	for (size_t i = 0; values && i < values->count; i++) {
		const struct dossier_answer *answer = dossier_answer_find(&form, values->items[i].key->scalar);
		essai_check(playing, values->items[i].value, answer && (essai_value_is(playing, answer->value,
			values->items[i].value) || essai_is_shown_as(procedure_field_text(playing->arena, answer->field, answer->value),
			values->items[i].value)),
			"« %.*s » est lu %.*s", TEXT_ARGS(values->items[i].key->scalar),
			TEXT_ARGS(answer ? essai_value_text(playing, answer->value) : TEXT("rien")));
	}
	return GUICHET_OK;
}

/* ---- a file ---- */

static const struct campaign *
read_campaign(struct playing *playing, const struct yaml_node *node, struct text name)
{
	for (size_t i = 0; i < playing->essais->campaign_count; i++) {
		const struct procedure_file *file = &playing->essais->campaigns[i];
		if (!text_equal(file->name, name))
			continue;
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct guichet_error error = { 0 };
		const struct campaign *campaign = campaign_read(playing->arena, playing->procedure, file->name, file->bytes,
			&findings, &error);
		essai_check(playing, node, campaign != NULL, "la campagne « %.*s » ne se lit pas : %s", TEXT_ARGS(name),
			error.message);
		return campaign;
	}
	essai_check(playing, node, false, "campagne inconnue : « %.*s »", TEXT_ARGS(name));
	return NULL;
}

static enum guichet_status
play_test(struct playing *playing, const struct yaml_node *node, bool example)
{
	arena_clear(playing->arena);
	struct text last_key = TEXT("");
	struct world *world = arena_new_of(playing->arena, struct world);
	if (!world)
		return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
	playing->world = world;
	playing->title = yaml_scalar(yaml_get(node, "titre"));
	world->arena = playing->arena;
	world->procedure = playing->procedure;
	world->now = INSTANT_SECOND;
	world->compose = true;
	world->directory = yaml_get(playing->file, "annuaire");
	if (!world->directory)
		world->directory = yaml_get(playing->shared, "annuaire");
	struct text campaign = yaml_scalar(yaml_get(node, "campagne"));
	if (campaign.length == 0)
		campaign = yaml_scalar(yaml_get(playing->file, "campagne"));
	if (!example && !essai_keys_are_known(playing, node, &shape_essai_scenario))
		return GUICHET_OK;
	world->campaign = read_campaign(playing, node, campaign);
	if (!world->campaign)
		return GUICHET_OK;
	enum guichet_status status = campaign_moments(playing->procedure, world->campaign, playing->arena, &world->moments,
		&world->moment_count, playing->error);
	if (status == GUICHET_OK && example)
		return play_example(playing, node);
	const struct yaml_node *steps = yaml_get(node, "étapes");
	for (size_t i = 0; status == GUICHET_OK && steps && i < steps->count && !essai_must_stop(playing); i++)
		status = play_step(playing, steps->items[i].value, &last_key);
	if (status == GUICHET_OK && !playing->report->first_only)
		check_record(playing, node);
	return status;
}

/* Does this node cite one of "TTA-26, TTA-57"? */
static bool
cites_one(const struct yaml_node *node, struct text cites)
{
	const struct yaml_node *list = yaml_get(node, "cite");
	while (cites.length > 0) {
		const struct text id = text_trim(text_split(&cites, ','));
		for (size_t i = 0; list && i < essai_item_count(list); i++) {
			if (text_equal(yaml_scalar(essai_item_at(list, i)), id))
				return true;
		}
	}
	return false;
}

/* The tests of a file: those that cite what is asked for, or the others. */
static void
play_file(struct playing *playing, bool citing)
{
	const struct text cites = playing->report->cites;
	const struct yaml_node *lists[] = { yaml_get(playing->file, "exemples"), yaml_get(playing->file, "scénarios") };
	const bool all = cites_one(playing->file, cites);
	for (size_t l = 0; l < 2; l++) {
		for (size_t j = 0; lists[l] && j < lists[l]->count && !essai_must_stop(playing); j++) {
			const struct yaml_node *node = lists[l]->items[j].value;
			struct guichet_error own = { 0 };
			if ((all || cites_one(node, cites)) != citing)
				continue;
			playing->error = &own;
			const enum guichet_status status = play_test(playing, node, l == 0);
			/* The engine could not go on: the test fails, the next ones run. */
			if (status != GUICHET_OK)
				essai_check(playing, node, false, "%s", own.message);
		}
	}
}

enum guichet_status
essais_run(const struct essais *essais, const struct procedure *procedure, struct essai_report *report,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(SCENARIO_ARENA_LIMIT);
	struct playing playing = { .essais = essais, .procedure = procedure, .report = report, .arena = arena, .error = error };
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < essais->count; i++) {
		if (text_equal(essais->sources[i].name, TEXT("essais/annuaire.yaml")))
			playing.shared = essais->roots[i];
	}
	for (size_t turn = report->cites.length > 0 ? 0 : 1; turn < 2; turn++) {
		for (size_t i = 0; i < essais->count; i++) {
			playing.file = essais->roots[i];
			playing.title = essais->sources[i].name;
			if (!essai_keys_are_known(&playing, playing.file, &shape_essai_file))
				continue;
			const struct yaml_node *directory = yaml_get(playing.file, "annuaire");
			if (!directory || essai_keys_are_known(&playing, directory, &shape_essai_directory))
				play_file(&playing, turn == 0);
		}
	}
	return GUICHET_OK;
}

/* ---- loading ---- */

static int
is_yaml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(text_of_string(entry->d_name), TEXT(".yaml"));
}

static enum guichet_status
read_file(struct arena *arena, const char *path, struct text *ret_bytes, struct guichet_error *error)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return guichet_fail(error, GUICHET_REFUSED, "%s : %s.", path, strerror(errno));
	char *bytes = arena_alloc(arena, PROCEDURE_FILE_LIMIT + 1);
	const size_t length = bytes ? fread(bytes, 1, PROCEDURE_FILE_LIMIT + 1, file) : 0;
	const bool failed = ferror(file);
	(void)fclose(file);
	if (!bytes)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	if (failed || length > PROCEDURE_FILE_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "%s ne peut pas être lu, ou dépasse %d Ko.", path,
			PROCEDURE_FILE_LIMIT >> 10);
	*ret_bytes = (struct text){ bytes, length };
	return GUICHET_OK;
}

/* The YAML files of a folder inside the procedure's, sorted; none is not an error. */
static enum guichet_status
read_folder(struct arena *arena, const char *folder, const char *inside, struct procedure_file **ret_files,
	size_t *ret_count, struct guichet_error *error)
{
	const struct text path = arena_format(arena, "%s/%s", folder, inside);
	struct dirent **entries = NULL;
	enum guichet_status status = GUICHET_OK;
	const int found = path.at ? scandir(path.at, &entries, is_yaml, alphasort) : -1;
	const size_t count = found < 0 ? 0 : found > MOST_TEST_FILES ? MOST_TEST_FILES : (size_t)found;
	struct procedure_file *files = arena_array_of(arena, struct procedure_file, count + 1);
	for (size_t i = 0; i < count && status == GUICHET_OK; i++) {
		const struct text name = arena_format(arena, "%s/%s", inside, entries[i]->d_name),
			full = arena_format(arena, "%s/%s", folder, name.at);
		if (!files || !full.at)
			status = guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
		else
			status = read_file(arena, full.at, &files[i].bytes, error);
		if (status == GUICHET_OK)
			files[i].name = name;
	}
	for (int i = 0; i < found; i++)
		free(entries[i]);
	free(entries);
	*ret_files = files;
	*ret_count = count;
	return status;
}

enum guichet_status
essais_load(struct arena *arena, const char *folder, struct essais *ret_essais, struct procedure_findings *findings,
	struct guichet_error *error)
{
	struct essais essais = { .arena = arena, .folder = folder };
	struct procedure_file *files;
	enum guichet_status status = read_folder(arena, folder, "essais", &files, &essais.count, error);
	if (status == GUICHET_OK)
		status = read_folder(arena, folder, "campagnes", &essais.campaigns, &essais.campaign_count, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < essais.campaign_count; i++) {
		struct text *name = &essais.campaigns[i].name;
		*name = text_part(*name, sizeof "campagnes/" - 1, name->length - sizeof "campagnes/.yaml" + 1);
	}
	essais.sources = arena_array_of(arena, struct source, essais.count + 1);
	essais.roots = arena_array_of(arena, struct yaml_node *, essais.count + 1);
	if (!essais.sources || !essais.roots)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < essais.count; i++) {
		essais.sources[i] = (struct source){ files[i].name, files[i].bytes };
		essais.roots[i] = yaml_read(arena, &essais.sources[i], findings);
		if (!essais.roots[i])
			return findings_fail(findings, error);
	}
	*ret_essais = essais;
	return GUICHET_OK;
}
