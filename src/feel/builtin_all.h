/* What the files of builtins share. Inside of feel/. */
#pragma once

#include "feel/evaluation.h"

#define BUILTIN(function)                                                       \
	struct feel_value builtin_##function(struct evaluation *evaluation,     \
		const struct feel_value *arguments);                            \
	struct feel_value builtin_##function(struct evaluation *evaluation,     \
		const struct feel_value *arguments)
