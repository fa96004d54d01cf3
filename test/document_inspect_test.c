/* Uploaded files: good, damaged, disguised, dangerous. All are written here, byte by byte. */
#include <stdlib.h>

#include "document/document.h"
#include "test.h"

#include "base/banned.h"

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

/* A PDF of one empty page. `root` is added to its catalogue, `objects` are more objects, each on
 * its lines, numbered from 4; `trailer` is added to the trailer. */
static struct text
pdf_of(struct arena *arena, const char *root, const char *const *objects, const char *trailer)
{
	struct buffer pdf = buffer_new(1 << 16);
	size_t offsets[16] = { 0 };
	int count = 4;
	buffer_add(&pdf, TEXT("%PDF-1.5\n"));
	offsets[1] = pdf.length;
	buffer_format(&pdf, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n", root);
	offsets[2] = pdf.length;
	buffer_format(&pdf, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
	offsets[3] = pdf.length;
	buffer_format(&pdf, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>\nendobj\n");
	for (; objects && *objects; objects++, count++) {
		offsets[count] = pdf.length;
		buffer_format(&pdf, "%d 0 obj\n%s\nendobj\n", count, *objects);
	}
	const size_t table = pdf.length;
	buffer_format(&pdf, "xref\n0 %d\n0000000000 65535 f \n", count);
	for (int i = 1; i < count; i++)
		buffer_format(&pdf, "%010zu 00000 n \n", offsets[i]);
	buffer_format(&pdf, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%zu\n%%%%EOF\n", count, trailer,
		table);
	const struct text copy = arena_text(arena, buffer_text(&pdf));
	buffer_release(&pdf);
	return copy;
}

/* JPEG: SOI, a comment, SOF0 of this size, SOS, two bytes of scan, and EOI when `ended`. */
static struct text
jpeg_of(struct arena *arena, unsigned width, unsigned height, bool ended)
{
	struct buffer jpeg = buffer_new(1 << 10);
	const unsigned char head[] = { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0,
		1, 0, 0 };
	const unsigned char frame[] = { 0xFF, 0xC0, 0, 11, 8, (unsigned char)(height >> 8), (unsigned char)height,
		(unsigned char)(width >> 8), (unsigned char)width, 1, 1, 0x11, 0 };
	const unsigned char scan[] = { 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34, 0xFF, 0xD9 };
	buffer_add(&jpeg, (struct text){ (const char *)head, sizeof head });
	buffer_add(&jpeg, (struct text){ (const char *)frame, sizeof frame });
	buffer_add(&jpeg, (struct text){ (const char *)scan, sizeof scan - (ended ? 0 : 2) });
	const struct text copy = arena_text(arena, buffer_text(&jpeg));
	buffer_release(&jpeg);
	return copy;
}

/* PNG: signature, IHDR of this size, IDAT, and IEND when `ended`; checks of chunks left zero. */
static struct text
png_of(struct arena *arena, unsigned width, unsigned height, bool ended)
{
	struct buffer png = buffer_new(1 << 10);
	buffer_add(&png, TEXT("\x89PNG\r\n\x1A\n\0\0\0\x0D" "IHDR"));
	const unsigned char size[] = { (unsigned char)(width >> 24), (unsigned char)(width >> 16),
		(unsigned char)(width >> 8), (unsigned char)width, (unsigned char)(height >> 24),
		(unsigned char)(height >> 16), (unsigned char)(height >> 8), (unsigned char)height, 8, 0, 0, 0, 0,
		0, 0, 0, 0 };
	buffer_add(&png, (struct text){ (const char *)size, sizeof size });
	buffer_add(&png, TEXT("\0\0\0\x02" "IDATxx\0\0\0\0"));
	if (ended)
		buffer_add(&png, TEXT("\0\0\0\0IEND\0\0\0\0"));
	const struct text copy = arena_text(arena, buffer_text(&png));
	buffer_release(&png);
	return copy;
}

/* Inspects; `refusal` NULL when the file must be taken, else how its refusal goes on after its name. */
static struct document_facts
check(const char *file, int line, struct text bytes, const char *refusal)
{
	struct document_facts facts = { 0 };
	struct guichet_error error = { 0 };
	const enum guichet_status status = document_inspect(press(), bytes, TEXT("C:\\moi\\Attestation.pdf"),
		&facts, &error);
	if (!refusal && status != GUICHET_OK)
		test_fail(file, line, "%s", error.message);
	if (refusal && status != GUICHET_REFUSED)
		test_fail(file, line, "not refused: %s", refusal);
	const struct text start = TEXT("Le fichier « Attestation.pdf » ");
	if (refusal && (!text_starts(text_of_string(error.message), start)
		|| !text_starts(text_part(text_of_string(error.message), start.length, SIZE_MAX),
			text_of_string(refusal))))
		test_fail(file, line, "got \"%s\", expected \"%s\"", error.message, refusal);
	return facts;
}
#define TAKEN(bytes)            check(__FILE__, __LINE__, (bytes), NULL)
#define TURNED_DOWN(bytes, why) check(__FILE__, __LINE__, (bytes), (why))

TEST(a_sound_file_is_known_by_its_content)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct text pdf = pdf_of(arena, "", NULL, "");
	struct document_facts facts = TAKEN(pdf);
	CHECK(facts.kind == DOCUMENT_PDF && facts.pages == 1 && facts.width == 595 && facts.height == 842);
	const struct digest digest = digest_of(pdf);
	CHECK(digest_equal(&facts.digest, &digest));

	facts = TAKEN(jpeg_of(arena, 4000, 3000, true));
	CHECK(facts.kind == DOCUMENT_JPEG && facts.pages == 1 && facts.width == 4000 && facts.height == 3000);
	facts = TAKEN(png_of(arena, 640, 480, true));
	CHECK(facts.kind == DOCUMENT_PNG && facts.pages == 1 && facts.width == 640 && facts.height == 480);
	CHECK_TEXT(document_kind_type(facts.kind), TEXT("image/png"));

	/* What we make ourselves, too. */
	struct guichet_error error = { 0 };
	struct text made;
	CHECK(document_render(press(), arena,
		&(struct document_request){ .markdown = TEXT("# Bonjour\n\nTexte."), .title = TEXT("x") }, &made,
		&error)
		== GUICHET_OK);
	facts = TAKEN(made);
	CHECK(facts.kind == DOCUMENT_PDF && facts.pages == 1);
	/* An action that only goes to a page is no harm. */
	(void)TAKEN(pdf_of(arena, "/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", NULL, ""));
}

TEST(a_file_that_is_none_of_ours_is_refused_with_advice)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	TURNED_DOWN(TEXT(""), "est vide");
	TURNED_DOWN(TEXT("Bonjour, ceci est un texte.\n"), "n’est ni un PDF, ni une image JPEG ou PNG");
	TURNED_DOWN(TEXT("<!DOCTYPE html><html><script>alert(1)</script></html>"), "n’est ni un PDF");
	TURNED_DOWN(TEXT("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
		"n’est ni un PDF");
	TURNED_DOWN(TEXT("MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"), "n’est ni un PDF");
	TURNED_DOWN(TEXT("GIF89a\x01\0\x01\0\x80\0\0"), "n’est ni un PDF");
	TURNED_DOWN(TEXT("\0\0\0\x18" "ftypheic\0\0\0\0mif1heic"),
		"est une photo au format HEIC : enregistrez-la en JPEG");
	TURNED_DOWN(TEXT("PK\x03\x04\x14\0\0\0\0\0\0\0!\0\xEF\x5D\x5C\x5F\x07\0\0\0\x07\0\0\0\x05\0\0\0a.txtbonjour"
		"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "est une archive");
	char *const large = arena_alloc(arena, DOCUMENT_FILE_LIMIT + 1);
	CHECK(large);
	TURNED_DOWN(((struct text){ large, DOCUMENT_FILE_LIMIT + 1 }), "dépasse 10 Mo");
}

TEST(a_damaged_file_is_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	static const char damaged[] = "est incomplet ou abîmé";
	const struct text pdf = pdf_of(arena, "", NULL, "");
	for (size_t cut = 1; cut < pdf.length - 8; cut += 7)
		if (cut > 8)
			TURNED_DOWN(text_part(pdf, 0, cut), damaged);
	TURNED_DOWN(TEXT("%PDF-1.4\nrien de plus"), damaged);

	TURNED_DOWN(jpeg_of(arena, 640, 480, false), damaged);
	TURNED_DOWN(jpeg_of(arena, 0, 480, true), damaged);
	const struct text jpeg = jpeg_of(arena, 640, 480, true), png = png_of(arena, 640, 480, true);
	for (size_t cut = 12; cut < jpeg.length - 1; cut++)
		TURNED_DOWN(text_part(jpeg, 0, cut), damaged);
	TURNED_DOWN(png_of(arena, 640, 480, false), damaged);
	TURNED_DOWN(png_of(arena, 640, 0, true), damaged);
	for (size_t cut = 33; cut < png.length - 1; cut++)
		TURNED_DOWN(text_part(png, 0, cut), damaged);
}

TEST(an_image_of_absurd_size_is_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	TURNED_DOWN(jpeg_of(arena, 65535, 10, true), "est une image trop grande");
	TURNED_DOWN(png_of(arena, 25000, 25000, true), "est une image trop grande");
	TURNED_DOWN(png_of(arena, 0x7FFFFFFF, 1, true), "est une image trop grande");
}

TEST(a_pdf_that_does_more_than_show_pages_is_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	static const char script[] = "contient un programme (JavaScript) : imprimez-le vers un nouveau PDF";
	TURNED_DOWN(pdf_of(arena, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", NULL, ""), script);
	TURNED_DOWN(pdf_of(arena, "/Names << /JavaScript << /Names [] >> >>", NULL, ""), script);
	TURNED_DOWN(pdf_of(arena, "/OpenAction << /S /Launch /F (a.exe) >>", NULL, ""),
		"lance un autre programme");
	TURNED_DOWN(pdf_of(arena, "/Names << /EmbeddedFiles << /Names [] >> >>", NULL, ""),
		"contient d’autres fichiers");
	TURNED_DOWN(pdf_of(arena, "/AcroForm << /XFA [] /Fields [] >>", NULL, ""),
		"est un formulaire dynamique (XFA)");
	/* In an object of its own, deep, in an array, its name disguised as PDF allows. */
	const char *const apart[] = { "[ << /A [ [ 5 0 R ] ] >> ]", "<< /S /J#61vaScript >>", NULL };
	TURNED_DOWN(pdf_of(arena, "/Extra 4 0 R", apart, ""), script);
	const char *const generations[] = { "<< /EF << >> >>", NULL };
	TURNED_DOWN(pdf_of(arena, "/Extra [ 4 7 R 4 0 R ]", generations, ""), "contient d’autres fichiers");
	/* Objects that refer to each other end. */
	const char *const circle[] = { "<< /Next 5 0 R >>", "<< /Next 4 0 R >>", NULL };
	(void)TAKEN(pdf_of(arena, "/Extra 4 0 R", circle, ""));
}

TEST(a_pdf_behind_a_password_is_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct text pdf = pdf_of(arena, "", NULL, "");
	const struct text path = arena_format(arena, "%s/open.pdf", test_directory());
	FILE *file = fopen(path.at, "we");
	CHECK(file && fwrite(pdf.at, 1, pdf.length, file) == pdf.length && fclose(file) == 0);
	static const struct {
		const char *user, *refusal;
	} cases[] = {
		{ "secret", "est protégé par un mot de passe" },
		{ "", NULL }, /* printing is restricted, reading is not */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(system(arena_format(arena, "qpdf --encrypt '%s' owner 256 --print=none -- %s %s.locked",
			cases[i].user, path.at, path.at).at) == 0);
		file = fopen(arena_format(arena, "%s.locked", path.at).at, "re");
		char *const bytes = arena_alloc(arena, 1 << 16);
		CHECK(file && bytes);
		const size_t length = fread(bytes, 1, 1 << 16, file);
		fclose(file);
		check(__FILE__, __LINE__, (struct text){ bytes, length }, cases[i].refusal);
	}
}

TEST(a_file_name_is_made_fit_to_be_shown)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	static const struct {
		const char *given, *shown;
	} cases[] = {
		{ "Attestation d’assurance 2023.pdf", "Attestation d’assurance 2023.pdf" },
		{ "../../etc/passwd", "passwd" },
		{ "C:\\Mes documents\\a.pdf", "a.pdf" },
		{ ".htaccess", "htaccess" },
		{ "a\"b<c>d|e?.pdf", "abcde.pdf" },
		{ "a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf" },
		{ "fdp\xE2\x80\xAE" "exe.pdf", "fdpexe.pdf" },
		{ "\xFF\xFE.pdf", "pdf" },
		{ "", "document" },
		{ "///", "document" },
		{ " . ", "document" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_TEXT(document_name(arena, text_of_string(cases[i].given)), text_of_string(cases[i].shown));

	CLEANUP(buffer_release) struct buffer name = buffer_new(1 << 12);
	for (int i = 0; i < 300; i++)
		buffer_add(&name, TEXT("é"));
	buffer_add(&name, TEXT(".pdf"));
	const struct text shown = document_name(arena, buffer_text(&name));
	CHECK_INTEGER(text_characters(shown), 100);
	CHECK(text_ends(shown, TEXT("é.pdf")));
}
