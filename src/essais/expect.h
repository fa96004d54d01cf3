/* One function for each line of expectations.def. */
#pragma once

#include "essais/play.h"

#define EXPECTATION(key, expect, forms, holder, about) \
	void expect(struct happening *happening, const struct yaml_node *node);
#include "essais/expectations.def"
#undef EXPECTATION
