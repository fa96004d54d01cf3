/* Answers that name a person or a structure, with a directory: who is found, who is not told, what the event keeps. */
#include "base/french.h"
#include "directory_help.h"
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

#define MORE_STRUCTURES                                                                                  \
	"code;type;nom;parent;département;adresse;courriel;régime\n"                                      \
	"ACA;académie;Académie;;;;;\nSG;service;Secrétariat général;ACA;;;;application\n"                    \
	"ATE;service;Atelier;ACA;;;;application\nAUT;autre;Autre maison;;;;;\n"
#define MORE_PERSONS COUNTER_PERSONS                                                                      \
	"L2;Mme;Zoé;Orsaveine;zoe@ac.example;Attachés;;A;administrative\n"                                   \
	"X1;M.;Luc;Dehors;luc@autre.example;Attachés;;A;administrative\n"                                    \
	"M1;M.;Jean;Morvan;jean1@ac.example;Attachés;;A;administrative\n"                                    \
	"M2;M.;Jean;Morvan;jean2@ac.example;Attachés;;A;administrative\n"
#define MORE_APPOINTMENTS                                                                                \
	"matricule;structure;fonction;quotité;début;fin\n"                                                \
	"L1;SG;agent;100;2022-09-01;\nN1;SG;agent;100;2022-09-01;\nP1;SG;chef de service;100;2022-09-01;\n" \
	"G1;SG;gestionnaire;100;2022-09-01;\nL2;ATE;agent;100;2022-09-01;\nX1;AUT;agent;100;2022-09-01;\n"   \
	"M1;SG;agent;100;2022-09-01;\nM2;ATE;agent;100;2022-09-01;\n"

static void
begin(struct counter *counter)
{
	counter_begin_with(counter, "test/fields");
	counter_import_all(counter, "2024-01-10", TEXT(MORE_STRUCTURES), TEXT(MORE_PERSONS), TEXT(MORE_APPOINTMENTS));
}

static struct dossier_raws
raws(struct counter *counter, const char *field, const char *text)
{
	return COUNTER_TYPED(counter, { TEXT("présences"), TEXT("lundi.matin") }, { TEXT("arrivée"), TEXT("08:30") },
		{ text_of_string(field), text_of_string(text) });
}

/* What a text is told, by the form: empty when it is understood. */
static struct text
mistake(struct counter *counter, const char *field, const char *text)
{
	const struct office_command *command = counter_act(counter, "N1", "déposer", (struct text){ 0 },
		raws(counter, field, text));
	const struct dossier_answer *answer = dossier_answer_find(&command->outcome.form, text_of_string(field));
	CHECK(command->status == GUICHET_REFUSED && answer);
	return answer->mistake;
}

TEST(a_text_that_does_not_say_who_is_told_whom_to_copy)
{
	struct counter counter;
	begin(&counter);
	CHECK_FRENCH(mistake(&counter, "relais", "Jean Morvan"), TEXT("Plusieurs personnes répondent à « Jean Morvan ». Recopiez "
		"celle que vous vouliez dire : Jean Morvan (M1), Secrétariat général ; Jean Morvan (M2), Atelier."));
	CHECK_FRENCH(mistake(&counter, "relais", "orsav"), TEXT("Plusieurs personnes répondent à « orsav ». Recopiez celle que "
		"vous vouliez dire : Léa Orsaveine (L1), Secrétariat général ; Zoé Orsaveine (L2), Atelier."));
	CHECK_FRENCH(mistake(&counter, "relais", "Orsaveine Z"), TEXT("« Orsaveine Z » ne suffit pas à être sûr. Si c’est "
		"bien ce que vous vouliez dire, recopiez : Zoé Orsaveine (L2), Atelier."));
	/* Nobody of another organisation, by any way. */
	CHECK_FRENCH(mistake(&counter, "relais", "X1"), TEXT("L’annuaire ne connaît pas « X1 » : écrivez le matricule de la "
		"personne, ou son nom et son prénom."));
	CHECK_FRENCH(mistake(&counter, "relais", "Luc Dehors"), TEXT("L’annuaire ne connaît pas « Luc Dehors » : écrivez le "
		"matricule de la personne, ou son nom et son prénom."));
	CHECK_FRENCH(mistake(&counter, "accueil", "AUT"), TEXT("L’annuaire ne connaît pas « AUT » : écrivez le code de la "
		"structure, ou son nom."));
	CHECK_FRENCH(mistake(&counter, "accueil", "a"), TEXT("Plusieurs structures répondent à « a ». Recopiez celle que vous "
		"vouliez dire : Académie (ACA) ; Atelier (ATE) ; Secrétariat général (SG)."));
	CHECK_FRENCH(mistake(&counter, "relais", "()"), TEXT("L’annuaire ne connaît pas « () » : écrivez le matricule de la "
		"personne, ou son nom et son prénom."));
	counter_close(&counter);
}

static struct text
shown(struct counter *counter, struct text id, const char *field)
{
	const struct office_dossier dossier = counter_load(counter, id);
	const int index = procedure_field_find(dossier.procedure, text_of_string(field));
	return procedure_field_text(counter->arena, &dossier.procedure->fields[index],
		dossier_value_of(&dossier.state, text_of_string(field)));
}

