/* The events of a dossier, and why each gave what it gave: read from what they stored and from the archived procedure,
 * never from today's directory. */
#include "office/inside.h"

#include "dossier/explanation.h"

#include "base/banned.h"

enum { EXPLANATION_ARENA = 128 << 20 };

/* The version of the procedure that judged an event; the dossier's when the event reads none. */
static enum guichet_status
procedure_of(struct office *office, struct arena *arena, const struct dossier_event *event, struct text own,
	const struct procedure **ret_procedure, struct guichet_error *error)
{
	struct text hash;
	const enum guichet_status status = dossier_event_procedure(arena, event, &hash, error);
	return status != GUICHET_OK ? status : office_procedure(office, hash.length > 0 ? hash : own, ret_procedure, error);
}

static enum guichet_status
explain_one(struct office *office, const struct dossier_event *event, const struct dossier *before, struct text own,
	office_explained *tell, void *context, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(EXPLANATION_ARENA);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct procedure *procedure;
	struct dossier_explanation explanation;
	enum guichet_status status = procedure_of(office, arena, event, own, &procedure, error);
	if (status == GUICHET_OK)
		status = dossier_explain_event(arena, procedure, before, event, &explanation, error);
	return status == GUICHET_OK ? tell(context, &explanation, error) : status;
}

/* Folds the events one after the other and tells those that are asked for. */
static enum guichet_status
explain_all(struct office *office, struct store_tx *tx, struct text id, struct text own, unsigned only,
	office_explained *tell, void *context, struct guichet_error *error)
{
	CLEANUP(office_past_end) struct office_past past;
	const struct procedure *procedure;
	enum guichet_status status = office_past_new(&past, error);
	if (status == GUICHET_OK)
		status = office_procedure(office, own, &procedure, error);
	do {
		if (status == GUICHET_OK)
			status = office_past_read(&past, tx, id, procedure, error);
		for (size_t i = 0; status == GUICHET_OK && i < past.count; i++) {
			const struct dossier_event *event = &past.events[i];
			if (only == 0 || event->number == only)
				status = explain_one(office, event, &past.folded, own, tell, context, error);
			if (status == GUICHET_OK && event->number == only)
				return GUICHET_OK;
			const struct procedure *judge;
			if (status == GUICHET_OK)
				status = procedure_of(office, past.page, event, own, &judge, error);
			if (status == GUICHET_OK)
				status = dossier_fold(past.page, judge, &past.folded, event, error);
		}
	} while (status == GUICHET_OK && past.count);
	return status;
}

enum guichet_status
office_explain(struct office *office, struct text number, unsigned only, office_explained *tell, void *context,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(EXPLANATION_ARENA);
	CLEANUP(store_read_end) struct store_tx *tx = arena ? store_read(office->options.store, error) : NULL;
	if (!tx)
		return arena ? error->status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_BY_NUMBER, STORE_VALUES(number), error);
	const bool known = store_next(&rows);
	const struct text id = known ? store_text(&rows, 0) : TEXT("");
	enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK && !known)
		return guichet_fail(error, GUICHET_UNKNOWN, "Aucun dossier ne porte le numéro « " TEXT_FORMAT " ». %s",
			TEXT_ARGS(text_part(number, 0, 60)), dossier_number_is_valid(number) ? "Est-ce le bon dossier de données ?"
			: "Sa dernière lettre ne convient pas à ce numéro : relisez-le.");
	struct text own = TEXT("");
	int64_t count = 0;
	if (status == GUICHET_OK) {
		rows = store_query(tx, arena, STORE_DOSSIER_LOAD, STORE_VALUES(id), error);
		if (store_next(&rows))
			own = store_text(&rows, 2), count = store_integer(&rows, 6);
		status = store_finish(&rows);
	}
	if (status == GUICHET_OK && only > count)
		return guichet_fail(error, GUICHET_REFUSED, "Ce dossier a %lld événement%s : demandez-en un de 1 à %lld.",
			(long long)count, count == 1 ? "" : "s", (long long)count);
	return status == GUICHET_OK ? explain_all(office, tx, id, own, only, tell, context, error) : status;
}
