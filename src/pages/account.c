/* Logging in and out, the first password, a forgotten one.
 *
 * What a stranger may learn is the same whether an account exists or not. */
#include "pages/families.h"

#include "base/digest.h"
#include "directory/account.h"
#include "mail/mail.h"

#include "base/banned.h"

/* ---- GET /connexion ---- */

static void
login_form(struct request *request, struct html *html, struct text login, struct text mistake)
{
	PAGE_IN(request, html, TEXT("Se connecter"), { TEXT("/"), TEXT("Accueil") });
	if (mistake.length)
		page_notice(html, NOTICE_ERROR, TEXT("Connexion impossible"), mistake);
	{
		FORM_IN(request, html, TEXT("/connexion"), { "class", TEXT("form") });
		const struct text to = form_value(request, "vers").at ? form_value(request, "vers") : request_query(request, "vers");
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("vers") }, { "value", request_local_path(to) });
		page_field(html, &(struct page_field){ .name = TEXT("adresse"), .label = TEXT("Adresse professionnelle"),
			.type = "email", .value = login, .autocomplete = TEXT("username"), .required = true });
		page_field(html, &(struct page_field){ .name = TEXT("mot-de-passe"), .label = TEXT("Mot de passe"),
			.type = "password", .autocomplete = TEXT("current-password"), .required = true });
		page_submit(html, TEXT("Se connecter"));
	}
	{
		HTML_IN(html, "p");
		html_link(html, TEXT("/mot-de-passe"), TEXT("Première connexion ou mot de passe oublié"));
	}
	if (site_of(request)->demo) {
		HTML_IN(html, "p");
		html_link(html, TEXT("/demo"), TEXT("Choisir une personne de la démonstration"));
	}
}

enum guichet_status
page_login(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	if (visitor_of(request))
		return request_redirect(request, 303, TEXT("/"));
	login_form(request, html, (struct text){ 0 }, (struct text){ 0 });
	return GUICHET_OK;
}

/* ---- POST /connexion: the worker verifies the password, the writer opens the session ---- */

struct login {
	struct request *request;
	struct account account;
	struct text login, password, token, previous;
	bool right;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
login_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct login *login = context;
	const struct site *site = site_of(login->request);
	return session_begin(tx, login->token, login->account.person, false, login->previous, clock_now(site->clock), error);
}

static void
login_written(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct login *login = context;
	login->status = status;
	if (status != GUICHET_OK)
		login->error = *error;
	request_resume(login->request);
}

static void
login_verify(void *context)
{
	struct login *login = context;
	struct site *site = site_of(login->request);
	login->right = password_verify(login->account.password_hash, login->password) && login->account.person.length
		&& login->account.disabled_at == 0;
	login->status = GUICHET_OK;
	if (login->right) {
		login->status = store_submit(site->store, STORE_NORMAL, login_write, login, login_written, login, &login->error);
		if (login->status == GUICHET_OK)
			return;
	}
	request_resume(login->request);
}

enum guichet_status
page_login_try(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct login *login = arena_new_of(request->arena, struct login);
	if (!login)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*login = (struct login){ .request = request, .login = text_trim(form_value(request, "adresse")),
		.password = form_value(request, "mot-de-passe"), .token = token_new(request->arena),
		.previous = request->session ? request->session->hash : (struct text){ 0 } };
	request->state = login;
	if (login->login.length == 0 || login->password.length == 0 || login->password.length > PASSWORD_LENGTH_MAX * 4) {
		request_status(request, 422);
		login_form(request, html, login->login, TEXT("Donnez votre adresse professionnelle et votre mot de passe."));
		return GUICHET_OK;
	}
	const int64_t wait = throttle_check(site->throttle, login->login, request->remote, clock_steady());
	if (wait > 0) {
		request_status(request, 429);
		login_form(request, html, login->login, arena_format(request->arena,
			"Trop d’essais. Attendez %lld secondes avant de recommencer.", (long long)wait));
		return GUICHET_OK;
	}
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = account_by_login(tx, request->arena, login->login, &login->account, error);
		if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
			return status; /* unknown: verified all the same, which takes as long */
	}
	request_wait(request);
	if (!worker_submit(site->passwords, login_verify, login)) {
		login->status = guichet_fail(&login->error, GUICHET_RETRY, "Beaucoup de connexions à la fois. Réessayez.");
		request_resume(request);
	}
	return GUICHET_OK;
}

