/* What expressions read: the inputs made of the facts of a question, and those facts as JSON. */
#pragma once

#include "dossier/json.h"

/* The inputs of one question. Values may be overlaid (a form being read), then computed again. */
struct inputs {
	const struct dossier_facts *facts;
	struct arena *arena;
	struct feel_value *values; /* by slot */
	size_t count;
	const struct calendar *calendar; /* the procedure's with the days closed since; NULL: the procedure's */
};

/* Everything known from the facts; computed values included. BROKEN without memory. */
enum guichet_status inputs_new(struct arena *arena, const struct dossier_facts *facts, struct inputs *ret_inputs,
	struct guichet_error *error);
/* Those of what is asked as it stands, made when nobody asked yet. */
enum guichet_status present_inputs(struct dossier_present *present, struct inputs **ret_inputs,
	struct guichet_error *error);
enum guichet_status present_dues(struct dossier_present *present, const struct dossier_due **ret_dues, size_t *ret_count,
	struct guichet_error *error);
/* Computes the calculated values again, after overlaying. */
enum guichet_status inputs_compute(struct inputs *inputs, struct guichet_error *error);
/* Who holds or held each role, as letters and mails name them. */
enum guichet_status inputs_persons(struct inputs *inputs, struct guichet_error *error);
/* The recipient of a mail and their role. */
enum guichet_status inputs_recipient(struct inputs *inputs, int role, const struct dossier_person *to,
	struct guichet_error *error);
/* Entries by name, put in the order of the slot's type; what is not given is null. */
enum guichet_status inputs_set_context(struct inputs *inputs, int slot, const struct feel_entry *entries,
	size_t count, struct guichet_error *error);

/* Other pieces than those of the dossier: what is computed must be computed again. */
enum guichet_status inputs_set_pieces(struct inputs *inputs, const struct dossier_piece *pieces, size_t count,
	instant filed_at, struct guichet_error *error);

/* What is made only for who reads it is there, for this expression; NULL: for any. */
enum guichet_status inputs_ready(const struct inputs *inputs, const struct feel *feel, struct guichet_error *error);
/* A run on the inputs, which are ready for what it evaluates. */
struct feel_run inputs_run(const struct inputs *inputs);

/* BROKEN when the evaluation did not end; a null is a value. */
enum guichet_status inputs_evaluate(const struct inputs *inputs, const struct feel *feel,
	struct feel_value *ret_value, struct guichet_error *error);
/* True, or false for anything else; NULL is true. */
enum guichet_status inputs_condition(const struct inputs *inputs, const struct feel *feel, bool *ret_true,
	struct guichet_error *error);
/* The instant of an expression; `whole_day`: a date means that day included. INSTANT_NEVER for null. */
enum guichet_status inputs_instant(const struct inputs *inputs, const struct feel *feel, bool whole_day,
	instant *ret_at, struct guichet_error *error);

/* The subject as a person to write to, from the context `agent`. */
struct dossier_person facts_subject(const struct dossier_facts *facts);
/* The context `agent` of the facts: frozen at filing. */
struct feel_value facts_agent(const struct dossier_facts *facts);
int facts_step(const struct dossier_facts *facts);
/* Of the dossier, or of the child to file; NULL for one born of none. */
const struct procedure_nature *facts_nature(const struct dossier_facts *facts);
/* The roles that a person has here: as the applicant only the applicant's ones. */
dossier_roles facts_roles(const struct dossier_facts *facts, struct text person, dossier_roles held);
bool facts_has_role(struct procedure_list who, dossier_roles roles);

/* Facts as an event stores them, and back: a campaign is made again with what decisions read. */
json_t *json_of_facts(struct arena *arena, const struct dossier_facts *facts);
struct dossier_facts json_facts(struct json_reader *reader, const json_t *json);

/* `fait` of a dossier (NULL: not filed): the entries follow the type of the slot. False when the arena is full. */
[[nodiscard]] bool inputs_feel_of_done(struct arena *arena, const struct procedure *procedure,
	const struct dossier *dossier, struct feel_value *ret_value);

/* What was done, as a state keeps it: state_json.c. */
json_t *json_of_done(const struct procedure *procedure, const struct dossier_done *done);
struct dossier_done json_done(struct json_reader *reader, const json_t *json);
/* The whole state of a dossier as JSON: state_json.c. */
json_t *json_of_dossier(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier);
/* Zeroed when the reading has failed. */
struct dossier json_dossier(struct json_reader *reader, const json_t *json);

/* kin.c: what expressions read of a parent or a child, and both in the facts that events store. */
enum guichet_status inputs_set_kin(struct inputs *inputs, struct guichet_error *error);
bool json_put_kin(struct arena *arena, json_t *object, const struct dossier_facts *facts);
void json_kin(struct json_reader *reader, const json_t *json, struct dossier_facts *facts);

#define OUT_OF_MEMORY(error) guichet_fail((error), GUICHET_BROKEN, "La mémoire manque.")
