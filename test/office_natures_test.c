/* What the office does of dossiers born of another: the two events of one transaction, their numbers, their acts, their
 * drafts, and who may. */
#include "dossier/report.h"
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

static struct dossier_raws
raws_of(struct counter *counter, const char *days, const char *name, const char *value)
{
	return COUNTER_TYPED(counter, { TEXT("jours"), text_of_string(days) }, { text_of_string(name), text_of_string(value) });
}

struct bearing {
	struct counter *counter;
	struct office_command *command;
	struct dossier_raws raws;
};

static enum guichet_status
bear(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct bearing *bearing = context;
	struct office_draft_change draft = { .arena = bearing->counter->arena, .campaign = bearing->counter->campaign->id,
		.person = bearing->command->person, .raws = bearing->raws, .at = clock_now(bearing->counter->clock),
		.about = office_child_draft(bearing->counter->arena, bearing->command->parent, bearing->command->nature) };
	const enum guichet_status status = office_draft_save(tx, &draft, error);
	return status == GUICHET_OK ? office_act(tx, bearing->command, error) : status;
}

/* Saves the draft of a child, and files it. */
static struct office_command *
file_child(struct counter *counter, const char *matricule, struct text parent, const char *nature, const char *action,
	struct dossier_raws raws)
{
	struct guichet_error error = { 0 };
	struct bearing bearing = { counter, office_command_new(counter->office, counter->arena,
		counter_person(counter, matricule), clock_now(counter->clock)), raws };
	CHECK(bearing.command);
	bearing.command->parent = parent;
	bearing.command->nature = text_of_string(nature);
	bearing.command->command.action = text_of_string(action);
	bearing.command->status = store_transact(counter->store, bear, &bearing, &error);
	bearing.command->error = error;
	return bearing.command;
}

/* A place in force; its id. */
static struct text
place_in_force(struct counter *counter)
{
	counter_begin_with(counter, "test/natures/atelier");
	struct office_command *command = counter_act(counter, "L1", "déposer", (struct text){ 0 },
		raws_of(counter, "3", "outil", "rabot"));
	counter_must(command->status, &command->error);
	const struct text id = command->dossier;
	command = counter_act(counter, "P1", "accorder", id, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	return id;
}

static void
check_verified(struct counter *counter)
{
	struct guichet_error error = { 0 };
	struct office_findings findings;
	counter_must(office_verify(counter->office, &findings, &error), &error);
	if (findings.broken > 0)
		test_fail(__FILE__, __LINE__, "%s", findings.first.message);
}

TEST(an_amendment_changes_its_parent_in_the_same_transaction)
{
	struct counter counter;
	size_t before, after, child_events;
	enum dossier_event_type last;
	const struct text id = place_in_force(&counter);
	struct office_dossier parent = counter_dossier(&counter, id, &before, &last);
	struct office_command *command = file_child(&counter, "L1", id, "avenant", "déposer_avenant",
		raws_of(&counter, "2", "raison", "trop"));
	counter_must(command->status, &command->error);
	const struct text child = command->dossier;
	const struct text number = arena_format(counter.arena, TEXT_FORMAT "-A1", TEXT_ARGS(parent.state.number));
	CHECK_TEXT(command->number, number);
	CHECK(dossier_number_is_valid(number));
	struct office_dossier born = counter_dossier(&counter, child, &child_events, &last);
	CHECK_TEXT(born.state.parent, id);
	CHECK_TEXT(born.state.nature, TEXT("avenant"));
	CHECK(born.facts.parent && text_equal(born.facts.parent->id, id));
	/* Its filing told the parent nothing. */
	parent = counter_dossier(&counter, id, &after, &last);
	CHECK_INTEGER(after, before);

	command = counter_act(&counter, "P1", "accorder_avenant", child, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	parent = counter_dossier(&counter, id, &after, &last);
	CHECK_INTEGER(after, before + 1);
	CHECK_INTEGER(last, DOSSIER_RECEIVED);
	CHECK_TEXT(feel_value_to_french(counter.arena, dossier_value_of(&parent.state, TEXT("jours"))), TEXT("2"));
	CHECK_TEXT(feel_value_to_french(counter.arena, dossier_value_of(&parent.state, TEXT("version"))), TEXT("2"));

	struct guichet_error error = { 0 };
	struct office_act_file act;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
		const struct text replaced = arena_format(counter.arena, TEXT_FORMAT "/1", TEXT_ARGS(parent.state.number)),
			by = arena_format(counter.arena, TEXT_FORMAT "/1", TEXT_ARGS(number));
		counter_must(office_act_load(tx, counter.arena, replaced, &act, &error), &error);
		CHECK_TEXT(act.replaced_by, by);
		CHECK(act.replaced_at == parent.state.last_at && !act.cancelled);
	}
	check_verified(&counter);
	counter_close(&counter);
}

/* All of somebody's dossiers and what happened before an instant. */
static struct office_life
life_of(struct counter *counter, const char *matricule, instant before, size_t limit,
	const struct office_life_event **ret_events, size_t *ret_count, instant *ret_older)
{
	struct guichet_error error = { 0 };
	struct office_actor *actor = arena_new_of(counter->arena, struct office_actor);
	struct office_life life;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx && actor);
	const instant now = clock_now(counter->clock);
	counter_must(office_actor_load(tx, counter->arena, counter_person(counter, matricule), now, actor, &error), &error);
	counter_must(office_life(counter->office, tx, counter->arena, actor, now, &life, &error), &error);
	counter_must(office_life_past(tx, counter->arena, &life, actor, before, limit, ret_events, ret_count, ret_older, &error),
		&error);
	return life;
}

