/* Letters: what is read, refused, printed. The files test/document/<name>.md are letters: lines
 * "= value" give the values of the holes, written ⟦0⟧ ⟦1⟧… in the Markdown after the line "---8<---".
 * <name>.txt is what pdftotext reads in the PDF, or "! " and the refusal. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/french.h"
#include "document/document.h"
#include "dossier/dossier.h"
#include "test.h"

#include "base/banned.h"

/* One press for all tests: it takes a while to warm. */
static struct document_press *
press(void)
{
	static struct document_press *kept;
	struct guichet_error error = { 0 };
	if (!kept)
		kept = document_press_new(&error);
	if (!kept)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return kept;
}

static struct text
file_read(struct arena *arena, const char *path)
{
	FILE *const file = fopen(path, "re");
	if (!file)
		return (struct text){ 0 };
	char *const at = arena_alloc(arena, 1 << 20);
	const size_t length = fread(at, 1, 1 << 20, file);
	fclose(file);
	return (struct text){ at, length };
}

static const char *
file_write(struct arena *arena, const char *name, struct text bytes)
{
	const struct text path = arena_format(arena, "%s/%s", test_directory(), name);
	FILE *const file = fopen(path.at, "we");
	if (!file || fwrite(bytes.at, 1, bytes.length, file) != bytes.length || fclose(file) != 0)
		test_fail(__FILE__, __LINE__, "cannot write %s", path.at);
	return path.at;
}

/* What a program of poppler-utils says of a PDF. */
static struct text
told_by(struct arena *arena, const char *program, struct text pdf)
{
	const char *const path = file_write(arena, "letter.pdf", pdf);
	const bool to_stdout = strncmp(program, "pdftotext", 9) == 0;
	const struct text command = arena_format(arena, "%s %s%s 2>&1", program, path, to_stdout ? " -" : "");
	FILE *const pipe = popen(command.at, "re");
	char *const at = arena_alloc(arena, 1 << 20);
	const size_t length = pipe ? fread(at, 1, 1 << 20, pipe) : 0;
	if (!pipe || pclose(pipe) != 0)
		test_fail(__FILE__, __LINE__, "%s: %.*s", command.at, (int)length, at);
	return (struct text){ at, length };
}

static bool
has(struct text text, const char *part)
{
	return text_find(text, text_of_string(part)) != SIZE_MAX;
}

/* "⟦12⟧" becomes the mark of hole 12. */
static struct text
with_marks(struct arena *arena, struct text markdown)
{
	struct buffer out = buffer_new(1 << 20);
	for (size_t i = 0; i < markdown.length;) {
		const struct text rest = text_part(markdown, i, SIZE_MAX);
		const bool opens = text_starts(rest, TEXT("⟦")), closes = text_starts(rest, TEXT("⟧"));
		buffer_add(&out, opens ? TEXT(HOLE_OPEN) : closes ? TEXT(HOLE_CLOSE) : text_part(rest, 0, 1));
		i += opens || closes ? 3 : 1;
	}
	const struct text marked = arena_text(arena, buffer_text(&out));
	buffer_release(&out);
	return marked;
}

/* A letter with everything around it, for `markdown` with ⟦…⟧ and these values. */
static struct document_request
request_of(struct arena *arena, const char *markdown, const struct text *holes, size_t hole_count)
{
	return (struct document_request){
		.markdown = with_marks(arena, text_of_string(markdown)), .holes = holes, .hole_count = hole_count,
		.title = TEXT("Accord individuel"), .author = TEXT("Académie de Valmont"),
		.organisation = TEXT("Académie de Valmont"),
		.office = TEXT("Secrétariat général\nDivision des personnels"),
		.contact = TEXT("personnels@ac-valmont.example"),
		.recipient = TEXT("Madame Élise Dubreuil\nLycée des Tilleuls\n99100 Saint-Aubin"),
		.place_date = TEXT("Valmont, le 3 juillet 2023"), .reference = TEXT("2023-A-00042-7"),
		.footer = TEXT("Académie de Valmont"), .at = INT64_C(1688386923000000),
	};
}

