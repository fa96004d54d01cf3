/* What an uploaded file is, judged by its bytes: libmagic says the kind, then its structure is
 * walked, so that a truncated or disguised file is told to the one who can send a better one. */
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

#include "document/press.h"

#include "base/banned.h"

enum {
	PDF_PAGES_LIMIT = 500,
	PDF_OBJECTS_LIMIT = 300000,
	IMAGE_SIDE_LIMIT = 30000,
	NAME_CHARACTERS = 100,
};
#define IMAGE_PIXELS_LIMIT (INT64_C(200) * 1000 * 1000)

struct inspection {
	struct document_press *press;
	struct text bytes, name;
	struct guichet_error *error;
};

/* Kinds we take, and what to say of those people send most among the others. */
static const struct {
	const char *type;
	enum document_kind kind;
	const char *advice;
} kinds[] = {
	{ "application/pdf", DOCUMENT_PDF, NULL },
	{ "image/jpeg", DOCUMENT_JPEG, NULL },
	{ "image/png", DOCUMENT_PNG, NULL },
	{ "image/heic", DOCUMENT_UNKNOWN, "est une photo au format HEIC : enregistrez-la en JPEG" },
	{ "image/heif", DOCUMENT_UNKNOWN, "est une photo au format HEIF : enregistrez-la en JPEG" },
	{ "image/webp", DOCUMENT_UNKNOWN, "est une image au format WebP : enregistrez-la en JPEG ou en PNG" },
	{ "image/tiff", DOCUMENT_UNKNOWN, "est une image au format TIFF : enregistrez-la en PDF" },
	{ "application/msword", DOCUMENT_UNKNOWN, "est un document de traitement de texte : exportez-le en PDF" },
	{ "application/vnd.openxmlformats", DOCUMENT_UNKNOWN,
		"est un document de bureautique : exportez-le en PDF" },
	{ "application/vnd.oasis", DOCUMENT_UNKNOWN, "est un document de bureautique : exportez-le en PDF" },
	{ "application/x-ole-storage", DOCUMENT_UNKNOWN, "est un document de bureautique : exportez-le en PDF" },
	{ "application/zip", DOCUMENT_UNKNOWN, "est une archive : déposez chaque document séparément, en PDF" },
};

/* Action types and keys of a PDF that do something else than show pages. */
static const struct {
	const char *key, *value; /* value NULL: the key is enough */
	const char *what;
} dangers[] = {
	{ "/JS", NULL, "contient un programme (JavaScript)" },
	{ "/JavaScript", NULL, "contient un programme (JavaScript)" },
	{ "/S", "/JavaScript", "contient un programme (JavaScript)" },
	{ "/S", "/Launch", "lance un autre programme" },
	{ "/S", "/ImportData", "lit des données hors de lui" },
	{ "/S", "/SubmitForm", "envoie des données hors de lui" },
	{ "/S", "/GoToE", "renvoie à un fichier joint" },
	{ "/EmbeddedFiles", NULL, "contient d’autres fichiers" },
	{ "/EF", NULL, "contient d’autres fichiers" },
	{ "/Subtype", "/RichMedia", "contient une animation" },
	{ "/XFA", NULL, "est un formulaire dynamique (XFA)" },
};

static void
cleanup_qpdf_at(qpdf_data *qpdf)
{
	if (*qpdf)
		qpdf_cleanup(qpdf);
}

static enum guichet_status
refuse(const struct inspection *inspection, const char *what)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct text name = arena ? document_name(arena, inspection->name) : TEXT("");
	return guichet_fail(inspection->error, GUICHET_REFUSED, "Le fichier « " TEXT_FORMAT " » %s.",
		TEXT_ARGS(name.length ? name : TEXT("document")), what);
}

static enum guichet_status
refuse_damaged(const struct inspection *inspection)
{
	return refuse(inspection, "est incomplet ou abîmé : vérifiez qu’il s’ouvre, enregistrez-le à nouveau, "
		"puis déposez-le");
}

static const char too_complicated[] = "est trop compliqué pour être examiné : imprimez-le vers un nouveau "
	"PDF, puis déposez celui-ci";

static enum guichet_status
refuse_danger(const struct inspection *inspection, const char *what)
{
	CLEANUP(buffer_release) struct buffer sentence = buffer_new(1000);
	buffer_format(&sentence, "%s : imprimez-le vers un nouveau PDF, puis déposez celui-ci%c", what, '\0');
	return refuse(inspection, sentence.failed ? "contient plus que des pages" : sentence.at);
}

/* The objects still to be looked into, and those that were. */
struct search {
	qpdf_data qpdf;
	qpdf_oh *waiting;
	size_t count, room, steps;
	uint8_t *seen; /* a bit per object number */
};

static void
search_release_at(struct search *search)
{
	free(search->waiting);
	free(search->seen);
}

