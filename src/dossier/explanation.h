/* Why: what the judgement of an event evaluated, with what each expression read and where it stands in the procedure.
 *
 * An event is judged again from what it stored, on the state before it: its explanation reads neither today's directory
 * nor today's procedure, and is the same bytes for ever. */
#pragma once

#include "base/buffer.h"
#include "dossier/dossier.h"

/* One expression that was evaluated; or a window that was found open. */
struct dossier_judged {
	struct procedure_place place;
	const struct feel *feel;   /* both NULL for a window */
	const struct feel_trace *trace;
	instant opens, closes;     /* of a window; closes: the first instant after */
	struct feel_value value;
	bool after; /* on the state that the event made */
};

/* Everything points into the arena and the procedure. */
struct dossier_explanation {
	struct arena *arena;
	const struct procedure *procedure;
	const struct dossier_judged *judged; /* in the order of evaluation; the same one may come again */
	size_t count;
	bool after, cut, full; /* while it is being filled; cut: there was more; full: the arena is */
	struct date filed;     /* the day by which parameters are read */

	unsigned event;        /* 0: none, the present of the dossier */
	enum dossier_event_type type;
	instant at;
	struct text title;     /* "Demande déposée" */
};

/* REFUSED when the event cannot be read or, judged again, does not give the bytes that are stored. */
enum guichet_status dossier_explain_event(struct arena *arena, const struct procedure *procedure,
	const struct dossier *before, const struct dossier_event *event, struct dossier_explanation *ret_explanation,
	struct guichet_error *error);
/* The computed values and the deadlines of a dossier as they stand at facts->at: asked before the rest, this judges them
 * for all. OUT_OF_MEMORY when `arena`, that of the explanation alone, is too small: the rest may still be asked. */
enum guichet_status dossier_explain_now(struct dossier_present *present, struct arena *arena,
	struct dossier_explanation *ret_explanation, struct guichet_error *error);

/* What judged that value last: the value of a computed one, the date of a deadline; NULL when nothing did. */
const struct dossier_judged *dossier_judged_find(const struct dossier_explanation *explanation,
	enum procedure_place_kind kind, int index);

/* Does it read, by itself or through the computed values it reads, a value of that name (empty: any of the kind)? */
bool dossier_expression_reads(const struct procedure *procedure, const struct feel *feel,
	enum procedure_slot_kind kind, struct text name);

/* In French, for people: a sentence for each, the steps or everything. `only`: the value, the field, the action or the
 * deadline of that name; empty: all of them. False when there was nothing to tell. */
bool dossier_explanation_write(const struct dossier_explanation *explanation, enum feel_depth depth, struct text only,
	struct buffer *out);
/* The same for programs; a new reference, NULL without memory. */
struct json_t *dossier_explanation_json(const struct dossier_explanation *explanation, struct text only);
/* Why that value, for a page: the sentence, the rule, then a line for each thing that was read and for what computed
 * it. False when the arena is full. */
[[nodiscard]] bool dossier_judged_lines(const struct dossier_explanation *explanation,
	const struct dossier_judged *judged, const struct text **ret_lines, size_t *ret_count);
/* May this viewer learn what it read? Not when that is what the applicant must not learn yet. */
bool dossier_may_explain(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct feel *feel);
/* The procedure's own words for names and options: fill arena and procedure of the explanation first. */
struct feel_words dossier_explanation_words(const struct dossier_explanation *explanation);

/* The version of the procedure that judged an event: its hash, hexadecimal, in the arena; empty when the event reads
 * none. REFUSED when the event cannot be read. */
enum guichet_status dossier_event_procedure(struct arena *arena, const struct dossier_event *event,
	struct text *ret_hash, struct guichet_error *error);
