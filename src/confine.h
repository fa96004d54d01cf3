/* What a child process gives up before it reads anything from outside (see also processes.h). */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Closes every descriptor above `last`. */
void confine_descriptors(int last);

/* Has the kernel end this process with its parent. After confine_user(), which would undo it. A
 * parent gone before this call shows by the end of its socket. */
enum guichet_status confine_to_parent(struct guichet_error *error);

/* Gives up root, when root, for the user nobody, and whatever could give it back. */
enum guichet_status confine_user(struct guichet_error *error);

/* For a process that only computes: memory and processor time have a ceiling (none in sanitized
 * builds, which reserve terabytes), then the kernel kills it at the first system call that is
 * not on a short list: no file, no socket, no process. Call after everything is loaded. */
enum guichet_status confine_to_computing(struct guichet_error *error);

/* False in sanitized builds, which run without the list of system calls. */
bool confine_is_complete(void);
