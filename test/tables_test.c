/* The tables that circulars print, as procedures: test/tables/ has one folder each. What is printed is
 * reproduced, anomalies included; what the check says of it stands in attendu.txt, to the letter; and
 * each line of each table is missed by a test when it is left out. */
#include "package.h"

#include <unistd.h>

#include "base/french.h"
#include "base/banned.h"

#define FOLDER(name) "test/tables/" name
static const char *const folders[] = { FOLDER("prive-1d"), FOLDER("prive-2d"), FOLDER("public-2d"), FOLDER("academie"),
	FOLDER("formation"), FOLDER("primes"), FOLDER("collectivite"), FOLDER("decision"), FOLDER("choix") };
#undef FOLDER

enum { FOLDER_COUNT = sizeof folders / sizeof *folders, TOLD_LIMIT = 1 << 18 };

static struct text
told(struct arena *arena, const struct procedure_findings *findings)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(TOLD_LIMIT);
	for (size_t i = 0; i < findings->count; i++)
		procedure_finding_write(&findings->at[i], &out);
	CHECK(!out.failed);
	return arena_text(arena, buffer_text(&out));
}

TEST(a_printed_table_wins_and_its_differences_are_told)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		PACKAGE(package, folders[i]);
		const struct text path = arena_format(package.arena, "%s/attendu.txt", folders[i]);
		const struct text got = told(package.arena, &package.findings);
		const struct text expected = access(path.at, F_OK) == 0 ? test_file(package.arena, path.at) : TEXT("");
		test_case(french_equal(got, expected), folders[i], 1, "got\n%.*s", TEXT_ARGS(got));
	}
}

TEST(each_printed_line_is_reproduced)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		PACKAGE(package, folders[i]);
		CHECK(package_play(&package) >= 10);
	}
}

static bool
is_printed_line(const struct procedure_mutant *rule)
{
	return text_starts(rule->path, TEXT("tables."));
}

TEST(no_line_of_a_printed_table_goes_untested)
{
	size_t lines = 0;
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		lines += package_misses(folders[i], is_printed_line);
	CHECK(lines > 200);
}

/* ---- files as spreadsheets write them ---- */

static const char spreadsheet[] =
	"guichet: 1\nprocédure: p\ntitre: P\nservice: b\nconservation: P1Y\n"
	"rôles: {agent: {libellé: a, est: demandeur}, b: {libellé: b, fonction: f, de: partout}}\n"
	"formulaire: {s: {titre: S, champs: {mot: {libellé: M, type: choix, options: {été: Été, hiver: Hiver}, obligatoire: oui,\n"
	"  pourquoi: p}}}}\n"
	"liste: {colonnes: [{titre: T, valeur: t}]}\n"
	"circuit: {brouillon: {libellé: B, qui: agent, actions: {d: {libellé: D, vers: x}}}, x: {libellé: X, fin: oui}}\n"
	"tables:\n  t: {libellé: T, entrées: {mot: mot}, sorties: {t: nombre}, fichier: tables/t.csv}\n";

static struct text
told_of(struct arena *arena, struct text csv)
{
	const struct procedure_file files[] = {
		{ TEXT("procedure.yaml"), { spreadsheet, sizeof spreadsheet - 1 } },
		{ TEXT("tables/t.csv"), csv },
	};
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(files, 2, NULL, &findings,
		&error);
	return told(arena, &findings);
}

TEST(a_table_is_read_from_what_a_spreadsheet_wrote)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CHECK_TEXT(told_of(arena, TEXT("mot;t\r\n\xe9t\xe9;1,5\r\nhiver;2\r\n;;\r\n")), TEXT(""));
	CHECK_TEXT(told_of(arena, TEXT("\xef\xbb\xbfmot,t,note\n\"\"\"été\"\"\",\"1,5\",\nhiver,2,x\n")), TEXT(""));
	CHECK_TEXT(told_of(arena, TEXT("\xef\xbb\xbfmot;t\n\"été\";1 234,50\nhiver;2")), TEXT(""));
}

TEST(a_mistake_of_a_spreadsheet_is_told_where_it_is_seen)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CHECK_FRENCH(told_of(arena, TEXT("mot;t\r\n\xe9t\xe9;\xe9\r\nhiver;2\r\n")), TEXT(
		"tables/t.csv:2:5 : erreur 203 : nom inconnu « é »\n"
		"    été;é\n"
		"        ^\n"));
	CHECK_FRENCH(told_of(arena, TEXT("\xef\xbb\xbf" "été;t\nhiver;2\n")), TEXT(
		"tables/t.csv:1:1 : erreur 701 : aucune entrée ni sortie ne s’appelle « été »\n"
		"    été;t\n"
		"    ^^^\n"
		"    → vouliez-vous « t » ?\n"));
	CHECK_FRENCH(told_of(arena, TEXT("mot;t\n\"été\n\";\"1 + \"\"é\"\" - x\"\nhiver;2\n")), TEXT(
		"tables/t.csv:3:4 : erreur 203 : on ne peut pas ajouter un nombre et un texte\n"
		"    \";\"1 + \"\"é\"\" - x\"\n"
		"       ^^^^^^^^\n"
		"    → écrivez string(…) autour de ce qui n’est pas un texte\n"
		"tables/t.csv:3:16 : erreur 203 : nom inconnu « x »\n"
		"    \";\"1 + \"\"é\"\" - x\"\n"
		"                   ^\n"));
	CHECK_FRENCH(told_of(arena, TEXT("mot;t\n\xe9t\xe9;\x81\nhiver;2\n")), TEXT(
		"tables/t.csv:2:5 : erreur 704 : ce caractère n’est ni de l’UTF-8 ni du Windows-1252\n"
		"    été;\ufffd\n"
		"        ^\n"
		"    → enregistrez ce fichier en UTF-8\n"));
	CHECK_FRENCH(told_of(arena, TEXT("")), TEXT(
		"procedure.yaml:12:71 : erreur 703 : cette table n’a pas de ligne\n"
		"      t: {libellé: T, entrées: {mot: mot}, sorties: {t: nombre}, fichier: tables/t.csv}\n"
		"                                                                          ^^^^^^^^^^^^\n"
		"    → écrivez une ligne de noms, puis une ligne par règle\n"));
}
