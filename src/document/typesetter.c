/* See typesetter.h. */
#include "document/typesetter.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "document/wire.h"

#include "base/banned.h"

enum { TRIES = 2 };

struct job {
	enum wire_kind kind;
	struct buffer body;
	typesetter_done *done;
	void *context;
	struct job *next;
};

struct typesetter {
	size_t queue_limit;
	void (*restart)(void *context);
	void *context;
	pthread_t thread;

	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	struct job *first, **last;
	size_t count, bytes;
	int64_t patience;
	_Atomic bool quiet;   /* successes are not logged */
	int fresh;      /* a socket just given, not yet used; -1 */
	int descriptor; /* the socket in use, of the thread alone but for its end; -1 */
	bool stopping;
};

static void
job_free(struct job *job)
{
	if (!job)
		return;
	buffer_release(&job->body);
	free(job);
}
DEFINE_CLEANUP(struct job, job_free)

/* True once the child at the other end is gone. */
static bool
is_closed(int descriptor)
{
	char byte;
	const ssize_t count = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static struct timespec
timespec_of(int64_t steady)
{
	return (struct timespec){ .tv_sec = steady / INSTANT_SECOND, .tv_nsec = steady % INSTANT_SECOND * 1000 };
}

static void
drop_descriptor(struct typesetter *typesetter)
{
	pthread_mutex_lock(&typesetter->lock);
	if (typesetter->descriptor >= 0)
		close(typesetter->descriptor);
	typesetter->descriptor = -1;
	pthread_mutex_unlock(&typesetter->lock);
}

/* The socket of a living child, waited for until `deadline`; -1 when none came or we stop. */
static int
take_descriptor(struct typesetter *typesetter, int64_t deadline)
{
	const struct timespec until = timespec_of(deadline);
	pthread_mutex_lock(&typesetter->lock);
	int late = 0;
	for (;;) {
		if (typesetter->descriptor >= 0 && (typesetter->fresh >= 0 || is_closed(typesetter->descriptor))) {
			close(typesetter->descriptor);
			typesetter->descriptor = -1;
		}
		if (typesetter->fresh >= 0) {
			typesetter->descriptor = typesetter->fresh;
			typesetter->fresh = -1;
			continue; /* it may be gone already */
		}
		if (typesetter->descriptor >= 0 || typesetter->stopping || late == ETIMEDOUT)
			break;
		late = pthread_cond_timedwait(&typesetter->changed, &typesetter->lock, &until);
	}
	const int descriptor = typesetter->stopping ? -1 : typesetter->descriptor;
	pthread_mutex_unlock(&typesetter->lock);
	return descriptor;
}

/* One try: RETRY when the child died or was late, so that another may do better. */
static enum guichet_status
try_job(struct typesetter *typesetter, const struct job *job, uint64_t id, struct arena *arena,
	struct typesetter_answer *ret_answer, struct guichet_error *refusal, struct guichet_error *error)
{
	pthread_mutex_lock(&typesetter->lock);
	const int64_t patience = typesetter->patience;
	pthread_mutex_unlock(&typesetter->lock);
	const int descriptor = take_descriptor(typesetter, clock_steady() + patience);
	if (descriptor < 0)
		return guichet_fail(error, GUICHET_BROKEN, "La mise en page des documents ne répond pas : réessayez "
			"dans quelques minutes, rien n’est perdu.");

	const int64_t deadline = clock_steady() + patience;
	const struct frame question = { job->kind, id, buffer_text(&job->body) };
	struct frame reply;
	enum guichet_status status = frame_send(descriptor, &question, deadline, error);
	if (status == GUICHET_OK)
		status = frame_receive(descriptor, FRAME_LIMIT, deadline, arena, &reply, error);
	if (status == GUICHET_OK && (reply.kind != WIRE_ANSWER || reply.id != id))
		status = guichet_fail(error, GUICHET_BROKEN, "La mise en page a répondu à une autre demande.");
	if (status == GUICHET_OK)
		status = wire_read_answer(reply.body, ret_answer, refusal, error);
	if (status == GUICHET_OK)
		return GUICHET_OK;
	/* A child that closed is dead or dying: its supervisor knows. One that is late or talks
	 * nonsense must be ended. */
	const bool must_end = !is_closed(descriptor);
	drop_descriptor(typesetter);
	if (must_end && typesetter->restart)
		typesetter->restart(typesetter->context);
	return GUICHET_RETRY;
}

static void
do_job(struct typesetter *typesetter, const struct job *job, uint64_t *id)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(2 * FRAME_LIMIT + 4096);
	struct typesetter_answer answer = { 0 };
	struct guichet_error refusal = { 0 }, error = { 0 };
	enum guichet_status status = GUICHET_RETRY;
	if (!arena)
		status = guichet_fail(&error, GUICHET_BROKEN, "La mémoire manque.");
	for (int i = 0; i < TRIES && status == GUICHET_RETRY; i++) {
		arena_clear(arena);
		const int64_t start = clock_steady();
		status = try_job(typesetter, job, ++*id, arena, &answer, &refusal, &error);
		if (status == GUICHET_OK && !typesetter->quiet)
			log_line(LOG_INFO, "typeset", "job=%llu kind=%d status=%d us=%lld", (unsigned long long)*id,
				(int)job->kind, (int)answer.status, (long long)(clock_steady() - start));
		else if (status != GUICHET_OK)
			log_error("typeset", &error);
	}
	if (status == GUICHET_RETRY)
		status = guichet_fail(&error, GUICHET_BROKEN, job->kind == WIRE_INSPECT
			? "Ce fichier n’a pas pu être examiné : vérifiez qu’il s’ouvre, enregistrez-le à nouveau en PDF, "
				"puis réessayez."
			: "Ce document n’a pas pu être composé : l’administrateur du site en est averti.");
	if (status != GUICHET_OK) {
		answer = (struct typesetter_answer){ .status = status, .error = &error };
	}
	job->done(job->context, &answer);
}

