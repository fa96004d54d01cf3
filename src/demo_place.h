/* Where a demonstration takes place: a folder of demonstration/, or one's own, with its people and what is open there. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "pages/sight.h"

enum { DEMO_MOST_CAMPAIGNS = 16, DEMO_MOST_SIGHTS = 30 };

struct demo_place {
	const char *folder;         /* "demonstration/ville" */
	const char *procedures;     /* where those it names are: "procedures", or what one's own folder is in */
	bool own;                   /* somebody's own folder, told by its path */
	const char *organisation;   /* printed on pages and letters */
	const char *mail;           /* whom mails come from */
	const char *about;          /* one sentence for visitors */
	instant filled;             /* legal time at which its people are imported, its campaigns opened and its history begins */
	instant start;              /* legal time of the first page */
	bool has_files;             /* structures.csv, personnes.csv, affectations.csv; else the académie is generated */
	bool lived_in;              /* its history is to be played; false as read */
	struct { const char *procedure, *campaign; } campaigns[DEMO_MOST_CAMPAIGNS]; /* names */
	size_t campaign_count;
	struct demo_sight sights[DEMO_MOST_SIGHTS];
	size_t sight_count;
};

/* Reads `name`/lieu.yaml of the folder demonstration/; a name that has a "/" is the path of one's own folder, and the
 * procedures are beside it. Texts live in the arena. REFUSED with a sentence that says what to write, or which places
 * there are. */
enum guichet_status demo_place_read(struct arena *arena, const char *name, struct demo_place *ret_place,
	struct guichet_error *error);
