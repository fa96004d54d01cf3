/* What the judges of rules.c share: each has a file, and reads events by itself. Nothing here draws. */
#pragma once

#include <jansson.h>

#include "lives/lives.h"

/* A text of an event; empty when there is none. */
struct text judge_text(const json_t *object, const char *key);

/* rules.c: the days at whose end the dossier was at that step, before the day of that instant. */
int64_t judge_days_in(const struct shadow *shadow, int step, instant at);

/* authority.c: may this person act in that role, or do that, today, for a dossier of that subject? By themselves, in the
 * place of somebody away, or, to sign, by a delegation in force. Never about themselves, unless they ask. */
bool judge_may_hold(const struct life *life, const struct procedure_role *role, struct text person, struct text subject);
bool judge_may_do(const struct life *life, const struct procedure_action *action, struct text person, struct text subject);
/* To sign only, by a delegation. */
bool judge_signs_for(const struct life *life, const struct procedure_action *action, struct text person, struct text subject);
/* Some role is held by nobody, for somebody's dossier: those who would are away. What names it cannot be written. */
bool judge_nobody(const struct life *life);
/* Those who are told of the dossiers are there, and whoever may be asked is found. */
void judge_holders(struct life *life);

/* accounts.c: counters, registers, what was done, pieces. */
void judge_note_accounts(struct life *life, struct shadow *shadow, const struct world_dossier *dossier,
	const struct dossier_event *event, const json_t *payload);
/* All of them, summed again at the end, and the reports. */
void judge_accounts(struct life *life);

/* acts.c: which acts hold, and what a child brought. */
void judge_note_acts(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *payload);
/* The engine and the events agree on which hold; those that a child's act replaces do not. */
void judge_acts(struct life *life, size_t index);

/* undoing.c: an action that may be undone is about to be noted; an event that undoes. */
void judge_keep(struct life *life, size_t index, const struct procedure_action *action, const struct dossier_event *event,
	struct text author);
void judge_undone(struct life *life, size_t index, const struct dossier_event *event, const json_t *payload);

/* invented.c: what the procedure `tout` says, once more, in C. */
void judge_invented(struct life *life, const struct shadow *shadow, const struct world_dossier *dossier,
	const struct dossier_event *event, const json_t *payload);
