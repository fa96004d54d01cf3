/* A growing text with a ceiling, which remembers its first failure: a page is
 * written without checking each call and checked once, by whoever sends it. */
#pragma once

#include "base/cleanup.h"
#include "base/text.h"

struct buffer {
	char *at;
	size_t length, capacity;
	size_t limit; /* stated by the one who creates it */
	bool failed;  /* the ceiling was passed or memory was short */
};

#define BUFFER_LIMIT_PAGE (4u << 20)
#define BUFFER_LIMIT_MAIL (1u << 20)
#define BUFFER_LIMIT_FILE (10u << 20)

/* An empty buffer that owns nothing yet; buffer_release() gives back what it grew. */
static inline struct buffer
buffer_new(size_t limit)
{
	return (struct buffer){ .limit = limit };
}

void buffer_release(struct buffer *buffer);
static inline void buffer_release_at(struct buffer *buffer) { buffer_release(buffer); }

/* Empties it, forgets its failure and keeps its memory. */
void buffer_clear(struct buffer *buffer);

void buffer_add(struct buffer *buffer, struct text text);
/* Between quotes, a backslash before quotes and backslashes: for texts without control characters. */
void buffer_add_quoted(struct buffer *buffer, struct text text);
void buffer_add_character(struct buffer *buffer, uint32_t code_point);
[[gnu::format(printf, 2, 3)]] void buffer_format(struct buffer *buffer, const char *format, ...);

static inline struct text
buffer_text(const struct buffer *buffer)
{
	return (struct text){ buffer->at, buffer->length };
}
