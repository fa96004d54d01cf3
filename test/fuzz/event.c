/* Any bytes are an event, a state or a draft, or a refusal with a sentence; what is read is written
 * again and reads back to the same bytes. The first byte says which. */
#include <stdlib.h>

#include "dossier/explanation.h"
#include "dossier/dossier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct procedure *
procedure_of_fuzzing(void)
{
	static struct procedure *procedure;
	struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	if (!procedure)
		procedure = procedure_read("procedures/teletravail-academie", NULL, &findings, &error);
	if (!procedure)
		abort();
	procedure_findings_release(&findings);
	return procedure;
}

static void
round_trip(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier)
{
	struct guichet_error error = { 0 };
	struct dossier again = { 0 };
	const struct text json = dossier_to_json(arena, procedure, dossier);
	if (!json.at)
		return; /* the arena is full */
	const enum guichet_status status = dossier_of_json(arena, procedure, json, &again, &error);
	if (status == GUICHET_BROKEN)
		return;
	if (status != GUICHET_OK)
		abort();
	const struct text json_again = dossier_to_json(arena, procedure, &again);
	if (json_again.at && !text_equal(json, json_again))
		abort();
}

static void
must_speak(enum guichet_status status, const struct guichet_error *error)
{
	if (status != GUICHET_OK && !error->message[0])
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct procedure *procedure = procedure_of_fuzzing();
	if (size == 0)
		return 0;
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	const struct text bytes = { (const char *)data + 1, size - 1 };
	struct guichet_error error = { 0 };
	struct dossier dossier = { 0 };
	if (!arena)
		return 0;
	if (data[0] == 'D') {
		struct dossier_raws raws = { 0 };
		must_speak(dossier_raws_of_json(arena, bytes, &raws, &error), &error);
		return 0;
	}
	if (data[0] == 'S') {
		const enum guichet_status status = dossier_of_json(arena, procedure, bytes, &dossier, &error);
		must_speak(status, &error);
		if (status == GUICHET_OK)
			round_trip(arena, procedure, &dossier);
		return 0;
	}
	/* A filing, then as many events of the same bytes as will fold. */
	for (unsigned number = 1; number < 4; number++) {
		struct dossier_event event = {
			.dossier = TEXT("id"),
			.number = number,
			.type = number == 1 ? DOSSIER_FILED : data[0] == 'E' ? DOSSIER_ELAPSED
				: data[0] == 'C' ? DOSSIER_COMPOSED_EVENT : DOSSIER_ACTED,
			.version = 1,
			.at = number,
			.payload = bytes,
		};
		struct dossier before = dossier;
		must_speak(dossier_replay(arena, procedure, &before, &event, &error), &error);
		struct dossier_explanation explanation;
		must_speak(dossier_explain_event(arena, procedure, &before, &event, &explanation, &error), &error);
		const enum guichet_status status = dossier_fold(arena, procedure, &dossier, &event, &error);
		must_speak(status, &error);
		if (status != GUICHET_OK)
			return 0;
		round_trip(arena, procedure, &dossier);
	}
	return 0;
}
