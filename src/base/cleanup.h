/* What a block owns, it releases when it ends.
 *
 *     CLEANUP(buffer_free) struct buffer *page = buffer_new(LIMIT);
 *     …
 *     return TAKE(page);   hands it over: the block no longer owns it */
#pragma once

#define CLEANUP(release) __attribute__((cleanup(release##_at), unused))

/* Declares release##_at() for a pointer type whose release() accepts NULL. */
#define DEFINE_CLEANUP(type, release) \
	[[maybe_unused]] static inline void release##_at(type **owned) { release(*owned); }

#define TAKE(pointer) __extension__ ({   \
	typeof(pointer) taken = (pointer);   \
	(pointer) = NULL;                    \
	taken;                               \
})
