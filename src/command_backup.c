/* guichet backup DATA DEST and guichet verify DATA: a copy of a data directory while the service
 * goes on, and the check of one. */
#include <stdio.h>

#include "commands.h"
#include "store/attachment.h"

#include "base/banned.h"

static int
tell(const struct guichet_error *error)
{
	fprintf(stderr, "guichet : %s\n", error->message);
	return EXIT_REFUSED;
}

int
command_backup(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	if (argc != 3) {
		fprintf(stderr, "Usage : guichet backup " COMMAND_BACKUP_USAGE "\n");
		return EXIT_USAGE;
	}
	if (store_backup(argv[1], argv[2], STORE_ATTACHMENT_NAMED, &error) != GUICHET_OK)
		return tell(&error);
	fprintf(stderr, "Copie faite dans « %s ». « guichet verify %s » la vérifie.\n", argv[2], argv[2]);
	return EXIT_DONE;
}

int
command_verify(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	struct store_findings findings;
	if (argc != 2) {
		fprintf(stderr, "Usage : guichet verify " COMMAND_VERIFY_USAGE "\n");
		return EXIT_USAGE;
	}
	if (store_verify(argv[1], STORE_ATTACHMENT_NAMED, &findings, &error) != GUICHET_OK)
		return tell(&error);
	fprintf(stderr, "La base de données est saine et ses %lld fichiers sont intacts.\n", (long long)findings.files);
	return EXIT_DONE;
}
