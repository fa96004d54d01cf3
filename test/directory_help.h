/* A small directory for tests, imported from texts. */
#pragma once

#include "directory/account.h"
#include "directory/directory.h"
#include "test.h"

/* Opens a fresh store in the test's directory. */
struct store *directory_test_open(void);

/* Writes `content` to a file of the test's directory; its path lives until the test ends. */
const char *directory_test_file(const char *name, struct text content);

/* Imports the files given (NULL: left out) at noon of a day; returns the status. */
enum guichet_status directory_test_import(struct store *store, const char *day, struct text structures,
	struct text persons, struct text appointments, bool force, struct arena *arena, struct directory_report *ret_report);

/* The last error of the functions above. */
extern struct guichet_error directory_test_error;
