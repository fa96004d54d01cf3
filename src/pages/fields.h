/* Parts of fields that the two files that draw them share: fields.c, parts.c. */
#pragma once

#include "pages/pages.h"

/* What aria-describedby names: the help, the mistake, both or nothing; in `room`. */
struct text field_described(struct text name, struct text help, struct text mistake, char *room, size_t size);
void field_label(struct html *html, struct text label, bool required);
void field_help_and_mistake(struct html *html, struct text name, struct text help, struct text mistake);
/* Boxes that are not ticked send nothing: an empty text before them says that they were shown. */
void field_unticked(struct html *html, struct text name);

/* parts.c: days by half-days; rows; the two ends of a period, the number and the unit of a duration. */
void field_week(struct html *html, struct arena *arena, const struct dossier_answer *answer);
void field_rows(struct html *html, struct arena *arena, const struct dossier_answer *answer);
void field_parts(struct html *html, struct arena *arena, const struct dossier_answer *answer);