enum guichet_status
page_login_done(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct login *login = request->state;
	if (login->status != GUICHET_OK) {
		*error = login->error;
		return login->status;
	}
	if (!login->right) {
		throttle_failed(site->throttle, login->login, request->remote, clock_steady());
		request_status(request, 422);
		login_form(request, html, login->login, TEXT("L’adresse ou le mot de passe ne convient pas. "
			"Première connexion ? Demandez d’abord un lien ci-dessous."));
		return GUICHET_OK;
	}
	throttle_succeeded(site->throttle, login->login);
	request_login(request, login->token);
	return request_redirect(request, 303, request_local_path(form_value(request, "vers")));
}

/* ---- POST /deconnexion ---- */

struct logout {
	struct text hash;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
logout_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct logout *logout = context;
	return session_end(tx, logout->hash, error);
}

enum guichet_status
page_logout(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct logout *logout = arena_new_of(request->arena, struct logout);
	if (!logout)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	logout->hash = request->session->hash;
	request->state = logout;
	return page_write(request, logout_write, logout, &logout->status, &logout->error, error);
}

enum guichet_status
page_logout_done(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct logout *logout = request->state;
	if (logout->status != GUICHET_OK) {
		*error = logout->error;
		return logout->status;
	}
	sessions_forget(site_of(request)->sessions, logout->hash, (struct text){ 0 });
	request_logout(request);
	return request_redirect(request, 303, TEXT("/?fait=deconnexion"));
}

/* ---- /mot-de-passe: asks for a link by mail ---- */

static void
ask_form(struct request *request, struct html *html, struct text mistake)
{
	PAGE_IN(request, html, TEXT("Première connexion ou mot de passe oublié"),
		{ TEXT("/"), TEXT("Accueil") }, { TEXT("/connexion"), TEXT("Se connecter") });
	HTML_SAY(html, "p", "Donnez votre adresse professionnelle : nous y envoyons un lien pour choisir votre mot de passe. "
		"Sans messagerie, demandez un code à votre bureau de gestion.", { "class", TEXT("lead") });
	{
		FORM_IN(request, html, TEXT("/mot-de-passe"), { "class", TEXT("form") });
		page_field(html, &(struct page_field){ .name = TEXT("adresse"), .label = TEXT("Adresse professionnelle"),
			.type = "email", .value = form_value(request, "adresse"), .mistake = mistake,
			.autocomplete = TEXT("username"), .required = true });
		page_submit(html, TEXT("Recevoir un lien"));
	}
	HTML_IN(html, "p");
	html_link(html, TEXT("/activation"), TEXT("J’ai déjà un lien ou un code"));
}

enum guichet_status
page_password_ask(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	ask_form(request, html, (struct text){ 0 });
	return GUICHET_OK;
}

