/* See log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"

#include "base/banned.h"

enum { LONGEST_LINE = 2048 };

static const char *const level_names[] = {
	[LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_FAILURE] = "failure",
};

/* The log tells the machine's time, for the operator, even when legal time is shifted. */
static int
line_start(char *line, enum log_level level, const char *event)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	const int second = (int)(now.tv_sec % 86400);
	const struct date day = date_of_day_number(now.tv_sec / 86400); /* gmtime_r() would lock the time zone */
	return snprintf(line, LONGEST_LINE, "at=%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ level=%s event=%s ",
		day.year, day.month, day.day, second / 3600, second / 60 % 60, second % 60, now.tv_nsec / 1000000,
		level_names[level], event);
}

void
log_line(enum log_level level, const char *event, const char *format, ...)
{
	char line[LONGEST_LINE];
	int length = line_start(line, level, event);
	va_list arguments;
	va_start(arguments, format);
	length += vsnprintf(line + length, (size_t)(LONGEST_LINE - length - 1), format, arguments);
	va_end(arguments);
	if (length > LONGEST_LINE - 2)
		length = LONGEST_LINE - 2;
	for (int i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	line[length++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		return; /* nowhere left to say it */
}

void
log_error(const char *event, const struct guichet_error *error)
{
	log_line(LOG_FAILURE, event, "where=%s:%d message=\"%s\"", error->file ? error->file : "?", error->line,
		error->message);
}
