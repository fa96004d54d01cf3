/* guichet person: what an operator may do for one person. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "directory/account.h"
#include "directory/directory.h"

#include "base/banned.h"

/* One call of the command. */
struct call {
	struct store *store;
	struct arena *arena;
	instant now;
	struct date today;
	struct directory_person person;
	struct text token;    /* of code */
	char hash[PASSWORD_HASH_SIZE]; /* of create */
	bool disabled;        /* of disable and enable */
};

/* --- show ----------------------------------------------------------------------------- */

static enum guichet_status
show(struct call *call, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(call->store, error);
	if (!tx)
		return error->status;
	const struct directory_person *person = &call->person;
	struct directory_functions functions;
	struct account account = { 0 };
	enum guichet_status status = directory_functions_of(tx, call->arena, person->id, call->today, &functions, error);
	if (status != GUICHET_OK)
		return status;
	const struct directory_interim *interims;
	size_t interim_count;
	status = directory_interims_of(tx, call->arena, person->id, call->today, &interims, &interim_count, error);
	if (status != GUICHET_OK)
		return status;
	status = account_of_person(tx, call->arena, person->id, &account, error);
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;

	printf("Matricule   : " TEXT_FORMAT "\n", TEXT_ARGS(person->external_id));
	printf("Nom         : " TEXT_FORMAT "\n", TEXT_ARGS(directory_person_name(call->arena, person)));
	const struct {
		const char *label;
		struct text value;
	} lines[] = {
		{ "Courriel    : ", person->mail }, { "Corps       : ", person->corps }, { "Grade       : ", person->grade },
		{ "Catégorie   : ", person->category }, { "Filière     : ", person->filiere },
		{ "Statut      : ", person->status },
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].value.length)
			printf("%s" TEXT_FORMAT "\n", lines[i].label, TEXT_ARGS(lines[i].value));
	for (size_t i = 0; i < functions.count; i++) {
		if (functions.at[i].instead_of.length)
			continue; /* told with the interims */
		printf("Affectation : " TEXT_FORMAT ", " TEXT_FORMAT " (" TEXT_FORMAT "), %d %%\n",
			TEXT_ARGS(functions.at[i].function), TEXT_ARGS(functions.at[i].structure_name),
			TEXT_ARGS(functions.at[i].structure_code), (int)functions.at[i].share);
	}
	for (size_t i = 0; i < interim_count; i++) {
		const struct text words = directory_interim_french(call->arena, &interims[i], person->id);
		printf("Intérim     : " TEXT_FORMAT "\n", TEXT_ARGS(words));
	}
	if (!account.person.at)
		printf("Compte      : pas encore activé\n");
	else
		printf("Compte      : " TEXT_FORMAT ", activé le " TEXT_FORMAT "%s\n", TEXT_ARGS(account.login),
			TEXT_ARGS(instant_french(call->arena, account.activated_at)), account.disabled_at ? ", fermé" : "");
	return GUICHET_OK;
}

/* --- code ----------------------------------------------------------------------------- */

static enum guichet_status
code_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct call *call = context;
	return account_token_insert(tx, call->token, ACCOUNT_CODE, call->person.id, call->now, error);
}

static enum guichet_status
code(struct call *call, struct guichet_error *error)
{
	call->token = account_token_new(call->arena, ACCOUNT_CODE);
	if (!call->token.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	const enum guichet_status status = store_transact(call->store, code_work, call, error);
	if (status == GUICHET_OK)
		printf("Code de " TEXT_FORMAT ", à remettre en main propre, bon 30 jours et une seule fois :\n" TEXT_FORMAT "\n",
			TEXT_ARGS(directory_person_name(call->arena, &call->person)), TEXT_ARGS(call->token));
	return status;
}

/* --- create --------------------------------------------------------------------------- */

static enum guichet_status
create_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct call *call = context;
	return account_create(tx, call->person.id, call->person.mail, text_of_string(call->hash), call->now, error);
}