struct asking {
	struct arena *arena;
	const struct site *site;
	struct text login, token;
	instant now;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
asking_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct asking *asking = context;
	struct directory_person person;
	struct account account;
	enum guichet_status status = directory_person_by_mail(tx, asking->arena, asking->login,
		date_of_instant(asking->now, NULL), &person, error);
	if (status == GUICHET_UNKNOWN)
		return GUICHET_OK; /* the page says the same: nobody learns who has an account */
	if (status != GUICHET_OK)
		return status;
	status = account_of_person(tx, asking->arena, person.id, &account, error);
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;
	const bool first = status == GUICHET_UNKNOWN;
	status = account_token_insert(tx, asking->token, first ? ACCOUNT_ACTIVATION : ACCOUNT_RESET, person.id, asking->now,
		error);
	if (status != GUICHET_OK)
		return status;
	const struct text body = arena_format(asking->arena,
		"Bonjour " TEXT_FORMAT " " TEXT_FORMAT ",\n\n"
		"Pour choisir votre mot de passe, ouvrez ce lien :\n\n" TEXT_FORMAT "/activation?jeton=" TEXT_FORMAT "\n\n"
		"Il sert une fois et expire %s.\n\n"
		"Vous n’avez rien demandé ? Ne faites rien : votre mot de passe ne change pas.\n",
		TEXT_ARGS(person.first_name), TEXT_ARGS(person.last_name), TEXT_ARGS(asking->site->public_address),
		TEXT_ARGS(asking->token), first ? "dans sept jours" : "dans deux heures");
	const struct mail_message message = { .address = person.mail, .person = person.id,
		.subject = first ? TEXT("Activez votre accès à Guichet") : TEXT("Choisissez un nouveau mot de passe"),
		.body = body, .occasion = TEXT("mot-de-passe"), .key = token_hash(asking->arena, asking->token), .urgent = true,
		.secret = true };
	return mail_queue(tx, &message, asking->now, error);
}

enum guichet_status
page_password_send(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct asking *asking = arena_new_of(request->arena, struct asking);
	if (!asking)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*asking = (struct asking){ .arena = request->arena, .site = site, .login = text_trim(form_value(request, "adresse")),
		.token = account_token_new(request->arena, ACCOUNT_RESET), .now = clock_now(site->clock) };
	request->state = asking;
	if (!mail_address_is_valid(asking->login)) {
		request_status(request, 422);
		ask_form(request, html, TEXT("Écrivez une adresse comme prenom.nom@academie.example."));
		return GUICHET_OK;
	}
	/* Apart from failed logins, known address or not: nobody's messagerie is flooded, nobody is locked out either. */
	const struct text counted = arena_format(request->arena, "lien " TEXT_FORMAT, TEXT_ARGS(directory_mail_of(request->arena,
		asking->login)));
	const int64_t wait = throttle_check(site->throttle, counted, request->remote, clock_steady());
	if (wait > 0) {
		request_status(request, 429);
		ask_form(request, html, arena_format(request->arena, "Trop de demandes pour cette adresse. Attendez %lld %s avant de "
			"recommencer.", (long long)(wait < 60 ? wait : (wait + 59) / 60), wait < 60 ? "secondes" : "minutes"));
		return GUICHET_OK;
	}
	throttle_failed(site->throttle, counted, request->remote, clock_steady());
	return page_write(request, asking_write, asking, &asking->status, &asking->error, error);
}

enum guichet_status
page_password_sent(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct asking *asking = request->state;
	if (asking->status != GUICHET_OK) {
		*error = asking->error;
		return asking->status;
	}
	PAGE_IN(request, html, TEXT("Regardez votre messagerie"), { TEXT("/"), TEXT("Accueil") });
	page_notice(html, NOTICE_INFO, TEXT("Un lien part vers cette adresse, si elle est connue"),
		TEXT("Il arrive en général dans la minute. Rien reçu ? Vérifiez l’adresse, regardez les indésirables, ou demandez un "
		"code à votre bureau de gestion."));
	return GUICHET_OK;
}

/* ---- /activation: chooses a password with a link or a code ---- */

