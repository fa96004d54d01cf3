/* A world of the reference procedure for tests of the core: its directory is that of the procedure's
 * own tests. */
#pragma once

#include "essais/world.h"
#include "test.h"

struct dossier_stage {
	struct arena *arena;
	struct procedure *procedure;
	struct world *world;
};

/* Everything is released by the caller with dossier_stage_end(). */
struct dossier_stage dossier_stage_new(void);
/* Of the procedure in that folder, with its first campaign and its own directory. */
struct dossier_stage dossier_stage_of(const char *folder);
void dossier_stage_end(struct dossier_stage *stage);
static inline void dossier_stage_end_at(struct dossier_stage *stage) { dossier_stage_end(stage); }

/* Paris time: "2023-06-16T10:00". Effects in between happen. */
void dossier_stage_at(struct dossier_stage *stage, const char *when);
/* Files the usual request of "léa"; the dossier. */
struct world_dossier *dossier_stage_file(struct dossier_stage *stage);
/* Does an action with at most one field given; the outcome. */
struct dossier_outcome dossier_stage_act(struct dossier_stage *stage, struct world_dossier *dossier, const char *person,
	const char *action, const char *field, const char *value);
/* The input of such a command, for those who judge it themselves. */
struct dossier_input dossier_stage_input(struct dossier_stage *stage, const struct dossier *dossier, const char *person,
	const char *action);