TEST(the_life_of_a_person_is_read_once_newest_first_and_page_by_page)
{
	struct counter counter;
	const struct office_life_event *events;
	size_t count;
	instant older;
	const struct text id = place_in_force(&counter);
	counter_at(&counter, "2024-02-01T10:00");
	struct office_command *command = file_child(&counter, "L1", id, "avenant", "déposer_avenant",
		raws_of(&counter, "2", "raison", "trop"));
	counter_must(command->status, &command->error);
	const struct text child = command->dossier;
	counter_at(&counter, "2024-02-05T10:00");
	command = counter_act(&counter, "P1", "accorder_avenant", child, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);

	struct office_life life = life_of(&counter, "L1", INSTANT_NEVER, 100, &events, &count, &older);
	CHECK_INTEGER(life.count, 2);
	CHECK(!life.more && older == 0);
	CHECK_TEXT(life.dossiers[0].row->id, child);
	CHECK_INTEGER(life.dossiers[0].parent, 1);
	CHECK(life.dossiers[0].facts.parent == &life.dossiers[1].state);
	CHECK_TEXT(life.dossiers[1].row->id, id);
	CHECK_INTEGER(life.dossiers[1].parent, PROCEDURE_NONE);
	/* Filed, granted; the amendment filed, granted, and received by its parent. Letters are no events of a life. */
	CHECK_INTEGER(count, 5);
	for (size_t i = 1; i < count; i++)
		CHECK(events[i].event.at <= events[i - 1].event.at);
	CHECK(events[0].event.at == events[1].event.at && events[0].dossier != events[1].dossier);
	CHECK_INTEGER(events[4].event.type, DOSSIER_FILED);
	CHECK_INTEGER(events[4].dossier, 1);

	/* What happened at one instant is never cut, and nothing is told twice nor left out. */
	const instant all[] = { events[0].event.at, events[2].event.at };
	life_of(&counter, "L1", INSTANT_NEVER, 3, &events, &count, &older);
	CHECK_INTEGER(count, 3);
	CHECK(events[0].event.at == all[0] && events[2].event.at == all[1] && older > 0);
	life_of(&counter, "L1", older, 3, &events, &count, &older);
	CHECK_INTEGER(count, 2);
	CHECK(older == 0);

	/* Somebody else's is their own. */
	life = life_of(&counter, "P1", INSTANT_NEVER, 100, &events, &count, &older);
	CHECK_INTEGER(life.count + count, 0);
	counter_close(&counter);
}