static struct text
rendered(struct arena *arena, const struct document_request *request)
{
	struct guichet_error error = { 0 };
	struct text pdf;
	if (document_render(press(), arena, request, &pdf, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return pdf;
}

static void
check_file(const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct text path = arena_format(arena, "test/document/%s", name);
	const struct text wanted_path = arena_format(arena, "%.*s.txt", (int)path.length - 3, path.at);
	struct text rest = file_read(arena, path.at), wanted = file_read(arena, wanted_path.at);
	struct text holes[16];
	size_t count = 0;
	while (count < 16 && text_starts(rest, TEXT("= "))) {
		const struct text line = text_split(&rest, '\n');
		/* "\n" in a value is a line end. */
		struct buffer value = buffer_new(1 << 16);
		for (size_t i = 2; i < line.length; i++)
			if (text_starts(text_part(line, i, 2), TEXT("\\n")))
				buffer_add(&value, TEXT("\n")), i++;
			else
				buffer_add(&value, text_part(line, i, 1));
		holes[count++] = arena_text(arena, buffer_text(&value));
		buffer_release(&value);
	}
	(void)text_split(&rest, '\n');
	const struct document_request request = {
		.markdown = with_marks(arena, rest), .holes = holes, .hole_count = count, .title = TEXT("Essai"),
	};
	struct guichet_error error = { 0 };
	struct text pdf, got;
	if (document_render(press(), arena, &request, &pdf, &error) == GUICHET_OK)
		got = told_by(arena, "pdftotext", pdf);
	else
		got = arena_format(arena, "! %s\n", error.message);
	/* DOCUMENT_EXPECT=1 writes what is got: to be read before it is committed. */
	if (getenv("DOCUMENT_EXPECT")) {
		FILE *const file = fopen(wanted_path.at, "we");
		fwrite(got.at, 1, got.length, file);
		fclose(file);
	}
	test_case(french_equal(got, wanted), __FILE__, __LINE__, "%s: got\n" TEXT_FORMAT, name, TEXT_ARGS(got));
}

TEST(letters_print_what_their_files_say)
{
	DIR *const directory = opendir("test/document");
	CHECK(directory != NULL);
	for (struct dirent *entry; (entry = readdir(directory));)
		if (text_ends(text_of_string(entry->d_name), TEXT(".md")))
			check_file(entry->d_name);
	closedir(directory);
}

TEST(a_letter_is_a_tagged_pdf_with_language_title_and_dates)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct document_request request = request_of(arena,
		"# Accord\n\n## Article 1\n\nTexte.\n\n### Détail\n\n- un\n- deux\n\n> cité\n\n| A | B |\n|---|--:|\n| 1 | 2 |\n",
		NULL, 0);
	const struct text pdf = rendered(arena, &request);

	const struct text facts = told_by(arena, "TZ=UTC0 pdfinfo", pdf);
	CHECK(has(facts, "Accord individuel"));
	CHECK(has(facts, "Académie de Valmont"));
	CHECK(has(facts, "Tagged:          yes"));
	CHECK(has(facts, "CreationDate:    Mon Jul  3 12:22:03 2023"));
	CHECK(has(facts, "(A4)"));

	const struct text structure = told_by(arena, "pdfinfo -struct-text", pdf);
	static const char *const tags[] = { "Document", "  H1 (block)", "  H2 (block)", "  H3 (block)",
		"  P (block)",
		"  L (block)", "    LI (block)", "      Lbl (block)", "      LBody (block)", "  BlockQuote",
		"  Table (block)",
		"    TR", "      TH:", "/Scope /Column", "      TD",
		"\"Madame Élise Dubreuil Lycée des Tilleuls 99100 " };
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!has(structure, tags[i]))
			test_fail(__FILE__, __LINE__, "no %s in " TEXT_FORMAT, tags[i], TEXT_ARGS(structure));
	CHECK(!has(structure, "page 1 sur 1"));

	const char *const path = file_write(arena, "whole.pdf", pdf);
	const struct text json = told_by(arena, arena_format(arena, "qpdf --check %s && qpdf --json=2 "
		"--json-key=qpdf %s #", path, path).at, pdf);
	CHECK(has(json, "\"/Lang\": \"u:fr\""));
	CHECK(has(json, "\"/DisplayDocTitle\": true"));
	CHECK(has(json, "\"/Metadata\""));
	CHECK(has(told_by(arena, "pdfinfo -meta", pdf), "<dc:language><rdf:Bag><rdf:li>fr</rdf:li>"));
	const struct text fonts = told_by(arena, "pdffonts", pdf);
	CHECK(has(fonts, "+Carlito") && !has(fonts, "no  yes yes"));
}