static void
check_events(struct counter *counter, const struct office_dossier *dossier)
{
	struct guichet_error error = { 0 };
	const struct dossier_event *events;
	size_t count;
	struct dossier state = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_events(tx, counter->arena, dossier->id, 0, 100, &events, &count, &error), &error);
	CHECK(count >= 2);
	CHECK(text_find(events[0].payload, TEXT("\"named\"")) != SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		counter_must(dossier_replay(counter->arena, dossier->procedure, &state, &events[i], &error), &error);
		counter_must(dossier_fold(counter->arena, dossier->procedure, &state, &events[i], &error), &error);
	}
}

TEST(who_is_named_stays_as_they_were_and_the_event_is_judged_again_without_a_directory)
{
	struct counter counter;
	begin(&counter);
	const struct office_command *filed = counter_act(&counter, "N1", "déposer", (struct text){ 0 },
		raws(&counter, "relais", "Zoé Orsaveine (L2), Atelier"));
	counter_must(filed->status, &filed->error);
	CHECK_TEXT(shown(&counter, filed->dossier, "relais"), TEXT("Mme Zoé Orsaveine (Atelier)"));
	CHECK_TEXT(shown(&counter, filed->dossier, "accueil"), TEXT("Secrétariat général"));

	/* They leave: the directory knows them no more, the dossier does, and what is not changed is still well. */
	counter_import_all(&counter, "2024-01-11", TEXT(MORE_STRUCTURES), TEXT(COUNTER_PERSONS),
		TEXT("matricule;structure;fonction;quotité;début;fin\nL1;SG;agent;100;2022-09-01;\nN1;SG;agent;100;2022-09-01;\n"
			"P1;SG;chef de service;100;2022-09-01;\nG1;SG;gestionnaire;100;2022-09-01;\n"));
	counter_at(&counter, "2024-01-12T10:00");
	const struct dossier_raw same[] = { { TEXT("relais"), TEXT("Zoé Orsaveine (L2)") } },
		other[] = { { TEXT("relais"), TEXT("L2") } };
	const struct office_command *kept = counter_act_with(&counter, "N1", "changer", filed->dossier,
		(struct dossier_raws){ same, 1 });
	counter_must(kept->status, &kept->error);
	CHECK_TEXT(shown(&counter, filed->dossier, "relais"), TEXT("Mme Zoé Orsaveine (Atelier)"));
	CHECK(counter_act_with(&counter, "N1", "changer", filed->dossier, (struct dossier_raws){ other, 1 })->status
		== GUICHET_REFUSED);

	const struct office_dossier dossier = counter_load(&counter, filed->dossier);
	check_events(&counter, &dossier);
	counter_close(&counter);
}

TEST(who_is_named_in_a_row_stays_as_they_were)
{
	struct counter counter;
	counter_begin_with(&counter, "test/rows");
	counter_import_all(&counter, "2024-01-10", TEXT(MORE_STRUCTURES), TEXT(MORE_PERSONS), TEXT(MORE_APPOINTMENTS));
	const struct dossier_raw typed[] = { { TEXT("départ"), TEXT("2024-03-04") },
		{ TEXT("dépenses.1.nature"), TEXT("repas") }, { TEXT("dépenses.1.convive"), TEXT("Zoé Orsaveine (L2), Atelier") },
		{ TEXT("dépenses.1.le"), TEXT("2024-03-04") }, { TEXT("dépenses.1.montant"), TEXT("12") },
		{ TEXT("dépenses.2.nature"), TEXT("repas") }, { TEXT("dépenses.2.convive"), TEXT("Orsaveine Z") },
		{ TEXT("dépenses.2.le"), TEXT("2024-03-04") }, { TEXT("dépenses.2.montant"), TEXT("12") } };
	const struct office_command *refused = counter_act(&counter, "N1", "déposer", (struct text){ 0 },
		(struct dossier_raws){ typed, 9 });
	const struct dossier_answer *answer = dossier_answer_find(&refused->outcome.form, TEXT("dépenses"));
	CHECK(refused->status == GUICHET_REFUSED && answer && answer->row_count == 2 && answer->rows[0].mistakes == 0);
	CHECK_FRENCH(answer->rows[1].answers[2].mistake, TEXT("« Orsaveine Z » ne suffit pas à être sûr. Si c’est bien ce que vous "
		"vouliez dire, recopiez : Zoé Orsaveine (L2), Atelier."));

	const struct office_command *filed = counter_act(&counter, "N1", "déposer", (struct text){ 0 },
		(struct dossier_raws){ typed, 5 });
	counter_must(filed->status, &filed->error);
	CHECK_FRENCH(shown(&counter, filed->dossier, "dépenses"), TEXT("Nature : Repas, Avec qui : Mme Zoé Orsaveine (Atelier), "
		"Jour : 4 mars 2024, Montant : 12 €"));
	const struct office_dossier dossier = counter_load(&counter, filed->dossier);
	struct guichet_error error = { 0 };
	const struct dossier_event *events;
	size_t count;
	struct dossier state = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	counter_must(office_events(tx, counter.arena, dossier.id, 0, 100, &events, &count, &error), &error);
	CHECK(count == 1 && text_find(events[0].payload, TEXT("\"named\"")) != SIZE_MAX);
	counter_must(dossier_replay(counter.arena, dossier.procedure, &state, &events[0], &error), &error);
	store_read_end(TAKE(tx));
	counter_close(&counter);
}