/* Has a value looked into later, when it can hold something and was not seen yet. False when
 * there is too much of it. */
static bool
search_later(struct search *search, qpdf_oh value)
{
	qpdf_data qpdf = search->qpdf;
	if (!qpdf_oh_is_dictionary(qpdf, value) && !qpdf_oh_is_array(qpdf, value)
		&& !qpdf_oh_is_stream(qpdf, value)) {
		qpdf_oh_release(qpdf, value);
		return true;
	}
	const int id = qpdf_oh_get_object_id(qpdf, value); /* 0: written in place, met once only */
	if (id < 0 || id > PDF_OBJECTS_LIMIT || ++search->steps > 8 * PDF_OBJECTS_LIMIT)
		return false;
	if (id > 0) {
		uint8_t *const seen = &search->seen[id / 8];
		if (*seen & 1 << id % 8) {
			qpdf_oh_release(qpdf, value);
			return true;
		}
		*seen |= (uint8_t)(1 << id % 8);
	}
	if (search->count == search->room) {
		search->room = search->room ? 2 * search->room : 64;
		qpdf_oh *const more = reallocarray(search->waiting, search->room, sizeof *search->waiting);
		if (!more)
			return false;
		search->waiting = more;
	}
	search->waiting[search->count++] = value;
	return true;
}

/* Refuses what a dictionary does besides showing pages, and has its values looked into. */
static enum guichet_status
search_dictionary(const struct inspection *inspection, struct search *search, qpdf_oh dictionary)
{
	qpdf_data qpdf = search->qpdf;
	for (size_t i = 0; i < sizeof dangers / sizeof *dangers; i++) {
		if (!qpdf_oh_has_key(qpdf, dictionary, dangers[i].key))
			continue;
		const qpdf_oh value = qpdf_oh_get_key(qpdf, dictionary, dangers[i].key);
		if (dangers[i].value ? qpdf_oh_is_name_and_equals(qpdf, value, dangers[i].value)
			: !qpdf_oh_is_null(qpdf, value))
			return refuse_danger(inspection, dangers[i].what);
		qpdf_oh_release(qpdf, value);
	}
	qpdf_oh_begin_dict_key_iter(qpdf, dictionary);
	while (qpdf_oh_dict_more_keys(qpdf))
		if (!search_later(search, qpdf_oh_get_key(qpdf, dictionary, qpdf_oh_dict_next_key(qpdf))))
			return refuse(inspection, too_complicated);
	return GUICHET_OK;
}

/* All that can be reached from the trailer, each object once. */
static enum guichet_status
search_objects(const struct inspection *inspection, qpdf_data qpdf)
{
	CLEANUP(search_release) struct search search = { .qpdf = qpdf };
	search.seen = calloc(1, PDF_OBJECTS_LIMIT / 8 + 1);
	if (!search.seen)
		return guichet_fail(inspection->error, GUICHET_BROKEN, "La mémoire manque.");
	if (!search_later(&search, qpdf_get_trailer(qpdf)))
		return refuse(inspection, too_complicated);
	while (search.count > 0) {
		const qpdf_oh object = search.waiting[--search.count];
		if (qpdf_oh_is_array(qpdf, object)) {
			const int count = qpdf_oh_get_array_n_items(qpdf, object);
			for (int i = 0; i < count; i++)
				if (!search_later(&search, qpdf_oh_get_array_item(qpdf, object, i)))
					return refuse(inspection, too_complicated);
		} else {
			const bool is_stream = qpdf_oh_is_stream(qpdf, object);
			const qpdf_oh dictionary = is_stream ? qpdf_oh_get_dict(qpdf, object) : object;
			const enum guichet_status status = search_dictionary(inspection, &search, dictionary);
			if (status != GUICHET_OK)
				return status;
			if (is_stream)
				qpdf_oh_release(qpdf, dictionary);
		}
		qpdf_oh_release(qpdf, object);
		if (qpdf_has_error(qpdf))
			return refuse_damaged(inspection);
	}
	return GUICHET_OK;
}

/* The size of the first page, in points; 0 when the page does not say (it may be inherited). */
static void
read_page_size(qpdf_data qpdf, struct document_facts *facts)
{
	qpdf_oh node = qpdf_get_page_n(qpdf, 0);
	for (int i = 0; i < 50 && qpdf_oh_is_dictionary(qpdf, node); i++) {
		const qpdf_oh box = qpdf_oh_get_key(qpdf, node, "/MediaBox");
		if (qpdf_oh_is_array(qpdf, box) && qpdf_oh_get_array_n_items(qpdf, box) == 4) {
			double corners[4] = { 0 };
			for (int j = 0; j < 4; j++)
				if (!qpdf_oh_get_value_as_number(qpdf, qpdf_oh_get_array_item(qpdf, box, j), &corners[j])
					|| !(corners[j] >= -100000 && corners[j] <= 100000))
					return;
			const double width = corners[2] - corners[0], height = corners[3] - corners[1];
			facts->width = (int)(width < 0 ? -width : width);
			facts->height = (int)(height < 0 ? -height : height);
			return;
		}
		node = qpdf_oh_get_key(qpdf, node, "/Parent");
	}
}

