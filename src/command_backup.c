/* guichet backup DATA DEST and guichet verify DATA: a copy of a data directory while the service
 * goes on, and the check of one: the database, the files it names, each dossier against its events. */
#include <stdio.h>

#include "command_data.h"
#include "commands.h"
#include "store/attachment.h"

#include "base/banned.h"

static int
tell(const struct guichet_error *error)
{
	fprintf(stderr, "guichet : %s\n", error->message);
	return EXIT_REFUSED;
}

int
command_backup(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	if (argc != 3) {
		fprintf(stderr, "Usage : guichet backup " COMMAND_BACKUP_USAGE "\n");
		return EXIT_USAGE;
	}
	if (store_backup(argv[1], argv[2], STORE_ATTACHMENT_NAMED, &error) != GUICHET_OK)
		return tell(&error);
	fprintf(stderr, "Copie faite dans « %s ». « guichet verify %s » la vérifie.\n", argv[2], argv[2]);
	return EXIT_DONE;
}

/* Each dossier against its chain of events. */
static enum guichet_status
verify_dossiers(const char *data, struct office_findings *ret_findings, struct guichet_error *error)
{
	COMMAND_DATA(opened);
	enum guichet_status status = command_data_open(data, &opened, error);
	if (status == GUICHET_OK)
		status = office_verify(opened.office, ret_findings, error);
	if (status == GUICHET_OK && ret_findings->broken)
		status = guichet_fail(error, GUICHET_REFUSED, "Sur %lld dossiers, %lld ne sont pas ce que leurs événements disent. Le "
			"premier : %.300s Comparez avec une sauvegarde plus ancienne.", (long long)ret_findings->dossiers,
			(long long)ret_findings->broken, ret_findings->first.message);
	return status;
}

int
command_verify(int argc, char **argv)
{
	struct guichet_error error = { 0 };
	struct store_findings findings;
	if (argc != 2) {
		fprintf(stderr, "Usage : guichet verify " COMMAND_VERIFY_USAGE "\n");
		return EXIT_USAGE;
	}
	if (store_verify(argv[1], STORE_ATTACHMENT_NAMED, &findings, &error) != GUICHET_OK)
		return tell(&error);
	struct office_findings dossiers;
	if (verify_dossiers(argv[1], &dossiers, &error) != GUICHET_OK)
		return tell(&error);
	fprintf(stderr, "La base de données est saine, ses %lld fichiers sont intacts, les %lld événements de ses %lld dossiers "
		"s’enchaînent.\n", (long long)findings.files, (long long)dossiers.events, (long long)dossiers.dossiers);
	return EXIT_DONE;
}
