/* What other pages show of undoing: undo.c. */
#pragma once

#include "pages/pages.h"

/* That the visitor may undo the last action of this dossier, until when, and where; nothing when they may not. */
void page_undo_offer(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier);
/* The same for a batch. */
void page_batch_undo_offer(struct request *request, struct html *html, const struct office_campaign *campaign,
	struct text batch, const struct office_batch_progress *progress);