static enum guichet_status
inspect_pdf(const struct inspection *inspection, struct document_facts *facts)
{
	CLEANUP(cleanup_qpdf) qpdf_data qpdf = qpdf_init();
	qpdf_silence_errors(qpdf);
	qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
	/* A file that must be guessed at has lost something: its sender can do better. */
	qpdf_set_attempt_recovery(qpdf, QPDF_FALSE);
	const struct text bytes = inspection->bytes;
	if (qpdf_read_memory(qpdf, "upload", bytes.at, bytes.length, NULL) & QPDF_ERRORS) {
		const qpdf_error why = qpdf_get_error(qpdf);
		if (why && qpdf_get_error_code(qpdf, why) == qpdf_e_password)
			return refuse(inspection, "est protégé par un mot de passe : retirez cette protection, ou "
				"imprimez-le vers un nouveau PDF");
		return refuse_damaged(inspection);
	}
	const int pages = qpdf_get_num_pages(qpdf);
	if (pages < 1 || qpdf_has_error(qpdf))
		return refuse_damaged(inspection);
	if (pages > PDF_PAGES_LIMIT)
		return refuse(inspection, "a trop de pages : n’envoyez que celles qui sont demandées");
	const enum guichet_status status = search_objects(inspection, qpdf);
	if (status != GUICHET_OK)
		return status;
	facts->pages = pages;
	read_page_size(qpdf, facts);
	(void)qpdf_get_error(qpdf); /* what a size we do without may have raised */
	return GUICHET_OK;
}

static uint32_t
big_endian(const char *at, int bytes)
{
	uint32_t value = 0;
	for (int i = 0; i < bytes; i++)
		value = value << 8 | (uint8_t)at[i];
	return value;
}

static enum guichet_status
check_dimensions(const struct inspection *inspection, uint32_t width, uint32_t height,
	struct document_facts *facts)
{
	if (width == 0 || height == 0)
		return refuse_damaged(inspection);
	if (width > IMAGE_SIDE_LIMIT || height > IMAGE_SIDE_LIMIT || (int64_t)width * height > IMAGE_PIXELS_LIMIT)
		return refuse(inspection, "est une image trop grande : réduisez-la");
	facts->width = (int)width;
	facts->height = (int)height;
	facts->pages = 1;
	return GUICHET_OK;
}

/* ITU-T T.81, annex B: segments until the first scan; then an end mark somewhere. */
static enum guichet_status
inspect_jpeg(const struct inspection *inspection, struct document_facts *facts)
{
	const struct text bytes = inspection->bytes;
	bool sized = false;
	for (size_t at = 2; bytes.length >= 4 && at <= bytes.length - 4;) {
		if ((uint8_t)bytes.at[at] != 0xFF)
			return refuse_damaged(inspection);
		const uint8_t marker = (uint8_t)bytes.at[at + 1];
		if (marker == 0xFF) { /* filling */
			at++;
			continue;
		}
		const uint32_t length = big_endian(bytes.at + at + 2, 2);
		if (length < 2 || length > bytes.length - at - 2)
			return refuse_damaged(inspection);
		const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8
			&& marker != 0xCC;
		if (is_frame && !sized) {
			if (length < 8)
				return refuse_damaged(inspection);
			const enum guichet_status status = check_dimensions(inspection, big_endian(bytes.at + at + 7, 2),
				big_endian(bytes.at + at + 5, 2), facts);
			if (status != GUICHET_OK)
				return status;
			sized = true;
		}
		at += 2 + length;
		if (marker == 0xDA)
			return sized && text_find(text_part(bytes, at, SIZE_MAX), TEXT("\xFF\xD9")) != SIZE_MAX
				? GUICHET_OK
				: refuse_damaged(inspection);
	}
	return refuse_damaged(inspection);
}

/* PNG, second edition, §5: IHDR first, some IDAT, IEND last. */
static enum guichet_status
inspect_png(const struct inspection *inspection, struct document_facts *facts)
{
	const struct text bytes = inspection->bytes;
	bool has_data = false;
	for (size_t at = 8; bytes.length >= at + 12;) {
		const size_t length = big_endian(bytes.at + at, 4);
		const struct text kind = text_part(bytes, at + 4, 4);
		if (length > bytes.length - at - 12)
			return refuse_damaged(inspection);
		if (at == 8) {
			if (!text_equal(kind, TEXT("IHDR")) || length != 13)
				return refuse_damaged(inspection);
			const enum guichet_status status = check_dimensions(inspection, big_endian(bytes.at + at + 8, 4),
				big_endian(bytes.at + at + 12, 4), facts);
			if (status != GUICHET_OK)
				return status;
		}
		has_data |= text_equal(kind, TEXT("IDAT")) && length > 0;
		if (text_equal(kind, TEXT("IEND")))
			return has_data ? GUICHET_OK : refuse_damaged(inspection);
		at += 12 + length;
	}
	return refuse_damaged(inspection);
}

