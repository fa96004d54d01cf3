/* The press: fonts and file signatures loaded once, so that the typeset process can render and
 * inspect after it has given up opening files. And the order of a rendering. */
#include <cairo-ft.h>
#include <glib-object.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <unistd.h>

#include "document/press.h"

#include "base/banned.h"

/* The fonts we set with and nothing else of the machine: the same letter gives the same bytes
 * everywhere, and a rare character cannot make fontconfig look for a file. DejaVu serves for
 * fixed width and for characters that Carlito has not (Greek, Cyrillic, Arabic…).
 * Debian: fonts-crosextra-carlito, fonts-dejavu-core. */
static const struct {
	const char *file, *description; /* as Pango names it */
} fonts[PRESS_FONTS] = {
	{ "/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf", "Carlito 10" },
	{ "/usr/share/fonts/truetype/crosextra/Carlito-Bold.ttf", "Carlito Bold 10" },
	{ "/usr/share/fonts/truetype/crosextra/Carlito-Italic.ttf", "Carlito Italic 10" },
	{ "/usr/share/fonts/truetype/crosextra/Carlito-BoldItalic.ttf", "Carlito Bold Italic 10" },
	{ "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "DejaVu Sans 10" },
	{ "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "DejaVu Sans Bold 10" },
	{ "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", "DejaVu Sans Mono 10" },
	{ "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", "DejaVu Sans Mono Bold 10" },
};

static enum guichet_status
load_fonts(struct document_press *press, struct guichet_error *error)
{
	press->fonts = FcConfigCreate();
	if (!press->fonts)
		return guichet_fail(error, GUICHET_BROKEN, "Fontconfig ne répond pas.");
	for (int i = 0; i < PRESS_FONTS; i++)
		if (!FcConfigAppFontAddFile(press->fonts, (const FcChar8 *)fonts[i].file))
			return guichet_fail(error, GUICHET_BROKEN, "La police %s manque : installez les paquets "
				"fonts-crosextra-carlito et fonts-dejavu-core.", fonts[i].file);
	press->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	if (!press->map)
		return guichet_fail(error, GUICHET_BROKEN, "Pango ne connaît pas FreeType.");
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(press->map), press->fonts);
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(press->map), 72);
	press->context = pango_font_map_create_context(press->map);
	pango_context_set_language(press->context, pango_language_from_string("fr"));
	pango_context_set_round_glyph_positions(press->context, FALSE);
	pango_context_set_base_dir(press->context, PANGO_DIRECTION_LTR);

	/* Metrics do not follow any screen's grid. */
	cairo_font_options_t *const options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(press->context, options);
	cairo_font_options_destroy(options);
	return GUICHET_OK;
}

/* Has HarfBuzz map the file of a font, and cairo open it for good. */
static bool
hold_font(struct document_press *press, int which)
{
	PangoFontDescription *const description = pango_font_description_from_string(fonts[which].description);
	PangoFont *const font = pango_context_load_font(press->context, description);
	pango_font_description_free(description);
	if (!font)
		return false;
	const bool mapped = pango_font_get_hb_font(font) != NULL;
	cairo_scaled_font_t *const scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
	press->held[which] = scaled ? cairo_scaled_font_reference(scaled) : NULL;
	const bool opened = scaled && cairo_ft_scaled_font_lock_face(scaled) != NULL;
	if (opened)
		cairo_ft_scaled_font_unlock_face(scaled);
	g_object_unref(font);
	return mapped && opened;
}

/* Opens each font, then renders a bit of everything, so that what is loaded late is loaded. */
static enum guichet_status
warm(struct document_press *press, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(DOCUMENT_ARENA_LIMIT);
	static const struct text markdown = { "# É *é* **é *é***\n\n## É *é*\n\n### É **é**\n\n"
		"é *é* **é *é*** `é` **`é` *`é`*** Ω *Ж* **ع** ก 漢 **漢** *漢* \xEF\xBF\xBD\n\n"
		"- é\n\n1. é\n\n|é|**Ω**|\n|-|-|\n|é *é*|`Ж`|\n", 0 };
	const struct document_signature signature = { .who = TEXT("é Ω"), .quality = TEXT("é Ω"), .when = INSTANT_DAY };
	const struct document_request request = {
		.signatures = &signature, .signature_count = 1, .has_original = true,
		.markdown = { markdown.at, strlen(markdown.at) }, .title = TEXT("é"), .organisation = TEXT("é Ω"),
		.office = TEXT("é Ω"), .contact = TEXT("é Ω"), .footer = TEXT("é Ω"), .reference = TEXT("é Ω 漢"),
	};
	struct text pdf;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (int i = 0; i < PRESS_FONTS; i++)
		if (!hold_font(press, i))
			return guichet_fail(error, GUICHET_BROKEN, "La police %s est illisible.", fonts[i].file);
	return document_render(press, arena, &request, &pdf, error);
}

static enum guichet_status
load_magic(struct document_press *press, struct guichet_error *error)
{
	press->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR
		| MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_CSV
		| MAGIC_NO_CHECK_JSON);
	if (!press->magic || magic_load(press->magic, NULL) != 0)
		return guichet_fail(error, GUICHET_BROKEN,
			"Libmagic ne trouve pas ses signatures : installez le paquet "
			"libmagic-mgc.");
	return GUICHET_OK;
}

struct document_press *
document_press_new(struct guichet_error *error)
{
	CLEANUP(document_press_free) struct document_press *press = calloc(1, sizeof *press);
	if (!press)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire manque.");
	if (load_fonts(press, error) != GUICHET_OK || load_magic(press, error) != GUICHET_OK
		|| warm(press, error) != GUICHET_OK)
		return NULL;
	return TAKE(press);
}

void
document_press_free(struct document_press *press)
{
	if (!press)
		return;
	for (int i = 0; i < PRESS_FONTS; i++)
		cairo_scaled_font_destroy(press->held[i]);
	if (press->context)
		g_object_unref(press->context);
	if (press->map)
		g_object_unref(press->map);
	if (press->fonts)
		FcConfigDestroy(press->fonts);
	if (press->magic)
		magic_close(press->magic);
	free(press);
}

enum guichet_status
document_render(struct document_press *press, struct arena *arena, const struct document_request *request,
	struct text *ret_pdf, struct guichet_error *error)
{
	/* The letter and its layouts end here; only the PDF goes to the caller's arena. */
	CLEANUP(arena_free) struct arena *work = arena_new(DOCUMENT_ARENA_LIMIT);
	CLEANUP(buffer_release) struct buffer pdf = buffer_new(DOCUMENT_FILE_LIMIT);
	CLEANUP(buffer_release) struct buffer finished = buffer_new(DOCUMENT_FILE_LIMIT);
	struct letter letter;
	if (!work)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	enum guichet_status status = letter_read(work, request, &letter, error);
	if (status == GUICHET_OK)
		status = setting_write(press, work, &letter, &pdf, error);
	if (status == GUICHET_OK)
		status = finish_write(buffer_text(&pdf), &letter, &finished, error);
	if (status != GUICHET_OK)
		return status;
	const struct text copy = arena_text(arena, buffer_text(&finished));
	if (!copy.at)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	*ret_pdf = copy;
	return GUICHET_OK;
}