TEST(the_same_letter_gives_the_same_bytes)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct document_request request = request_of(arena, "# Accord\n\nTexte *un* **deux** `trois` Ω.\n",
		NULL, 0);
	const struct text first = rendered(arena, &request);
	(void)rendered(arena, &(struct document_request){ .markdown = TEXT("autre **chose**"),
		.title = TEXT("x") });
	CHECK_TEXT(rendered(arena, &request), first);
	request.at += INSTANT_SECOND;
	CHECK(!text_equal(rendered(arena, &request), first));
	/* And so does another press, as after a restart. */
	request.at -= INSTANT_SECOND;
	struct guichet_error error = { 0 };
	CLEANUP(document_press_free) struct document_press *other = document_press_new(&error);
	struct text pdf;
	CHECK(other && document_render(other, arena, &request, &pdf, &error) == GUICHET_OK);
	CHECK_TEXT(pdf, first);
}

TEST(data_never_becomes_markup_in_a_letter)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	static const char *const nasty[] = { "*a*", "**a**", "# un titre", "| un titre | b |",
		"<script>alert(1)</script>", "[a](http://b)",
		"- un titre", "1. un titre", "> un titre", "```", "---", "&lt;", "\\*", "![a](b)",
		"http://a.example", "$(id)", "un & deux", "\"a\" 'b'" };
	for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
		const struct text value = text_of_string(nasty[i]);
		struct document_request request = request_of(arena, "⟦0⟧\n\n| T |\n|---|\n| ⟦0⟧ |\n\n- ⟦0⟧\n",
			&value, 1);
		struct guichet_error error = { 0 };
		CLEANUP(buffer_release) struct buffer plain = buffer_new(1 << 16);
		CHECK(document_to_text(&plain, &request, &error) == GUICHET_OK);
		CHECK_TEXT(buffer_text(&plain), arena_format(arena, "%s\n\nT\n%s\n\n- %s", nasty[i], nasty[i],
			nasty[i]));
		const struct text said = told_by(arena, "pdftotext", rendered(arena, &request));
		if (!has(said, nasty[i]))
			test_fail(__FILE__, __LINE__, "no %s in " TEXT_FORMAT, nasty[i], TEXT_ARGS(said));

		CLEANUP(buffer_release) struct buffer html = buffer_new(1 << 16);
		CHECK(document_to_html(&html, &request, &error) == GUICHET_OK);
		CHECK(!has(buffer_text(&html), "<script") && !has(buffer_text(&html), "<a ")
			&& !has(buffer_text(&html), "<em"));
	}
}

TEST(a_letter_on_screen_is_the_letter_on_paper)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct text values[] = { TEXT("Élise <Dubreuil>\n2e ligne"), TEXT("lundi") };
	struct document_request request = request_of(arena,
		"# Accord\n\n**⟦0⟧** et [la charte](https://charte.example/a?b&c)\n\n"
		"| Jour | Heures |\n|---|--:|\n| ⟦1⟧ | *7* |\n\n3. trois\n4. quatre\n\n- a\n\n  b\n- c\n\n---\n",
			values, 2);
	request.contact = request.office = request.recipient = request.footer = TEXT("");
	struct guichet_error error = { 0 };
	CLEANUP(buffer_release) struct buffer html = buffer_new(1 << 16);
	CHECK(document_to_html(&html, &request, &error) == GUICHET_OK);
	CHECK_TEXT(buffer_text(&html), TEXT(
		"<p class=\"letter-organisation\">Académie de Valmont</p>\n"
		"<p class=\"letter-date\">Valmont, le 3 juillet 2023</p>\n"
		"<p class=\"letter-reference\">Réf. : 2023-A-00042-7</p>\n"
		"<h2>Accord</h2>\n"
		"<p><strong>Élise &lt;Dubreuil&gt;<br>\n2e ligne</strong> et "
		"<a href=\"https://charte.example/a?b&amp;c\">la charte</a></p>\n"
		"<table>\n<thead>\n<tr><th scope=\"col\">Jour</th><th scope=\"col\" class=\"align-right\">Heures</th></tr>\n"
		"</thead>\n<tbody>\n<tr><td>lundi</td><td class=\"align-right\"><em>7</em></td></tr>\n</tbody>\n</table>\n"
		"<ol start=\"3\">\n<li>trois\n</li>\n<li>quatre\n</li>\n</ol>\n"
		"<ul>\n<li><p>a</p>\n<p>b</p>\n</li>\n<li><p>c</p>\n</li>\n</ul>\n<hr>\n"));

	CLEANUP(buffer_release) struct buffer tiny = buffer_new(40);
	buffer_add(&tiny, TEXT("avant"));
	CHECK(document_to_html(&tiny, &request, &error) == GUICHET_BROKEN);
	CHECK_TEXT(buffer_text(&tiny), TEXT("avant"));
}

