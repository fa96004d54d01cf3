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
	struct directory_report report;
	if (directory_test_import(counter->store, day, text_of_string(structures), TEXT(COUNTER_PERSONS),
		text_of_string(appointments), true, counter->arena, &report) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", directory_test_error.message);
}

static void
begin(struct counter *counter)
{
	char path[100];
	struct guichet_error error = { 0 };
	snprintf(path, sizeof path, "%s/data", test_directory());
	counter_open(counter, path, "2024-01-10T10:00");
	import(counter, "2024-01-09", first);
	counter_must(office_campaign_open(counter->office, "test/subject/enquete", "2024", &error), &error);
	counter->campaign = office_campaigns(counter->office, counter->arena).at[0];
}

static struct text
structure_of(struct counter *counter, const char *code)
{
	struct guichet_error error = { 0 };
	struct directory_structure structure;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(directory_structure_by_code(tx, counter->arena, text_of_string(code),
		date_of_instant(clock_now(counter->clock), NULL), &structure, &error), &error);
	return structure.id;
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
	asking.command->structure = code ? structure_of(counter, code) : (struct text){ 0 };
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

