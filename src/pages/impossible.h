/* Whether an action may be done now by who looks at its page, and what that page tells when it may not: the same from the
 * dossier's own page and from a mailed link. */
#pragma once

#include "pages/pages.h"

struct page_possible {
	const struct office_dossier *dossier;
	struct dossier_viewer viewer;
	int action;                    /* of the procedure; NONE: the dossier stands elsewhere */
	const struct office_link *link; /* NULL: from the dossier */
	struct text path;              /* of the link: "/lien/<jeton>" */
	/* told by page_possible_load() */
	bool allowed;
	bool ahead;                    /* the dossier never came to a step where it is done */
	struct text reason;            /* why not */
	const struct dossier_option *options; /* what they may do there, through the link when there is one */
	size_t option_count;
};

enum guichet_status page_possible_load(struct request *request, struct page_possible *possible, struct guichet_error *error);
struct text page_impossible_title(const struct page_possible *possible);
/* In an open page: `refusal`, or the reason when it is empty; what happened last, as they may be told it; what they may do
 * instead, and the way back. */
enum guichet_status page_impossible(struct request *request, struct store_tx *tx, struct html *html,
	const struct page_possible *possible, struct text refusal, struct guichet_error *error);