enum guichet_status
document_inspect(struct document_press *press, struct text bytes, struct text name,
	struct document_facts *ret_facts, struct guichet_error *error)
{
	const struct inspection inspection = { press, bytes, name, error };
	if (bytes.length == 0)
		return refuse(&inspection, "est vide : vérifiez qu’il s’ouvre, puis déposez-le à nouveau");
	if (bytes.length > DOCUMENT_FILE_LIMIT)
		return refuse(&inspection, "dépasse 10 Mo : réduisez-le, ou numérisez-le moins finement");

	const char *const type = magic_buffer(press->magic, bytes.at, bytes.length);
	const struct text found = text_of_string(type);
	size_t at = 0;
	while (at < sizeof kinds / sizeof *kinds && !text_starts(found, text_of_string(kinds[at].type)))
		at++;
	if (at == sizeof kinds / sizeof *kinds)
		return refuse(&inspection, "n’est ni un PDF, ni une image JPEG ou PNG : enregistrez-le dans l’un de ces "
			"formats");
	if (kinds[at].advice)
		return refuse(&inspection, kinds[at].advice);

	struct document_facts facts = { .kind = kinds[at].kind, .digest = digest_of(bytes) };
	enum guichet_status status = GUICHET_OK;
	switch (facts.kind) {
	case DOCUMENT_PDF: status = inspect_pdf(&inspection, &facts); break;
	case DOCUMENT_JPEG: status = inspect_jpeg(&inspection, &facts); break;
	case DOCUMENT_PNG: status = inspect_png(&inspection, &facts); break;
	case DOCUMENT_UNKNOWN: break;
	}
	if (status == GUICHET_OK)
		*ret_facts = facts;
	return status;
}

struct text
document_kind_type(enum document_kind kind)
{
	switch (kind) {
	case DOCUMENT_PDF: return TEXT("application/pdf");
	case DOCUMENT_JPEG: return TEXT("image/jpeg");
	case DOCUMENT_PNG: return TEXT("image/png");
	case DOCUMENT_UNKNOWN: break;
	}
	return TEXT("application/octet-stream");
}

/* A character that a file name shows as itself, everywhere. */
static bool
is_fit_for_name(uint32_t c)
{
	static const char unfit[] = "/\\:*?\"<>|";
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c <= 0xF8FF) || c >= 0xE0000 || c == 0xFEFF)
		return false;
	if ((c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F)
		|| c == 0xFFFD)
		return false;
	return c >= 0x80 || !strchr(unfit, (int)c);
}

struct text
document_name(struct arena *arena, struct text name)
{
	/* Browsers of old send the whole path. */
	for (size_t i = name.length; i > 0; i--)
		if (name.at[i - 1] == '/' || name.at[i - 1] == '\\') {
			name = text_part(name, i, SIZE_MAX);
			break;
		}
	CLEANUP(buffer_release) struct buffer fit = buffer_new(1 << 20);
	for (size_t from = 0, next = 0; from < name.length && next < 4096; from = next) {
		const uint32_t c = text_next(name, &next);
		if (is_fit_for_name(c))
			buffer_add_character(&fit, c);
	}
	struct text clean = text_trim(buffer_text(&fit));
	while (clean.length && (clean.at[0] == '.' || clean.at[0] == ' '))
		clean = text_part(clean, 1, SIZE_MAX);
	while (clean.length && (clean.at[clean.length - 1] == '.' || clean.at[clean.length - 1] == ' '))
		clean.length--;
	if (fit.failed || clean.length == 0)
		return arena_text(arena, TEXT("document"));

	const size_t characters = text_characters(clean);
	if (characters <= NAME_CHARACTERS)
		return arena_text(arena, clean);
	size_t dot = clean.length;
	while (dot > 0 && clean.length - dot < 10 && (dot == clean.length || clean.at[dot] != '.'))
		dot--;
	const struct text extension = dot > 0 && dot < clean.length && clean.at[dot] == '.'
		? text_part(clean, dot, SIZE_MAX) : TEXT("");
	const size_t kept = NAME_CHARACTERS - text_characters(extension);
	size_t end = 0;
	for (size_t i = 0; i < kept && end < clean.length; i++)
		(void)text_next(clean, &end);
	return arena_format(arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(text_part(clean, 0, end)),
		TEXT_ARGS(extension));
}
