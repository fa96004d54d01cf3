/* What the page of a dossier shows of those around it. */
#pragma once

#include "pages/families.h"

/* The nature of that name; NULL for a dossier born of none. */
const struct procedure_nature *page_nature(const struct procedure *procedure, struct text name);
/* "Avenant de la demande n° …"; nothing for a dossier born of none. */
void page_born_of(struct request *request, struct html *html, const struct office_dossier *dossier);
/* Who filed it for its subject, and why; nothing when they did themselves. */
void page_filed_for(struct request *request, struct html *html, const struct office_dossier *dossier);
/* The dossiers born of this one, and what the visitor may open; nothing when there is neither. */
enum guichet_status page_children(struct request *request, struct store_tx *tx, struct html *html,
	const struct office_dossier *dossier, struct guichet_error *error);
/* The page of a nature that may not be opened now: why, and what else may be. */
enum guichet_status page_birth_refused(struct request *request, struct store_tx *tx, struct html *html,
	const struct office_dossier *dossier, const struct procedure_nature *nature, struct text reason,
	struct guichet_error *error);
/* Fields changed, before and after (dossier.c). */
void page_changes(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_change *changes, size_t count);

/* Who looks at one of their own dossiers in a list: its applicant, by the function by which they ask when it is a structure's. */
struct dossier_viewer page_own_viewer(const struct office_row *row, struct text person);
/* "Un logement", "Un logement : Avenant", "Une enquête, École du Bourg : Rectification"; `nature` NULL: of none. */
struct text page_dossier_title(struct arena *arena, const struct office_row *row, const struct procedure_nature *nature);
