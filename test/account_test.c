/* Accounts: activation by link or code, passwords, closing. */
#include "directory_help.h"

#include "base/banned.h"

/* One account is about to be: a person with a mail, one without. */
static struct store *
open_with_people(struct arena *arena)
{
	struct store *store = directory_test_open();
	struct directory_report report;
	CHECK(directory_test_import(store, "2023-06-01", (struct text){ 0 },
		TEXT("matricule;prénom;nom;courriel\nP1;Léa;Rovondel;Lea.Rovondel@ac.example\nP2;Noé;Sorbelin;\n"), (struct text){ 0 },
		false, arena, &report) == GUICHET_OK);
	return store;
}

static struct text
person_of(struct store *store, struct arena *arena, const char *external_id)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	struct directory_person person;
	CHECK(directory_person_by_external_id(tx, arena, text_of_string(external_id), (struct date){ 2023, 6, 8 }, &person,
		&directory_test_error) == GUICHET_OK);
	return person.id;
}

struct change {
	enum { INSERT, ACTIVATE, SET, DISABLE, ENABLE } what;
	struct text token, person, hash;
	enum account_purpose purpose;
	instant at;
	struct arena *arena;
};

static enum guichet_status
change_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct change *c = context;
	switch (c->what) {
	case INSERT: return account_token_insert(tx, c->token, c->purpose, c->person, c->at, error);
	case ACTIVATE: return account_activate(tx, c->token, c->hash, c->at, &c->person, c->arena, error);
	case SET: return account_set_password(tx, c->person, c->hash, c->at, error);
	case DISABLE: return account_disable(tx, c->person, true, c->at, error);
	case ENABLE: return account_disable(tx, c->person, false, c->at, error);
	}
	return GUICHET_BROKEN;
}

static enum guichet_status
apply(struct store *store, struct change change)
{
	return store_transact(store, change_work, &change, &directory_test_error);
}

static enum guichet_status
look(struct store *store, struct arena *arena, struct text token, instant at)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	struct text person;
	return account_token_load(tx, arena, token, at, &person, NULL, &directory_test_error);
}

static instant
morning(void)
{
	return instant_of_day((struct date){ 2023, 6, 8 }) + 9 * INSTANT_HOUR;
}

TEST(an_account_exists_once_activated_by_a_link_that_serves_once)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = open_with_people(arena);
	const instant now = morning();
	const struct text person = person_of(store, arena, "P1"), hash = TEXT("$argon2id$test");
	const struct text token = account_token_new(arena, ACCOUNT_ACTIVATION);
	CHECK_INTEGER(token.length, 43);
	CHECK(apply(store, (struct change){ INSERT, token, person, .purpose = ACCOUNT_ACTIVATION, .at = now }) == GUICHET_OK);
	struct account account;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
		CHECK(account_of_person(tx, arena, person, &account, &directory_test_error) == GUICHET_UNKNOWN);
	}
	/* Looking does not use it, however often. */
	CHECK(look(store, arena, token, now) == GUICHET_OK);
	CHECK(look(store, arena, token, now + 7 * INSTANT_DAY - 1) == GUICHET_OK);
	CHECK(look(store, arena, token, now + 7 * INSTANT_DAY) == GUICHET_REFUSED);
	CHECK(look(store, arena, TEXT("x"), now) == GUICHET_REFUSED);
	CHECK(apply(store, (struct change){ ACTIVATE, token, .hash = hash, .at = now, .arena = arena }) == GUICHET_OK);
	CHECK(look(store, arena, token, now) == GUICHET_REFUSED);
	CHECK(apply(store, (struct change){ ACTIVATE, token, .hash = hash, .at = now, .arena = arena }) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(directory_test_error.message), TEXT("Ce lien ou ce code ne sert plus : il a déjà été employé, "
		"il est trop ancien ou il est incomplet. Demandez-en un nouveau."));
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	CHECK(account_by_login(tx, arena, TEXT(" LEA.rovondel@AC.example "), &account, &directory_test_error) == GUICHET_OK);
	CHECK_TEXT(account.person, person);
	CHECK_TEXT(account.password_hash, hash);
	CHECK_INTEGER(account.activated_at, now);
	CHECK_INTEGER(account.disabled_at, 0);
	CHECK(account_by_login(tx, arena, TEXT("autre@ac.example"), &account, &directory_test_error) == GUICHET_UNKNOWN);
}

