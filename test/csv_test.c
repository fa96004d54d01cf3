/* CSV as spreadsheets write it, and how it is refused. */
#include "base/csv.h"
#include "test.h"

#include "base/banned.h"

/* Reads all rows: fields between brackets, one line per row; "!line:column message". */
static struct text
read_all(struct arena *arena, struct text source, struct csv_limits limits)
{
	CLEANUP(csv_free) struct csv *csv = csv_of_text(source, limits);
	CHECK(csv);
	struct text all = TEXT("");
	for (;;) {
		struct csv_row row;
		struct csv_error error;
		switch (csv_next(csv, &row, &error)) {
		case CSV_ROW:
			all = arena_format(arena, TEXT_FORMAT "%zu", TEXT_ARGS(all), row.line);
			for (size_t i = 0; i < row.count; i++)
				all = arena_format(arena, TEXT_FORMAT "[" TEXT_FORMAT "]", TEXT_ARGS(all), TEXT_ARGS(row.fields[i]));
			all = arena_format(arena, TEXT_FORMAT "\n", TEXT_ARGS(all));
			break;
		case CSV_END:
			return all;
		case CSV_BAD_ROW:
			all = arena_format(arena, TEXT_FORMAT "!%zu:%zu %s\n", TEXT_ARGS(all), error.line, error.column, error.message);
			break;
		case CSV_BAD_FILE:
			return arena_format(arena, TEXT_FORMAT "!!%zu:%zu %s\n", TEXT_ARGS(all), error.line, error.column, error.message);
		}
	}
}

#define CHECK_CSV(source, expected)                                                              \
	do {                                                                                     \
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);                    \
		CHECK_TEXT(read_all(arena, TEXT(source), (struct csv_limits){ 0 }), TEXT(expected)); \
	} while (0)

TEST(csv_reads_both_separators_and_line_ends)
{
	CHECK_CSV("a;b,c\n1;2,3\n", "1[a][b,c]\n2[1][2,3]\n");
	CHECK_CSV("a,b,c;d\r\n1,2,3\r\n", "1[a][b][c;d]\n2[1][2][3]\n");
	CHECK_CSV("a;b\r1;2\r", "1[a][b]\n2[1][2]\n");
	CHECK_CSV("a;b\n\n\n1;", "1[a][b]\n4[1][]\n");
	CHECK_CSV("", "");
	CHECK_CSV("\n\n", "");
}

TEST(csv_reads_quoted_fields)
{
	CHECK_CSV("\"a;1\";\"b\"\"c\"\"\"\n", "1[a;1][b\"c\"]\n");
	CHECK_CSV("\"deux\r\nlignes\";x\ny\n", "1[deux\nlignes][x]\n3[y]\n");
	CHECK_CSV("\"a\" ;b\n", "1[a][b]\n");
	CHECK_CSV("l'école \"bleue\";b\n", "1[l'école \"bleue\"][b]\n");
}

TEST(csv_reads_utf8_and_windows_1252)
{
	CHECK_CSV("\xef\xbb\xbf" "code;é\n", "1[code][é]\n");
	CHECK_CSV("Coll\xe8ge;l\x92\xe9t\xe9 \x80\n", "1[Collège][l’été €]\n");
	CHECK_CSV("Collège;l’été\n", "1[Collège][l’été]\n");
}

TEST(csv_refuses_what_is_not_text)
{
	CHECK_CSV("é;b\n1;\xe9\n", "1[é][b]\n!!2:3 Ce caractère n’est pas de l’UTF-8 comme ce qui précède ; enregistrez "
		"tout le fichier en UTF-8.\n");
	CHECK_CSV("\xe9;\x81\n", "!!1:3 Ce caractère n’est ni de l’UTF-8 ni du Windows-1252 ; enregistrez le fichier en "
		"UTF-8.\n");
	CHECK_CSV("a;b\nx\0y\n", "1[a][b]\n!!2:2 Le fichier contient un octet nul : ce n’est pas un CSV, ou il est en "
		"UTF-16 ; enregistrez-le au format « CSV UTF-8 ».\n");
	CHECK_CSV("a\nb\x07\nc\n", "1[a]\n!2:2 Un caractère de contrôle ne peut pas être lu ; effacez-le.\n3[c]\n");
}

