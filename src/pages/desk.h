/* What the pages of the desk share: desk.c, batch.c, figures.c, calendar.c. */
#pragma once

#include "pages/pages.h"

/* The campaign in the path, which the visitor runs; UNKNOWN otherwise. */
enum guichet_status desk_campaign(struct request *request, const struct office_campaign **ret_campaign,
	struct guichet_error *error);
/* "/gestion/<campaign><part>". */
struct text desk_path(struct arena *arena, const struct office_campaign *campaign, const char *part);
/* The tabs of a campaign's desk. */
void desk_tabs(struct request *request, struct html *html, const struct office_campaign *campaign);
