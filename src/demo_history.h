/* What has happened in a place of the demonstration before the first page: histoire.yaml of its folder, written as
 * essais are (doc/manual/essais.md): who did what, when, in which dossier. It is played through the office's own doors,
 * as the clock goes, so that a line that the procedure refuses is told and nothing is made up. */
#pragma once

#include "base/clock.h"
#include "base/date.h"
#include "base/error.h"
#include "office/office.h"

struct typesetter;

struct demo_stage {
	struct office *office;
	struct store *store;
	struct clock *clock;            /* at the moment the place was filled; it goes to `start` */
	struct typesetter *typesetter;  /* the office's; makes the files that are handed in */
	const char *folder;             /* of the place: "demonstration/ville" */
	instant start;                  /* of the first page: all is before */
};

/* Is there one in this folder? */
bool demo_history_exists(const char *folder);

/* Reads it and plays it to its end, then lets what is due by `start` happen. REFUSED with the file, the line and a
 * sentence when a line is wrong; lines are read before the first is played. */
enum guichet_status demo_history_play(const struct demo_stage *stage, struct guichet_error *error);