static struct job *
next_job(struct typesetter *typesetter)
{
	pthread_mutex_lock(&typesetter->lock);
	while (!typesetter->first && !typesetter->stopping)
		pthread_cond_wait(&typesetter->changed, &typesetter->lock);
	struct job *const job = typesetter->first;
	if (job) {
		typesetter->first = job->next;
		if (!typesetter->first)
			typesetter->last = &typesetter->first;
		typesetter->count--;
		typesetter->bytes -= job->body.length;
	}
	pthread_mutex_unlock(&typesetter->lock);
	return job;
}

/* Ends once it must stop and every job was answered. */
static void *
run(void *context)
{
	struct typesetter *const typesetter = context;
	uint64_t id = 0;
	for (;;) {
		CLEANUP(job_free) struct job *job = next_job(typesetter);
		if (!job)
			return NULL;
		do_job(typesetter, job, &id);
	}
}

struct typesetter *
typesetter_new(size_t queue_limit, void (*restart)(void *context), void *context, struct guichet_error *error)
{
	struct typesetter *const typesetter = calloc(1, sizeof *typesetter);
	if (!typesetter)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire manque.");
	*typesetter = (struct typesetter){ .queue_limit = queue_limit, .restart = restart, .context = context,
		.patience = 10 * INSTANT_SECOND, .fresh = -1, .descriptor = -1 };
	typesetter->last = &typesetter->first;
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&typesetter->lock, NULL);
	pthread_cond_init(&typesetter->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&typesetter->thread, NULL, run, typesetter) != 0) {
		free(typesetter);
		return guichet_fail_null(error, GUICHET_BROKEN, "Un fil d’exécution n’a pas pu naître.");
	}
	return typesetter;
}

void
typesetter_free(struct typesetter *typesetter)
{
	if (!typesetter)
		return;
	pthread_mutex_lock(&typesetter->lock);
	typesetter->stopping = true;
	if (typesetter->descriptor >= 0)
		shutdown(typesetter->descriptor, SHUT_RDWR);
	pthread_cond_broadcast(&typesetter->changed);
	pthread_mutex_unlock(&typesetter->lock);
	pthread_join(typesetter->thread, NULL);
	if (typesetter->descriptor >= 0)
		close(typesetter->descriptor);
	if (typesetter->fresh >= 0)
		close(typesetter->fresh);
	pthread_cond_destroy(&typesetter->changed);
	pthread_mutex_destroy(&typesetter->lock);
	free(typesetter);
}

void
typesetter_attach(void *context, int descriptor)
{
	struct typesetter *const typesetter = context;
	pthread_mutex_lock(&typesetter->lock);
	if (typesetter->fresh >= 0)
		close(typesetter->fresh);
	typesetter->fresh = descriptor;
	pthread_cond_broadcast(&typesetter->changed);
	pthread_mutex_unlock(&typesetter->lock);
}

void
typesetter_set_patience(struct typesetter *typesetter, int64_t microseconds)
{
	pthread_mutex_lock(&typesetter->lock);
	typesetter->patience = microseconds;
	pthread_mutex_unlock(&typesetter->lock);
}

