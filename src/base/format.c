/* See format.h. */
#include "base/format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* What is being written, as far as it fits; `length` is that of the whole. */
struct writing {
	char *out;
	size_t size, length;
};

static void
write_bytes(struct writing *writing, const char *bytes, size_t length)
{
	if (length > 0 && writing->length < writing->size) {
		const size_t room = writing->size - writing->length;
		memcpy(writing->out + writing->length, bytes, length < room ? length : room);
	}
	writing->length += length;
}

/* With zeros before, up to `width` characters, as "%0*d" has them. */
static void
write_number(struct writing *writing, bool negative, uint64_t value, size_t width)
{
	char digits[32];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	while (sizeof digits - at + negative < width)
		digits[--at] = '0';
	if (negative)
		digits[--at] = '-';
	write_bytes(writing, digits + at, sizeof digits - at);
}

/* A string up to its NUL, `most` bytes at most; false for what the library says of NULL. */
static bool
write_string(struct writing *writing, const char *string, size_t most)
{
	if (string)
		write_bytes(writing, string, strnlen(string, most));
	return string || most == 0;
}

/* The conversion after a '%'; what follows it, or NULL when it is for the library. */
static const char *
write_conversion(struct writing *writing, const char *format, va_list *arguments)
{
	size_t width = 0;
	if (format[0] == '.' && format[1] == '*' && format[2] == 's') {
		const int most = va_arg(*arguments, int);
		const char *string = va_arg(*arguments, const char *);
		return write_string(writing, string, most < 0 ? PTRDIFF_MAX : (size_t)most) ? format + 3 : NULL;
	}
	if (format[0] == '0' && format[1] >= '1' && format[1] <= '9') {
		width = (size_t)(format[1] - '0');
		format += 2;
	}
	if (format[0] == 'd') {
		const int value = va_arg(*arguments, int);
		write_number(writing, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, width);
		return format + 1;
	}
	if (format[0] == 'u') {
		write_number(writing, false, va_arg(*arguments, unsigned), width);
		return format + 1;
	}
	if (format[0] == 'z' && format[1] == 'u') {
		write_number(writing, false, va_arg(*arguments, size_t), width);
		return format + 2;
	}
	if (format[0] == 's' && width == 0)
		return write_string(writing, va_arg(*arguments, const char *), PTRDIFF_MAX) ? format + 1 : NULL;
	return NULL;
}

int
format_write(char *out, size_t size, const char *format, va_list arguments)
{
	struct writing writing = { out, size, 0 };
	const char *at = format;
	va_list read;
	va_copy(read, arguments);
	while (at && *at) {
		const char *percent = strchrnul(at, '%');
		write_bytes(&writing, at, (size_t)(percent - at));
		at = *percent ? write_conversion(&writing, percent + 1, &read) : percent;
	}
	va_end(read);
	if (!at || writing.length > INT_MAX)
		return vsnprintf(out, size, format, arguments);
	if (size > 0)
		out[writing.length < size ? writing.length : size - 1] = '\0';
	return (int)writing.length;
}
