/* The frame around each page: header, menu, path, footer, notices. */
#include "pages/pages.h"

#include "base/banned.h"

/* ---- head and foot ---- */

static void
banner(struct request *request, struct html *html)
{
	const struct site *site = site_of(request);
	if (!site->demo)
		return;
	HTML_IN(html, "section", { "class", TEXT("banner") }, { "aria-label", TEXT("Démonstration") });
	HTML_IN(html, "div", { "class", TEXT("banner-inner") });
	{
		HTML_IN(html, "p");
		html_say(html, "Démonstration : personnes inventées. Ici, nous sommes le ");
		HTML_LINE(html, "strong", instant_french(request->arena, clock_now(site->clock)));
	}
	HTML_IN(html, "nav", { "aria-label", TEXT("Outils de la démonstration") });
	HTML_IN(html, "ul", { "class", TEXT("row") });
	static const struct { struct text path, label; } links[] = {
		{ { "/demo", 5 }, { "Visite guidée", sizeof "Visite guidée" - 1 } },
		{ { "/demo/horloge", 13 }, { "Avancer le temps", sizeof "Avancer le temps" - 1 } },
		{ { "/demo/courriels", 15 }, { "Courriels envoyés", sizeof "Courriels envoyés" - 1 } },
	};
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		HTML_IN(html, "li");
		html_link(html, links[i].path, links[i].label);
	}
}

static void
menu_item(struct request *request, struct html *html, struct text path, struct text label)
{
	const bool here = text_equal(path, TEXT("/")) ? text_equal(request->path, path) : text_starts(request->path, path);
	HTML_IN(html, "li");
	HTML_LINE(html, "a", label, { "href", path }, { "aria-current", here ? TEXT("page") : (struct text){ 0 } });
}

static void
menu(struct request *request, struct html *html)
{
	const struct visitor *visitor = visitor_of(request);
	HTML_IN(html, "nav", { "class", TEXT("nav") }, { "aria-label", TEXT("Menu principal") });
	HTML_IN(html, "ul");
	menu_item(request, html, TEXT("/"), TEXT("Accueil"));
	if (visitor && visitor->superior) {
		menu_item(request, html, TEXT("/a-traiter"), TEXT("À traiter"));
		menu_item(request, html, TEXT("/service"), TEXT("Mon service"));
	} else if (visitor && visitor->handles) {
		menu_item(request, html, TEXT("/a-traiter"), TEXT("À traiter"));
	}
	if (visitor && visitor->office)
		menu_item(request, html, TEXT("/gestion"), TEXT("Gestion"));
	if (visitor && visitor->sets)
		menu_item(request, html, TEXT("/reglages"), TEXT("Réglages"));
	if (visitor && visitor->reports)
		menu_item(request, html, TEXT("/rapports"), TEXT("Rapports"));
	menu_item(request, html, TEXT("/aide"), TEXT("Aide"));
}

static void
account(struct request *request, struct html *html)
{
	const struct visitor *visitor = visitor_of(request);
	HTML_IN(html, "div", { "class", TEXT("account") });
	if (!visitor) {
		html_link(html, TEXT("/connexion"), TEXT("Se connecter"));
		return;
	}
	html_link(html, TEXT("/mon-compte"), directory_person_name(request->arena, &visitor->actor.facts.person));
	FORM_IN(request, html, TEXT("/deconnexion"));
	HTML_SAY(html, "button", "Se déconnecter", { "class", TEXT("button") }, { "type", TEXT("submit") });
}

static void
head(struct request *request, struct html *html, struct text title)
{
	HTML_IN(html, "head");
	HTML_VOID(html, "meta", { "charset", TEXT("utf-8") });
	HTML_VOID(html, "meta", { "name", TEXT("viewport") }, { "content", TEXT("width=device-width, initial-scale=1") });
	{
		HTML_IN(html, "title");
		html_text(html, title);
		html_say(html, " – Guichet");
	}
	HTML_VOID(html, "link", { "rel", TEXT("stylesheet") }, { "href", request_static(request, "guichet.css") });
	HTML_VOID(html, "link", { "rel", TEXT("icon") }, { "href", TEXT("data:,") });
	HTML_IN(html, "script", { "src", request_static(request, "guichet.js") }, { "defer", TEXT("") });
}

static void
breadcrumb(struct html *html, const struct crumb *crumbs, struct text title)
{
	if (!crumbs->label.at)
		return;
	HTML_IN(html, "nav", { "class", TEXT("breadcrumb") }, { "aria-label", TEXT("Vous êtes ici") });
	HTML_IN(html, "ol");
	for (; crumbs->label.at; crumbs++) {
		HTML_IN(html, "li");
		html_link(html, crumbs->path, crumbs->label);
	}
	HTML_LINE(html, "li", title, { "aria-current", TEXT("page") });
}