TEST(the_hash_of_a_text_changes_with_what_it_says_only)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct text values[] = { TEXT("lundi") }, others[] = { TEXT("mardi") };
	struct document_request request = request_of(arena, "# Accord\n\nLe ⟦0⟧.\n", values, 1);
	struct guichet_error error = { 0 };
	struct digest first, second;
	CHECK(document_text_hash(&request, &first, &error) == GUICHET_OK);

	request.at++;
	request.author = TEXT("autre");
	request.signatures = &(struct document_signature){ .who = TEXT("A"), .text = first };
	request.signature_count = 1;
	CHECK(document_text_hash(&request, &second, &error) == GUICHET_OK);
	CHECK(digest_equal(&first, &second));

	request.holes = others;
	CHECK(document_text_hash(&request, &second, &error) == GUICHET_OK);
	CHECK(!digest_equal(&first, &second));
	request.holes = values;
	request.reference = TEXT("2023-A-00043-5");
	CHECK(document_text_hash(&request, &second, &error) == GUICHET_OK);
	CHECK(!digest_equal(&first, &second));
}

/* Words that a page breaks over lines, as one line. */
static struct text
on_one_line(struct arena *arena, struct text page)
{
	char *const at = arena_alloc(arena, page.length + 1);
	size_t length = 0;
	for (size_t i = 0; i < page.length; i++) {
		const bool blank = page.at[i] == ' ' || page.at[i] == '\n';
		if (!blank || (length && at[length - 1] != ' '))
			at[length++] = blank ? ' ' : page.at[i];
	}
	return (struct text){ at, length };
}

TEST(a_signature_by_delegation_prints_in_whose_place_by_which_decision_and_since_when)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	static const struct {
		struct dossier_delegation delegation;
		const char *printed;
	} cases[] = {
		{ { TEXT("M. Paul Merlival"), TEXT("chef de service"), TEXT("adjointe"), TEXT("Arrêté 2024-12"), { 2024, 1, 15 } },
			"Mme Zoé Vernelin, adjointe, pour M. Paul Merlival, chef de service, et par délégation (Arrêté 2024-12, "
			"à compter du 15 janvier 2024) A signé le" },
		{ { TEXT("M. Paul Merlival"), TEXT("chef de service"), TEXT(""), TEXT(""), { 2024, 2, 1 } },
			"Mme Zoé Vernelin, pour M. Paul Merlival, chef de service, et par délégation (à compter du 1er février 2024) A signé" },
		{ { TEXT("M. Paul Merlival"), TEXT(""), TEXT(""), TEXT("Arrêté 7"), { 0, 0, 0 } },
			"Mme Zoé Vernelin, pour M. Paul Merlival, et par délégation (Arrêté 7) A signé le" },
		{ { TEXT("M. Paul Merlival"), TEXT(""), TEXT(""), TEXT(""), { 0, 0, 0 } },
			"Mme Zoé Vernelin, pour M. Paul Merlival, et par délégation A signé le" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct document_request request = request_of(arena, "# Accord\n\nTexte.\n", NULL, 0);
		struct guichet_error error = { 0 };
		struct document_signature signature = { .who = TEXT("Mme Zoé Vernelin"), .when = INT64_C(1705312800000000),
			.quality = dossier_delegation_quality(arena, &cases[i].delegation) };
		CHECK(document_text_hash(&request, &signature.text, &error) == GUICHET_OK);
		request.signatures = &signature;
		request.signature_count = 1;
		const struct text page = on_one_line(arena, told_by(arena, "pdftotext -layout -f 2", rendered(arena, &request)));
		const struct text printed = on_one_line(arena, text_of_string(cases[i].printed));
		test_case(has(page, printed.at), "test/document_test.c", __LINE__, "%.*s", TEXT_ARGS(page));
	}
}

