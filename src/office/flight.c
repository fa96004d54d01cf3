/* Several works of the writer at once, waited for together. */
#include "office/inside.h"

#include "base/banned.h"

void
flight_take(struct flight *flight)
{
	pthread_mutex_lock(&flight->lock);
	flight->waiting++;
	pthread_mutex_unlock(&flight->lock);
}

void
flight_done(struct flight *flight)
{
	pthread_mutex_lock(&flight->lock);
	flight->waiting--;
	pthread_cond_signal(&flight->landed);
	pthread_mutex_unlock(&flight->lock);
}

void
flight_wait(struct flight *flight, size_t most)
{
	pthread_mutex_lock(&flight->lock);
	while (flight->waiting > most)
		pthread_cond_wait(&flight->landed, &flight->lock);
	pthread_mutex_unlock(&flight->lock);
}
