/* What the office does of requests of structures: whose they are, whoever directs them; one for each; who answers. */
#include "directory_help.h"
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

static const char structures[] =
	"code;type;nom;parent;département;adresse;courriel;régime\n"
	"ACA;académie;Académie;;;;;\n"
	"CIR;circonscription;Circonscription;ACA;;;;application\n"
	"E1;école;École du Bourg;CIR;;;;application\n"
	"E2;école;École du Pré;CIR;;;;application\n";
static const char first[] =
	"matricule;structure;fonction;quotité;début;fin\n"
	"L1;E1;directeur;50;2022-09-01;\n"
	"L1;E2;directeur;50;2022-09-01;\n"
	"N1;E2;faisant fonction;100;2022-09-01;\n"
	"P1;CIR;inspecteur;100;2022-09-01;\n"
	"G1;ACA;gestionnaire;100;2022-09-01;\n";
/* L1 has left the school E1, P1 directs it. */
static const char then[] =
	"matricule;structure;fonction;quotité;début;fin\n"
	"L1;E1;directeur;50;2022-09-01;2024-01-11\n"
	"L1;E2;directeur;50;2022-09-01;\n"
	"N1;E2;faisant fonction;100;2022-09-01;\n"
	"P1;E1;directeur;100;2024-01-12;\n"
	"G1;ACA;gestionnaire;100;2022-09-01;\n";

static void
import(struct counter *counter, const char *day, const char *appointments)
{
	counter_import_all(counter, day, text_of_string(structures), TEXT(COUNTER_PERSONS), text_of_string(appointments));
}

static void
begin(struct counter *counter)
{
	counter_begin_among(counter, "test/subject/enquete", text_of_string(structures), TEXT(COUNTER_PERSONS),
		text_of_string(first));
}

struct asking {
	struct counter *counter;
	struct office_command *command;
	bool ahead;
};

static enum guichet_status
save(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct asking *asking = context;
	struct arena *arena = asking->counter->arena;
	static const struct dossier_raw raws[] = { { { "classes", 7 }, { "4", 1 } } };
	struct office_draft_change draft = { .arena = arena, .campaign = asking->counter->campaign->id,
		.person = asking->command->person, .raws = { raws, 1 }, .at = clock_now(asking->counter->clock),
		.about = office_structure_draft(arena, asking->command->structure) };
	return office_draft_save(tx, &draft, error);
}

static enum guichet_status
file(struct store_tx *tx, void *context, struct guichet_error *error)
{
	return office_act(tx, ((struct asking *)context)->command, error);
}

/* Files for a structure, judged ahead or not. */
static struct office_command *
ask(struct counter *counter, const char *matricule, const char *code, bool ahead)
{
	struct guichet_error error = { 0 };
	struct asking asking = { counter, office_command_new(counter->office, counter->arena,
		counter_person(counter, matricule), clock_now(counter->clock)), ahead };
	CHECK(asking.command);
	asking.command->campaign = counter->campaign;
	asking.command->structure = code ? counter_structure(counter, code) : (struct text){ 0 };
	asking.command->command.action = TEXT("répondre");
	counter_must(store_transact(counter->store, save, &asking, &error), &error);
	if (ahead) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
		CHECK(tx);
		office_foresee(tx, asking.command);
	}
	asking.command->status = store_transact(counter->store, file, &asking, &error);
	asking.command->error = error;
	return asking.command;
}

/* The roles of somebody on a dossier, and how many dossiers of structures are theirs. */
static dossier_roles
roles_of(struct counter *counter, const char *matricule, struct text id, size_t *ret_count)
{
	struct guichet_error error = { 0 };
	struct office_actor actor;
	struct office_dossier dossier;
	struct office_rows rows, own;
	const instant now = clock_now(counter->clock);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_actor(counter->office, tx, counter->arena, counter_person(counter, matricule), now, &actor, &error),
		&error);
	counter_must(office_dossier_load(counter->office, tx, counter->arena, id, &actor, now, &dossier, &error), &error);
	counter_must(office_list_of_structures(counter->office, tx, counter->arena, &actor, &rows, &error), &error);
	counter_must(office_list_of_subject(counter->office, tx, counter->arena, actor.person, &own, &error), &error);
	CHECK(own.count == 0);
	CHECK_TEXT(dossier.subject_name, dossier.structure_name);
	*ret_count = rows.count;
	return dossier.roles;
}

static dossier_roles
role(const struct counter *counter, const char *name)
{
	return DOSSIER_ROLE(procedure_role_find(counter->campaign->procedure, text_of_string(name)));
}