TEST(a_signed_copy_names_who_signed_and_what)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct document_request request = request_of(arena, "# Accord\n\nTexte.\n", NULL, 0);
	const struct text presented = rendered(arena, &request);
	struct guichet_error error = { 0 };
	struct digest said;
	CHECK(document_text_hash(&request, &said, &error) == GUICHET_OK);
	const struct document_signature signatures[] = {
		{ TEXT("Claire *Martin*"), TEXT("Proviseure"), INT64_C(1688386923000000), said },
		{ TEXT("Élise Dubreuil"), TEXT(""), INT64_C(1688486923000000), said },
	};
	request.signatures = signatures;
	request.signature_count = 2;
	request.original = digest_of(presented);
	request.has_original = true;
	const struct text pdf = rendered(arena, &request);
	CHECK(has(told_by(arena, "pdfinfo", pdf), "Pages:           2"));
	const struct text page = told_by(arena, "pdftotext -layout -f 2", pdf);
	CHECK(has(page, "Signatures"));
	CHECK(has(page, "Claire *Martin*, Proviseure"));
	CHECK(has(page, "A signé le") && has(page, "3 juillet 2023 à 14 h 22 (heure de Paris)\n"));
	CHECK(has(page, "Élise Dubreuil\n"));
	CHECK(has(page, digest_hex(arena, &said).at));
	CHECK(has(page, digest_hex(arena, &request.original).at));
	CHECK(has(page, "page 2 sur 2"));

	request.signatures = &(struct document_signature){ .who = TEXT(" "), .text = said };
	request.signature_count = 1;
	struct text none;
	CHECK(document_render(press(), arena, &request, &none, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Une signature ne porte pas de nom."));
}

/* The pages of a PDF, as pdftotext -layout sees each. */
static size_t
page_texts(struct arena *arena, struct text pdf, struct text *pages, size_t room)
{
	struct text rest = told_by(arena, "pdftotext -layout", pdf);
	size_t count = 0;
	while (rest.at && rest.length && count < room)
		pages[count++] = text_split(&rest, '\f');
	return count;
}

TEST(a_long_table_repeats_its_heading_and_cuts_no_row)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(buffer_release) struct buffer markdown = buffer_new(1 << 20);
	buffer_add(&markdown, TEXT("| Rang | Observation |\n|---|---|\n"));
	for (int i = 1; i <= 120; i++) {
		buffer_format(&markdown, "| ligne%d | début%d", i, i);
		for (int j = 0; j < i % 40; j++)
			buffer_add(&markdown, TEXT(" mots ordinaires"));
		buffer_format(&markdown, " fin%d |\n", i);
	}
	buffer_add_character(&markdown, '\0');
	const struct document_request request = request_of(arena, markdown.at, NULL, 0);
	struct text pages[40];
	const size_t count = page_texts(arena, rendered(arena, &request), pages, 40);
	CHECK(count > 4);
	int next = 1;
	for (size_t i = 0; i < count; i++) {
		CHECK(has(pages[i], "Rang") && has(pages[i], "Observation"));
		CHECK(has(pages[i], arena_format(arena, "page %zu sur %zu", i + 1, count).at));
		for (;; next++) {
			const bool begins = has(pages[i], arena_format(arena, "début%d ", next).at);
			CHECK(begins == has(pages[i], arena_format(arena, "ligne%d ", next).at));
			CHECK(begins == has(pages[i], arena_format(arena, "fin%d\n", next).at));
			if (!begins)
				break;
		}
	}
	CHECK_INTEGER(next, 121);
}

