/* The numbered files of migrations/, embedded in the program by tools/embed-migrations. */
#pragma once

#include <stddef.h>

struct store_migration {
	const char *name; /* of the file, without ".sql"; NULL ends the table */
	const char *sql;
};

extern const struct store_migration store_migrations[];
