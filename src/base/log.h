/* One line of key=value per request or job on stderr. No personal data: ids,
 * statuses, durations and our own words only. */
#pragma once

#include "base/error.h"
#include "base/text.h"

enum log_level { LOG_INFO, LOG_WARNING, LOG_FAILURE };

/* Writes "at=<UTC> level=<…> event=<event> <format…>" as one line in one write.
 * `format` gives key=value pairs; values with spaces are quoted by the caller (log_quote). */
[[gnu::format(printf, 3, 4)]] void log_line(enum log_level level, const char *event, const char *format, ...);

/* The one line for a failure that reached the edge: where it was raised and its message. */
void log_error(const char *event, const struct guichet_error *error);
