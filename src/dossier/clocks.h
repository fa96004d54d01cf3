/* The clocks of a dossier (délais): what events do to them, what expressions read of them. */
#pragma once

#include "dossier/dossier.h"

struct inputs;

/* After an event at that instant, whose move (NONE: none that counts) has been folded: the dossier stands where it goes.
 * False when the arena is full. */
[[nodiscard]] bool clocks_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier, int move,
	instant at);

/* One clock on inputs whose opening scope is filled. */
enum guichet_status clocks_view(struct inputs *inputs, int clock, struct dossier_clock_view *ret_view,
	struct guichet_error *error);
/* `délai` among the inputs. */
enum guichet_status clocks_set(struct inputs *inputs, struct guichet_error *error);
