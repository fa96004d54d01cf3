/* See commands.h. One line of the table per command; the work stands in its own file. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"

#include "base/banned.h"

static const struct command {
	const char *name, *usage, *does; /* does NULL: run by the program itself, told to nobody */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} commands[] = {
	{ "serve", COMMAND_SERVE_USAGE, "Sert les données d’un dossier aux navigateurs.", command_serve },
	{ "demo", COMMAND_DEMO_USAGE, "Sert une académie ou une ville inventée, ou un dossier d’essai à soi (--place ./essai), pour découvrir et essayer.", command_demo },
	{ "campaign", "DONNÉES DOSSIER CAMPAGNE", "Publie une procédure et ouvre une de ses campagnes.", command_campaign },
	{ "routes", "", "Liste les adresses du site, chacune avec son droit, en JSON.", command_routes },
	{ "deliver", "", NULL, command_deliver },
	{ "typeset", "", NULL, command_typeset },
	{ "import", COMMAND_IMPORT_USAGE, "Met l’annuaire au contenu de fichiers CSV.", command_import },
	{ "agenda", COMMAND_AGENDA_USAGE, "Liste ce qui va arriver de soi-même un jour donné.", command_agenda },
	{ "roles", COMMAND_ROLES_USAGE, "Dit les rôles des campagnes ouvertes que personne ne tient.", command_roles },
	{ "closed-day", COMMAND_CLOSED_DAY_USAGE, "Ajoute un jour fermé ou férié à tous les calendriers, les montre, en ôte.",
		command_closed_day },
	{ "person", COMMAND_PERSON_USAGE, "Montre une personne, ouvre ou ferme son compte.", command_person },
	{ "mails", COMMAND_MAILS_USAGE, "Montre les courriels en attente ou non remis, en réessaie un.", command_mails },
	{ "feel", COMMAND_FEEL_USAGE, "Évalue une expression FEEL.", command_feel },
	{ "check", COMMAND_CHECK_USAGE, "Relève les erreurs de procédures et de leurs campagnes.", command_check },
	{ "schema", COMMAND_SCHEMA_USAGE, "Écrit le schéma JSON de ces fichiers, pour un éditeur.", command_schema },
	{ "test", COMMAND_TEST_USAGE, "Joue les essais de procédures.", command_test },
	{ "dmn-tck", COMMAND_DMN_TCK_USAGE, "Joue un dossier de conformité DMN ; compte les résultats (resultNode).",
		command_dmn_tck },
	{ "backup", COMMAND_BACKUP_USAGE, "Copie un dossier de données, même pendant le service.", command_backup },
	{ "verify", COMMAND_VERIFY_USAGE, "Vérifie un dossier de données ou une copie.", command_verify },
	{ "explain", COMMAND_EXPLAIN_USAGE, "Dit pourquoi : ce que chaque événement d’un dossier a jugé, et sur quoi.",
		command_explain },
	{ NULL, NULL, NULL, NULL },
};

static void
usage(FILE *out)
{
	fprintf(out, "Usage : guichet COMMANDE [ARGUMENTS]\n\n");
	for (const struct command *command = commands; command->name; command++)
		if (command->does)
			fprintf(out, "  %-10s %s\n", command->name, command->does);
	fprintf(out, "\n« guichet COMMANDE --help » dit comment l’employer.\n");
}

int
command_run(int argc, char **argv)
{
	if (!digest_start())
		return EXIT_REFUSED;
	if (argc >= 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout), EXIT_DONE;
	for (const struct command *command = commands; argc >= 2 && command->name; command++) {
		if (strcmp(command->name, argv[1]) != 0)
			continue;
		if (command->does && argc >= 3 && strcmp(argv[2], "--help") == 0)
			return printf("Usage : guichet %s %s\n%s\n", command->name, command->usage, command->does), EXIT_DONE;
		return command->run(argc - 1, argv + 1);
	}
	usage(stderr);
	return EXIT_USAGE;
}
