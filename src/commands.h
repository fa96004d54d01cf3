/* The program's commands, by name. */
#pragma once

#include <stdint.h>

/* Exit status of every command: 0 done, 1 refused by content, 2 wrong usage. */
enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE };

/* Runs the command named by argv[1]; returns the exit status. */
int command_run(int argc, char **argv);

/* The commands, each in its command_<name>.c. */
int command_serve(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_campaign(int argc, char **argv);
int command_routes(int argc, char **argv);
int command_deliver(int argc, char **argv);
int command_typeset(int argc, char **argv);
int command_import(int argc, char **argv);
int command_agenda(int argc, char **argv);
int command_roles(int argc, char **argv);
int command_closed_day(int argc, char **argv);
int command_person(int argc, char **argv);
int command_mails(int argc, char **argv);
int command_feel(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_check(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_test(int argc, char **argv);
int command_dmn_tck(int argc, char **argv);
int command_explain(int argc, char **argv);

/* What follows their name, for --help and after a wrong usage. */
#define COMMAND_IMPORT_USAGE "DONNÉES [--structures F] [--personnes F] [--affectations F] [--interims F]" \
	" [--date JOUR] [--force] [--strict] [--dry-run]\n       guichet import DONNÉES --counters F [--date JOUR]\n" \
	"       guichet import DONNÉES --dossiers F --campaign CAMPAGNE --action ACTION --as MATRICULE [--date JOUR]"
#define COMMAND_AGENDA_USAGE "DONNÉES JOUR [--campaign CAMPAGNE]"
#define COMMAND_ROLES_USAGE "DONNÉES [JOUR]"
#define COMMAND_CLOSED_DAY_USAGE \
	"add DONNÉES JOUR [DERNIER JOUR] --label \"…\" [--holiday] | list DONNÉES | remove DONNÉES JOUR"
#define COMMAND_PERSON_USAGE "DONNÉES show|code|create|disable|enable MATRICULE|COURRIEL"
#define COMMAND_MAILS_USAGE "DONNÉES [--failed | --retry IDENTIFIANT [--to ADRESSE]]"
#define COMMAND_FEEL_USAGE "'EXPRESSION' [--context JSON] [--explain] [--depth phrase|étapes|tout]"
#define COMMAND_CHECK_USAGE "DOSSIER… [--campagne FICHIER] [--json]"
#define COMMAND_SCHEMA_USAGE "[procedure|campagne|essais]"
#define COMMAND_TEST_USAGE "DOSSIER… [--json] [--mutate]"
#define COMMAND_DMN_TCK_USAGE "DOSSIER [--json]"
#define COMMAND_SERVER_OPTIONS "[--port N] [--address A] [--public-address URL] [--organisation NOM] [--clock MOMENT]" \
	" [--smtp URL] [--smtp-user NOM] [--smtp-password-file F] [--smtp-authorities F] [--from ADRESSE] [--behind-proxy]"
#define COMMAND_SERVE_USAGE "DONNÉES " COMMAND_SERVER_OPTIONS
#define COMMAND_DEMO_USAGE "[BASE] [--place LIEU] [--blank] [--data DOSSIER] [--procedures DOSSIER] [--resume] " COMMAND_SERVER_OPTIONS
#define COMMAND_BACKUP_USAGE "DONNÉES COPIE"
#define COMMAND_VERIFY_USAGE "DONNÉES"
#define COMMAND_EXPLAIN_USAGE "DONNÉES NUMÉRO [ÉVÉNEMENT] [--value NOM] [--depth phrase|étapes|tout] [--json]"

struct office;
struct store;
struct office_campaign;
/* Writes on stderr the roles that nobody holds then, in the campaigns or in one; how many, or -1 when they cannot be read. */
long command_roles_tell(struct office *office, struct store *store, int64_t at, const struct office_campaign *only);