TEST(an_amendment_is_opened_by_who_may_and_one_at_a_time)
{
	struct counter counter;
	const struct text id = place_in_force(&counter);
	struct office_command *command = file_child(&counter, "N1", id, "avenant", "déposer_avenant",
		raws_of(&counter, "2", "raison", "curieux"));
	CHECK_INTEGER(command->status, GUICHET_UNKNOWN); /* not theirs to see */
	command = file_child(&counter, "P1", id, "avenant", "déposer_avenant", raws_of(&counter, "2", "raison", "chef"));
	CHECK_INTEGER(command->status, GUICHET_REFUSED);
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_NOT_THEIRS);
	command = file_child(&counter, "L1", id, "recours", "déposer_recours", raws_of(&counter, "2", "arguments", "non"));
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_NOT_HERE);
	command = file_child(&counter, "L1", id, "avenant", "déposer_avenant", raws_of(&counter, "2", "raison", "un"));
	counter_must(command->status, &command->error);
	const struct text child = command->dossier;
	command = file_child(&counter, "L1", id, "avenant", "déposer_avenant", raws_of(&counter, "1", "raison", "deux"));
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_DUPLICATE);
	/* What was typed is still there; that of the one filed is not. */
	struct guichet_error error = { 0 };
	struct office_draft draft;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
		counter_must(office_draft_load(tx, counter.arena, counter.campaign->id, counter_person(&counter, "L1"), &draft,
			&error), &error);
		CHECK_INTEGER(draft.version, 0);
	}
	/* Once it ends another may begin, with the next number; the parent did not change. */
	command = counter_act(&counter, "L1", "renoncer", child, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	command = file_child(&counter, "L1", id, "avenant", "déposer_avenant", raws_of(&counter, "1", "raison", "deux"));
	counter_must(command->status, &command->error);
	CHECK(text_ends(command->number, TEXT("-A2")));
	/* And it does not count as a second request: the first still does. */
	command = counter_act(&counter, "L1", "déposer", (struct text){ 0 }, raws_of(&counter, "3", "outil", "rabot"));
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_DUPLICATE);
	check_verified(&counter);
	counter_close(&counter);
}

TEST(an_amendment_forgotten_ends_by_itself_and_an_appeal_reopens_what_was_refused)
{
	struct counter counter;
	size_t events;
	enum dossier_event_type last;
	counter_begin_with(&counter, "test/natures/atelier");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, "3", "outil", "rabot"));
	counter_must(command->status, &command->error);
	const struct text id = command->dossier;
	struct dossier_raw ground = { TEXT("motif"), TEXT("plein") };
	struct guichet_error error = { 0 };
	command = office_command_new(counter.office, counter.arena, counter_person(&counter, "P1"), clock_now(counter.clock));
	command->dossier = id;
	command->command.action = TEXT("refuser");
	command->command.raws = (struct dossier_raws){ &ground, 1 };
	counter_must(store_transact(counter.store, office_act, command, &error), &error);
	command = file_child(&counter, "L1", id, "recours", "déposer_recours", raws_of(&counter, "3", "arguments", "si"));
	counter_must(command->status, &command->error);
	command = counter_act(&counter, "G1", "admettre", command->dossier, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	struct office_dossier parent = counter_dossier(&counter, id, &events, &last);
	CHECK_INTEGER(last, DOSSIER_RECEIVED);
	CHECK_TEXT(parent.procedure->steps[parent.state.step].name, TEXT("à_décider"));

	command = counter_act(&counter, "P1", "accorder", id, (struct dossier_raws){ 0 });
	counter_must(command->status, &command->error);
	command = file_child(&counter, "L1", id, "avenant", "déposer_avenant", raws_of(&counter, "1", "raison", "oubli"));
	counter_must(command->status, &command->error);
	counter_at(&counter, "2024-04-01T08:00");
	const struct office_dossier child = counter_dossier(&counter, command->dossier, &events, &last);
	CHECK_INTEGER(last, DOSSIER_ELAPSED);
	CHECK_TEXT(child.procedure->steps[child.state.step].name, TEXT("avenant_abandonné"));
	check_verified(&counter);
	counter_close(&counter);
}

