/* See command_data.h. */
#include "command_data.h"

#include "base/clock.h"

#include "base/banned.h"

enum guichet_status
command_data_open(const char *path, struct command_data *ret_data, struct guichet_error *error)
{
	const struct store_options read_only = { .read_only = true, .readers = 2 };
	ret_data->clock = clock_new(INSTANT_NEVER);
	if (!ret_data->clock)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const enum guichet_status status = store_open(path, &read_only, &ret_data->store, error);
	const struct office_options options = { .store = ret_data->store, .clock = ret_data->clock };
	return status == GUICHET_OK ? office_open(&options, &ret_data->office, error) : status;
}

void
command_data_close(struct command_data *data)
{
	office_close(data->office);
	store_close(data->store);
	clock_free(data->clock);
}