static size_t
mails_to(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	size_t count = 0;
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	struct store_rows rows = store_query(tx, counter->arena, STORE_MAIL_LIST_PERSON,
		STORE_VALUES(person, INSTANT_NEVER, "", (int64_t)100), &error);
	while (store_next(&rows))
		count++;
	counter_must(store_finish(&rows), &error);
	return count;
}

TEST(the_request_of_a_structure_belongs_to_whoever_directs_it)
{
	struct counter counter;
	size_t count;
	begin(&counter);
	const dossier_roles direction = role(&counter, "direction"), inspection = role(&counter, "inspection");
	struct office_command *bourg = ask(&counter, "L1", "E1", true);
	counter_must(bourg->status, &bourg->error);
	CHECK(roles_of(&counter, "L1", bourg->dossier, &count) == direction && count == 1);
	CHECK(roles_of(&counter, "P1", bourg->dossier, &count) == inspection && count == 0);
	CHECK(roles_of(&counter, "N1", bourg->dossier, &count) == 0 && count == 0);
	CHECK(roles_of(&counter, "G1", bourg->dossier, &count) == role(&counter, "bureau"));
	CHECK(counter_act(&counter, "P1", "compléter", bourg->dossier, (struct dossier_raws){ 0 })->status == GUICHET_OK);

	/* Another directs it: it is theirs, and no more of who filed it. */
	counter_at(&counter, "2024-01-12T09:00");
	import(&counter, "2024-01-12", then);
	CHECK(roles_of(&counter, "P1", bourg->dossier, &count) == direction && count == 1);
	CHECK(roles_of(&counter, "L1", bourg->dossier, &count) == 0 && count == 0);
	CHECK(counter_act(&counter, "L1", "renvoyer", bourg->dossier, (struct dossier_raws){ 0 })->status == GUICHET_UNKNOWN);
	CHECK(counter_act(&counter, "P1", "renvoyer", bourg->dossier, (struct dossier_raws){ 0 })->status == GUICHET_OK);
	CHECK(ask(&counter, "L1", "E1", false)->status == GUICHET_UNKNOWN);
	CHECK(ask(&counter, "P1", "E1", false)->status == GUICHET_REFUSED);
	counter_close(&counter);
}

TEST(a_structure_answers_once_whoever_files)
{
	struct counter counter;
	size_t count;
	begin(&counter);
	/* One person, two structures: one dossier for each. */
	struct office_command *bourg = ask(&counter, "L1", "E1", false), *pre = ask(&counter, "L1", "E2", true);
	counter_must(bourg->status, &bourg->error);
	counter_must(pre->status, &pre->error);
	CHECK(roles_of(&counter, "L1", pre->dossier, &count) == role(&counter, "direction") && count == 2);
	CHECK(roles_of(&counter, "N1", pre->dossier, &count) == role(&counter, "direction") && count == 1);
	/* What is told of it is told to both. */
	CHECK(mails_to(&counter, "L1") == 2 && mails_to(&counter, "N1") == 1);

	struct office_command *again = ask(&counter, "N1", "E2", true);
	CHECK(again->status == GUICHET_REFUSED && again->outcome.refusal == DOSSIER_DUPLICATE);
	CHECK(counter_act(&counter, "N1", "reprendre", pre->dossier, (struct dossier_raws){ 0 })->status == GUICHET_OK);
	again = ask(&counter, "N1", "E2", true);
	counter_must(again->status, &again->error);
	counter_close(&counter);
}

TEST(nobody_files_for_a_structure_that_is_not_theirs)
{
	struct counter counter;
	begin(&counter);
	CHECK(ask(&counter, "N1", "E1", false)->status == GUICHET_UNKNOWN);
	CHECK(ask(&counter, "P1", "E1", true)->status == GUICHET_UNKNOWN);
	CHECK(ask(&counter, "G1", "ACA", false)->status == GUICHET_UNKNOWN);
	CHECK(ask(&counter, "L1", NULL, false)->status == GUICHET_UNKNOWN);
	counter_close(&counter);
}


/* ---- what is of the structure ---- */

static enum guichet_status
bear(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct asking *asking = context;
	const struct office_command *command = asking->command;
	struct arena *arena = asking->counter->arena;
	static const struct dossier_raw raws[] = { { { "classes", 7 }, { "5", 1 } } };
	struct office_draft_change draft = { .arena = arena, .campaign = asking->counter->campaign->id,
		.person = command->person, .raws = { raws, 1 }, .at = clock_now(asking->counter->clock),
		.about = office_child_draft(arena, command->parent, command->nature) };
	const enum guichet_status status = office_draft_save(tx, &draft, error);
	return status == GUICHET_OK ? office_act(tx, asking->command, error) : status;
}