struct page_frame
page_open(struct request *request, struct html *html, struct text title, const struct crumb *crumbs)
{
	html_markup(html, "<!DOCTYPE html><html lang=\"fr\">");
	head(request, html, title);
	html_markup(html, "<body>");
	HTML_SAY(html, "a", "Aller au contenu", { "class", TEXT("skip-link") }, { "href", TEXT("#contenu") });
	banner(request, html);
	{
		HTML_IN(html, "header", { "class", TEXT("header") });
		HTML_IN(html, "div", { "class", TEXT("header-inner") });
		{
			HTML_IN(html, "a", { "class", TEXT("brand") }, { "href", TEXT("/") });
			HTML_SAY(html, "span", "Guichet", { "class", TEXT("brand-name") });
			html_markup(html, " ");
			HTML_LINE(html, "span", site_of(request)->organisation, { "class", TEXT("brand-place") });
		}
		menu(request, html);
		account(request, html);
	}
	html_markup(html, "<main id=\"contenu\" class=\"main\" tabindex=\"-1\">");
	breadcrumb(html, crumbs, title);
	HTML_LINE(html, "h1", title);
	page_done_notice(request, html);
	return (struct page_frame){ html, request };
}

static void
foot(struct html *html)
{
	static const struct { struct text path, label; } links[] = {
		{ { "/aide", 5 }, { "Aide et contacts", sizeof "Aide et contacts" - 1 } },
		{ { "/donnees-personnelles", 21 }, { "Données personnelles", sizeof "Données personnelles" - 1 } },
		{ { "/accessibilite", 14 }, { "Accessibilité", sizeof "Accessibilité" - 1 } },
	};
	HTML_IN(html, "footer", { "class", TEXT("footer") });
	HTML_IN(html, "div", { "class", TEXT("footer-inner") });
	HTML_IN(html, "ul", { "class", TEXT("row") });
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		HTML_IN(html, "li");
		html_link(html, links[i].path, links[i].label);
	}
}

void
page_close(const struct page_frame *frame)
{
	html_markup(frame->html, "</main>");
	foot(frame->html);
	html_markup(frame->html, "</body></html>");
}

/* ---- notices ---- */

void
page_notice(struct html *html, enum notice kind, struct text title, struct text sentence)
{
	static const struct { struct text class, role; } kinds[] = {
		[NOTICE_INFO] = { { "notice info", 11 }, { 0 } },
		[NOTICE_SUCCESS] = { { "notice success", 14 }, { "status", 6 } },
		[NOTICE_WARNING] = { { "notice warning", 14 }, { 0 } },
		[NOTICE_ERROR] = { { "notice error", 12 }, { "alert", 5 } },
	};
	HTML_IN(html, "div", { "class", kinds[kind].class }, { "role", kinds[kind].role });
	if (title.length)
		HTML_LINE(html, "p", title, { "class", TEXT("notice-title") });
	if (sentence.length) {
		HTML_IN(html, "p");
		html_text(html, sentence);
	}
}

struct text
page_step_class(const struct procedure_step *step)
{
	switch (step->sense) {
	case PROCEDURE_FAVOURABLE:
		return TEXT("badge success");
	case PROCEDURE_UNFAVOURABLE:
		return TEXT("badge error");
	default:
		return step->final ? TEXT("badge closed") : TEXT("badge progress");
	}
}

void
page_done_notice(struct request *request, struct html *html)
{
	static const struct { struct text key, sentence; } known[] = {
#define DONE(key, sentence) { { key, sizeof key - 1 }, { sentence, sizeof sentence - 1 } },
		DONE("action", "C’est fait. Le dossier est à jour.")
		DONE("annule", "C’est défait. Le dossier est redevenu ce qu’il était.")
		DONE("absence", "C’est enregistré.")
		DONE("alerte", "C’est vu : l’alerte quitte la liste.")
		DONE("avis", "C’est enregistré.")
		DONE("brouillon", "Votre brouillon est enregistré. Il n’est pas encore déposé.")
		DONE("abandon", "Votre brouillon est effacé.")
		DONE("derogation", "La dérogation est enregistrée.")
		DONE("deconnexion", "Vous êtes déconnecté.")
		DONE("deconnexions", "Vous êtes déconnecté de tous vos appareils.")
		DONE("horloge", "Le temps a avancé, et ce qui devait arriver est arrivé.")
		DONE("lot", "Le lot est lancé.")
		DONE("reglage", "Le réglage est enregistré. Les échéances des dossiers en cours sont comptées de nouveau.")
		DONE("motdepasse", "Votre mot de passe est enregistré.")
		DONE("piece", "Le fichier est reçu.")
		DONE("piece-retiree", "Le fichier est retiré.")
#undef DONE
	};
	const struct text done = request_query(request, "fait");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_equal(done, known[i].key))
			page_notice(html, NOTICE_SUCCESS, (struct text){ 0 }, known[i].sentence);
}