static void
activation_form(struct request *request, struct html *html, struct text token, struct text mistake,
	struct text password_mistake)
{
	PAGE_IN(request, html, TEXT("Choisir mon mot de passe"), { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/connexion"), TEXT("Se connecter") });
	FORM_IN(request, html, TEXT("/activation"), { "class", TEXT("form") });
	page_field(html, &(struct page_field){ .name = TEXT("code"), .label = TEXT("Code"),
		.help = TEXT("Celui du lien reçu par courriel, déjà rempli, ou celui que votre bureau de gestion vous a remis."),
		.type = "text", .value = token, .mistake = mistake, .autocomplete = TEXT("one-time-code"), .required = true });
	page_field(html, &(struct page_field){ .name = TEXT("nouveau"), .label = TEXT("Nouveau mot de passe"),
		.help = TEXT("Douze caractères au moins. Une phrase convient très bien."), .type = "password",
		.mistake = password_mistake, .autocomplete = TEXT("new-password"), .required = true });
	page_submit(html, TEXT("Enregistrer ce mot de passe"));
}

enum guichet_status
page_activation(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	activation_form(request, html, request_query(request, "jeton"), (struct text){ 0 }, (struct text){ 0 });
	return GUICHET_OK;
}

struct activation {
	struct request *request;
	struct text token, password, session, person;
	char hash[PASSWORD_HASH_SIZE];
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
activation_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct activation *activation = context;
	const struct site *site = site_of(activation->request);
	const instant now = clock_now(site->clock);
	enum guichet_status status = account_activate(tx, activation->token, text_of_string(activation->hash), now,
		&activation->person, activation->request->arena, error);
	if (status == GUICHET_OK)
		status = session_end_all(tx, activation->person, (struct text){ "", 0 }, error);
	if (status == GUICHET_OK)
		status = session_begin(tx, activation->session, activation->person, false, (struct text){ "", 0 }, now, error);
	return status;
}

static void
activation_written(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct activation *activation = context;
	activation->status = status;
	if (status != GUICHET_OK)
		activation->error = *error;
	request_resume(activation->request);
}

static void
activation_hash(void *context)
{
	struct activation *activation = context;
	activation->status = password_hash(activation->password, activation->hash, &activation->error);
	if (activation->status == GUICHET_OK)
		activation->status = store_submit(site_of(activation->request)->store, STORE_NORMAL, activation_write, activation,
			activation_written, activation, &activation->error);
	if (activation->status != GUICHET_OK)
		request_resume(activation->request);
}

enum guichet_status
page_activate(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct activation *activation = arena_new_of(request->arena, struct activation);
	if (!activation)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*activation = (struct activation){ .request = request, .token = text_trim(form_value(request, "code")),
		.password = form_value(request, "nouveau"), .session = token_new(request->arena) };
	request->state = activation;
	struct guichet_error weak = { 0 };
	if (password_check(activation->password, (struct text){ "", 0 }, &weak) != GUICHET_OK) {
		request_status(request, 422);
		activation_form(request, html, activation->token, (struct text){ 0 }, text_of_string(weak.message));
		return GUICHET_OK;
	}
	if (throttle_check(site->throttle, (struct text){ 0 }, request->remote, clock_steady()) > 0)
		return guichet_fail(error, GUICHET_RETRY, "Trop d’essais. Attendez quelques minutes avant de recommencer.");
	request_wait(request);
	if (!worker_submit(site->passwords, activation_hash, activation)) {
		activation->status = guichet_fail(&activation->error, GUICHET_RETRY, "Beaucoup de connexions à la fois. Réessayez.");
		request_resume(request);
	}
	return GUICHET_OK;
}

enum guichet_status
page_activated(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct activation *activation = request->state;
	if (activation->status == GUICHET_REFUSED) {
		throttle_failed(site->throttle, (struct text){ 0 }, request->remote, clock_steady());
		request_status(request, 422);
		activation_form(request, html, activation->token, text_of_string(activation->error.message), (struct text){ 0 });
		return GUICHET_OK;
	}
	if (activation->status != GUICHET_OK) {
		*error = activation->error;
		return activation->status;
	}
	sessions_forget(site->sessions, (struct text){ 0 }, activation->person);
	request_login(request, activation->session);
	return request_redirect(request, 303, TEXT("/?fait=motdepasse"));
}