TEST(a_code_is_read_as_people_copy_it)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = open_with_people(arena);
	const instant now = morning();
	const struct text person = person_of(store, arena, "P1");
	CHECK_INTEGER(account_token_new(arena, ACCOUNT_CODE).length, 19);
	CHECK(apply(store, (struct change){ INSERT, TEXT("k3f8-0abc-1def-2ghj"), person, .purpose = ACCOUNT_CODE, .at = now })
		== GUICHET_OK);
	CHECK(look(store, arena, TEXT(" K3F8 OABC-Idef2GHJ "), now) == GUICHET_OK);
	CHECK(look(store, arena, TEXT("k3f8-0abc-1def-2gh"), now) == GUICHET_REFUSED);
	/* A new code voids the former one, and only codes. */
	const struct text link = account_token_new(arena, ACCOUNT_ACTIVATION);
	CHECK(apply(store, (struct change){ INSERT, link, person, .purpose = ACCOUNT_ACTIVATION, .at = now }) == GUICHET_OK);
	CHECK(look(store, arena, TEXT("k3f8-0abc-1def-2ghj"), now) == GUICHET_OK);
	CHECK(apply(store, (struct change){ INSERT, TEXT("zzzz-zzzz-zzzz-zzzz"), person, .purpose = ACCOUNT_CODE, .at = now })
		== GUICHET_OK);
	CHECK(look(store, arena, TEXT("k3f8-0abc-1def-2ghj"), now) == GUICHET_REFUSED);
	/* Using one voids them all. */
	CHECK(apply(store, (struct change){ ACTIVATE, TEXT("zzzz-zzzz-zzzz-zzzz"), .hash = TEXT("h"), .at = now, .arena = arena })
		== GUICHET_OK);
	CHECK(look(store, arena, link, now) == GUICHET_REFUSED);
}

TEST(an_account_needs_a_mail_and_a_person_who_is_still_there)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = open_with_people(arena);
	const instant now = morning();
	const struct text without = person_of(store, arena, "P2"), person = person_of(store, arena, "P1");
	const struct text token = account_token_new(arena, ACCOUNT_ACTIVATION), other = account_token_new(arena, ACCOUNT_RESET);
	CHECK(apply(store, (struct change){ INSERT, token, without, .purpose = ACCOUNT_ACTIVATION, .at = now }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ ACTIVATE, token, .hash = TEXT("h"), .at = now, .arena = arena }) == GUICHET_REFUSED);
	CHECK(look(store, arena, token, now) == GUICHET_OK); /* the refusal did not use it */
	CHECK(apply(store, (struct change){ SET, .person = person, .hash = TEXT("h"), .at = now }) == GUICHET_UNKNOWN);
	CHECK(apply(store, (struct change){ DISABLE, .person = person, .at = now }) == GUICHET_UNKNOWN);

	CHECK(apply(store, (struct change){ INSERT, other, person, .purpose = ACCOUNT_RESET, .at = now }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ ACTIVATE, other, .hash = TEXT("h"), .at = now, .arena = arena }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ DISABLE, .person = person, .at = now }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ INSERT, TEXT("again"), person, .purpose = ACCOUNT_RESET, .at = now }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ ACTIVATE, TEXT("again"), .hash = TEXT("i"), .at = now, .arena = arena })
		== GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(directory_test_error.message), TEXT("Ce compte est fermé ; adressez-vous à votre service "
		"gestionnaire."));
	CHECK(apply(store, (struct change){ ENABLE, .person = person, .at = now }) == GUICHET_OK);
	CHECK(apply(store, (struct change){ SET, .person = person, .hash = TEXT("j"), .at = now + 5 }) == GUICHET_OK);
	struct account account;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	CHECK(account_of_person(tx, arena, person, &account, &directory_test_error) == GUICHET_OK);
	CHECK_INTEGER(account.disabled_at, 0);
	CHECK_INTEGER(account.password_at, now + 5);
	CHECK_INTEGER(account.activated_at, now);
}

