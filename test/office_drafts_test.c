/* What is read of all the drafts of a person at once. */
#include "office_help.h"

#include "base/banned.h"

static void
save(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	struct office_draft_change change = { .arena = counter->arena, .campaign = counter->campaign->id,
		.person = counter_person(counter, matricule), .raws = COUNTER_TYPED(counter, { TEXT("motif"), TEXT("Travaux") }),
		.at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, office_draft_save, &change, &error), &error);
}

static void
reopen(struct counter *counter, const char *matricule, int day)
{
	struct guichet_error error = { 0 };
	struct office_exemption exemption = { .office = counter->office, .arena = counter->arena,
		.campaign = counter->campaign, .person = counter_person(counter, matricule), .by = counter_person(counter, "G1"),
		.window = 0, .last_day = { 2024, 2, day }, .reason = TEXT("Une tempête."),
		.id = id_new(counter->arena, clock_now(counter->clock)), .at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, office_exempt, &exemption, &error), &error);
}

static const struct office_draft_exception *
exceptions(struct counter *counter, const char *matricule, size_t *ret_count)
{
	struct guichet_error error = { 0 };
	const struct office_draft_exception *list;
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_draft_exceptions(tx, counter->arena, person, &list, ret_count, &error), &error);
	return list;
}

TEST(windows_opened_longer_are_read_with_the_drafts_that_they_are_for)
{
	CLEANUP(counter_close) struct counter counter;
	size_t count;
	counter_begin_with(&counter, "test/pieces/versions");
	save(&counter, "L1");
	counter_at(&counter, "2024-02-02T10:00");
	exceptions(&counter, "L1", &count);
	CHECK(count == 0);
	reopen(&counter, "L1", 10);
	reopen(&counter, "N1", 12);
	const struct office_draft_exception *list = exceptions(&counter, "L1", &count);
	CHECK(count == 1);
	CHECK_TEXT(list[0].campaign, counter.campaign->id);
	CHECK_TEXT(list[0].window, TEXT("dépôt"));
	CHECK(list[0].until == instant_of_day((struct date){ 2024, 2, 11 }));
	exceptions(&counter, "N1", &count); /* no draft: nothing to tell */
	CHECK(count == 0);
	save(&counter, "N1");
	CHECK(exceptions(&counter, "N1", &count) && count == 1);
}
