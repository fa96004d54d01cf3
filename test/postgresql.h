/* A PostgreSQL of the test's own, in its directory, heard on a socket there and nowhere else. */
#pragma once

/* Starts it and returns its URL; fails the test when PostgreSQL 15 is not installed. */
const char *postgresql_start(void);
/* Stops it. Forgotten ones stop with the tests. */
void postgresql_stop(void);