static struct office_command *
rectify(struct counter *counter, const char *matricule, struct text parent)
{
	struct guichet_error error = { 0 };
	struct asking asking = { counter, office_command_new(counter->office, counter->arena,
		counter_person(counter, matricule), clock_now(counter->clock)), false };
	CHECK(asking.command);
	asking.command->parent = parent;
	asking.command->nature = TEXT("rectification");
	asking.command->command.action = TEXT("rectifier");
	asking.command->status = store_transact(counter->store, bear, &asking, &error);
	asking.command->error = error;
	return asking.command;
}

/* How many entries its counter has. */
static size_t
counted(struct counter *counter, const char *code)
{
	struct guichet_error error = { 0 };
	struct feel_value counters;
	const struct text structure = counter_structure(counter, code);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_counters_of(tx, counter->arena, counter->campaign->procedure, structure, &counters, &error), &error);
	return counters.context.at[0].value.list.count;
}

/* How many dossiers somebody finds among all that is theirs; at least as many things happened in them. */
static size_t
life_of(struct counter *counter, const char *matricule, size_t *ret_events)
{
	struct guichet_error error = { 0 };
	struct office_actor actor;
	struct office_life life;
	const struct office_life_event *events;
	instant older;
	const instant now = clock_now(counter->clock);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_actor(counter->office, tx, counter->arena, counter_person(counter, matricule), now, &actor, &error),
		&error);
	counter_must(office_life(counter->office, tx, counter->arena, &actor, now, &life, &error), &error);
	counter_must(office_life_past(tx, counter->arena, &life, &actor, INSTANT_NEVER, 100, &events, ret_events, &older,
		&error), &error);
	CHECK(older == 0);
	for (size_t i = 0; i + 1 < *ret_events; i++)
		CHECK(events[i].event.at >= events[i + 1].event.at);
	for (size_t i = 0; i < life.count; i++)
		CHECK(life.dossiers[i].facts.agent.kind == FEEL_CONTEXT);
	return life.count;
}

TEST(what_a_structure_did_is_counted_and_amended_for_it_and_found_by_all_who_direct_it)
{
	struct counter counter;
	size_t events, theirs;
	begin(&counter);
	struct office_command *pre = ask(&counter, "L1", "E2", true);
	counter_must(pre->status, &pre->error);
	CHECK(rectify(&counter, "N1", pre->dossier)->status == GUICHET_REFUSED); /* it is not received yet */
	CHECK(counter_act(&counter, "P1", "viser", pre->dossier, (struct dossier_raws){ 0 })->status == GUICHET_OK);
	CHECK(counted(&counter, "E2") == 1 && counted(&counter, "E1") == 0);
	CHECK(rectify(&counter, "P1", pre->dossier)->status == GUICHET_REFUSED);
	struct office_command *child = rectify(&counter, "N1", pre->dossier); /* the other one who directs it */
	counter_must(child->status, &child->error);
	const struct office_dossier born = counter_dossier(&counter, child->dossier, &events, NULL);
	CHECK_TEXT(born.structure, counter_structure(&counter, "E2"));
	CHECK_TEXT(born.subject_name, born.structure_name);
	CHECK(life_of(&counter, "L1", &events) == 2 && events == 3);
	CHECK(life_of(&counter, "N1", &theirs) == 2 && theirs == events);
	CHECK(life_of(&counter, "P1", &theirs) == 0 && theirs == 0);
	CHECK(counter_act(&counter, "P1", "viser_la_rectification", child->dossier, (struct dossier_raws){ 0 })->status
		== GUICHET_OK);
	CHECK(counted(&counter, "E2") == 2);
	CHECK(rectify(&counter, "L1", pre->dossier)->status == GUICHET_REFUSED); /* twice already */
	struct guichet_error error = { 0 };
	struct office_findings findings;
	counter_must(office_verify(counter.office, &findings, &error), &error);
	CHECK(findings.broken == 0);
	counter_close(&counter);
}

