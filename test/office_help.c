/* See office_help.h. */
#include "office_help.h"

#include "office/inside.h"

#include "directory_help.h"

#include "base/banned.h"

#define STRUCTURES                                                \
	"code;type;nom;parent;département;adresse;courriel;régime\n" \
	"ACA;académie;Académie;;;;;\n"                               \
	"SG;service;Secrétariat général;ACA;;;;application\n"
#define APPOINTMENTS                                                  \
	"matricule;structure;fonction;quotité;début;fin\n"             \
	"L1;SG;agent;100;2022-09-01;\n"                                 \
	"N1;SG;agent;100;2022-09-01;\n"                                 \
	"P1;SG;chef de service;100;2022-09-01;\n"                       \
	"G1;SG;gestionnaire;100;2022-09-01;\n"

void
counter_must(enum guichet_status status, const struct guichet_error *error)
{
	if (status != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error->message);
}

static instant
moment(const char *text)
{
	instant at;
	CHECK(instant_read(text_of_string(text), &at));
	return at;
}

void
counter_open(struct counter *counter, const char *path, const char *at)
{
	struct guichet_error error = { 0 };
	*counter = (struct counter){ .arena = arena_new(256 << 20), .clock = clock_new(moment(at)) };
	CHECK(counter->arena && counter->clock);
	counter_must(store_open(path, NULL, &counter->store, &error), &error);
	const struct office_options options = { .store = counter->store, .clock = counter->clock,
		.organisation = TEXT("Académie"), .public_address = TEXT("http://guichet.example") };
	counter_must(office_open(&options, &counter->office, &error), &error);
}

void
counter_close_at(struct counter *counter)
{
	office_close(counter->office);
	store_close(counter->store);
	clock_free(counter->clock);
	arena_free(counter->arena);
}

void
counter_at(struct counter *counter, const char *at)
{
	struct guichet_error error = { 0 };
	counter_must(clock_advance(counter->clock, moment(at), &error), &error);
	counter_must(office_catch_up(counter->office, &error), &error);
}

struct text
counter_person(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	struct directory_person person;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(directory_person_by_external_id(tx, counter->arena, text_of_string(matricule),
		date_of_instant(clock_now(counter->clock), NULL), &person, &error), &error);
	return person.id;
}

struct text
counter_structure(struct counter *counter, const char *code)
{
	struct guichet_error error = { 0 };
	struct directory_structure structure;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(directory_structure_by_code(tx, counter->arena, text_of_string(code),
		date_of_instant(clock_now(counter->clock), NULL), &structure, &error), &error);
	return structure.id;
}

struct acting {
	struct counter *counter;
	struct office_command *command;
	struct dossier_raws raws; /* of a draft; empty: an action on a dossier */
};

static enum guichet_status
act_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct acting *acting = context;
	struct office_draft_change draft = { .arena = acting->counter->arena, .campaign = acting->counter->campaign->id,
		.person = acting->command->person, .raws = acting->raws, .at = clock_now(acting->counter->clock) };
	enum guichet_status status = GUICHET_OK;
	if (acting->raws.count > 0)
		status = office_draft_save(tx, &draft, error);
	return status == GUICHET_OK ? office_act(tx, acting->command, error) : status;
}

struct office_command *
counter_act(struct counter *counter, const char *matricule, const char *action, struct text dossier, struct dossier_raws raws)
{
	struct guichet_error error = { 0 };
	struct acting acting = { counter, office_command_new(counter->office, counter->arena, counter_person(counter, matricule),
		clock_now(counter->clock)), raws };
	CHECK(acting.command);
	acting.command->campaign = raws.count > 0 ? counter->campaign : NULL;
	acting.command->dossier = dossier;
	acting.command->command.action = text_of_string(action);
	acting.command->command.confirmed = true;
	acting.command->status = store_transact(counter->store, act_work, &acting, &error);
	acting.command->error = error;
	return acting.command;
}

struct office_command *
counter_act_with(struct counter *counter, const char *matricule, const char *action, struct text dossier,
	struct dossier_raws raws)
{
	struct guichet_error error = { 0 };
	struct acting acting = { counter, office_command_new(counter->office, counter->arena, counter_person(counter, matricule),
		clock_now(counter->clock)), { 0 } };
	CHECK(acting.command);
	acting.command->dossier = dossier;
	acting.command->command.action = text_of_string(action);
	acting.command->command.raws = raws;
	acting.command->command.confirmed = true;
	acting.command->status = store_transact(counter->store, act_work, &acting, &error);
	acting.command->error = error;
	return acting.command;
}