TEST(a_table_without_heading_names_its_rows)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct document_request request = { .title = TEXT("x"),
		.markdown = TEXT("| | |\n|---|---|\n| Nom | Dubreuil |\n| Corps | SAENES |\n") };
	struct guichet_error error = { 0 };
	CLEANUP(buffer_release) struct buffer html = buffer_new(1 << 16);
	CHECK(document_to_html(&html, &request, &error) == GUICHET_OK);
	CHECK_TEXT(buffer_text(&html), TEXT("<table>\n<tbody>\n<tr><th scope=\"row\">Nom</th><td>Dubreuil</td></tr>\n"
		"<tr><th scope=\"row\">Corps</th><td>SAENES</td></tr>\n</tbody>\n</table>\n"));
	const struct text structure = told_by(arena, "pdfinfo -struct-text", rendered(arena, &request));
	CHECK(has(structure, "/Scope /Row\n        \"Nom\"") && !has(structure, "/Column"));
}

TEST(a_letter_is_set_closer_to_spare_a_page_of_a_few_lines)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct text pages[4];
	size_t last = 1;
	/* From one page to two, the second never holds just a line or two. */
	for (int lines = 40; lines < 62; lines++) {
		CLEANUP(buffer_release) struct buffer markdown = buffer_new(1 << 16);
		for (int i = 0; i < lines; i++)
			buffer_format(&markdown, "rang%d\\\n", i);
		buffer_add(&markdown, TEXT("fin\n"));
		const struct document_request request = { .title = TEXT("x"), .markdown = buffer_text(&markdown) };
		const size_t count = page_texts(arena, rendered(arena, &request), pages, 4);
		CHECK(count == last || (last == 1 && count == 2));
		if (count == 2)
			CHECK(has(pages[1], arena_format(arena, "rang%d\n", lines - 5).at));
		last = count;
	}
	CHECK_INTEGER(last, 2);
}

TEST(headings_stay_with_their_text_and_no_line_is_left_alone)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	/* Whatever the room left on the first page, the heading is where its text begins. */
	for (int lines = 20; lines < 50; lines += 1) {
		CLEANUP(buffer_release) struct buffer markdown = buffer_new(1 << 20);
		for (int i = 0; i < lines; i++)
			buffer_add(&markdown, TEXT("Ligne.\\\n"));
		buffer_add(&markdown, TEXT("Fin.\n\n## Un titre\n\n"));
		for (int i = 1; i <= 5; i++)
			buffer_format(&markdown, "rang%d\\\n", i);
		buffer_add(&markdown, TEXT("rang6\n"));
		const struct document_request request = { .markdown = buffer_text(&markdown),
			.title = TEXT("Essai") };
		struct text pages[4];
		const size_t count = page_texts(arena, rendered(arena, &request), pages, 4);
		CHECK(count == 1 || count == 2);
		for (size_t i = 0; i < count; i++) {
			int on_page = 0;
			for (int j = 1; j <= 6; j++)
				on_page += has(pages[i], arena_format(arena, "rang%d\n", j).at);
			CHECK(on_page != 1 && on_page != 5);
			if (has(pages[i], "Un titre"))
				CHECK(on_page >= 2);
		}
	}
}

TEST(a_row_higher_than_a_page_loses_nothing)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(buffer_release) struct buffer value = buffer_new(1 << 20);
	for (int i = 1; i <= 150; i++)
		buffer_format(&value, "rang%d\n", i);
	const struct text values[] = { buffer_text(&value), TEXT("court") };
	const struct document_request request = request_of(arena, "| A | B |\n|---|---|\n| ⟦0⟧ | ⟦1⟧ |\n",
		values, 2);
	const struct text said = told_by(arena, "pdftotext", rendered(arena, &request));
	for (int i = 1; i <= 150; i++)
		CHECK(has(said, arena_format(arena, "rang%d\n", i).at));
}

TEST(characters_of_many_scripts_are_printed_and_hidden_ones_are_not)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	const struct text value = TEXT("Đặng Œdipe ŁÓDŹ Ωμέγα Жуков 10 € – «\u202Fà\u202F» a\u202Eb\u200Bc\x07" "d");
	struct document_request request = request_of(arena, "⟦0⟧\n", &value, 1);
	const struct text said = told_by(arena, "pdftotext", rendered(arena, &request));
	CHECK(has(said, "Đặng Œdipe ŁÓDŹ Ωμέγα Жуков 10 € – « à » abcd"));

	/* Our own marks, brought by data, are data. */
	const struct text forged = TEXT("x" HOLE_OPEN "0" HOLE_CLOSE);
	request.holes = &forged;
	struct guichet_error error = { 0 };
	CLEANUP(buffer_release) struct buffer plain = buffer_new(1 << 16);
	CHECK(document_to_text(&plain, &request, &error) == GUICHET_OK);
	CHECK_TEXT(buffer_text(&plain), TEXT("x\uFFFD0\uFFFD"));
}

