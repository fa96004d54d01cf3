/* What the office does of a circuit in one transaction: the passages that a command opens, each an event of its own. */
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

static struct office_dossier
dossier_of(struct counter *counter, struct text id, size_t *ret_events)
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
	return dossier;
}

static struct dossier_raws
raws_of(struct counter *counter, struct text field, const char *value)
{
	struct dossier_raw *raw = arena_new_of(counter->arena, struct dossier_raw);
	CHECK(raw);
	*raw = (struct dossier_raw){ field, text_of_string(value) };
	return (struct dossier_raws){ raw, 1 };
}

static void
check_step(const struct office_dossier *dossier, struct text name)
{
	CHECK_TEXT(dossier->procedure->steps[dossier->state.step].name, name);
}

TEST(a_filing_goes_through_its_passages_in_the_same_transaction)
{
	struct counter counter;
	counter_begin_with(&counter, "test/circuit/passages");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, TEXT("jours"), "2"));
	counter_must(command->status, &command->error);
	size_t events;
	const struct office_dossier dossier = dossier_of(&counter, command->dossier, &events);
	check_step(&dossier, TEXT("acceptée"));
	CHECK(events >= 2); /* the letter may be composed already */
	CHECK_INTEGER(dossier.state.done_count, 2);
	CHECK_TEXT(dossier.procedure->moves[dossier.state.done[1].move].name, TEXT("petite"));
	counter_close(&counter);
}
