/* Inside document/: what the press keeps loaded, and the steps of a rendering. */
#pragma once

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <magic.h>
#include <pango/pango.h>

#include "document/letter.h"

#define PRESS_FAMILY "Carlito"
#define PRESS_FIXED  "DejaVu Sans Mono"

enum { PRESS_FONTS = 8 };

struct document_press {
	FcConfig *fonts; /* our few font files and nothing else of the machine */
	PangoFontMap *map;
	PangoContext *context;
	cairo_scaled_font_t *held[PRESS_FONTS]; /* one per file, so that cairo never closes it */
	magic_t magic;
};

/* Sets the letter on pages and writes what cairo makes of it into `pdf`. */
enum guichet_status setting_write(struct document_press *press, struct arena *arena,
	const struct letter *letter, struct buffer *pdf, struct guichet_error *error);

/* Adds to cairo's PDF what cairo cannot write: language, metadata, scopes of table headings,
 * artifacts, an identifier that depends on the content only. */
enum guichet_status finish_write(struct text pdf, const struct letter *letter, struct buffer *finished,
	struct guichet_error *error);
