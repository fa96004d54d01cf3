/* What the visitor prepares and has not filed, newest first. */
#pragma once

#include "pages/families.h"

struct page_draft_row {
	const struct office_campaign *campaign;
	struct text about; /* as of office_draft_about() */
	instant saved_at;
};

struct page_drafts {
	const struct page_draft_row *at;
	size_t count;
	const struct office_draft_exception *exceptions; /* of all of them */
	size_t exception_count;
};

enum guichet_status page_drafts_load(struct request *request, struct store_tx *tx, struct page_drafts *ret_drafts,
	struct guichet_error *error);
/* A list item each, a card; nothing for one that is not theirs to go on with. */
enum guichet_status page_draft_cards(struct request *request, struct store_tx *tx, struct html *html,
	const struct page_drafts *drafts, struct guichet_error *error);
