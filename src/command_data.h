/* A data directory as a command that only reads it opens it. */
#pragma once

#include "office/office.h"

struct command_data {
	struct store *store;
	struct office *office;
	struct clock *clock;
};

/* command_data_close() after, even when it has failed. */
enum guichet_status command_data_open(const char *path, struct command_data *ret_data, struct guichet_error *error);
void command_data_close(struct command_data *data);
#define COMMAND_DATA(name) __attribute__((cleanup(command_data_close))) struct command_data name = { 0 }