TEST(csv_says_where_a_quote_is_wrong)
{
	CHECK_CSV("a;b\n1;\"deux\n3;4\n", "1[a][b]\n!!2:3 Ce guillemet ouvrant n’est jamais refermé ; ajoutez le guillemet "
		"fermant, ou doublez-le s’il fait partie du texte.\n");
	CHECK_CSV("a;b\n\"x\"y;z\n3;4\n", "1[a][b]\n!2:4 Du texte suit un guillemet fermant ; doublez les guillemets qui "
		"font partie du texte.\n3[3][4]\n");
}

TEST(csv_keeps_to_its_ceilings)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct csv_limits limits = { .field = 4, .columns = 2, .file = 64 };
	CHECK_TEXT(read_all(arena, TEXT("abcd;b\nabcde;b\n1;2;3\nx\n"), limits),
		TEXT("1[abcd][b]\n!2:1 Ce champ dépasse 4 octets ; raccourcissez-le.\n"
			"!3:5 Cette ligne a plus de 2 colonnes ; retirez celles qui sont en trop.\n4[x]\n"));
	CHECK_TEXT(read_all(arena, TEXT("\"abcde\";1\n"), limits),
		TEXT("!!1:1 Le champ qui s’ouvre ici dépasse 4 octets ; son guillemet fermant manque peut-être.\n"));
	char large[100];
	memset(large, '\n', sizeof large);
	CHECK(text_starts(read_all(arena, (struct text){ large, sizeof large }, limits), TEXT("!!1:0 Le fichier dépasse")));
}

TEST(csv_open_says_why_a_file_cannot_be_read)
{
	struct guichet_error error;
	CHECK(!csv_open("test/absent.csv", (struct csv_limits){ 0 }, &error));
	CHECK_INTEGER(error.status, GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Le fichier test/absent.csv ne peut pas être ouvert : il n’existe pas."));
	CHECK(!csv_open("test", (struct csv_limits){ 0 }, &error));
	CHECK_TEXT(text_of_string(error.message), TEXT("Le fichier test ne peut pas être ouvert : c’est un dossier."));
}

TEST(csv_text_becomes_utf8_as_it_is_read)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CHECK_TEXT(csv_utf8(arena, TEXT("")), TEXT(""));
	CHECK_TEXT(csv_utf8(arena, TEXT("\xef\xbb\xbf" "a;é\r\n")), TEXT("a;é\r\n"));
	CHECK_TEXT(csv_utf8(arena, TEXT("\xe9t\xe9;5 \x80;\x93x\x94\n")), TEXT("été;5 €;“x”\n"));
	CHECK_TEXT(csv_utf8(arena, TEXT("\xe9;\x81\n")), TEXT("é;\ufffd\n"));        /* not in Windows-1252 */
	CHECK_TEXT(csv_utf8(arena, TEXT("é;\xe9\n")), TEXT("é;\ufffd\n"));             /* UTF-8, then something else */
	CHECK_TEXT(csv_utf8(arena, TEXT("a\xc3")), TEXT("aÃ"));
	const struct text same = TEXT("a;b");
	CHECK(csv_utf8(arena, same).at == same.at);
}

TEST(csv_fields_know_their_bytes)
{
	CLEANUP(csv_free) struct csv *csv = csv_of_text(TEXT("\xef\xbb\xbf" "é;\"a\r\nb\";c\r\nd;e\n"), (struct csv_limits){ 0 });
	struct csv_row row;
	struct csv_error error;
	CHECK(csv && csv_next(csv, &row, &error) == CSV_ROW);
	CHECK_INTEGER(row.count, 3);
	CHECK_INTEGER(row.offsets[0], 3);
	CHECK_INTEGER(row.offsets[1], 6);
	CHECK_INTEGER(row.offsets[2], 13);
	CHECK(csv_next(csv, &row, &error) == CSV_ROW);
	CHECK_INTEGER(row.offsets[0], 16);
	CHECK_INTEGER(row.offsets[1], 18);
}
