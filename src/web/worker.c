/* See worker.h. */
#include "web/worker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"

struct task {
	void (*function)(void *);
	void *context;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
	size_t size, first, count;
	struct task tasks[];
};

static void *
work(void *context)
{
	struct worker *worker = context;
	pthread_mutex_lock(&worker->lock);
	for (;;) {
		while (worker->count == 0 && !worker->ending)
			pthread_cond_wait(&worker->wake, &worker->lock);
		if (worker->count == 0)
			break;
		const struct task task = worker->tasks[worker->first];
		worker->first = (worker->first + 1) % worker->size;
		worker->count--;
		pthread_mutex_unlock(&worker->lock);
		task.function(task.context);
		pthread_mutex_lock(&worker->lock);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

struct worker *
worker_new(size_t waiting)
{
	size_t size;
	if (waiting == 0 || __builtin_mul_overflow(waiting, sizeof(struct task), &size)
		|| __builtin_add_overflow(size, sizeof(struct worker), &size))
		return NULL;
	struct worker *worker = calloc(1, size);
	if (!worker)
		return NULL;
	worker->size = waiting;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->wake, NULL);
	if (pthread_create(&worker->thread, NULL, work, worker) == 0)
		return worker;
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->wake);
	free(worker);
	return NULL;
}

void
worker_free(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->ending = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->wake);
	free(worker);
}

bool
worker_submit(struct worker *worker, void (*function)(void *), void *context)
{
	pthread_mutex_lock(&worker->lock);
	const bool room = worker->count < worker->size && !worker->ending;
	if (room) {
		worker->tasks[(worker->first + worker->count) % worker->size] = (struct task){ function, context };
		worker->count++;
		pthread_cond_signal(&worker->wake);
	}
	pthread_mutex_unlock(&worker->lock);
	return room;
}
