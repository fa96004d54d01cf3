/* What the pages of the demonstration share: demo.c, guide.c. */
#pragma once

#include "pages/pages.h"

/* A button that logs in as somebody and goes to `to`: "Entrer comme Mme Aline Corbevaux, chef de service". */
void demo_enter(struct request *request, struct html *html, const struct directory_person *person, struct text function,
	struct text to);
/* A button that moves legal time and comes back to `back`. */
void demo_jump(struct request *request, struct html *html, instant to, struct text label, struct text back);
/* The guided visit: what to do next, as whom, until the end of one request. */
enum guichet_status demo_guide(struct request *request, struct store_tx *tx, struct html *html,
	struct guichet_error *error);
