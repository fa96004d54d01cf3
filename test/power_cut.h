/* A disk that forgets what was not synced: a SQLite file layer and a table of file operations
 * which note what is durable, "cut the power" at a given sync, and tell what the machine would
 * find when it starts again. Killing a process is no such test: the system's cache survives it. */
#pragma once

#include "store/attachment.h"

/* What of the writes not yet synced happens to be on the disk all the same. */
enum power_cut_keeps { KEEPS_NOTHING, KEEPS_EVERYTHING, KEEPS_EVERY_OTHER_WRITE, KEEPS_COUNT };

#define POWER_CUT_VFS "power-cut"
extern const struct store_files power_cut_files;

/* Forgets all and starts anew: the nth sync of a file or directory never happens, and
 * nothing does after it. */
void power_cut_start(unsigned nth);
/* Whether that sync was reached. */
bool power_cut_done(void);
/* Writes what is left of the directory `live` as the new directory `after`. */
void power_cut_restart(enum power_cut_keeps keeps, const char *live, const char *after);
/* From now on the disk is full (or no longer): nothing new can be written. */
void power_cut_fill(bool full);
