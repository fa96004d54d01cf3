/* The directory: imports as stories, who holds what, search. */
#include "directory_help.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "postgresql.h"

#include "base/banned.h"

struct guichet_error directory_test_error;

struct store *
directory_test_open(void)
{
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	struct store *store = NULL;
	if (store_open(path, NULL, &store, &directory_test_error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", directory_test_error.message);
	return store;
}

const char *
directory_test_file(const char *name, struct text content)
{
	static char paths[DIRECTORY_KIND_COUNT][128];
	static unsigned turn;
	char *path = paths[turn++ % DIRECTORY_KIND_COUNT];
	snprintf(path, sizeof paths[0], "%s/%s", test_directory(), name);
	FILE *file = fopen(path, "wb");
	CHECK(file && fwrite(content.at, 1, content.length, file) == content.length);
	CHECK(fclose(file) == 0);
	return path;
}

static instant
noon(const char *day)
{
	struct date date;
	CHECK(date_read(text_of_string(day), &date));
	return instant_of_paris(date, (struct clock_time){ .hour = 12 });
}

enum guichet_status
directory_test_import(struct store *store, const char *day, struct text structures, struct text persons,
	struct text appointments, bool force, struct arena *arena, struct directory_report *ret_report)
{
	const struct directory_import import = {
		.paths = { structures.at ? directory_test_file("structures.csv", structures) : NULL,
			persons.at ? directory_test_file("personnes.csv", persons) : NULL,
			appointments.at ? directory_test_file("affectations.csv", appointments) : NULL },
		.at = noon(day), .force = force };
	return directory_import(store, arena, &import, ret_report, &directory_test_error);
}

/* The académie of these tests: a rectorat with two services, a department with a school, a
 * guidance centre and a district. */
#define STRUCTURES                                                        \
	"code;type;nom;parent;département;adresse;courriel;régime\n"       \
	"ACA;académie;Académie;;;;;\n"                                     \
	"RECT;rectorat;Rectorat;ACA;;;;application\n"                      \
	"DPAE;division;Division;RECT;;;;application\n"                     \
	"DPAE-1;service;Bureau 1;DPAE;;;;application\n"                    \
	"D1;dsden;Département un;ACA;Un;;;application\n"                   \
	"CIO1;cio;Centre;D1;Un;;;application\n"                            \
	"COL1;collège;Collège Les Tilleuls;D1;Un;1 rue Haute;col1@ac.example;lien\n"
#define PERSONS                                                                                            \
	"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"                            \
	"R1;Mme;Aline;Corbevaux;Aline.Corbevaux@ac.example;Recteurs;;A;direction\n"                          \
	"S1;M.;Éloi;Dandoulet;eloi.dandoulet@ac.example;Attachés;Attaché;A;administrative\n"                 \
	"S2;Mme;Zoé;Vernelin;zoe.vernelin@ac.example;Attachés;Attaché;A;administrative\n"                    \
	"A1;Mme;Noémie;D’Œuvray-Rovignac;noemie@ac.example;Adjoints;Adjoint;C;administrative\n"              \
	"C1;M.;Paul;Merlival;paul@ac.example;Direction;;A;direction\n"                                       \
	"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"                              \
	"I1;M.;Hugo;Tessinier;hugo@ac.example;Adjoints;;C;administrative\n"                                  \
	"K1;Mme;Iris;Prademar;iris@ac.example;Psychologues;;A;éducation\n"                                   \
	"D1;M.;Yves;Barralin;yves@ac.example;Inspecteurs;;A;inspection\n"
#define APPOINTMENTS                                            \
	"matricule;structure;fonction;quotité;début;fin\n"       \
	"R1;ACA;chef de service;100;;\n"                         \
	"S1;DPAE;chef de service;100;;\n"                        \
	"S1;ACA;gestionnaire DPAE;0;;\n"                         \
	"S2;DPAE-1;chef de service;100;;\n"                      \
	"A1;DPAE-1;agent;80 %;01/09/2022;\n"                     \
	"C1;COL1;chef d'établissement;100;;\n"                   \
	"G1;COL1;adjoint gestionnaire;100;;\n"                   \
	"I1;COL1;secrétaire d’intendance;50;;\n"                 \
	"I1;CIO1;agent;30;;\n"                                   \
	"K1;CIO1;chef de service;100;;\n"                        \
	"D1;D1;chef de service;100;;\n"

static const struct date day = { 2023, 6, 8 };

struct academy {
	struct arena *arena;
	struct store *store;
	struct directory_report report;
};

static void
academy_release_at(struct academy *academy)
{
	store_close(academy->store);
	arena_free(academy->arena);
}

static struct academy
academy_of(struct store *store)
{
	struct academy academy = { .arena = arena_new(8 << 20), .store = store };
	if (directory_test_import(academy.store, "2023-06-01", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), false,
		academy.arena, &academy.report) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", directory_test_error.message);
	return academy;
}

#define WITH_ACADEMY(name) CLEANUP(academy_release) struct academy name = academy_of(directory_test_open())

#define CHECK_COUNTS(report, kind, added_, changed_, ended_, unchanged_, refused_)   \
	do {                                                                          \
		CHECK_INTEGER((report).counts[kind].added, added_);                   \
		CHECK_INTEGER((report).counts[kind].changed, changed_);               \
		CHECK_INTEGER((report).counts[kind].ended, ended_);                   \
		CHECK_INTEGER((report).counts[kind].unchanged, unchanged_);           \
		CHECK_INTEGER((report).counts[kind].refused, refused_);               \
	} while (0)

static const struct text none;

/* --- Imports ---------------------------------------------------------------------------------- */

TEST(directory_import_fills_and_the_same_files_change_nothing)
{
	WITH_ACADEMY(a);
	CHECK_COUNTS(a.report, DIRECTORY_STRUCTURES, 7, 0, 0, 0, 0);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 9, 0, 0, 0, 0);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 11, 0, 0, 0, 0);
	CHECK(directory_test_import(a.store, "2023-06-05", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), false, a.arena,
		&a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_STRUCTURES, 0, 0, 0, 7, 0);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 0, 0, 9, 0);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 11, 0);
}

