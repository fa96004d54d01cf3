/* guichet routes: the table of routes as JSON, for tests that must forget none and for who reviews rights. */
#include <jansson.h>
#include <stdio.h>

#include "commands.h"
#include "pages/pages.h"

#include "base/banned.h"

static const char *const rights[RIGHT_COUNT] = {
	[RIGHT_NOBODY] = "nobody", [RIGHT_PUBLIC] = "public", [RIGHT_LINK] = "link", [RIGHT_PERSON] = "person",
	[RIGHT_SUPERIOR] = "superior", [RIGHT_HANDLER] = "handler", [RIGHT_OFFICE] = "office", [RIGHT_DEMO] = "demo",
};

int
command_routes(int argc, char **argv)
{
	(void)argc, (void)argv;
	size_t count;
	const struct route *routes = site_routes(&count);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{ss ss ss}", "method", routes[i].method == METHOD_GET ? "GET" : "POST",
			"path", routes[i].path, "right", rights[routes[i].right]));
	const bool written = list && json_dumpf(list, stdout, JSON_INDENT(1)) == 0;
	json_decref(list);
	putchar('\n');
	return written ? EXIT_DONE : EXIT_REFUSED;
}