TEST(a_login_follows_the_professional_mail)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	CLEANUP(store_close) struct store *store = open_with_people(arena);
	const struct text person = person_of(store, arena, "P1"), token = account_token_new(arena, ACCOUNT_ACTIVATION);
	CHECK(apply(store, (struct change){ INSERT, token, person, .purpose = ACCOUNT_ACTIVATION, .at = morning() })
		== GUICHET_OK);
	CHECK(apply(store, (struct change){ ACTIVATE, token, .hash = TEXT("h"), .at = morning(), .arena = arena }) == GUICHET_OK);
	struct directory_report report;
	CHECK(directory_test_import(store, "2023-07-01", (struct text){ 0 },
		TEXT("matricule;prénom;nom;courriel\nP1;Léa;Rovondel-Bastival;lea.bastival@ac.example\nP2;Noé;Sorbelin;\n"),
		(struct text){ 0 }, false, arena, &report) == GUICHET_OK);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &directory_test_error);
	struct account account;
	CHECK(account_by_login(tx, arena, TEXT("lea.rovondel@ac.example"), &account, &directory_test_error) == GUICHET_UNKNOWN);
	CHECK(account_by_login(tx, arena, TEXT("lea.bastival@ac.example"), &account, &directory_test_error) == GUICHET_OK);
}

TEST(passwords_are_hashed_and_known_again)
{
	char hash[PASSWORD_HASH_SIZE];
	CHECK(password_hash(TEXT("quatre pins au bord"), hash, &directory_test_error) == GUICHET_OK);
	CHECK(text_starts(text_of_string(hash), TEXT("$argon2id$v=19$m=19456,t=2,p=1$")));
	CHECK(password_verify(text_of_string(hash), TEXT("quatre pins au bord")));
	CHECK(!password_verify(text_of_string(hash), TEXT("quatre pins au bor")));
	CHECK(!password_verify(TEXT(""), TEXT("quatre pins au bord")));
	CHECK(!password_verify(TEXT("$argon2id$abîmé"), TEXT("quatre pins au bord")));
}

TEST(a_weak_password_is_refused_with_what_to_do)
{
	static const struct {
		const char *password, *start;
	} cases[] = {
		{ "court", "Ce mot de passe est trop court ; prenez au moins 12" },
		{ "ééééèèèè", "Ce mot de passe est trop court" },
		{ "onze lettre", "Ce mot de passe est trop court" },
		{ "aaaaaaaaaaaaaaa", "Ce mot de passe répète" },
		{ "Lea.Rovondel2023", "Ce mot de passe contient votre adresse" },
		{ "abcdefghijk\xff", "Ce mot de passe contient un caractère illisible" },
		{ "douze lettre", NULL },
		{ "quatre pins au bord", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const enum guichet_status status = password_check(text_of_string(cases[i].password),
			TEXT("lea.rovondel@ac.example"), &directory_test_error);
		CHECK_INTEGER(status, cases[i].start ? GUICHET_REFUSED : GUICHET_OK);
		if (cases[i].start)
			CHECK(text_starts(text_of_string(directory_test_error.message), text_of_string(cases[i].start)));
	}
	char longest[PASSWORD_LENGTH_MAX + 1];
	memset(longest, 'a', sizeof longest);
	CHECK(password_check((struct text){ longest, sizeof longest }, TEXT("x@y"), &directory_test_error) == GUICHET_REFUSED);
}
