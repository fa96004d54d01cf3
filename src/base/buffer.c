/* See buffer.h. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/format.h"

#include "base/banned.h"

void
buffer_release(struct buffer *buffer)
{
	free(buffer->at);
	*buffer = buffer_new(buffer->limit);
}

void
buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->failed = false;
}

/* Makes room for `more` bytes; false, and failed from then on, when it cannot. */
static bool
make_room(struct buffer *buffer, size_t more)
{
	if (buffer->failed || more > buffer->limit - buffer->length) {
		buffer->failed = true;
		return false;
	}
	const size_t needed = buffer->length + more;
	if (needed <= buffer->capacity)
		return true;
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	while (capacity < needed)
		capacity *= 2;
	char *grown = realloc(buffer->at, capacity);
	if (!grown) {
		buffer->failed = true;
		return false;
	}
	buffer->at = grown;
	buffer->capacity = capacity;
	return true;
}

void
buffer_add(struct buffer *buffer, struct text text)
{
	if (text.length == 0 || !make_room(buffer, text.length))
		return;
	memcpy(buffer->at + buffer->length, text.at, text.length);
	buffer->length += text.length;
}

void
buffer_add_quoted(struct buffer *buffer, struct text text)
{
	buffer_add(buffer, TEXT("\""));
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buffer_add(buffer, TEXT("\\"));
		buffer_add(buffer, text_part(text, i, 1));
	}
	buffer_add(buffer, TEXT("\""));
}

void
buffer_add_character(struct buffer *buffer, uint32_t point)
{
	char bytes[4];
	size_t length = 0;
	if (point < 0x80) {
		bytes[length++] = (char)point;
	} else if (point < 0x800) {
		bytes[length++] = (char)(0xc0 | point >> 6);
		bytes[length++] = (char)(0x80 | (point & 0x3f));
	} else if (point < 0x10000) {
		bytes[length++] = (char)(0xe0 | point >> 12);
		bytes[length++] = (char)(0x80 | (point >> 6 & 0x3f));
		bytes[length++] = (char)(0x80 | (point & 0x3f));
	} else {
		bytes[length++] = (char)(0xf0 | point >> 18);
		bytes[length++] = (char)(0x80 | (point >> 12 & 0x3f));
		bytes[length++] = (char)(0x80 | (point >> 6 & 0x3f));
		bytes[length++] = (char)(0x80 | (point & 0x3f));
	}
	buffer_add(buffer, (struct text){ bytes, length });
}

void
buffer_format(struct buffer *buffer, const char *format, ...)
{
	char few[256]; /* most are short: written once */
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	const int length = format_write(few, sizeof few, format, arguments);
	va_end(arguments);
	if (length >= 0 && (size_t)length < sizeof few) {
		buffer_add(buffer, (struct text){ few, (size_t)length });
	} else if (length >= 0 && make_room(buffer, (size_t)length + 1)) {
		format_write(buffer->at + buffer->length, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}
