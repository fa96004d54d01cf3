/* Leaks that are libraries' own, for sanitized builds: LeakSanitizer asks this function.
 *
 * libfontconfig: patterns stay in caches of Pango and cairo that outlive a font map; they do not grow from one rendering to
 * the next. libfyaml 0.7.12: the text of a quoted scalar longer than 4 KiB, or broken off, is not given back when the
 * document is refused; procedures are read by commands and at a publication, not by requests. libxml2 2.9.14: without memory
 * for a parser's input, the buffer that it had made for it. */
#include "base/sanitized.h"

#ifdef SANITIZED
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libfyaml\nleak:xmlBufCreateSize\n";
}
#endif

#include "base/banned.h"
