/* The cases of a conformance kit (the format of the DMN technology compatibility kit): each names a
 * model, gives inputs, and says what decisions, services or functions must give. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

enum kit_outcome { KIT_PASSED, KIT_FAILED, KIT_SKIPPED };

/* What became of one result that a case expects. */
struct kit_result {
	enum kit_outcome outcome;
	struct text file, test, node;  /* the file of cases, the case, the result */
	struct text expected, got;     /* FEEL literals */
	struct text reason;            /* why nothing was got, or why it was skipped; may be empty */
};

typedef void kit_report(void *context, const struct kit_result *result);

/* Runs every *-test*.xml under a folder, in the order of their names, and reports each result it
 * expects. Numbers are compared within 1e-8, all else exactly. A result that depended on a function of
 * another language is skipped. A file that cannot be read, or whose model cannot, fails each result it
 * expects (one when they cannot be known). `now` is what now() answers. REFUSED: no such folder, or
 * nothing to run in it. */
enum guichet_status kit_run(const char *folder, instant now, kit_report *report, void *context,
	struct guichet_error *error);