/* Reopens the filing for a structure. */
static enum guichet_status
reopen(struct counter *counter, const char *by, const char *code)
{
	struct guichet_error error = { 0 };
	struct office_exemption exemption = { .office = counter->office, .arena = counter->arena,
		.campaign = counter->campaign, .structure = counter_structure(counter, code), .by = counter_person(counter, by),
		.window = 0, .last_day = { 2024, 2, 10 }, .reason = TEXT("Une tempête."),
		.id = id_new(counter->arena, clock_now(counter->clock)), .at = clock_now(counter->clock) };
	return store_transact(counter->store, office_exempt, &exemption, &error);
}

TEST(a_window_is_reopened_for_one_structure)
{
	struct counter counter;
	begin(&counter);
	counter_at(&counter, "2024-02-02T10:00");
	CHECK(ask(&counter, "L1", "E2", true)->status == GUICHET_REFUSED);
	CHECK(reopen(&counter, "P1", "E2") == GUICHET_REFUSED);
	CHECK(reopen(&counter, "L1", "E2") == GUICHET_REFUSED);
	CHECK(reopen(&counter, "G1", "E2") == GUICHET_OK);
	CHECK(ask(&counter, "L1", "E1", true)->status == GUICHET_REFUSED); /* theirs too, and another */
	struct office_command *pre = ask(&counter, "N1", "E2", true);
	counter_must(pre->status, &pre->error);
	counter_close(&counter);
}

/* Somebody sets for a structure how many classes are admitted, at most two days from now. */
static enum guichet_status
set(struct counter *counter, const char *by, const char *code, const char *value)
{
	struct guichet_error error = { 0 };
	const struct dossier_raw raws[] = { { TEXT("classes_maximum"), text_of_string(value) } };
	struct office_setting setting = { .office = counter->office, .arena = counter->arena, .campaign = counter->campaign,
		.person = counter_person(counter, by), .structure = counter_structure(counter, code), .local = 0, .raws = { raws, 1 },
		.from = date_of_instant(clock_now(counter->clock), NULL) };
	return store_transact(counter->store, office_setting_set, &setting, &error);
}

TEST(whoever_directs_a_structure_sets_what_is_its_own)
{
	struct counter counter;
	begin(&counter);
	CHECK(set(&counter, "N1", "E1", "3") == GUICHET_REFUSED);
	CHECK(set(&counter, "P1", "E1", "3") == GUICHET_REFUSED); /* the inspection sets for its own, which the schools inherit */
	CHECK(set(&counter, "P1", "CIR", "8") == GUICHET_OK);
	CHECK(set(&counter, "N1", "E2", "3") == GUICHET_OK);
	CHECK(ask(&counter, "L1", "E2", true)->status == GUICHET_REFUSED); /* four classes */
	struct office_command *bourg = ask(&counter, "L1", "E1", true);
	counter_must(bourg->status, &bourg->error);
	counter_close(&counter);
}

/* ---- absences ---- */

static enum guichet_status
declare(struct store_tx *tx, void *context, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	return directory_absence_declare(tx, arena, context, error);
}

/* N1 inspects too, above P1. What waits for P1, away, comes up to N1: but not what N1 asks for. */
TEST(an_absence_brings_up_the_request_of_a_structure_but_to_none_of_those_who_ask_for_it)
{
	struct counter counter;
	struct guichet_error error = { 0 };
	begin(&counter);
	import(&counter, "2024-01-10",
		"matricule;structure;fonction;quotité;début;fin\n"
		"L1;E1;directeur;50;2022-09-01;\n"
		"L1;E2;directeur;50;2022-09-01;\n"
		"N1;E2;faisant fonction;50;2022-09-01;\n"
		"N1;ACA;inspecteur;50;2022-09-01;\n"
		"P1;CIR;inspecteur;100;2022-09-01;\n"
		"G1;ACA;gestionnaire;100;2022-09-01;\n");
	struct office_command *bourg = ask(&counter, "L1", "E1", true), *pre = ask(&counter, "L1", "E2", true);
	counter_must(bourg->status, &bourg->error);
	counter_must(pre->status, &pre->error);
	CHECK(counter_waiting(&counter, "P1").count == 2 && counter_waiting(&counter, "N1").count == 0);
	struct directory_absence absence = { .id = id_new(counter.arena, clock_now(counter.clock)),
		.absent = counter_person(&counter, "P1"), .from = { 2024, 1, 11 }, .to = { 2024, 1, 20 },
		.at = clock_now(counter.clock) };
	counter_must(store_transact(counter.store, declare, &absence, &error), &error);
	counter_at(&counter, "2024-01-12T10:00");
	CHECK(counter_waiting(&counter, "P1").count == 0);
	CHECK(counter_waiting(&counter, "N1").count == 1);
	counter_close(&counter);
}
