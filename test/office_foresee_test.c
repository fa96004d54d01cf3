/* What is read and judged before the writer's turn counts only while it is still so. */
#include <stdio.h>

#include "office/inside.h"
#include "office_help.h"
#include "store/attachment.h"

#include "base/banned.h"

static enum guichet_status
save(struct store_tx *tx, void *context, struct guichet_error *error)
{
	return office_draft_save(tx, context, error);
}

static void
type(struct counter *counter, struct text person, const char *share)
{
	static const struct text shown[] = { { "quotité", sizeof "quotité" - 1 }, { "motif", sizeof "motif" - 1 } };
	struct guichet_error error = { 0 };
	struct office_draft_change draft = { .arena = counter->arena, .campaign = counter->campaign->id, .person = person,
		.fields = shown, .field_count = 2, .raws = counter_raws(counter, share, "autre"), .at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, save, &draft, &error), &error);
}

static struct office_command *
foreseen(struct counter *counter, struct text person)
{
	struct guichet_error error = { 0 };
	struct office_command *command = office_command_new(counter->office, counter->arena, person, clock_now(counter->clock));
	CHECK(command);
	command->campaign = counter->campaign;
	command->command.action = TEXT("déposer");
	command->command.confirmed = true;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	office_foresee(tx, command);
	CHECK(command->foreseen);
	return command;
}

/* As when many file at once: numbers are in hand, and it is judged. */
static struct office_command *
judged(struct counter *counter, struct text person)
{
	struct office_command *command = NULL;
	for (int tries = 0; tries < 10000; tries++)
		if ((command = foreseen(counter, person))->foreseen->judged)
			break;
	CHECK(command->foreseen->judged);
	return command;
}

static enum guichet_status
act(struct counter *counter, struct office_command *command)
{
	command->status = store_transact(counter->store, office_act, command, &command->error);
	return command->status;
}

/* The dossier as it stands in the database, and its events judged again. */
static void
check_filed(struct counter *counter, const struct office_command *command)
{
	struct guichet_error error = { 0 };
	struct office_dossier dossier;
	struct office_place place;
	const struct dossier_event *events;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_load(counter->office, tx, counter->arena, command->dossier, clock_now(counter->clock), 0, &dossier,
		&place, &error), &error);
	counter_must(office_events(tx, counter->arena, command->dossier, 0, 10, &events, &count, &error), &error);
	CHECK_INTEGER(count, 1);
	counter_must(dossier_chain_verify(events, count, &dossier.state.head, &error), &error);
	counter_must(dossier_replay(counter->arena, dossier.procedure, NULL, &events[0], &error), &error);
	CHECK_TEXT(dossier.state.number, command->number);
	CHECK_INTEGER(events[0].decided_at, command->outcome.event.decided_at);
}

TEST(a_filing_judged_before_its_turn_is_recorded_as_one_judged_in_it)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin(&counter);
	const struct text lea = counter_person(&counter, "L1"), noe = counter_person(&counter, "N1");
	type(&counter, lea, "83,33");
	struct office_command *ahead = judged(&counter, lea);
	counter_must(act(&counter, ahead), &ahead->error);
	CHECK_TEXT(ahead->number, ahead->foreseen->judged->number);
	check_filed(&counter, ahead);

	type(&counter, noe, "60");
	struct office_command *inside = foreseen(&counter, noe);
	inside->foreseen = NULL;
	counter_must(act(&counter, inside), &inside->error);
	check_filed(&counter, inside);
	CHECK(!text_equal(ahead->number, inside->number));
	CHECK_INTEGER(inside->outcome.mail_count, ahead->outcome.mail_count);
}

TEST(a_filing_judged_before_its_turn_is_stamped_with_the_instant_of_its_turn)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin(&counter);
	const struct text lea = counter_person(&counter, "L1");
	type(&counter, lea, "83,33");
	struct office_command *command = judged(&counter, lea);
	const instant before = command->foreseen->judged->outcome.event.decided_at;
	counter_at(&counter, "2024-01-10T10:05");
	counter_must(act(&counter, command), &command->error);
	CHECK(command->outcome.event.decided_at - before >= 4 * 60 * INT64_C(1000000));
	CHECK(command->outcome.event.at < command->outcome.event.decided_at);
	check_filed(&counter, command);
}

TEST(what_was_judged_is_forgotten_when_the_draft_or_the_directory_changed)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin(&counter);
	const struct text lea = counter_person(&counter, "L1"), noe = counter_person(&counter, "N1");
	type(&counter, lea, "83,33");
	struct office_command *command = judged(&counter, lea);
	type(&counter, lea, "60");
	counter_must(act(&counter, command), &command->error);
	CHECK(feel_is_true(feel_equal(dossier_value_of(&command->outcome.state, TEXT("quotité")), feel_integer(60))));
	check_filed(&counter, command);

	type(&counter, noe, "60");
	command = judged(&counter, noe);
	counter_import(&counter, "2024-01-10", TEXT(
		"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"
		"L1;Mme;Léa;Orsaveine;lea@ac.example;Secrétaires;;B;administrative\n"
		"N1;M.;Noé;Tarvilan-Merle;noe@ac.example;Secrétaires;;B;technique\n"
		"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"
		"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"));
	counter_must(act(&counter, command), &command->error);
	const struct feel_value name = feel_entry_of(command->outcome.state.agent, TEXT("nom"));
	CHECK_TEXT(name.string, TEXT("Tarvilan-Merle"));
	check_filed(&counter, command);
}

TEST(two_filings_of_one_person_judged_together_leave_one_dossier)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin(&counter);
	const struct text lea = counter_person(&counter, "L1");
	type(&counter, lea, "83,33");
	struct office_command *first = judged(&counter, lea), *second = judged(&counter, lea);
	counter_must(act(&counter, first), &first->error);
	CHECK_INTEGER(act(&counter, second), GUICHET_REFUSED);
	check_filed(&counter, first);
}
