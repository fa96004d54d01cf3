/* guichet schema: what may be written in the files of a procedure, as a JSON Schema for editors. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "essais/essais.h"

#include "base/banned.h"

enum { SCHEMA_LIMIT = 1 << 20 };

int
command_schema(int argc, char **argv)
{
	const struct {
		const char *word, *title;
		const struct shape *shape;
	} files[] = {
		{ "procedure", "procedure.yaml, une procédure de Guichet", &shape_procedure },
		{ "campagne", "campagnes/*.yaml, une campagne de Guichet", &shape_campaign },
		{ "essais", "essais/*.yaml, des essais de Guichet", essais_shape() },
	};
	const char *wanted = argc > 1 ? argv[1] : files[0].word;
	for (size_t i = 0; argc <= 2 && i < sizeof files / sizeof *files; i++) {
		if (strcmp(wanted, files[i].word) != 0)
			continue;
		CLEANUP(buffer_release) struct buffer out = buffer_new(SCHEMA_LIMIT);
		schema_write(files[i].shape, files[i].title, &out);
		if (out.failed) {
			fprintf(stderr, "guichet schema : la mémoire manque.\n");
			return EXIT_REFUSED;
		}
		return fwrite(out.at, 1, out.length, stdout) == out.length ? EXIT_DONE : EXIT_REFUSED;
	}
	fprintf(stderr, "Usage : guichet schema %s\n", COMMAND_SCHEMA_USAGE);
	return EXIT_USAGE;
}
