/* Reading forms on inputs already made: what decisions need of form.c. */
#pragma once

#include "dossier/facts.h"

enum { FORM_MOST_RAWS = 5000 };

/* dossier_form_read(), which leaves the values laid over `inputs`, computed values included. */
enum guichet_status form_read(struct inputs *inputs, enum dossier_form_kind kind, int action, struct dossier_raws raws,
	bool fresh, struct dossier_form *ret_form, struct guichet_error *error);

/* What was typed, without control characters; line ends are kept when `lines`. `at` is NULL when the arena is full. */
struct text form_clean(struct arena *arena, struct text raw, bool lines);

/* dossier_piece_mistake() on inputs over which the form was laid. */
enum guichet_status form_piece_mistake(struct inputs *inputs, int index, const struct dossier_piece *piece,
	struct text *ret_mistake, struct guichet_error *error);
