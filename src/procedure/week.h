/* Fields of type semaine: what their context holds and how it is told. Private to procedure/. */
#pragma once

#include "procedure/procedure.h"

/* {lundi: {matin, après_midi: boolean}, …, demi_journées, jours, journées, isolées: number, liste: list of
 * "lundi" and "lundi matin"}. NULL without memory. */
const struct feel_type *week_type(struct arena *arena, const struct text *days, size_t count);
/* "lundi, mardi matin". `at` is NULL without memory. */
struct text week_text(struct arena *arena, struct feel_value week);
