/* The serving process's side of the typeset process: a bounded queue, one thread that sends
 * one job at a time and waits for its answer. A child that dies or is late is replaced, the
 * job goes out once more, then is refused. */
#pragma once

#include "document/document.h"

struct typesetter;

enum { TYPESETTER_BYTES_LIMIT = 64 << 20 };

/* What a job became; `pdf` or `facts` hold for status GUICHET_OK, `error` otherwise. All of it
 * ends with the callback. */
struct typesetter_answer {
	enum guichet_status status;
	struct text pdf;
	struct document_facts facts;
	const struct guichet_error *error;
};

/* Called once per accepted job, from the typesetter's thread, which it must not hold long. */
typedef void typesetter_done(void *context, const struct typesetter_answer *answer);

/* `restart` is called, from the typesetter's thread, when the child must be killed and started
 * again (see processes_restart()); a fresh descriptor then comes by typesetter_attach(). At most
 * `queue_limit` jobs wait, and TYPESETTER_BYTES_LIMIT bytes of them. NULL after filling *error. */
struct typesetter *typesetter_new(size_t queue_limit, void (*restart)(void *context), void *context,
	struct guichet_error *error);

/* Answers every waiting job with a refusal, then ends the thread. Accepts NULL. */
void typesetter_free(struct typesetter *typesetter);
DEFINE_CLEANUP(struct typesetter, typesetter_free)

/* Gives the socket of a child that has just started, which the typesetter now owns. Its shape
 * suits processes_start(): `typesetter` is a struct typesetter. From any thread. */
void typesetter_attach(void *typesetter, int descriptor);

/* How long one try of a job may take, in microseconds (ten seconds at first). For tests. */
void typesetter_set_patience(struct typesetter *typesetter, int64_t microseconds);

/* From now on the log tells failed jobs only. */
void typesetter_set_quiet(struct typesetter *typesetter);

/* Queue a job. Everything given is copied before the return. At once, without a callback: RETRY
 * when the queue is full, REFUSED when the request passes its ceilings. From any thread. */
enum guichet_status typesetter_render(struct typesetter *typesetter, const struct document_request *request,
	typesetter_done *done, void *context, struct guichet_error *error);
enum guichet_status typesetter_inspect(struct typesetter *typesetter, struct text bytes, struct text name,
	typesetter_done *done, void *context, struct guichet_error *error);

/* The same, waiting for the answer. Never from the typesetter's own callbacks nor from an
 * event thread. */
enum guichet_status typesetter_render_wait(struct typesetter *typesetter, struct arena *arena,
	const struct document_request *request, struct text *ret_pdf, struct guichet_error *error);
enum guichet_status typesetter_inspect_wait(struct typesetter *typesetter, struct text bytes,
	struct text name, struct document_facts *ret_facts, struct guichet_error *error);

/* The other side: what the typeset process does, answering jobs until its socket closes. OK
 * when the socket closed between two jobs. */
enum guichet_status typeset_work(struct document_press *press, int descriptor, struct guichet_error *error);
