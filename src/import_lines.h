/* The part of guichet import that judges lines one by one: see command_import_lines.c. */
#pragma once

#include "base/date.h"

struct import_lines {
	const char *data;                       /* folder of the data */
	const char *counters;                   /* a file, or */
	const char *dossiers, *campaign, *action, *author; /* a file, and by whom its lines are filed */
	instant at;                             /* INSTANT_NEVER: now */
};

/* Runs it; the exit status. */
int import_lines_run(const struct import_lines *import);
