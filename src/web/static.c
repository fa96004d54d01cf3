/* The style sheet and the script, embedded in the program by the assembler; the Makefile says that this
 * object depends on the files of static/. */
#include "web/inside.h"

#include <assert.h>

#include "base/banned.h"

#define EMBED(symbol, path)                                                     \
	__asm__(".pushsection .rodata\n"                                        \
		".balign 16\n"                                                  \
		".globl static_" symbol "\nstatic_" symbol ":\n"                \
		".incbin \"src/web/static/" path "\"\n"                         \
		".globl static_" symbol "_end\nstatic_" symbol "_end:\n"        \
		".byte 0\n"                                                     \
		".popsection\n")

EMBED("css", "guichet.css");
EMBED("js", "guichet.js");
EMBED("icon", "guichet.svg");

extern const char static_css[], static_css_end[], static_js[], static_js_end[], static_icon[], static_icon_end[];

const struct static_file static_files[] = {
	{ "guichet.css", "text/css; charset=utf-8", static_css, static_css_end },
	{ "guichet.js", "text/javascript; charset=utf-8", static_js, static_js_end },
	{ "guichet.svg", "image/svg+xml", static_icon, static_icon_end },
};
const size_t static_file_count = sizeof static_files / sizeof *static_files;
static_assert(sizeof static_files / sizeof *static_files <= STATIC_FILES_MAX, "room in struct web");