struct dossier_raws
counter_typed(struct counter *counter, const struct dossier_raw *raws, size_t count)
{
	struct dossier_raw *copy = arena_array_of(counter->arena, struct dossier_raw, count);
	CHECK(copy);
	memcpy(copy, raws, count * sizeof *copy);
	return (struct dossier_raws){ copy, count };
}

struct dossier_raws
counter_raws(struct counter *counter, const char *share, const char *ground)
{
	return COUNTER_TYPED(counter, { TEXT("quotité"), text_of_string(share) }, { TEXT("motif"), text_of_string(ground) });
}

struct office_command *
counter_file(struct counter *counter, const char *matricule, const char *share, const char *ground)
{
	struct office_command *command = counter_act(counter, matricule, "déposer", (struct text){ 0 },
		counter_raws(counter, share, ground));
	counter_must(command->status, &command->error);
	return command;
}

void
counter_import(struct counter *counter, const char *day, struct text persons)
{
	counter_import_all(counter, day, TEXT(STRUCTURES), persons, TEXT(APPOINTMENTS));
}

void
counter_import_all(struct counter *counter, const char *day, struct text structures, struct text persons,
	struct text appointments)
{
	struct directory_report report;
	counter_must(directory_test_import(counter->store, day, structures, persons, appointments, true, counter->arena, &report),
		&directory_test_error);
}

void
counter_begin(struct counter *counter)
{
	counter_begin_with(counter, COUNTER_MISSION);
}

void
counter_begin_with(struct counter *counter, const char *folder)
{
	counter_begin_among(counter, folder, TEXT(STRUCTURES), TEXT(COUNTER_PERSONS), TEXT(APPOINTMENTS));
}

void
counter_begin_among(struct counter *counter, const char *folder, struct text structures, struct text persons,
	struct text appointments)
{
	char path[100];
	struct guichet_error error = { 0 };
	snprintf(path, sizeof path, "%s/data", test_directory());
	counter_open(counter, path, "2024-01-10T10:00");
	counter_import_all(counter, "2024-01-09", structures, persons, appointments);
	counter_must(office_campaign_open(counter->office, folder, "2024", &error), &error);
	counter->campaign = office_campaigns(counter->office, counter->arena).at[0];
}

struct office_rows
counter_waiting(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	struct office_actor actor;
	struct office_rows rows;
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_actor_load(tx, counter->arena, person, clock_now(counter->clock), &actor, &error), &error);
	counter_must(office_list_waiting(counter->office, tx, counter->arena, &actor, 50, &rows, &error), &error);
	return rows;
}

struct office_dossier
counter_load(struct counter *counter, struct text id)
{
	struct guichet_error error = { 0 };
	struct office_dossier dossier;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_dossier_load(counter->office, tx, counter->arena, id, NULL, clock_now(counter->clock), &dossier, &error),
		&error);
	return dossier;
}

struct text
counter_step(struct counter *counter, struct text id)
{
	const struct office_dossier dossier = counter_load(counter, id);
	return dossier.procedure->steps[dossier.state.step].name;
}

struct office_dossier
counter_dossier(struct counter *counter, struct text id, size_t *ret_events, enum dossier_event_type *ret_last)
{
	struct guichet_error error = { 0 };
	struct office_dossier dossier;
	struct office_place place;
	const struct dossier_event *events;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_load(counter->office, tx, counter->arena, id, clock_now(counter->clock), 0, &dossier, &place,
		&error), &error);
	counter_must(office_events(tx, counter->arena, id, 0, 100, &events, ret_events, &error), &error);
	counter_must(dossier_chain_verify(events, *ret_events, &dossier.state.head, &error), &error);
	struct dossier state = { 0 };
	for (size_t i = 0; i < *ret_events; i++) {
		counter_must(dossier_replay(counter->arena, dossier.procedure, &state, &events[i], &error), &error);
		counter_must(dossier_fold(counter->arena, dossier.procedure, &state, &events[i], &error), &error);
	}
	if (ret_last)
		*ret_last = events[*ret_events - 1].type;
	return dossier;
}