struct filing {
	struct counter *counter;
	struct office_command *command;
	struct dossier_raws raws;
};

static enum guichet_status
file_for(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct filing *filing = context;
	struct office_draft_change draft = { .arena = filing->counter->arena, .campaign = filing->counter->campaign->id,
		.person = filing->command->person, .raws = filing->raws, .at = clock_now(filing->counter->clock),
		.about = office_behalf_draft(filing->counter->arena, filing->command->subject) };
	const enum guichet_status status = office_draft_save(tx, &draft, error);
	return status == GUICHET_OK ? office_act(tx, filing->command, error) : status;
}

static struct office_command *
file_on_behalf(struct counter *counter, const char *filer, const char *subject, const char *ground)
{
	struct guichet_error error = { 0 };
	struct filing filing = { counter, office_command_new(counter->office, counter->arena, counter_person(counter, filer),
		clock_now(counter->clock)), raws_of(counter, "3", "outil", "rabot") };
	CHECK(filing.command);
	filing.command->campaign = counter->campaign;
	filing.command->subject = counter_person(counter, subject);
	filing.command->command.action = TEXT("déposer");
	filing.command->command.ground = text_of_string(ground);
	filing.command->status = store_transact(counter->store, file_for, &filing, &error);
	filing.command->error = error;
	return filing.command;
}

TEST(the_office_files_for_an_agent_and_nobody_else_does)
{
	struct counter counter;
	size_t events;
	enum dossier_event_type last;
	counter_begin_with(&counter, "test/natures/atelier");
	CHECK_INTEGER(file_on_behalf(&counter, "P1", "L1", "chef")->status, GUICHET_UNKNOWN);
	CHECK_INTEGER(file_on_behalf(&counter, "N1", "L1", "collègue")->status, GUICHET_UNKNOWN);
	struct office_command *command = file_on_behalf(&counter, "G1", "L1", "");
	CHECK_INTEGER(command->status, GUICHET_REFUSED);
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_INCOMPLETE);
	command = file_on_behalf(&counter, "G1", "L1", "Elle est absente.");
	counter_must(command->status, &command->error);
	const struct office_dossier dossier = counter_dossier(&counter, command->dossier, &events, &last);
	CHECK_TEXT(dossier.state.subject, counter_person(&counter, "L1"));
	CHECK_TEXT(dossier.state.author, counter_person(&counter, "G1"));
	CHECK_TEXT(dossier.state.ground, TEXT("Elle est absente."));
	/* It is theirs: they may not file a second one, and may act on it. */
	command = counter_act(&counter, "L1", "déposer", (struct text){ 0 }, raws_of(&counter, "1", "outil", "scie"));
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_DUPLICATE);
	CHECK_INTEGER(file_on_behalf(&counter, "G1", "L1", "encore")->outcome.refusal, DOSSIER_DUPLICATE);
	check_verified(&counter);
	counter_close(&counter);
}

static struct dossier_raws
raw_of(struct counter *counter, const char *name, const char *value)
{
	struct dossier_raw *raw = arena_new_of(counter->arena, struct dossier_raw);
	CHECK(raw);
	*raw = (struct dossier_raw){ text_of_string(name), text_of_string(value) };
	return (struct dossier_raws){ raw, 1 };
}