/* The password is the first line of the standard input, never an argument: others may list those. */
static enum guichet_status
create(struct call *call, struct guichet_error *error)
{
	char line[2 * PASSWORD_LENGTH_MAX];
	fprintf(stderr, "Mot de passe (au moins %d caractères) : ", PASSWORD_LENGTH_MIN);
	if (!fgets(line, sizeof line, stdin))
		return guichet_fail(error, GUICHET_REFUSED, "Donnez le mot de passe sur l’entrée standard.");
	struct text password = text_of_string(line);
	while (password.length && (password.at[password.length - 1] == '\n' || password.at[password.length - 1] == '\r'))
		password.length--;
	enum guichet_status status = password_check(password, call->person.mail, error);
	if (status == GUICHET_OK)
		status = password_hash(password, call->hash, error);
	explicit_bzero(line, sizeof line);
	if (status == GUICHET_OK)
		status = store_transact(call->store, create_work, call, error);
	if (status == GUICHET_OK)
		printf("Le compte de " TEXT_FORMAT " est ouvert ; identifiant : " TEXT_FORMAT "\n",
			TEXT_ARGS(directory_person_name(call->arena, &call->person)), TEXT_ARGS(call->person.mail));
	return status;
}

/* --- disable, enable -------------------------------------------------------------------- */

static enum guichet_status
disable_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct call *call = context;
	return account_disable(tx, call->person.id, call->disabled, call->now, error);
}

static enum guichet_status
disable(struct call *call, struct guichet_error *error)
{
	call->disabled = true;
	const enum guichet_status status = store_transact(call->store, disable_work, call, error);
	if (status == GUICHET_OK)
		printf("Le compte est fermé.\n");
	return status;
}

static enum guichet_status
enable(struct call *call, struct guichet_error *error)
{
	call->disabled = false;
	const enum guichet_status status = store_transact(call->store, disable_work, call, error);
	if (status == GUICHET_OK)
		printf("Le compte est rouvert.\n");
	return status;
}

/* ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum guichet_status (*run)(struct call *call, struct guichet_error *error);
} actions[] = {
	{ "show", show }, { "code", code }, { "create", create }, { "disable", disable }, { "enable", enable },
};

/* By matricule, or by professional mail. */
static enum guichet_status
person_find(struct call *call, struct text who, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(call->store, error);
	if (!tx)
		return error->status;
	if (text_find(who, TEXT("@")) != SIZE_MAX)
		return directory_person_by_mail(tx, call->arena, who, call->today, &call->person, error);
	return directory_person_by_external_id(tx, call->arena, who, call->today, &call->person, error);
}

int
command_person(int argc, char **argv)
{
	size_t action = 0;
	const size_t count = sizeof actions / sizeof *actions;
	while (argc == 4 && action < count && strcmp(actions[action].name, argv[2]) != 0)
		action++;
	if (argc != 4 || action == count) {
		fprintf(stderr, "Usage : guichet person %s\n", COMMAND_PERSON_USAGE);
		return EXIT_USAGE;
	}
	struct guichet_error error;
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct store_options existing = { .existing = true };
	CLEANUP(store_close) struct store *store = NULL;
	if (!clock || !arena)
		return EXIT_REFUSED;
	struct call call = { .arena = arena, .now = clock_now(clock) };
	call.today = date_of_instant(call.now, NULL);
	enum guichet_status status = store_open(argv[1], &existing, &store, &error);
	call.store = store;
	if (status == GUICHET_OK)
		status = person_find(&call, text_of_string(argv[3]), &error);
	if (status == GUICHET_OK)
		status = actions[action].run(&call, &error);
	if (status == GUICHET_OK)
		return EXIT_DONE;
	if (status == GUICHET_BROKEN)
		log_error("person", &error);
	fprintf(stderr, "%s\n", error.message);
	return EXIT_REFUSED;
}
