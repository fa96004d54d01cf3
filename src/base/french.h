/* French typography. A line never breaks before « : ; ? ! », inside « », nor between a number and its
 * unit: the space there does not break (U+00A0). Our own sentences are written so in the source (tools/check-french sees to it);
 * what a procedure says to people is set so when it is read. What people typed is left as it is. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#define FRENCH_SPACE "\xC2\xA0" /* U+00A0 */

/* `text` with the spaces that French does not break; `text` itself when nothing changes. Without memory at NULL. */
struct text french_spaces(struct arena *arena, struct text text);

/* The same text, be its spaces breaking or not? */
bool french_equal(struct text a, struct text b);
/* Does `part` stand in `whole`, be the spaces breaking or not? */
bool french_contains(struct text whole, struct text part);
