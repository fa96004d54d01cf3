/* Serial numbers in hand, for filings judged before the writer's turn. Only while many file at once: otherwise each
 * filing takes the next number in its own transaction, and numbers have no gaps. What is in hand was committed as
 * taken before it is given, so that nobody else has it; what is left at a stop is lost. */
#include "office/inside.h"

#include "base/banned.h"

enum {
	MANY = 16,          /* filings in a SPELL: from there on numbers are reserved */
	SPELL = 200000,     /* microseconds */
	BLOCK = 256,
	LOW = BLOCK / 2,    /* with fewer in hand another block is asked for */
};

static enum guichet_status
reserve(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_serials *serials = context;
	struct store_rows rows = store_query(tx, NULL, STORE_SERIAL_RESERVE, STORE_VALUES("dossier", (int64_t)BLOCK), error);
	serials->reserved = store_next(&rows) ? store_integer(&rows, 0) : 0;
	return store_finish(&rows);
}

static void
reserved(void *context, enum guichet_status status, const struct guichet_error *error)
{
	(void)error; /* filings go on without, and ask again */
	struct office_serials *serials = context;
	pthread_mutex_lock(&serials->lock);
	if (status == GUICHET_OK && serials->reserved) {
		struct office_serial_range *range = &serials->ranges[serials->ranges[0].count > 0];
		*range = (struct office_serial_range){ serials->reserved - BLOCK + 1, BLOCK };
	}
	serials->asked = false;
	pthread_cond_broadcast(&serials->answered);
	pthread_mutex_unlock(&serials->lock);
}

/* One more filing; are they many? */
static bool
are_many(struct office_serials *serials)
{
	const int64_t now = clock_steady();
	if (now - serials->since > SPELL) {
		serials->before = now - serials->since > 2 * SPELL ? 0 : serials->filings;
		serials->filings = 0;
		serials->since = now;
	}
	serials->filings++;
	return serials->filings >= MANY || serials->before >= MANY;
}

bool
office_serial_take(struct office *office, int64_t *ret_serial)
{
	struct office_serials *serials = &office->serials;
	pthread_mutex_lock(&serials->lock);
	const bool many = are_many(serials);
	if (serials->ranges[0].count == 0) {
		serials->ranges[0] = serials->ranges[1];
		serials->ranges[1].count = 0;
	}
	struct office_serial_range *range = &serials->ranges[0];
	const bool taken = range->count > 0;
	if (taken) {
		*ret_serial = range->next++;
		range->count--;
	}
	const bool asks = many && !serials->asked && range->count < LOW && serials->ranges[1].count == 0;
	serials->asked |= asks;
	pthread_mutex_unlock(&serials->lock);
	struct guichet_error error;
	if (asks && store_submit(office->options.store, STORE_NORMAL, reserve, serials, reserved, serials, &error) != GUICHET_OK)
		reserved(serials, error.status, &error);
	return taken;
}

void
office_serials_open(struct office_serials *serials)
{
	pthread_mutex_init(&serials->lock, NULL);
	pthread_cond_init(&serials->answered, NULL);
}

void
office_serials_close(struct office_serials *serials)
{
	pthread_mutex_lock(&serials->lock);
	while (serials->asked)
		pthread_cond_wait(&serials->answered, &serials->lock);
	pthread_mutex_unlock(&serials->lock);
	pthread_cond_destroy(&serials->answered);
	pthread_mutex_destroy(&serials->lock);
}
