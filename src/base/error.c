/* See error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

#include "base/banned.h"

enum guichet_status
guichet_fail_at(struct guichet_error *error, enum guichet_status status, const char *file, int line,
	const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	error->status = status;
	error->file = file;
	error->line = line;
	vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
	error->message[text_whole(text_of_string(error->message)).length] = '\0'; /* when it was cut */
	return status;
}