TEST(directory_import_reads_windows_1252_and_commas)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = directory_test_open();
	struct directory_report report;
	CHECK(directory_test_import(store, "2023-06-01", none,
		TEXT("MATRICULE,Pr\xe9nom,NOM,surnom\r\nP1,No\xebl,\"Galv\xe9" "mard, fils\",x\r\n"), none, false, arena, &report)
		== GUICHET_OK);
	CHECK_TEXT(report.ignored, TEXT("surnom"));
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	struct directory_person person;
	CHECK(directory_person_by_external_id(tx, arena, TEXT("P1"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(directory_person_name(arena, &person), TEXT("Noël Galvémard, fils"));
}

TEST(directory_import_ends_who_leaves_and_keeps_their_past)
{
	WITH_ACADEMY(a);
	const struct text left = TEXT("matricule;civilité;prénom;nom\nS1;M.;Éloi;Dandoulet\n");
	/* Eight of nine would end: the guard speaks and nothing changes. */
	CHECK(directory_test_import(a.store, "2023-06-20", none, left, none, false, a.arena, &a.report) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(directory_test_error.message), TEXT("Cet import terminerait 8 personnes sur 9, soit plus de "
		"5 % : rien n’a été changé. Vérifiez que le fichier est complet, ou relancez avec --force."));
	CHECK_INTEGER(a.report.counts[DIRECTORY_PERSONS].ended, 8);
	CHECK(directory_test_import(a.store, "2023-06-20", none, left, none, true, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 1, 8, 0, 0);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 9, 0, 0); /* what they held falls with them */

	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_facts facts;
	struct directory_person person;
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("A1"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK(directory_facts(tx, a.arena, person.id, (struct date){ 2023, 6, 19 }, &facts, &directory_test_error)
		== GUICHET_OK);
	CHECK_TEXT(facts.structure.code, TEXT("DPAE-1"));
	CHECK(directory_facts(tx, a.arena, person.id, (struct date){ 2023, 6, 20 }, &facts, &directory_test_error)
		== GUICHET_UNKNOWN);
	/* S1 lost a mail and a corps, from that day only. */
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("S1"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(person.corps, TEXT("Attachés"));
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("S1"), (struct date){ 2023, 6, 20 }, &person,
		&directory_test_error) == GUICHET_OK);
	CHECK_TEXT(person.corps, TEXT(""));
}

TEST(directory_import_gives_who_comes_back_the_same_id)
{
	WITH_ACADEMY(a);
	CHECK(directory_test_import(a.store, "2023-06-20", none, TEXT("matricule;prénom;nom\nS1;Éloi;Dandoulet\n"), none, true,
		a.arena, &a.report) == GUICHET_OK);
	CHECK(directory_test_import(a.store, "2023-09-01", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), false, a.arena,
		&a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 8, 1, 0, 0, 0);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 9, 0, 0, 2, 0);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_person before, after;
	struct directory_functions functions;
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("A1"), day, &before, &directory_test_error) == GUICHET_OK);
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("A1"), (struct date){ 2023, 9, 1 }, &after,
		&directory_test_error) == GUICHET_OK);
	CHECK_TEXT(after.id, before.id);
	/* Not in July: they were away. */
	CHECK(directory_functions_of(tx, a.arena, after.id, (struct date){ 2023, 7, 14 }, &functions, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(functions.count, 0);
	CHECK(directory_functions_of(tx, a.arena, after.id, (struct date){ 2023, 9, 1 }, &functions, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(functions.count, 1);
	CHECK_INTEGER(functions.at[0].share, 80);
}

TEST(directory_import_moves_a_structure_with_all_below_it)
{
	WITH_ACADEMY(a);
	CHECK(directory_test_import(a.store, "2023-07-01", TEXT("code;type;nom;parent;département;régime\n"
		"ACA;académie;Académie;;;\nRECT;rectorat;Rectorat;ACA;;\nDPAE;division;Division;ACA;;\nDPAE-1;service;Bureau 1;DPAE;;\n"
		"D1;dsden;Département un;ACA;Un;\nCIO1;cio;Centre;D1;Un;\nCOL1;collège;Collège Les Tilleuls;D1;Un;lien\n"), none, none,
		false, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_STRUCTURES, 0, 3, 0, 4, 0); /* the school lost its address */
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_structure structure;
	CHECK(directory_structure_by_code(tx, a.arena, TEXT("DPAE-1"), day, &structure, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(structure.path, TEXT("/ACA/RECT/DPAE/DPAE-1/"));
	CHECK(directory_structure_by_code(tx, a.arena, TEXT("DPAE-1"), (struct date){ 2023, 7, 1 }, &structure,
		&directory_test_error) == GUICHET_OK);
	CHECK_TEXT(structure.path, TEXT("/ACA/DPAE/DPAE-1/"));
}

/* The report of an import, without the names of the files. */
static struct text
report_of(struct academy *a)
{
	struct text all = TEXT("");
	for (size_t i = 0; i < a->report.refusal_count; i++) {
		const struct directory_refusal *r = &a->report.refusals[i];
		all = arena_format(a->arena, TEXT_FORMAT TEXT_FORMAT " %zu:%zu " TEXT_FORMAT "\n", TEXT_ARGS(all),
			TEXT_ARGS(directory_kind_text(r->kind)), r->line, r->column, TEXT_ARGS(r->message));
	}
	return all;
}

TEST(directory_import_refuses_lines_one_by_one)
{
	WITH_ACADEMY(a);
	CHECK(directory_test_import(a.store, "2023-06-05",
		TEXT(STRUCTURES "X1;service;;ACA;;;;\nX2;service;Deux;ABSENT;;;;\nX3;service;Trois;X2;;;;\nCOL1;lycée;Encore;ACA;;;;\n"
			"B1;service;Boucle;B2;;;;\nB2;service;Boucle;B1;;;;\nX 4;service;Quatre;ACA;;;;\nX5;service;Cinq;ACA;;;;fax\n"),
		TEXT(PERSONS "P1;;Léa;Sans;pas une adresse;;;;\nA1;;Noé;Double;;;;;\nP2;;Noé;Même;hugo@ac.example;;;;\nP3;;Noé;\"x\"y\n"),
		TEXT(APPOINTMENTS "P9;ACA;agent;100;;\nA1;ABSENT;agent;100;;\nA1;ACA;agent;120;;\nA1;ACA;agent;;31/02/2023;\n"
			"A1;ACA;agent;;01/09/2023;31/08/2023\nA1;ACA;agent;100;;;;trop\nA1;DPAE-1;agent;100;;\n"),
		false, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_STRUCTURES, 0, 0, 0, 7, 8);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 0, 0, 9, 4);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 11, 7);
	CHECK_TEXT(report_of(&a), TEXT(
		"structures 9:12 La colonne « nom » est vide ; remplissez-la.\n"
		"structures 10:0 La structure parente « ABSENT » n’existe pas ou sa ligne est refusée ; ajoutez-la ou corrigez ce "
		"code.\n"
		"structures 11:0 La structure parente « X2 » n’existe pas ou sa ligne est refusée ; ajoutez-la ou corrigez ce "
		"code.\n"
		"structures 12:0 Ce code est déjà celui de la ligne 8 ; gardez une seule des deux lignes.\n"
		"structures 13:0 La structure « B1 » est au-dessus d’elle-même : corrigez la colonne « parent » d’une des lignes de "
		"cette boucle.\n"
		"structures 14:0 La structure parente « B1 » n’existe pas ou sa ligne est refusée ; ajoutez-la ou corrigez ce "
		"code.\n"
		"structures 15:1 « X 4 » n’est pas un code : lettres sans accent, chiffres, « - », « _ » et « . » seulement.\n"
		"structures 16:24 Le régime « fax » n’est pas connu ; écrivez « application » ou « lien ».\n"
		"personnes 11:14 « pas une adresse » n’est pas une adresse de courriel ; corrigez-la ou laissez la colonne vide.\n"
		"personnes 12:0 Ce matricule est déjà celui de la ligne 5 ; gardez une seule des deux lignes.\n"
		"personnes 13:0 Ce courriel est déjà celui de la ligne 8 ; il sert à se connecter et doit être propre à chacun.\n"
		"personnes 14:12 Du texte suit un guillemet fermant ; doublez les guillemets qui font partie du texte.\n"
		"affectations 13:0 Le matricule « P9 » n’est pas dans l’annuaire, ou sa ligne est refusée ; ajoutez la personne ou "
		"retirez cette ligne.\n"
		"affectations 14:0 La structure « ABSENT » n’est pas dans l’annuaire, ou sa ligne est refusée ; ajoutez-la ou "
		"corrigez ce code.\n"
		"affectations 15:14 La quotité « 120 » n’est pas un nombre entier de 0 à 100.\n"
		"affectations 16:15 « 31/02/2023 » n’est pas une date ; écrivez-la comme 01/09/2023 ou 2023-09-01.\n"
		"affectations 17:26 L’affectation finit avant de commencer ; corrigez l’une des deux dates.\n"
		"affectations 18:21 Cette ligne a plus de champs que la première ; un « ; » ou un guillemet est de trop.\n"
		"affectations 19:0 Cette affectation (même personne, même structure, même fonction) est déjà à la ligne 6 ; gardez "
		"une seule des deux lignes.\n"));
}

TEST(directory_import_leaves_alone_what_a_refused_line_is_about)
{
	WITH_ACADEMY(a);
	/* The chief's line is broken: they are not ended for that, nor is what they hold. */
	CHECK(directory_test_import(a.store, "2023-06-05", none, TEXT(PERSONS), TEXT(APPOINTMENTS), false, a.arena, &a.report)
		== GUICHET_OK);
	const char *broken = "matricule;prénom;nom;courriel\nR1;Aline;Corbevaux;x\nS1;É;D\nS2;Z;V\nA1;N;D\nC1;P;M\n"
		"G1;M;S\nI1;H;T\nK1;I;P\nD1;Y;B\n";
	CHECK(directory_test_import(a.store, "2023-06-06", none, text_of_string(broken), none, false, a.arena, &a.report)
		== GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 8, 0, 0, 1);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 0, 0);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_person person;
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("R1"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(person.mail, TEXT("aline.corbevaux@ac.example"));
}

TEST(directory_import_refuses_a_broken_file_whole)
{
	WITH_ACADEMY(a);
	CHECK(directory_test_import(a.store, "2023-06-05", none, TEXT("matricule;nom\nP1;x\n"), none, false, a.arena, &a.report)
		== GUICHET_REFUSED);
	CHECK(text_ends(text_of_string(directory_test_error.message), TEXT("/personnes.csv, ligne 1 : il manque la colonne "
		"« prénom » ; la première ligne donne les noms des colonnes.")));
	CHECK(directory_test_import(a.store, "2023-06-05", none, TEXT("matricule;prénom;nom\nP1;x;\"y\n"), none, true, a.arena,
		&a.report) == GUICHET_REFUSED);
	CHECK(text_find(text_of_string(directory_test_error.message), TEXT("ligne 2, colonne 6 : Ce guillemet ouvrant n’est "
		"jamais refermé")) != SIZE_MAX);
	CHECK(directory_test_import(a.store, "2023-06-05", none, TEXT(""), none, true, a.arena, &a.report) == GUICHET_REFUSED);
	CHECK(text_ends(text_of_string(directory_test_error.message), TEXT("est vide ; sa première ligne donne les noms des "
		"colonnes.")));
}

TEST(directory_import_strict_and_dry_write_nothing)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = directory_test_open();
	struct directory_report report;
	const struct text persons = TEXT("matricule;prénom;nom\nP1;Léa;Bon\nP2;;Mauvais\n");
	struct directory_import import = { .at = noon("2023-06-01"), .strict = true,
		.paths = { [DIRECTORY_PERSONS] = directory_test_file("p.csv", persons) } };
	CHECK(directory_import(store, arena, &import, &report, &directory_test_error) == GUICHET_REFUSED);
	CHECK_COUNTS(report, DIRECTORY_PERSONS, 1, 0, 0, 0, 1);
	import.strict = false, import.dry = true;
	CHECK(directory_import(store, arena, &import, &report, &directory_test_error) == GUICHET_OK);
	CHECK_COUNTS(report, DIRECTORY_PERSONS, 1, 0, 0, 0, 1);
	import.dry = false;
	CHECK(directory_import(store, arena, &import, &report, &directory_test_error) == GUICHET_OK);
	CHECK_COUNTS(report, DIRECTORY_PERSONS, 1, 0, 0, 0, 1);
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	import.paths[DIRECTORY_PERSONS] = "p.csv";
	directory_report_write(&report, &import, &out);
	CHECK_TEXT(buffer_text(&out), TEXT("personnes    : 2 lignes, 1 ajoutée, 0 modifiée, 0 terminée, 0 inchangée, 1 refusée\n"
		"p.csv, ligne 3, colonne 4 : La colonne « prénom » est vide ; remplissez-la.\n"));
}

TEST(directory_appointments_follow_their_stated_days)
{
	WITH_ACADEMY(a);
	const struct text stated = TEXT("matricule;structure;fonction;quotité;début;fin\n"
		"R1;ACA;chef de service;;;\nS1;DPAE;chef de service;;;\nS1;ACA;gestionnaire DPAE;0;;\nS2;DPAE-1;chef de service;;;\n"
		"A1;DPAE-1;agent;60;01/09/2022;31/08/2023\nC1;COL1;chef d’établissement;;;\nG1;COL1;adjoint gestionnaire;;;\n"
		"I1;COL1;secrétaire d’intendance;50;;\nI1;CIO1;agent;30;;\nK1;CIO1;chef de service;;;\nD1;D1;chef de service;;;\n");
	CHECK(directory_test_import(a.store, "2023-06-10", none, none, stated, false, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 1, 0, 10, 0);
	CHECK(directory_test_import(a.store, "2023-06-11", none, none, stated, false, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 11, 0);
	/* Once its last day is past, the same file neither ends nor adds it. */
	CHECK(directory_test_import(a.store, "2023-09-02", none, none, stated, false, a.arena, &a.report) == GUICHET_OK);
	CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 11, 0);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_person person;
	struct directory_facts facts;
	CHECK(directory_person_by_external_id(tx, a.arena, TEXT("A1"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK(directory_facts(tx, a.arena, person.id, day, &facts, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(facts.appointment.share, 80);
	CHECK(directory_facts(tx, a.arena, person.id, (struct date){ 2023, 8, 31 }, &facts, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(facts.appointment.share, 60);
	CHECK(directory_facts(tx, a.arena, person.id, (struct date){ 2023, 9, 1 }, &facts, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(facts.appointment.id.length, 0);
	CHECK_INTEGER(facts.structure.id.length, 0);
}

TEST(directory_import_survives_every_failed_allocation_of_its_reading)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(store_close) struct store *store = directory_test_open();
	struct directory_import import = { .at = noon("2023-06-01") };
	import.paths[DIRECTORY_STRUCTURES] = directory_test_file("s.csv", TEXT("code;type;nom\nA;service;Écoute\n"));
	import.paths[DIRECTORY_PERSONS] = directory_test_file("p.csv", TEXT("matricule;prénom;nom\nP1;Léa;Bon\n"));
	import.paths[DIRECTORY_APPOINTMENTS] = directory_test_file("a.csv", TEXT("matricule;structure;fonction\nP1;A;agent\n"));
	for (unsigned nth = 1; ; nth++) {
		struct directory_report report;
		arena_clear(arena);
		arena_fail_nth(nth);
		const enum guichet_status status = directory_import(store, arena, &import, &report, &directory_test_error);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK(status == GUICHET_OK && nth > 20);
			CHECK_COUNTS(report, DIRECTORY_APPOINTMENTS, 1, 0, 0, 0, 0);
			return;
		}
		CHECK_INTEGER(status, GUICHET_BROKEN);
	}
}

/* --- Who holds what ----------------------------------------------------------------------------- */

static const struct text heads[] = {
	{ "chef de service", sizeof "chef de service" - 1 },
	{ "chef d'établissement", sizeof "chef d'établissement" - 1 },
};

/* The external ids of the heads of a person's main structure, at the day. */
static struct text
heads_of(struct academy *a, const char *external_id)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a->store, &directory_test_error);
	struct directory_person person;
	struct directory_facts facts;
	struct directory_holders holders;
	CHECK(directory_person_by_external_id(tx, a->arena, text_of_string(external_id), day, &person, &directory_test_error)
		== GUICHET_OK);
	CHECK(directory_facts(tx, a->arena, person.id, day, &facts, &directory_test_error) == GUICHET_OK);
	CHECK(directory_holders(tx, a->arena, heads, 2, facts.structure.id, person.id, day, &holders, &directory_test_error)
		== GUICHET_OK);
	struct text all = TEXT("");
	for (size_t i = 0; i < holders.count; i++)
		all = arena_format(a->arena, TEXT_FORMAT "%s" TEXT_FORMAT "@" TEXT_FORMAT "/" TEXT_FORMAT, TEXT_ARGS(all), i ? " " : "",
			TEXT_ARGS(holders.at[i].person.external_id), TEXT_ARGS(holders.at[i].structure_code),
			TEXT_ARGS(holders.at[i].regime));
	return all;
}

static void
check_heads(struct academy *a)
{
	CHECK_TEXT(heads_of(a, "A1"), TEXT("S2@DPAE-1/application"));  /* a service */
	CHECK_TEXT(heads_of(a, "I1"), TEXT("C1@COL1/lien"));           /* a school: not the N+1, its head */
	CHECK_TEXT(heads_of(a, "G1"), TEXT("C1@COL1/lien"));
	CHECK_TEXT(heads_of(a, "S2"), TEXT("S1@DPAE/application"));    /* a head's own request goes up */
	CHECK_TEXT(heads_of(a, "S1"), TEXT("R1@ACA/application"));     /* past a structure that has none */
	CHECK_TEXT(heads_of(a, "C1"), TEXT("D1@D1/application"));
	CHECK_TEXT(heads_of(a, "K1"), TEXT("D1@D1/application"));
	CHECK_TEXT(heads_of(a, "R1"), TEXT(""));                       /* nobody above */
}

TEST(directory_finds_the_head_of_each_kind_of_structure_TTA_15_TTA_A13)
{
	WITH_ACADEMY(a);
	check_heads(&a);
}

TEST(directory_lists_the_heads_of_a_subtree_TTA_14)
{
	WITH_ACADEMY(a);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_structure department;
	struct directory_holders holders;
	CHECK(directory_structure_by_code(tx, a.arena, TEXT("D1"), day, &department, &directory_test_error) == GUICHET_OK);
	const struct directory_range range = directory_subtree(a.arena, department.path);
	CHECK(directory_holders_within(tx, a.arena, heads, 2, &range, day, 100, &holders, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(holders.count, 3);
	CHECK_TEXT(holders.at[0].person.external_id, TEXT("K1"));
	CHECK_TEXT(holders.at[1].person.external_id, TEXT("C1"));
	CHECK_TEXT(holders.at[2].person.external_id, TEXT("D1"));
	CHECK(directory_holders_within(tx, a.arena, heads, 2, &DIRECTORY_EVERYWHERE, day, 2, &holders, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(holders.count, 2);
	struct directory_structures structures;
	CHECK(directory_structures(tx, a.arena, &range, TEXT("collège"), day, 10, &structures, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(structures.count, 1);
	CHECK_TEXT(structures.at[0].address, TEXT("1 rue Haute"));
	CHECK(directory_holders(tx, a.arena, heads, 7, department.id, TEXT(""), day, &holders, &directory_test_error)
		== GUICHET_REFUSED);
}

TEST(directory_tells_the_facts_and_functions_of_a_person_TTA_35)
{
	WITH_ACADEMY(a);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a.store, &directory_test_error);
	struct directory_person person;
	struct directory_facts facts;
	struct directory_functions functions;
	CHECK(directory_person_by_mail(tx, a.arena, TEXT(" HUGO@ac.example"), day, &person, &directory_test_error) == GUICHET_OK);
	CHECK(directory_facts(tx, a.arena, person.id, day, &facts, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(facts.person.corps, TEXT("Adjoints"));
	CHECK_TEXT(facts.appointment.function, TEXT("secrétaire d’intendance"));
	CHECK_INTEGER(facts.appointment.share, 50);
	CHECK_TEXT(facts.structure.kind, TEXT("collège"));
	CHECK_TEXT(facts.structure.regime, TEXT("lien"));
	CHECK_TEXT(facts.structure_parent_name, TEXT("Département un"));
	CHECK(directory_functions_of(tx, a.arena, person.id, day, &functions, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(functions.count, 2);
	CHECK_TEXT(functions.at[1].structure_code, TEXT("CIO1"));
	CHECK(directory_has_function(&functions, TEXT("secrétaire d'intendance"), TEXT("/ACA/D1/COL1/")));
	CHECK(!directory_has_function(&functions, TEXT("secrétaire d’intendance"), TEXT("/ACA/D1/CIO1/")));
	CHECK(!directory_has_function(&functions, TEXT("pilote"), TEXT("")));
	CHECK(directory_facts(tx, a.arena, TEXT("absent"), day, &facts, &directory_test_error) == GUICHET_UNKNOWN);
	CHECK(directory_person_by_mail(tx, a.arena, TEXT(""), day, &person, &directory_test_error) == GUICHET_UNKNOWN);
}

static void
check_search(struct academy *a)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(a->store, &directory_test_error);
	CHECK(tx);
	static const struct {
		const char *query, *from, *to, *expected;
	} cases[] = {
		{ "d oeuvray", "/", "0", "A1" }, { "D'ŒUVRAY-ROV", "/", "0", "A1" }, { "noemie d", "/", "0", "A1" },
		{ "eloi", "/", "0", "S1" }, { "dandoulet ÉLOI", "/", "0", "S1" }, { "A1", "/", "0", "A1" },
		{ "m", "/", "0", "C1 G1" }, { "m", "/ACA/RECT/", "/ACA/RECT0", "" }, { "tess", "/ACA/D1/CIO1/", "/ACA/D1/CIO10", "I1" },
		{ "", "/", "0", "" }, { "œuvray", "/", "0", "" }, { "%", "/", "0", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct directory_range range = { text_of_string(cases[i].from), text_of_string(cases[i].to) };
		struct directory_search found;
		CHECK(directory_search(tx, a->arena, text_of_string(cases[i].query), &range, day, 10, &found, &directory_test_error)
			== GUICHET_OK);
		struct text all = TEXT("");
		for (size_t j = 0; j < found.count; j++)
			all = arena_format(a->arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(all), j ? " " : "",
				TEXT_ARGS(found.at[j].person.external_id));
		if (!text_equal(all, text_of_string(cases[i].expected)))
			test_fail(__FILE__, __LINE__, "\"%s\" found \"%.*s\"", cases[i].query, TEXT_ARGS(all));
		CHECK(!found.more);
	}
	struct directory_search found;
	CHECK(directory_search(tx, a->arena, TEXT("m"), &DIRECTORY_EVERYWHERE, day, 1, &found, &directory_test_error)
		== GUICHET_OK);
	CHECK(found.count == 1 && found.more);
}

TEST(directory_search_forgets_accents_and_keeps_to_a_subtree)
{
	WITH_ACADEMY(a);
	check_search(&a);
}

/* --- The demonstration académie -------------------------------------------------------------------- */

static struct text
file_read(struct arena *arena, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/demo/%s", test_directory(), name);
	FILE *file = fopen(path, "rb");
	CHECK(file);
	char *bytes = arena_alloc(arena, 8 << 20);
	CHECK(bytes);
	const size_t length = fread(bytes, 1, 8 << 20, file);
	fclose(file);
	return (struct text){ bytes, length };
}

TEST(directory_generates_the_same_academie_for_the_same_seed_PLT_01)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	char path[256];
	snprintf(path, sizeof path, "%s/demo", test_directory());
	CHECK(directory_generate(path, 1, &directory_test_error) == GUICHET_OK);
	static const struct {
		const char *name, *hash;
	} files[] = {
		{ "structures.csv", "a61292ae9811d4cfcb531f7bf63acc8837e4cea1ab71a745c5b3baa1b6d9aa79" },
		{ "personnes.csv", "2bd31492d92679a99fe28fb7d640da5076c961c794163f4b68ecf77bf0ea6338" },
		{ "affectations.csv", "05a550d750e6afe6d62ef14d36329abb3fd88882f812f0b2af8302a5488bf7fe" },
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const struct digest digest = digest_of(file_read(arena, files[i].name));
		CHECK_TEXT(digest_hex(arena, &digest), text_of_string(files[i].hash));
	}
}

TEST(directory_demonstration_has_every_role_filled)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(store_close) struct store *store = directory_test_open();
	char path[256], paths[DIRECTORY_KIND_COUNT][300];
	snprintf(path, sizeof path, "%s/demo", test_directory());
	CHECK(directory_generate(path, 7, &directory_test_error) == GUICHET_OK);
	struct directory_import import = { .at = noon("2023-06-01") };
	static const char *const names[] = { "structures", "personnes", "affectations" };
	for (int i = 0; i <= DIRECTORY_APPOINTMENTS; i++) {
		snprintf(paths[i], sizeof paths[i], "%s/%s.csv", path, names[i]);
		import.paths[i] = paths[i];
	}
	struct directory_report report;
	CHECK(directory_import(store, arena, &import, &report, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(report.counts[DIRECTORY_PERSONS].added, DIRECTORY_DEMONSTRATION_AGENTS);
	CHECK_INTEGER(report.refusal_count, 0);

	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	struct directory_structures structures;
	struct directory_holders holders;
	CHECK(directory_structures(tx, arena, &DIRECTORY_EVERYWHERE, TEXT(""), day, 5000, &structures, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(structures.count, report.counts[DIRECTORY_STRUCTURES].added);
	const struct text all_heads[] = { TEXT("chef de service"), TEXT("chef d'établissement"), TEXT("directeur d’école") };
	CHECK(directory_holders_within(tx, arena, all_heads, 3, &DIRECTORY_EVERYWHERE, day, 5000, &holders, &directory_test_error)
		== GUICHET_OK);
	CHECK_INTEGER(holders.count, structures.count); /* exactly one each */
	for (size_t i = 1; i < holders.count; i++)
		CHECK(!text_equal(holders.at[i].structure, holders.at[i - 1].structure));
	static const struct {
		const char *function;
		size_t least;
	} roles[] = { { "adjoint gestionnaire", 195 }, { "secrétaire d’intendance", 195 }, { "personne support", 11 },
		{ "gestionnaire DPAE", 10 }, { "pilote", 1 }, { "assistance", 1 }, { "recteur", 1 }, { "directeur de CIO", 15 },
		{ "directeur académique", 3 } };
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		const struct text function = text_of_string(roles[i].function);
		CHECK(directory_holders_within(tx, arena, &function, 1, &DIRECTORY_EVERYWHERE, day, 5000, &holders,
			&directory_test_error) == GUICHET_OK);
		CHECK(holders.count >= roles[i].least);
	}
}

TEST(directory_answers_alike_on_postgresql)
{
	const char *url = postgresql_start();
	struct store *store = NULL;
	if (store_open(url, NULL, &store, &directory_test_error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", directory_test_error.message);
	{
		CLEANUP(academy_release) struct academy a = academy_of(store);
		check_heads(&a);
		check_search(&a);
		CHECK(directory_test_import(store, "2023-06-05", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), false, a.arena,
			&a.report) == GUICHET_OK);
		CHECK_COUNTS(a.report, DIRECTORY_STRUCTURES, 0, 0, 0, 7, 0);
		CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 0, 0, 9, 0);
		CHECK_COUNTS(a.report, DIRECTORY_APPOINTMENTS, 0, 0, 0, 11, 0);
		CHECK(directory_test_import(store, "2023-06-20", none, TEXT("matricule;prénom;nom\nS1;Éloi;Dandoulet\n"), none, true,
			a.arena, &a.report) == GUICHET_OK);
		CHECK_COUNTS(a.report, DIRECTORY_PERSONS, 0, 1, 8, 0, 0);
	}
	postgresql_stop();
}
