/* What is kept in memory is what the database holds, or it is not used. */
#include <stdio.h>

#include "directory_help.h"
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

static struct office_command *
begin(struct counter *counter)
{
	counter_begin(counter);
	return counter_file(counter, "L1", "83,33", "autre");
}

static struct office_dossier
load(struct counter *counter, struct arena *arena, struct text id)
{
	struct guichet_error error = { 0 };
	struct office_dossier dossier;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_dossier_load(counter->office, tx, arena, id, NULL, clock_now(counter->clock), &dossier, &error),
		&error);
	return dossier;
}

TEST(a_state_read_twice_is_understood_once)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	const struct office_command *filed = begin(&counter);
	const struct office_dossier first = load(&counter, counter.arena, filed->dossier),
		second = load(&counter, counter.arena, filed->dossier);
	CHECK(first.state.values == second.state.values);
	CHECK_INTEGER(first.state.version, 1);
}

TEST(a_state_that_changed_is_read_again_and_the_one_in_use_stays)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	const struct office_command *filed = begin(&counter);
	const struct office_dossier before = load(&counter, counter.arena, filed->dossier);
	counter_at(&counter, "2024-01-16T09:00");
	const struct office_command *accepted = counter_act(&counter, "P1", "accepter", filed->dossier,
		(struct dossier_raws){ 0 });
	counter_must(accepted->status, &accepted->error);
	const struct office_dossier after = load(&counter, counter.arena, filed->dossier);
	CHECK_INTEGER(before.state.version, 1);
	CHECK_INTEGER(before.state.done_count, 1);
	CHECK_INTEGER(after.state.version, 2);
	CHECK_TEXT(after.procedure->moves[after.state.done[1].move].name, TEXT("accepter"));
}

TEST(a_state_of_a_transaction_undone_is_forgotten)
{
	struct guichet_error error = { 0 };
	CLEANUP(counter_close) struct counter counter = { 0 };
	const struct office_command *filed = begin(&counter);
	const struct office_dossier now = load(&counter, counter.arena, filed->dossier);
	const struct text json = dossier_to_json(counter.arena, now.procedure, &now.state);
	struct dossier other = now.state, read;
	other.version = 2; /* as a transaction of the same batch left it, that did not last */
	const struct text undone = dossier_to_json(counter.arena, now.procedure, &other);
	counter_must(office_state(counter.office, counter.arena, now.procedure, now.id, undone, &read, &error), &error);
	CHECK_INTEGER(read.version, 2);
	counter_must(office_state(counter.office, counter.arena, now.procedure, now.id, json, &read, &error), &error);
	CHECK_INTEGER(read.version, 1);
	CHECK_INTEGER(load(&counter, counter.arena, filed->dossier).state.version, 1);
}

TEST(a_damaged_state_is_refused_each_time)
{
	struct guichet_error error = { 0 };
	CLEANUP(counter_close) struct counter counter = { 0 };
	const struct office_command *filed = begin(&counter);
	const struct office_dossier now = load(&counter, counter.arena, filed->dossier);
	struct dossier read;
	for (int i = 0; i < 2; i++)
		CHECK_INTEGER(office_state(counter.office, counter.arena, now.procedure, now.id, TEXT("{}"), &read, &error),
			GUICHET_REFUSED);
}

/* What the directory gives somebody on a dossier, as a page asks for it. */
static dossier_roles
roles_of(struct counter *counter, const char *matricule, struct text id)
{
	struct guichet_error error = { 0 };
	const struct text person = counter_person(counter, matricule);
	struct office_actor actor;
	struct office_dossier dossier;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	const instant now = clock_now(counter->clock);
	counter_must(office_actor(counter->office, tx, counter->arena, person, now, &actor, &error), &error);
	counter_must(office_dossier_load(counter->office, tx, counter->arena, id, &actor, now, &dossier, &error), &error);
	return dossier.roles;
}

TEST(an_import_changes_at_once_what_was_kept_of_the_directory)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	const struct office_command *filed = begin(&counter);
	CHECK(roles_of(&counter, "P1", filed->dossier) != 0);
	CHECK(roles_of(&counter, "P1", filed->dossier) != 0);
	CHECK(roles_of(&counter, "N1", filed->dossier) == 0);
	/* Noé takes Paul's place, the same day. */
	struct directory_report report;
	CHECK_INTEGER(directory_test_import(counter.store, "2024-01-10", (struct text){ 0 }, (struct text){ 0 }, TEXT(
		"matricule;structure;fonction;quotité;début;fin\n"
		"L1;SG;agent;100;2022-09-01;\n"
		"N1;SG;chef de service;100;2024-01-10;\n"
		"P1;SG;agent;100;2024-01-10;\n"
		"G1;SG;gestionnaire;100;2022-09-01;\n"), true, counter.arena, &report), GUICHET_OK);
	CHECK(roles_of(&counter, "P1", filed->dossier) == 0);
	CHECK(roles_of(&counter, "N1", filed->dossier) != 0);
}
