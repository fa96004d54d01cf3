/* Formatting as vsnprintf() does, for texts: most formats only put texts and small numbers in a sentence or an address, and
 * the library's reading of a format took a tenth of a page. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* The contract of vsnprintf(): writes at most `size` bytes, the closing NUL included; returns the length of the whole, or a
 * negative number. %s, %.*s, %d, %u, %zu, %02d and the like are written here, what a format has else by the library. */
[[gnu::format(printf, 3, 0)]] int format_write(char *out, size_t size, const char *format, va_list arguments);
