/* What the typeset process does: one job after the other, until its socket closes. */
#include "document/wire.h"

#include "base/banned.h"

static void
do_job(struct document_press *press, struct arena *arena, const struct frame *job,
	struct typesetter_answer *answer, struct guichet_error *error)
{
	struct document_request request;
	struct frame_reader reader = { .rest = job->body };
	switch (job->kind) {
	case WIRE_RENDER:
		answer->status = wire_read_request(arena, job->body, &request, error);
		if (answer->status == GUICHET_OK)
			answer->status = document_render(press, arena, &request, &answer->pdf, error);
		break;
	case WIRE_INSPECT: {
		const struct text name = frame_next_text(&reader), bytes = frame_next_text(&reader);
		answer->status = frame_is_read(&reader) ? document_inspect(press, bytes, name, &answer->facts, error)
			: guichet_fail(error, GUICHET_BROKEN, "Le fichier à examiner n’est pas arrivé entier.");
		break;
	}
	default:
		answer->status = guichet_fail(error, GUICHET_BROKEN, "Cette tâche est inconnue de la mise en page.");
	}
	answer->error = error;
}

enum guichet_status
typeset_work(struct document_press *press, int descriptor, struct guichet_error *error)
{
	for (;;) {
		/* Given back after each job: a large one leaves nothing behind. */
		CLEANUP(arena_free) struct arena *arena = arena_new(FRAME_LIMIT + DOCUMENT_ARENA_LIMIT);
		CLEANUP(buffer_release) struct buffer body = buffer_new(FRAME_LIMIT);
		struct frame job;
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
		enum guichet_status status = frame_receive(descriptor, FRAME_LIMIT, INT64_MAX, arena, &job, error);
		if (status == GUICHET_UNKNOWN)
			return GUICHET_OK;
		if (status != GUICHET_OK)
			return status;

		struct typesetter_answer answer = { 0 };
		struct guichet_error why = { 0 };
		do_job(press, arena, &job, &answer, &why);
		wire_add_answer(&body, &answer);
		if (body.failed)
			return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour répondre.");
		const struct frame reply = { WIRE_ANSWER, job.id, buffer_text(&body) };
		status = frame_send(descriptor, &reply, INT64_MAX, error);
		if (status != GUICHET_OK)
			return status;
	}
}