TEST(letters_past_a_ceiling_are_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(buffer_release) struct buffer large = buffer_new(4 << 20);
	struct guichet_error error = { 0 };
	struct text pdf;
	while (large.length < DOCUMENT_FILLED_LIMIT)
		buffer_add(&large, TEXT("des mots et encore des mots, jusqu’au bout de la page et de toutes les autres "));
	struct document_request request = { .markdown = buffer_text(&large), .title = TEXT("x") };
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Le modèle de lettre dépasse 256 Ko."));

	const struct text value = text_part(buffer_text(&large), 0, DOCUMENT_FILLED_LIMIT);
	const struct text two[] = { value, TEXT("x") };
	request = request_of(arena, "⟦0⟧\n", two, 2);
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Les valeurs de la lettre dépassent 1024 Ko."));

	/* A short template may not make a long letter out of one value. */
	const struct text third = text_part(value, 0, DOCUMENT_FILLED_LIMIT / 3);
	request = request_of(arena, "⟦0⟧ ⟦0⟧ ⟦0⟧ ⟦0⟧\n", &third, 1);
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message),
		TEXT("La lettre est trop longue : 1024 Ko au plus, valeurs comprises."));

	const struct text paragraph = text_part(value, 0, DOCUMENT_PARAGRAPH_LIMIT + 1);
	request = request_of(arena, "Avant.\n\n⟦0⟧\n", &paragraph, 1);
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message),
		TEXT("Modèle de lettre, ligne 3 : ce paragraphe, une fois rempli, dépasse 16 Ko : coupez-le."));

	buffer_clear(&large);
	for (int i = 0; i < 20000; i++)
		buffer_add(&large, TEXT("a\n\n"));
	request = (struct document_request){ .markdown = buffer_text(&large), .title = TEXT("x") };
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK(has(text_of_string(error.message), "200 pages"));

	request = request_of(arena, "a\n", NULL, 0);
	request.title = TEXT("");
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("La lettre n’a pas de titre."));
	request.title = text_part(value, 0, DOCUMENT_LINE_LIMIT + 1);
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	request.title = TEXT("x\xFF");
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	request.title = TEXT("x");
	request.language = TEXT("fr) /Evil (");
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
	request.language = TEXT("");
	request.hole_count = DOCUMENT_HOLES_LIMIT + 1;
	CHECK(document_render(press(), arena, &request, &pdf, &error) == GUICHET_REFUSED);
}

TEST(a_template_is_checked_without_its_values)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error = { 0 };
	CHECK(document_check(with_marks(arena, TEXT("⟦0⟧\n")), 1, &error) == GUICHET_OK);
	CHECK(document_check(with_marks(arena, TEXT("a\n\n⟦1⟧\n")), 1, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message),
		TEXT("Modèle de lettre, ligne 3 : un emplacement ne renvoie à aucune valeur."));
	CHECK(document_check(TEXT("a"), DOCUMENT_HOLES_LIMIT + 1, &error) == GUICHET_REFUSED);
}

TEST(a_letter_survives_every_failed_allocation)
{
	const struct text value = TEXT("x\ny");
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct document_request request = request_of(arena,
		"# a\n\n⟦0⟧\n\n- b\n\n1. c\n\n| d |\n|---|\n| e |\n\n> [f](https://g.example)\n", &value, 1);
	(void)press();
	for (unsigned nth = 1;; nth++) {
		CLEANUP(arena_free) struct arena *small = arena_new(8 << 20);
		struct guichet_error error = { 0 };
		struct text pdf;
		arena_fail_nth(nth);
		const enum guichet_status status = document_render(press(), small, &request, &pdf, &error);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK(status == GUICHET_OK && nth > 10);
			return;
		}
		CHECK(status != GUICHET_OK && error.message[0]);
	}
}
