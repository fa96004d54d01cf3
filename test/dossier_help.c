/* See dossier_help.h. */
#include "dossier_help.h"

#include "base/banned.h"

#define GOLDEN "procedures/teletravail-academie"

struct dossier_stage
dossier_stage_new(void)
{
	return dossier_stage_of(GOLDEN);
}

struct dossier_stage
dossier_stage_of(const char *folder)
{
	struct dossier_stage stage = { .arena = arena_new(256 << 20) };
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CHECK(stage.arena);
	stage.procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(stage.procedure);
	CHECK(essais_load(stage.arena, folder, &essais, &findings, &error) == GUICHET_OK);
	struct world *world = stage.world = arena_new_of(stage.arena, struct world);
	CHECK(world);
	world->arena = stage.arena;
	world->procedure = stage.procedure;
	world->compose = true;
	for (size_t i = 0; i < essais.count; i++) {
		if (text_equal(essais.sources[i].name, TEXT("essais/annuaire.yaml")))
			world->directory = yaml_get(essais.roots[i], "annuaire");
	}
	world->campaign = campaign_read(stage.arena, stage.procedure, essais.campaigns[0].name, essais.campaigns[0].bytes,
		&findings, &error);
	CHECK(world->campaign && world->directory);
	return stage;
}

void
dossier_stage_end(struct dossier_stage *stage)
{
	procedure_free(stage->procedure);
	arena_free(stage->arena);
}

void
dossier_stage_at(struct dossier_stage *stage, const char *when)
{
	struct guichet_error error = { 0 };
	instant at;
	CHECK(instant_read(text_of_string(when), &at));
	CHECK(world_advance(stage->world, at, &error) == GUICHET_OK);
}

static const struct dossier_raw answers[] = {
	{ TEXT("date_échange"), TEXT("05/06/2023") },
	{ TEXT("supérieur"), TEXT("Sophie Arnal") },
	{ TEXT("accord"), TEXT("oui") },
	{ TEXT("nombre_jours"), TEXT("1") },
	{ TEXT("jours_souhaités"), TEXT("vendredi") },
	{ TEXT("modalités"), TEXT("Suivi des commandes.\r\nJoignable.") },
	{ TEXT("autorisation_précédente"), TEXT("aucune") },
	{ TEXT("date_souhaitée"), TEXT("01/09/2023") },
	{ TEXT("adresse"), TEXT("8 rue des Lilas") },
	{ TEXT("inconnu"), TEXT("ce champ n’existe pas") },
};

static const struct dossier_piece pieces[] = { {
	.name = TEXT("assurance"), .file = TEXT("attestation.pdf"),
	.digest = TEXT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), .kind = TEXT("PDF"), .size = 12345,
} };

struct world_dossier *
dossier_stage_file(struct dossier_stage *stage)
{
	const struct dossier_command command = {
		.action = TEXT("déposer"),
		.raws = { answers, sizeof answers / sizeof *answers },
		.pieces = pieces,
		.piece_count = 1,
		.channel = TEXT("application"),
	};
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	CHECK(world_act(stage->world, NULL, TEXT("léa"), TEXT("léa"), &command, &outcome, &error) == GUICHET_OK);
	CHECK(outcome.kind == DOSSIER_HAPPENED);
	return world_dossier_find(stage->world, TEXT("léa"));
}

struct dossier_outcome
dossier_stage_act(struct dossier_stage *stage, struct world_dossier *dossier, const char *person, const char *action,
	const char *field, const char *value)
{
	struct dossier_raw *raw = arena_new_of(stage->arena, struct dossier_raw);
	CHECK(raw);
	*raw = (struct dossier_raw){ text_of_string(field), text_of_string(value) };
	struct dossier_command command = {
		.action = text_of_string(action),
		.raws = { raw, field ? 1 : 0 },
		.confirmed = true,
		.channel = TEXT("application"),
	};
	const int index = procedure_action_find(stage->procedure, dossier->state.step, command.action);
	if (index >= 0 && stage->procedure->actions[index].signs >= 0)
		command.text_hash = dossier_act_find(&dossier->state, stage->procedure->actions[index].signs)->text_hash;
	struct dossier_outcome outcome;
	struct guichet_error error = { 0 };
	CHECK(world_act(stage->world, dossier, dossier->key, text_of_string(person), &command, &outcome, &error) == GUICHET_OK);
	return outcome;
}

struct dossier_input
dossier_stage_input(struct dossier_stage *stage, const struct dossier *dossier, const char *person, const char *action)
{
	struct dossier_input input = {
		.decided_at = stage->world->now,
		.salt = TEXT("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
		.id = TEXT("nouveau"),
		.number = TEXT("2023-TA-00042-K"),
		.command = {
			.action = text_of_string(action),
			.raws = { answers, dossier ? 0 : sizeof answers / sizeof *answers },
			.pieces = pieces,
			.piece_count = dossier ? 0 : 1,
			.confirmed = true,
			.channel = TEXT("application"),
		},
	};
	struct guichet_error error = { 0 };
	CHECK(world_facts(stage->world, dossier ? dossier->subject : text_of_string(person), dossier, stage->world->now,
		&input.facts, &error) == GUICHET_OK);
	input.actor = (struct dossier_actor){ .person = world_person_of(stage->world, text_of_string(person)),
		.roles = world_roles(&input.facts, text_of_string(person)) };
	return input;
}
