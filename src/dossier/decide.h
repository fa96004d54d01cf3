/* What views tell in the words of decisions. */
#pragma once

#include "dossier/facts.h"

/* Why a window is not open at facts->at, in a sentence; empty when it is. */
struct text decide_window_text(struct arena *arena, const struct dossier_facts *facts, int window, bool *ret_open,
	enum dossier_refusal *ret_refusal, instant *ret_opens);

/* "le vendredi 16 juin 2023", with its hour unless it is midnight. */
struct text decide_moment_text(struct arena *arena, instant at);

/* The due effects of a state that its facts hold. */
enum guichet_status decide_dues(const struct inputs *inputs, const struct dossier_due **ret_dues, size_t *ret_count,
	struct guichet_error *error);

/* May a child of this nature be opened from this parent (facts->dossier)? `rival`: the number of another one that goes
 * on; empty: none. When not, *ret_reason is a sentence. */
enum guichet_status decide_birth(const struct dossier_facts *facts, const struct procedure_nature *nature,
	struct text rival, struct arena *arena, bool *ret_allowed, struct text *ret_reason, struct guichet_error *error);

/* "le chef de service ou d’établissement, ou la personne support". */
struct text decide_roles_text(struct arena *arena, const struct procedure *procedure, struct procedure_list roles);

/* The office's label after "à": "au " then "bureau", "à " then "la division", "aux " then "gestionnaires". */
const char *decide_to_office(const struct procedure *procedure, struct text *ret_rest);

/* stand.c: where it stands, or will be filed from, and the action of that name there; the roles whose turn it is there; those among `roles` who may do the action there, each once when it is their
 * answer; whether an effect already happened in this stay. */
int stand_action_find(const struct dossier_facts *facts, struct text name);
struct dossier_stand stand_in(const struct dossier_facts *facts, int track);
dossier_roles stand_awaited(const struct procedure *procedure, const struct dossier_stand *stand);
dossier_roles stand_doers(const struct dossier_facts *facts, const struct procedure_action *action, dossier_roles roles);
bool stand_has_fired(const struct dossier_stand *stand, struct text effect);
/* May the effect come, in this stay and in this life? *ret_after: only at a later instant than that one. */
bool stand_may_fire(const struct dossier *dossier, const struct dossier_stand *stand,
	const struct procedure_deadline *deadline, instant *ret_after);

/* exception.c: is the request one that may not be refused? *ret_message is what to tell. */
enum guichet_status decide_entitled(const struct inputs *inputs, bool *ret_entitled, struct text *ret_message,
	struct guichet_error *error);
/* Does this action, or this way to a step, go against the applicant? */
bool decide_is_against(const struct procedure *procedure, enum procedure_sense sense, int from, int to);
/* refusal.c: why an action that waits for a window to be closed is not possible; empty when it is. */
struct text decide_beyond_text(struct arena *arena, const struct dossier_facts *facts, int window, instant *ret_closes);
