/* One decision being made: what the files that judge a command or a due effect share. */
#pragma once

#include "dossier/decide.h"

struct deciding {
	const struct dossier_input *input;
	const struct procedure *procedure;
	struct arena *arena;
	struct dossier_facts facts; /* those of the input, with the legal instant and then the new state */
	struct inputs inputs;
	dossier_roles roles;        /* of the actor, here */
	const struct procedure_action *action;
	struct dossier_piece *pieces; /* of the dossier as the action leaves them */
	size_t piece_count;
	struct dossier_outcome *outcome;
	struct guichet_error *error;
};

/* What actions and effects have in common. */
struct consequences {
	struct procedure_list produces, cancels;
	const struct procedure_setting *settings;
	size_t setting_count;
	const struct procedure_inscription *inscriptions;
	size_t inscription_count;
	const struct procedure_counting *countings;
	size_t counting_count;
	struct procedure_list uncounts;
	int from, to;
};

/* elapse.c: those of an effect; nothing when it does not happen. */
struct consequences deciding_effect(const struct procedure_deadline *deadline, bool happens);

/* decide.c: every decision begins so; `at` is never before what the dossier already lived. */
enum guichet_status deciding_begin(struct deciding *deciding, const struct dossier_input *input, instant at,
	struct arena *arena, struct dossier_outcome *outcome, struct guichet_error *error);

/* refusal.c: each fills the outcome and the error, and returns REFUSED. */
[[gnu::format(printf, 3, 4)]] enum guichet_status deciding_refuse(struct deciding *deciding,
	enum dossier_refusal refusal, const char *format, ...);
/* OK when the window is open. */
enum guichet_status deciding_refuse_window(struct deciding *deciding, int window);
/* The action is not of this step: was it done, is it too late, or too early? */
enum guichet_status deciding_refuse_elsewhere(struct deciding *deciding, int move);
enum guichet_status deciding_refuse_role(struct deciding *deciding, struct procedure_list who);
/* What the rule that refuses read; left out when the actor must not learn it. */
void deciding_tell_because(struct deciding *deciding, const struct feel *rule);

/* check.c: OK, or the first refusal. Finds the action. */
enum guichet_status deciding_check(struct deciding *deciding);
/* The role under which the actor acts: the first of the action's that they hold, or NONE. */
int deciding_role(const struct deciding *deciding);

/* pieces.c: how many pieces are missing, wrong or ill judged, each with its sentence in the outcome; or a refusal. */
enum guichet_status deciding_check_pieces(struct deciding *deciding, size_t *ret_mistakes);
/* The files handed in, and what was typed of those examined; false when memory is short, as all below. */
bool deciding_put_given(const struct deciding *deciding, json_t *pieces, json_t *raws);
/* What they became. */
bool deciding_put_pieces(const struct deciding *deciding, json_t *result);

/* consequences.c: false when memory is short. */
bool deciding_put_command(const struct deciding *deciding, json_t *payload);
bool deciding_put_actor(const struct deciding *deciding, json_t *payload);
/* The values of an accepted form: those changed by `modifie` apart, with what they were. */
bool deciding_put_answers(const struct deciding *deciding, json_t *result, json_t *values);
bool deciding_put_acts(const struct deciding *deciding, const struct consequences *consequences, json_t *result);
bool deciding_put_signature(const struct deciding *deciding, json_t *result);
/* The role that answers where all are awaited: also what fold reads. */
bool deciding_put_answer(const struct deciding *deciding, json_t *result);
bool deciding_put_step(const struct deciding *deciding, const struct consequences *consequences, json_t *result);
enum guichet_status deciding_put_settings(struct deciding *deciding, const struct consequences *consequences,
	json_t *values);
/* registers.c: the rows added to registers. */
enum guichet_status deciding_put_rows(struct deciding *deciding, const struct consequences *consequences, json_t *result);
/* outside.c: the entries of counters, in the outcome too. REFUSED when one cannot be told. */
enum guichet_status deciding_put_entries(struct deciding *deciding, const struct consequences *consequences,
	json_t *result);
enum guichet_status deciding_put_opening(struct deciding *deciding, json_t *result);

/* follow.c: seals the event, folds it, and finds what follows in the new state. `move` may be NONE. */
enum guichet_status deciding_conclude(struct deciding *deciding, enum dossier_event_type type, json_t *payload,
	int move);
enum guichet_status deciding_columns(const struct inputs *inputs, struct dossier_columns *ret_columns,
	struct guichet_error *error);
