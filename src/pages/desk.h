/* What the pages of the desk share: desk.c, batch.c, figures.c, calendar.c. */
#pragma once

#include "pages/pages.h"

/* The campaign in the path, which the visitor runs; UNKNOWN otherwise. */
enum guichet_status desk_campaign(struct request *request, const struct office_campaign **ret_campaign,
	struct guichet_error *error);
/* The batch in the path's ":lot", and its campaign; UNKNOWN when it is of another. */
enum guichet_status desk_batch(struct request *request, struct store_tx *tx, const struct office_campaign **ret_campaign,
	struct office_batch_progress *ret_progress, struct guichet_error *error);
/* "/gestion/<campaign><part>". */
struct text desk_path(struct arena *arena, const struct office_campaign *campaign, const char *part);
/* « Personne ne tient le rôle … », while it is so. */
enum guichet_status desk_vacancies(struct request *request, struct store_tx *tx, struct html *html,
	const struct office_campaign *campaign, struct guichet_error *error);
/* The tabs of a campaign's desk. */
void desk_tabs(struct request *request, struct html *html, const struct office_campaign *campaign);
/* A step of the main circuit by its name, or `beside` one of a suivi; PROCEDURE_NONE when it is not one. */
int desk_step(const struct procedure *procedure, struct text name, bool beside);
/* Hidden fields that keep what a list shows: its step, and that of a suivi; PROCEDURE_NONE: none. */
void desk_step_fields(struct html *html, const struct procedure *procedure, int step, int beside);
/* The list of those. */
struct text desk_list_path(struct arena *arena, const struct office_campaign *campaign, int step, int beside);