/* The parent would be refused what is due of right: the action of the child is refused, and nothing is written. */
TEST(what_is_due_of_right_is_not_refused_by_the_action_of_a_child)
{
	struct counter counter;
	size_t events, after;
	enum dossier_event_type last;
	counter_begin_with(&counter, "test/natures/droit");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raw_of(&counter, "jours", "3"));
	counter_must(command->status, &command->error);
	const struct text id = command->dossier;
	command = counter_act_with(&counter, "G1", "envisager", id, raw_of(&counter, "motif", "Le service"));
	counter_must(command->status, &command->error);
	command = file_child(&counter, "L1", id, "réponse", "répondre", raw_of(&counter, "jours", "2"));
	counter_must(command->status, &command->error);
	const struct text child = command->dossier;
	(void)counter_dossier(&counter, id, &events, &last);
	command = counter_act(&counter, "G1", "écarter", child, (struct dossier_raws){ 0 });
	CHECK(command->status == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(command->error.message),
		TEXT("La demande d’origine serait refusée. Deux jours au plus sont de droit."));
	const struct office_dossier parent = counter_dossier(&counter, id, &after, &last);
	CHECK_INTEGER(after, events);
	CHECK_TEXT(parent.procedure->steps[parent.state.step].name, TEXT("en_débat"));
	/* By itself it waits, and the office is told. */
	counter_at(&counter, "2024-02-15T10:00");
	const struct office_dossier born = counter_dossier(&counter, child, &after, &last);
	CHECK_TEXT(born.procedure->steps[born.state.step].name, TEXT("réponse_à_lire"));
	struct guichet_error error = { 0 };
	const struct office_alert *alerts;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	counter_must(office_list_alerts(tx, counter.arena, counter.campaign, 10, &alerts, &count, &error), &error);
	CHECK(count == 1 && text_find(alerts[0].message, TEXT("de droit")) != SIZE_MAX);
	store_read_end(TAKE(tx));
	check_verified(&counter);
	counter_close(&counter);
}

/* ---- what is read of the parent ---- */

TEST(lists_exports_and_reports_read_the_parent)
{
	struct counter counter;
	const struct text id = place_in_force(&counter);
	struct office_command *command = file_child(&counter, "L1", id, "avenant", "déposer_avenant",
		raws_of(&counter, "2", "raison", "trop"));
	counter_must(command->status, &command->error);
	struct guichet_error error = { 0 };
	const struct procedure *procedure = counter.campaign->procedure;
	const struct office_filter filter = { .range = DIRECTORY_EVERYWHERE, .after_id = TEXT(""), .step = PROCEDURE_NONE,
		.beside = PROCEDURE_NONE };
	struct office_rows rows[2];
	struct dossier_report report;
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	const struct text nowhere = TEXT("");
	const struct office_reach reach = { &everywhere, &nowhere, 1 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	counter_must(office_list(counter.office, tx, counter.arena, counter.campaign, &filter, 10, &rows[0], &error), &error);
	counter_must(office_list_all(counter.office, tx, counter.arena, counter.campaign,
		TEXT(""), 10, &rows[1], &error), &error);
	for (size_t list = 0; list < 2; list++) {
		CHECK_INTEGER(rows[list].count, 2);
		for (size_t i = 0; i < rows[list].count; i++) {
			struct dossier state;
			struct dossier_facts facts;
			struct text shown, origin;
			counter_must(office_row_facts(counter.arena, &rows[list].at[i], clock_now(counter.clock), &state, &facts, &error),
				&error);
			counter_must(dossier_column(&facts, &procedure->columns[0], counter.arena, &origin, &error), &error);
			counter_must(dossier_column(&facts, &procedure->exports[0].columns[2], counter.arena, &shown, &error), &error);
			const bool child = text_equal(rows[list].at[i].id, command->dossier);
			CHECK_TEXT(shown, child ? TEXT("3") : TEXT(""));
			CHECK(child == (origin.length > 0));
		}
	}
	store_read_end(TAKE(tx));
	counter_must(office_report(counter.office, counter.arena, counter.campaign, 0, 2024, &reach, clock_now(counter.clock),
		&report, &error), &error);
	CHECK_INTEGER(report.total.cells[0].count, 1);
	CHECK_INTEGER(report.total.cells[1].count, 2);
	CHECK_INTEGER(report.tables[0].count, 2);
	bool three = false;
	for (size_t i = 0; i < report.tables[0].count; i++)
		three |= text_equal(report.tables[0].groups[i].name, TEXT("3"));
	CHECK(three);
	counter_must(office_report(counter.office, counter.arena, counter.campaign, 1, 2024, &reach, clock_now(counter.clock),
		&report, &error), &error);
	CHECK_INTEGER(report.total.cells[0].count, 1); /* children are not counted */
	CHECK_INTEGER(report.read, 1);
	counter_close(&counter);
}
