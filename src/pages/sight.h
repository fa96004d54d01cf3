/* Something to see in a demonstration: a page, as somebody. Places name theirs; the page /demo offers them. */
#pragma once

#include "base/text.h"

struct demo_sight {
	struct text title, about; /* what it is; one sentence more, may be empty */
	struct text person, page; /* a matricule; "/service" */
};