void
typesetter_set_quiet(struct typesetter *typesetter)
{
	pthread_mutex_lock(&typesetter->lock);
	typesetter->quiet = true;
	pthread_mutex_unlock(&typesetter->lock);
}

/* Takes the job when there is room for it. */
static enum guichet_status
enqueue(struct typesetter *typesetter, struct job *job, struct guichet_error *error)
{
	if (job->body.failed) {
		job_free(job);
		return guichet_fail(error, GUICHET_REFUSED, "Ce document est trop volumineux.");
	}
	pthread_mutex_lock(&typesetter->lock);
	const bool taken = !typesetter->stopping && typesetter->count < typesetter->queue_limit
		&& typesetter->bytes + job->body.length <= TYPESETTER_BYTES_LIMIT;
	if (taken) {
		*typesetter->last = job;
		typesetter->last = &job->next;
		typesetter->count++;
		typesetter->bytes += job->body.length;
		pthread_cond_broadcast(&typesetter->changed);
	}
	pthread_mutex_unlock(&typesetter->lock);
	if (taken)
		return GUICHET_OK;
	job_free(job);
	return guichet_fail(error, GUICHET_RETRY,
		"Trop de documents attendent en ce moment : réessayez dans une minute.");
}

static struct job *
job_new(enum wire_kind kind, typesetter_done *done, void *context)
{
	struct job *const job = calloc(1, sizeof *job);
	if (job)
		*job = (struct job){ .kind = kind, .body = buffer_new(FRAME_LIMIT), .done = done,
			.context = context };
	return job;
}

enum guichet_status
typesetter_render(struct typesetter *typesetter, const struct document_request *request,
	typesetter_done *done,
	void *context, struct guichet_error *error)
{
	struct job *const job = job_new(WIRE_RENDER, done, context);
	if (!job)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	wire_add_request(&job->body, request);
	return enqueue(typesetter, job, error);
}

enum guichet_status
typesetter_inspect(struct typesetter *typesetter, struct text bytes, struct text name, typesetter_done *done,
	void *context, struct guichet_error *error)
{
	struct job *const job = job_new(WIRE_INSPECT, done, context);
	if (!job)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	frame_add_text(&job->body, name);
	frame_add_text(&job->body, bytes);
	return enqueue(typesetter, job, error);
}

/* A caller that waits for its answer. */
struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	bool is_answered;
	enum guichet_status status;
	struct arena *arena; /* of the PDF */
	struct text *ret_pdf;
	struct document_facts *ret_facts;
	struct guichet_error *error;
};

static void
wake(void *context, const struct typesetter_answer *answer)
{
	struct waiter *const waiter = context;
	pthread_mutex_lock(&waiter->lock);
	waiter->status = answer->status;
	if (answer->status != GUICHET_OK) {
		*waiter->error = *answer->error;
	} else if (waiter->ret_facts) {
		*waiter->ret_facts = answer->facts;
	} else {
		const struct text pdf = arena_text(waiter->arena, answer->pdf);
		if (pdf.at)
			*waiter->ret_pdf = pdf;
		else
			waiter->status = guichet_fail(waiter->error, GUICHET_BROKEN, "La mémoire manque.");
	}
	waiter->is_answered = true;
	pthread_cond_signal(&waiter->answered);
	pthread_mutex_unlock(&waiter->lock);
}

/* Waits for wake(), once the job was queued with `status`. */
static enum guichet_status
wait_for(struct waiter *waiter, enum guichet_status status)
{
	if (status == GUICHET_OK) {
		pthread_mutex_lock(&waiter->lock);
		while (!waiter->is_answered)
			pthread_cond_wait(&waiter->answered, &waiter->lock);
		status = waiter->status;
		pthread_mutex_unlock(&waiter->lock);
	}
	pthread_cond_destroy(&waiter->answered);
	pthread_mutex_destroy(&waiter->lock);
	return status;
}

enum guichet_status
typesetter_render_wait(struct typesetter *typesetter, struct arena *arena,
	const struct document_request *request, struct text *ret_pdf, struct guichet_error *error)
{
	struct waiter waiter = { .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER,
		.arena = arena, .ret_pdf = ret_pdf, .error = error };
	return wait_for(&waiter, typesetter_render(typesetter, request, wake, &waiter, error));
}

enum guichet_status
typesetter_inspect_wait(struct typesetter *typesetter, struct text bytes, struct text name,
	struct document_facts *ret_facts, struct guichet_error *error)
{
	struct waiter waiter = { .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER,
		.ret_facts = ret_facts, .error = error };
	return wait_for(&waiter, typesetter_inspect(typesetter, bytes, name, wake, &waiter, error));
}
