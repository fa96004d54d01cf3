/* One's own absences: when, and who replaces. The directory says who may be named; who is named is told on the first day. */
#include "pages/families.h"

#include "base/banned.h"

/* A POST of this page. */
struct declaring {
	struct request *request;
	struct directory_absence absence;
	enum guichet_status status;
	struct guichet_error error;
};

static bool
has_role(const struct visitor *visitor)
{
	return visitor->handles || visitor->office || visitor->superior;
}

static void
declared_list(struct request *request, struct html *html, const struct directory_declared *absences, size_t count)
{
	HTML_SAY(html, "h2", "Absences déclarées");
	if (count == 0) {
		HTML_SAY(html, "p", "Aucune pour l’instant.", { "class", TEXT("muted") });
		return;
	}
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	for (size_t i = 0; i < count; i++) {
		const struct directory_declared *one = &absences[i];
		const bool day = date_compare(one->from, one->to) == 0;
		const struct text from = date_french(request->arena, one->from, false), to = date_french(request->arena, one->to, false);
		HTML_IN(html, "li", { "class", TEXT("card") });
		HTML_LINE(html, "p", day ? arena_format(request->arena, "Le %.*s", TEXT_ARGS(from))
			: arena_format(request->arena, "Du %.*s au %.*s", TEXT_ARGS(from), TEXT_ARGS(to)),
			{ "class", TEXT("card-title") });
		HTML_LINE(html, "p", one->replacement_name.length
			? arena_format(request->arena, "Intérim : %.*s", TEXT_ARGS(one->replacement_name))
			: TEXT("Personne ne vous remplace : ce qui vous attend monte à la structure au-dessus."));
		FORM_IN(request, html, TEXT("/mon-compte/absences/fin"));
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("absence") }, { "value", one->id });
		HTML_LINE(html, "button", arena_format(request->arena, "Terminer l’absence du %.*s", TEXT_ARGS(from)),
			{ "class", TEXT("button secondary") }, { "type", TEXT("submit") });
	}
}

static void
replacement_field(struct request *request, struct html *html, const struct directory_search *found, struct text chosen)
{
	HTML_IN(html, "div", { "class", TEXT("field") });
	HTML_SAY(html, "label", "Qui vous remplace", { "for", TEXT("remplacant") }, { "class", TEXT("field-label") });
	HTML_SAY(html, "p", "Quelqu’un de votre structure, de celles d’en dessous ou d’au-dessus. Cette personne est prévenue le premier jour.",
		{ "class", TEXT("field-help") }, { "id", TEXT("remplacant-aide") });
	HTML_IN(html, "select", { "name", TEXT("remplacant") }, { "id", TEXT("remplacant") }, { "aria-describedby", TEXT("remplacant-aide") });
	HTML_SAY(html, "option", "Personne : ce qui m’attend monte", { "value", TEXT("") });
	for (size_t i = 0; i < found->count; i++) {
		const struct directory_found *one = &found->at[i];
		HTML_LINE(html, "option", arena_format(request->arena, TEXT_FORMAT " " TEXT_FORMAT ", " TEXT_FORMAT ", " TEXT_FORMAT,
			TEXT_ARGS(one->person.last_name), TEXT_ARGS(one->person.first_name), TEXT_ARGS(one->function),
			TEXT_ARGS(one->structure_name)), { "value", one->person.id },
			{ "selected", HTML_WHEN(text_equal(one->person.id, chosen)) });
	}
}

static enum guichet_status
absences_page(struct request *request, struct html *html, struct text refusal, struct guichet_error *error)
{
	const struct visitor *visitor = visitor_of(request);
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	const struct directory_declared *absences;
	struct directory_search found;
	size_t count;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		enum guichet_status status = directory_absences_declared(tx, request->arena, visitor->actor.person, today, &absences,
			&count, error);
		if (status == GUICHET_OK)
			status = directory_colleagues(tx, request->arena, &visitor->actor.facts, today, &found, error);
		if (status != GUICHET_OK)
			return status;
	}
	PAGE_IN(request, html, TEXT("Mes absences"), { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/mon-compte"), TEXT("Ce que Guichet garde de moi") });
	if (refusal.length)
		page_notice(html, NOTICE_ERROR, TEXT("Ce n’est pas enregistré"), refusal);
	HTML_SAY(html, "p", "Pendant votre absence, ce qui attend votre réponse attend celle de la personne que vous désignez, et vous revient "
		"au retour. Guichet ne demande pas pourquoi vous êtes absent.", { "class", TEXT("lead") });
	if (!has_role(visitor))
		page_notice(html, NOTICE_INFO, (struct text){ 0 }, TEXT("Aucune demande n’attend aujourd’hui la réponse de vos fonctions : vous "
			"pouvez déclarer une absence, elle ne change rien pour l’instant."));
	declared_list(request, html, absences, count);
	HTML_SAY(html, "h2", "Déclarer une absence");
	FORM_IN(request, html, TEXT("/mon-compte/absences"), { "class", TEXT("form") });
	const struct page_field from = { .name = TEXT("du"), .label = TEXT("Premier jour"), .type = "date", .required = true,
		.width = TEXT("short"), .value = form_value(request, "du") };
	const struct page_field to = { .name = TEXT("au"), .label = TEXT("Dernier jour, compris"), .type = "date", .required = true,
		.width = TEXT("short"), .value = form_value(request, "au") };
	page_field(html, &from);
	page_field(html, &to);
	replacement_field(request, html, &found, form_value(request, "remplacant"));
	page_submit(html, TEXT("Déclarer cette absence"));
	return GUICHET_OK;
}

enum guichet_status
page_absences(struct request *request, struct html *html, struct guichet_error *error)
{
	return absences_page(request, html, (struct text){ 0 }, error);
}

static struct declaring *
declaring_new(struct request *request)
{
	struct declaring *declaring = arena_new_of(request->arena, struct declaring);
	if (declaring)
		*declaring = (struct declaring){ .request = request, .absence = { .id = id_new(request->arena, request->received_at),
			.absent = visitor_of(request)->actor.person, .at = clock_now(site_of(request)->clock) } };
	request->state = declaring;
	return declaring;
}

static enum guichet_status
declare(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct declaring *declaring = context;
	return directory_absence_declare(tx, declaring->request->arena, &declaring->absence, error);
}

enum guichet_status
page_absence_declare(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct declaring *declaring = declaring_new(request);
	if (!declaring)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	(void)!date_read_french(text_trim(form_value(request, "du")), &declaring->absence.from);
	(void)!date_read_french(text_trim(form_value(request, "au")), &declaring->absence.to);
	declaring->absence.replacement = form_value(request, "remplacant");
	return page_write(request, declare, declaring, &declaring->status, &declaring->error, error);
}

static enum guichet_status
end(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct declaring *declaring = context;
	return directory_absence_end(tx, declaring->absence.id, declaring->absence.absent, declaring->absence.at, error);
}

enum guichet_status
page_absence_end(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct declaring *declaring = declaring_new(request);
	if (!declaring)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	declaring->absence.id = form_value(request, "absence");
	return page_write(request, end, declaring, &declaring->status, &declaring->error, error);
}

enum guichet_status
page_absence_done(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct declaring *declaring = request->state;
	if (declaring->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return absences_page(request, html, text_of_string(declaring->error.message), error);
	}
	if (declaring->status != GUICHET_OK) {
		*error = declaring->error;
		return declaring->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, TEXT("/mon-compte/absences?fait=absence"));
}
