/* See play.h. */
#include "essais/play.h"

#include "base/french.h"
#include "dossier/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

/* ---- counting ---- */

static void
add_failure(struct playing *playing, const struct yaml_node *node, struct text message)
{
	struct essai_report *report = playing->report;
	struct essai_failure failure = { .title = arena_text(report->arena, playing->title) };
	if (report->failure_count == ESSAI_MOST_FAILURES)
		return;
	struct essai_failure *failures = arena_array_of(report->arena, struct essai_failure, report->failure_count + 1);
	if (!failures)
		return;
	if (node && node->at.source) {
		source_locate(node->at.source, node->at.start, &failure.line, &failure.column);
		failure.file = node->at.source->name;
	}
	failure.message = arena_text(report->arena, message);
	if (report->failure_count > 0)
		memcpy(failures, report->failures, report->failure_count * sizeof *failures);
	failures[report->failure_count++] = failure;
	report->failures = failures;
}

[[gnu::format(printf, 4, 5)]] void
essai_check(struct playing *playing, const struct yaml_node *node, bool passed, const char *format, ...)
{
	if (passed) {
		playing->report->passed++;
		return;
	}
	playing->report->failed++;
	char message[2000];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	add_failure(playing, node, (struct text){ message, length < 0 ? 0 : strnlen(message, sizeof message) });
}

bool
essai_must_stop(const struct playing *playing)
{
	return playing->report->first_only && playing->report->failed > 0;
}

/* ---- small readings ---- */

/* One node, or each item of a list. */
size_t
essai_item_count(const struct yaml_node *node)
{
	return !node ? 0 : node->kind == YAML_SEQUENCE ? node->count : 1;
}

const struct yaml_node *
essai_item_at(const struct yaml_node *node, size_t index)
{
	return node->kind == YAML_SEQUENCE ? node->items[index].value : node;
}

bool
essai_is_no(const struct yaml_node *node)
{
	return text_equal(yaml_scalar(node), TEXT("non"));
}

bool
essai_contains(struct text whole, struct text part)
{
	return french_contains(whole, part); /* no one types no-break spaces in an essai */
}

bool
essai_read_instant(struct playing *playing, const struct yaml_node *node, instant *ret_at)
{
	if (instant_read(yaml_scalar(node), ret_at))
		return true;
	essai_check(playing, node, false, "« %.*s » n’est pas un instant : écrivez 2023-06-16T10:00",
		TEXT_ARGS(yaml_scalar(node)));
	return false;
}

bool
essai_keys_are_known(struct playing *playing, const struct yaml_node *node, const struct shape *shape)
{
	bool all = true;
	if (node->kind != YAML_MAPPING) {
		essai_check(playing, node, false, "%s s’écrit avec des clés", shape->what);
		return false;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *key = node->items[i].key;
		const bool known = shape_key_find(shape, key->scalar);
		if (!known)
			essai_check(playing, key, false, "clé inconnue : « %.*s »", TEXT_ARGS(key->scalar));
		all &= known;
	}
	return all;
}

/* ---- values ---- */

/* Is this value what the text says: as a literal, as people read it, or "rien" for null? */
bool
essai_value_is(struct playing *playing, struct feel_value value, const struct yaml_node *expected)
{
	if (expected->kind == YAML_SEQUENCE) {
		if (value.kind != FEEL_LIST || value.list.count != expected->count)
			return false;
		for (size_t i = 0; i < expected->count; i++) {
			if (!essai_value_is(playing, value.list.at[i], expected->items[i].value))
				return false;
		}
		return true;
	}
	if (expected->kind == YAML_MAPPING) { /* the entries it names */
		for (size_t i = 0; i < expected->count; i++)
			if (value.kind != FEEL_CONTEXT
				|| !essai_value_is(playing, feel_entry_of(value, expected->items[i].key->scalar), expected->items[i].value))
				return false;
		return true;
	}
	const struct text text = yaml_scalar(expected);
	if (value.kind == FEEL_NULL)
		return text_equal(text, TEXT("rien"));
	if (value.kind == FEEL_STRING)
		return french_equal(value.string, text);
	return text_equal(feel_value_to_bare_literal(playing->arena, value), text)
		|| french_equal(feel_value_to_french(playing->arena, value), text);
}

bool
essai_is_shown_as(struct text shown, const struct yaml_node *expected)
{
	return expected->kind == YAML_SCALAR && shown.length && french_equal(shown, expected->scalar);
}

struct text
essai_value_text(struct playing *playing, struct feel_value value)
{
	return value.kind == FEEL_NULL ? TEXT("rien") : feel_value_to_bare_literal(playing->arena, value);
}

void
essai_check_values(struct playing *playing, const struct dossier_facts *facts, const struct yaml_node *node)
{
	for (size_t i = 0; node && i < node->count; i++) {
		const struct text source = node->items[i].key->scalar;
		const struct yaml_node *expected = node->items[i].value;
		struct feel_findings findings = { 0 };
		struct feel_value value;
		struct guichet_error error = { 0 };
		const struct feel *feel = feel_read(playing->arena, playing->procedure->case_scope, source, &findings);
		if (!feel) {
			essai_check(playing, expected, false, "« %.*s » : %.*s", TEXT_ARGS(source),
				TEXT_ARGS(findings.count > 0 ? findings.at[0].message : TEXT("illisible")));
			continue;
		}
		if (dossier_evaluate(facts, feel, playing->arena, &value, &error) != GUICHET_OK) {
			essai_check(playing, expected, false, "« %.*s » : %s", TEXT_ARGS(source), error.message);
			continue;
		}
		essai_check(playing, expected, essai_value_is(playing, value, expected) || essai_is_shown_as(
			procedure_value_text(playing->arena, playing->procedure, source, value), expected), "« %.*s » vaut %.*s, pas %.*s",
			TEXT_ARGS(source), TEXT_ARGS(essai_value_text(playing, value)), TEXT_ARGS(yaml_scalar(expected)));
	}
}

/* ---- sets of names ---- */

struct names {
	struct text at[200];
	size_t count;
};

static void
names_add(struct names *names, struct text name)
{
	if (names->count < sizeof names->at / sizeof *names->at)
		names->at[names->count++] = name;
}

static struct text
names_text(struct playing *playing, const struct names *names)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < names->count; i++)
		text = arena_format(playing->arena, "%.*s%s%.*s", TEXT_ARGS(text), i > 0 ? ", " : "",
			TEXT_ARGS(names->at[i]));
	return text.length > 0 ? text : TEXT("rien");
}

/* The same names, in whatever order; "rien" or an empty list means none. */
static void
check_names(struct playing *playing, const struct yaml_node *node, const char *what, const struct names *got)
{
	const bool none = text_equal(yaml_scalar(node), TEXT("rien"));
	const size_t count = none ? 0 : essai_item_count(node);
	bool same = count == got->count;
	bool used[200] = { false };
	for (size_t i = 0; same && i < count; i++) {
		size_t j = 0;
		while (j < got->count && (used[j] || !french_equal(got->at[j], yaml_scalar(essai_item_at(node, i)))))
			j++;
		same = j < got->count;
		if (same)
			used[j] = true;
	}
	essai_check(playing, node, same, "%s : %.*s", what, TEXT_ARGS(names_text(playing, got)));
}

/* ---- what a step may expect ---- */

static void
expect_state(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct text got = happening->dossier
		? playing->procedure->steps[happening->dossier->state.step].name : TEXT("aucun dossier");
	essai_check(playing, node, text_equal(got, yaml_scalar(node)), "l’état est « %.*s »", TEXT_ARGS(got));
}

/* Where each suivi stands. */
static void
expect_tracks(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct procedure *procedure = playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct text name = node->items[i].key->scalar, expected = yaml_scalar(node->items[i].value);
		const int track = procedure_track_find(procedure, name);
		const int step = track <= 0 || !happening->dossier ? PROCEDURE_NONE
			: dossier_stand_in(procedure, &happening->dossier->state, track).step;
		const struct text got = step < 0 ? TEXT("rien") : procedure->steps[step].name;
		essai_check(playing, node->items[i].value, track > 0 && text_equal(got, expected), "le suivi « %.*s » en est à « %.*s »",
			TEXT_ARGS(name), TEXT_ARGS(got));
	}
}

/* What each is warned of. */
static void
expect_warnings(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct text *messages = NULL;
		struct guichet_error error = { 0 };
		struct names names = { 0 };
		size_t count = 0;
		if (dossier_warnings(&happening->facts, &viewer, playing->arena, &messages, &count, &error) != GUICHET_OK)
			count = 0;
		for (size_t k = 0; k < count; k++)
			names_add(&names, messages[k]);
		check_names(playing, node->items[i].value, "avertissements", &names);
	}
}

static void
expect_refusal(struct happening *happening, const struct yaml_node *node)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const bool refused = outcome && outcome->kind == DOSSIER_REFUSED_OUTCOME;
	essai_check(happening->playing, node, refused && essai_contains(outcome->message, yaml_scalar(node)), "%s%.*s",
		refused ? "refus : " : "il n’y a pas eu de refus", TEXT_ARGS(refused ? outcome->message : TEXT("")));
}

void
essai_check_mistakes(struct playing *playing, const struct yaml_node *node, const struct dossier_form *form,
	const struct text *piece_mistakes)
{
	struct names names = { 0 };
	struct names texts = { 0 };
	for (size_t i = 0; i < form->count; i++) {
		if (form->answers[i].mistake.length > 0) {
			names_add(&names, form->answers[i].name);
			names_add(&texts, form->answers[i].mistake);
		}
	}
	for (size_t i = 0; piece_mistakes && i < playing->procedure->piece_count; i++) {
		if (piece_mistakes[i].length > 0) {
			names_add(&names, playing->procedure->pieces[i].name);
			names_add(&texts, piece_mistakes[i]);
		}
	}
	if (node->kind != YAML_MAPPING) {
		check_names(playing, node, "champs en erreur", &names);
		return;
	}
	for (size_t i = 0; i < names.count; i++)
		essai_check(playing, node, yaml_get_named(node, names.at[i]) != NULL, "erreur inattendue sur « %.*s » : %.*s",
			TEXT_ARGS(names.at[i]), TEXT_ARGS(texts.at[i]));
	for (size_t i = 0; i < node->count; i++) {
		const struct text field = node->items[i].key->scalar, message = yaml_scalar(node->items[i].value);
		size_t j = 0;
		while (j < names.count && !text_equal(names.at[j], field))
			j++;
		essai_check(playing, node->items[i].value, j < names.count && essai_contains(texts.at[j], message),
			"« %.*s » : %.*s", TEXT_ARGS(field), TEXT_ARGS(j < names.count ? texts.at[j] : TEXT("aucune erreur")));
	}
}

static void
expect_mistakes(struct happening *happening, const struct yaml_node *node)
{
	static const struct dossier_form none;
	const struct dossier_outcome *outcome = happening->outcome;
	essai_check_mistakes(happening->playing, node, outcome ? &outcome->form : &none, outcome ? outcome->piece_mistakes : NULL);
}

static bool
texts_contain(struct text whole, const struct yaml_node *parts, struct text *ret_missing)
{
	for (size_t i = 0; i < essai_item_count(parts); i++) {
		*ret_missing = yaml_scalar(essai_item_at(parts, i));
		if (!essai_contains(whole, *ret_missing))
			return false;
	}
	return true;
}

static bool
texts_avoid(struct text whole, const struct yaml_node *parts, struct text *ret_found)
{
	for (size_t i = 0; i < essai_item_count(parts); i++) {
		*ret_found = yaml_scalar(essai_item_at(parts, i));
		if (essai_contains(whole, *ret_found))
			return false;
	}
	return true;
}

/* Every part is in the text (`within`), or none is. */
static void
check_parts(struct playing *playing, const struct yaml_node *node, const char *what, struct text whole,
	const struct yaml_node *parts, bool within)
{
	struct text part = TEXT("");
	const bool passed = within ? texts_contain(whole, parts, &part) : texts_avoid(whole, parts, &part);
	essai_check(playing, node, passed, "%s %s « %.*s » :\n%.*s", what, within ? "ne contient pas" : "contient",
		TEXT_ARGS(part), TEXT_ARGS(whole));
}

static void
expect_mail(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct world *world = playing->world;
	const struct text to = yaml_scalar(yaml_get(node, "à")), name = yaml_scalar(yaml_get(node, "courrier")),
		subject = yaml_scalar(yaml_get(node, "objet"));
	struct world_mail *found = NULL;
	if (!essai_keys_are_known(playing, node, &shape_essai_mail))
		return;
	for (size_t i = 0; i < world->mail_count && !found; i++) {
		struct world_mail *mail = &world->mails[i];
		if (!mail->seen && text_equal(mail->to, to) && text_equal(mail->mail->name, name))
			found = mail;
	}
	essai_check(playing, node, found != NULL, "le courrier « %.*s » n’est pas parti à %.*s", TEXT_ARGS(name), TEXT_ARGS(to));
	if (!found)
		return;
	found->seen = true;
	if (subject.length > 0)
		essai_check(playing, node, essai_contains(found->subject, subject), "l’objet est « %.*s »", TEXT_ARGS(found->subject));
	if (yaml_get(node, "contient"))
		check_parts(playing, node, "le courrier", found->body, yaml_get(node, "contient"), true);
	if (yaml_get(node, "sans"))
		check_parts(playing, node, "le courrier", found->body, yaml_get(node, "sans"), false);
	if (yaml_get(node, "lien"))
		essai_check(playing, node, found->link != essai_is_no(yaml_get(node, "lien")), "le lien de réponse %s",
			found->link ? "est là" : "manque");
}

static void
expect_mails(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct world *world = playing->world;
	if (!text_equal(yaml_scalar(node), TEXT("rien"))) {
		for (size_t i = 0; i < essai_item_count(node); i++)
			expect_mail(happening, essai_item_at(node, i));
	}
	struct names unexpected = { 0 };
	for (size_t i = 0; i < world->mail_count; i++) {
		if (!world->mails[i].seen)
			names_add(&unexpected, arena_format(playing->arena, "%.*s à %.*s",
				TEXT_ARGS(world->mails[i].mail->name), TEXT_ARGS(world->mails[i].to)));
	}
	essai_check(playing, node, unexpected.count == 0, "courriers inattendus : %.*s",
		TEXT_ARGS(names_text(playing, &unexpected)));
}

static void
list_acts(struct happening *happening, bool cancelled, struct names *names)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const size_t count = !outcome ? 0 : cancelled ? outcome->cancelled_count : outcome->composed_count;
	for (size_t i = 0; i < count; i++) {
		const struct dossier_act *act = cancelled ? &outcome->cancelled[i] : &outcome->composed[i];
		names_add(names, happening->playing->procedure->letters[act->letter].name);
	}
}

/* The living letters of the dossier, whenever they were produced. */
static void
expect_documents(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++) {
		if (state->acts[i].status != DOSSIER_CANCELLED && state->acts[i].replaced_by.length == 0)
			names_add(&names, happening->playing->procedure->letters[state->acts[i].letter].name);
	}
	check_names(happening->playing, node, "documents", &names);
}

static void
expect_produced(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	list_acts(happening, false, &names);
	check_names(happening->playing, node, "documents produits", &names);
}

static void
expect_cancelled(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	list_acts(happening, true, &names);
	check_names(happening->playing, node, "documents annulés", &names);
}

static void
expect_texts(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const int letter = procedure_letter_find(playing->procedure, node->items[i].key->scalar);
		const struct text text = letter < 0 || !happening->dossier ? (struct text){ NULL, 0 }
			: world_letter_text(playing->world, happening->dossier, letter);
		check_parts(playing, expected, "le document", text, expected, true);
	}
}

/* "déposée", "acceptée", "renvoyée : il manque le cachet", "rien". */
static void
expect_pieces(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text name = node->items[i].key->scalar;
		const struct dossier_piece *piece = happening->dossier ? dossier_piece_find(&happening->dossier->state, name) : NULL;
		const struct text state = piece ? procedure_piece_states[piece->state] : TEXT("rien");
		const struct text got = !piece || piece->ground.length == 0 ? state
			: arena_format(playing->arena, "%.*s : %.*s", TEXT_ARGS(state), TEXT_ARGS(piece->ground));
		essai_check(playing, node->items[i].value, french_equal(got, yaml_scalar(node->items[i].value)),
			"la pièce « %.*s » : %.*s", TEXT_ARGS(name), TEXT_ARGS(got));
	}
}

static void
expect_readable(struct happening *happening, const struct yaml_node *node)
{
	const struct procedure *procedure = happening->playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		struct names names = { 0 };
		for (size_t k = 0; happening->dossier && k < procedure->piece_count; k++) {
			if (dossier_piece_find(&happening->dossier->state, procedure->pieces[k].name)
			    && dossier_may_read_piece(&happening->facts, &viewer, (int)k))
				names_add(&names, procedure->pieces[k].name);
		}
		check_names(happening->playing, node->items[i].value, "pièces qui s’ouvrent", &names);
	}
}

static void
expect_piece_tasks(struct happening *happening, const struct yaml_node *node)
{
	static const struct text words[DOSSIER_PIECE_TASK_END] = { [DOSSIER_PIECE_TO_EXAMINE] = TEXT("à examiner"),
		[DOSSIER_PIECE_TO_REPLACE] = TEXT("à remplacer"), [DOSSIER_PIECE_AWAITED] = TEXT("attendue"),
		[DOSSIER_PIECE_TO_RENEW] = TEXT("à renouveler") };
	struct playing *playing = happening->playing;
	const struct dossier_piece_task *tasks = NULL;
	struct guichet_error error = { 0 };
	struct names names = { 0 };
	size_t count = 0;
	if (happening->dossier && dossier_piece_tasks(&happening->facts, playing->arena, &tasks, &count, &error) != GUICHET_OK)
		essai_check(playing, node, false, "%s", error.message);
	for (size_t i = 0; i < count; i++) {
		const struct text piece = playing->procedure->pieces[tasks[i].piece].name, word = words[tasks[i].kind];
		const struct text until = tasks[i].due == INSTANT_NEVER ? TEXT("") : arena_format(playing->arena, " jusqu’au %.*s",
			TEXT_ARGS(date_iso(playing->arena, date_of_instant(tasks[i].due - 1, NULL))));
		names_add(&names, arena_format(playing->arena, "%.*s %.*s%.*s", TEXT_ARGS(piece), TEXT_ARGS(word), TEXT_ARGS(until)));
	}
	check_names(playing, node, "pièces à suivre", &names);
}

static void
expect_signatures(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++) {
		for (size_t j = 0; state->acts[i].status != DOSSIER_CANCELLED && j < state->acts[i].signature_count; j++)
			names_add(&names, state->acts[i].signatures[j].person);
	}
	check_names(happening->playing, node, "signatures", &names);
}

static void
expect_replaced(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++)
		if (state->acts[i].replaced_by.length > 0)
			names_add(&names, happening->playing->procedure->letters[state->acts[i].letter].name);
	check_names(happening->playing, node, "lettres remplacées", &names);
}

static void
expect_births(struct happening *happening, const struct yaml_node *node)
{
	struct dossier_kin children[WORLD_MOST_DOSSIERS];
	const size_t child_count = happening->dossier
		? world_children(happening->playing->world, happening->dossier, children) : 0;
	for (size_t i = 0; happening->dossier && i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct dossier_birth *births;
		struct names names = { 0 };
		size_t count = 0;
		struct guichet_error error = { 0 };
		if (dossier_births(&happening->facts, &viewer, children, child_count, happening->playing->arena, &births, &count,
			&error) != GUICHET_OK)
			count = 0;
		for (size_t j = 0; j < count; j++)
			if (births[j].allowed)
				names_add(&names, births[j].nature->name);
		check_names(happening->playing, node->items[i].value, "natures possibles", &names);
	}
}

static void
list_options(struct happening *happening, struct text person, bool allowed, struct names *names)
{
	const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
	const struct dossier_option *options;
	size_t count;
	struct guichet_error error = { 0 };
	if (dossier_options(&happening->facts, &viewer, happening->playing->arena, &options, &count, &error) != GUICHET_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		if (options[i].allowed == allowed)
			names_add(names, options[i].definition->name);
	}
}

static void
expect_options(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct names names = { 0 };
		list_options(happening, node->items[i].key->scalar, true, &names);
		check_names(happening->playing, node->items[i].value, "actions possibles", &names);
	}
}

static void
expect_not_yet(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct names names = { 0 };
		list_options(happening, node->items[i].key->scalar, false, &names);
		check_names(happening->playing, node->items[i].value, "actions vues mais empêchées", &names);
	}
}

static void
expect_labels(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct text label = dossier_label(&happening->facts, &viewer);
		essai_check(happening->playing, node->items[i].value, french_equal(label, yaml_scalar(node->items[i].value)),
			"%.*s voit « %.*s »", TEXT_ARGS(person), TEXT_ARGS(label));
	}
}

static void
expect_values(struct happening *happening, const struct yaml_node *node)
{
	essai_check_values(happening->playing, &happening->facts, node);
}

static void
expect_counters(struct happening *happening, const struct yaml_node *node)
{
	essai_check_counters(happening, node);
}

static void
expect_dues(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct world_dossier *dossier = happening->dossier;
	struct names names = { 0 };
	for (size_t i = 0; dossier && i < dossier->due_count; i++)
		names_add(&names, dossier->dues[i].effect);
	if (node->kind != YAML_MAPPING) {
		check_names(playing, node, "échéances", &names);
		return;
	}
	essai_check(playing, node, names.count == node->count, "échéances : %.*s", TEXT_ARGS(names_text(playing, &names)));
	for (size_t i = 0; i < node->count; i++) {
		const struct text effect = node->items[i].key->scalar;
		instant at, got = INSTANT_NEVER;
		if (!essai_read_instant(playing, node->items[i].value, &at))
			continue;
		for (size_t j = 0; dossier && j < dossier->due_count; j++) {
			if (text_equal(dossier->dues[j].effect, effect))
				got = dossier->dues[j].at;
		}
		essai_check(playing, node->items[i].value, got == at, "l’échéance « %.*s » : %.*s", TEXT_ARGS(effect),
			TEXT_ARGS(got == INSTANT_NEVER ? TEXT("aucune") : instant_french(playing->arena, got)));
	}
}

/* Titles of a person's timeline, one per line: "+ " past, "= " now, "> " next. */
static struct text
timeline_text(struct happening *happening, struct text person)
{
	const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
	const struct dossier_moment *moments;
	size_t count;
	struct guichet_error error = { 0 };
	if (!happening->dossier || dossier_timeline(&happening->facts, &viewer, happening->dossier->events,
		happening->dossier->event_count, happening->playing->arena, &moments, &count, &error) != GUICHET_OK)
		return TEXT("");
	struct text text = TEXT("");
	for (size_t i = 0; i < count; i++) {
		static const char *const marks[] = { "+", "=", ">" };
		text = arena_format(happening->playing->arena, "%.*s%s %.*s%s%.*s%s\n", TEXT_ARGS(text), marks[moments[i].kind],
			TEXT_ARGS(moments[i].title), moments[i].by.length > 0 ? ", par " : "", TEXT_ARGS(moments[i].by),
			moments[i].change_count > 0 ? ", avec changements" : "");
		if (moments[i].kind == DOSSIER_PAST && moments[i].detail.length > 0)
			text = arena_format(happening->playing->arena, "%.*s  %.*s\n", TEXT_ARGS(text), TEXT_ARGS(moments[i].detail));
		if (moments[i].kind == DOSSIER_NEXT)
			text = arena_format(happening->playing->arena, "%.*s, le %.*s\n",
				TEXT_ARGS(text_trim(text)),
				TEXT_ARGS(date_french(happening->playing->arena, date_of_instant(moments[i].at, NULL), false)));
	}
	return text;
}

static void
expect_timeline(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct text text = timeline_text(happening, node->items[i].key->scalar);
		const struct yaml_node *with = expected->kind == YAML_MAPPING ? yaml_get(expected, "contient") : expected;
		if (expected->kind == YAML_MAPPING && !essai_keys_are_known(happening->playing, expected, &shape_essai_parts))
			continue;
		check_parts(happening->playing, expected, "la frise", text, with, true);
		if (expected->kind == YAML_MAPPING && yaml_get(expected, "sans"))
			check_parts(happening->playing, expected, "la frise", text, yaml_get(expected, "sans"), false);
	}
}

/* What a person may read in the dossier: "Libellé : valeur" lines. */
static void
expect_reading(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; happening->dossier && i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct text person = node->items[i].key->scalar;
		const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&happening->facts, person) };
		const struct dossier_line *lines;
		size_t count = 0;
		struct guichet_error error = { 0 };
		struct text text = TEXT("");
		if (dossier_lines(&happening->facts, &viewer, happening->playing->arena, &lines, &count, &error) != GUICHET_OK)
			count = 0;
		for (size_t j = 0; j < count; j++)
			text = arena_format(happening->playing->arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text),
				TEXT_ARGS(lines[j].label), TEXT_ARGS(lines[j].value));
		const struct yaml_node *with = expected->kind == YAML_MAPPING ? yaml_get(expected, "contient") : expected;
		if (expected->kind == YAML_MAPPING && !essai_keys_are_known(happening->playing, expected, &shape_essai_parts))
			continue;
		check_parts(happening->playing, expected, "ce qui est lu", text, with, true);
		if (expected->kind == YAML_MAPPING && yaml_get(expected, "sans"))
			check_parts(happening->playing, expected, "ce qui est lu", text, yaml_get(expected, "sans"), false);
	}
}

/* The cells of a row, "1er mars 2024, M. Bruno Salaün, Rappel": empty ones are left out. */
static struct text
row_text(struct playing *playing, const struct text *cells, size_t width)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < width; i++)
		if (cells[i].length > 0)
			text = arena_format(playing->arena, "%.*s%s%.*s", TEXT_ARGS(text), text.length > 0 ? ", " : "",
				TEXT_ARGS(cells[i]));
	return text;
}

static void
expect_registers(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct dossier_viewer viewer = { .roles = ~(dossier_roles)0 };
	const struct dossier_register_view *views = NULL;
	size_t count = 0;
	struct guichet_error error = { 0 };
	if (happening->dossier && dossier_registers(&happening->facts, &viewer, playing->arena, &views, &count, &error) != GUICHET_OK)
		count = 0;
	for (size_t i = 0; i < node->count; i++) {
		struct names names = { 0 };
		for (size_t j = 0; j < count; j++) {
			const size_t width = views[j].definition->column_count + 2;
			for (size_t k = 0; text_equal(views[j].definition->name, node->items[i].key->scalar) && k < views[j].row_count; k++)
				names_add(&names, row_text(playing, views[j].cells + width * k, width));
		}
		check_names(playing, node->items[i].value, "registre", &names);
	}
}

static void
expect_holders(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		struct names names = { 0 };
		const int role = procedure_role_find(happening->playing->procedure, node->items[i].key->scalar);
		for (size_t j = 0; j < happening->facts.holder_count; j++) {
			if (happening->facts.holders[j].role == role)
				names_add(&names, happening->facts.holders[j].person.id);
		}
		check_names(happening->playing, node->items[i].value, "tenants du rôle", &names);
	}
}

static void
expect_can(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text person = node->items[i].key->scalar;
		const struct yaml_node *expected = node->items[i].value;
		const struct yaml_node *message = expected->kind == YAML_MAPPING ? yaml_get(expected, "message") : NULL;
		const struct yaml_node *answer = expected->kind == YAML_MAPPING ? yaml_get(expected, "réponse") : expected;
		const struct yaml_node *after = expected->kind == YAML_MAPPING ? yaml_get(expected, "suite") : NULL;
		const struct yaml_node *opinions = expected->kind == YAML_MAPPING ? yaml_get(expected, "avis") : NULL;
		struct dossier_facts facts;
		struct dossier_can can;
		struct guichet_error error = { 0 };
		if (world_facts(playing->world, person, NULL, playing->world->now, &facts, &error) != GUICHET_OK
		    || dossier_can(&facts, playing->arena, &can, &error) != GUICHET_OK) {
			essai_check(playing, expected, false, "puis-je : %s", error.message);
			continue;
		}
		if (answer)
			essai_check(playing, answer, can.may != essai_is_no(answer), "la réponse est %s : %.*s", can.may ? "oui" : "non",
				TEXT_ARGS(can.message));
		if (message)
			essai_check(playing, message, essai_contains(can.message, yaml_scalar(message)), "le message est : %.*s",
				TEXT_ARGS(can.message));
		if (after)
			essai_check(playing, after, essai_contains(can.after, yaml_scalar(after)), "la suite est : %.*s", TEXT_ARGS(can.after));
		if (opinions) {
			struct names names = { 0 };
			for (size_t j = 0; j < can.opinion_count; j++)
				names_add(&names, can.opinions[j].person.id);
			check_names(playing, opinions, "avis demandés à", &names);
		}
	}
}

static void
expect_alert(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	for (size_t i = 0; i < happening->playing->world->alerts.count; i++)
		names_add(&names, happening->playing->procedure->roles[happening->playing->world->alerts.at[i]].name);
	check_names(happening->playing, node, "alertes", &names);
}

static void
expect_measures(struct happening *happening, const struct yaml_node *node)
{
	const struct procedure *procedure = happening->playing->procedure;
	struct names names = { 0 };
	for (size_t i = 0; happening->dossier && i < procedure->measure_count; i++) {
		struct feel_value value;
		struct guichet_error error = { 0 };
		if (dossier_evaluate(&happening->facts, procedure->measures[i].condition, happening->playing->arena, &value,
			&error) == GUICHET_OK && feel_is_true(value))
			names_add(&names, procedure->measures[i].name);
	}
	check_names(happening->playing, node, "indicateurs", &names);
}

static void
columns_text(struct happening *happening, const struct procedure_column *columns, size_t count, struct names *names)
{
	for (size_t i = 0; i < count; i++) {
		struct feel_value value;
		struct guichet_error error = { 0 };
		if (dossier_evaluate(&happening->facts, columns[i].value, happening->playing->arena, &value, &error) == GUICHET_OK)
			names_add(names, procedure_column_text(happening->playing->arena, happening->playing->procedure,
				&columns[i], value));
	}
}

/* The row of an export, "Titre : valeur"; "rien" when the dossier is not in it. */
static void
expect_exports(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct procedure *procedure = playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct procedure_export *found = NULL;
		for (size_t j = 0; j < procedure->export_count; j++) {
			if (text_equal(procedure->exports[j].name, node->items[i].key->scalar))
				found = &procedure->exports[j];
		}
		bool within = found && happening->dossier && found->steps.count == 0;
		for (size_t j = 0; found && happening->dossier && j < found->steps.count; j++)
			within |= dossier_stands_at(procedure, &happening->dossier->state, found->steps.at[j]);
		struct text text = TEXT("");
		struct names cells = { 0 };
		if (within)
			columns_text(happening, found->columns, found->column_count, &cells);
		for (size_t j = 0; j < cells.count; j++)
			text = arena_format(playing->arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(found->columns[j].title),
				TEXT_ARGS(cells.at[j]));
		if (text_equal(yaml_scalar(expected), TEXT("rien")))
			essai_check(playing, expected, found && !within, "l’export contient ce dossier");
		else
			check_parts(playing, expected, "l’export", text, expected, true);
	}
}

/* All the dossiers of the scenario, counted by the report "nom", or "nom 2024". False without memory. */
static bool
count_report(struct playing *playing, struct text key, struct dossier_report *ret_report, struct guichet_error *error)
{
	struct world *world = playing->world;
	struct text rest = key;
	const int index = procedure_report_find(playing->procedure, text_split(&rest, ' '));
	int64_t year;
	if (index == PROCEDURE_NONE) {
		(void)guichet_fail(error, GUICHET_REFUSED, "ce rapport n’existe pas");
		return false;
	}
	const struct procedure_report *definition = &playing->procedure->reports[index];
	const struct date today = date_of_instant(world->now, NULL);
	if (!rest.at || !text_to_integer(rest, 1900, 9999, &year))
		year = dossier_report_year(definition, today);
	const struct feel_range days = dossier_report_days(definition, world->campaign, (int)year, today);
	enum guichet_status status = dossier_report_begin(playing->arena, playing->procedure, index, days, ret_report, error);
	for (size_t i = 0; status == GUICHET_OK && i < world->dossier_count; i++) {
		struct dossier_facts facts;
		const struct world_dossier *dossier = &world->dossiers[i];
		status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
		if (status == GUICHET_OK)
			status = dossier_report_add(ret_report, &facts, playing->arena, error);
	}
	return status == GUICHET_OK && dossier_report_end(ret_report, error) == GUICHET_OK;
}

/* "Demandes : 3", "Employeur = Ville, Demandes : 2", "Motifs = Autre : 1". */
static struct text
report_text(struct playing *playing, const struct dossier_report *report)
{
	struct arena *arena = playing->arena;
	const struct procedure_report *definition = report->definition;
	struct text text = report->too_few ? TEXT("trop peu\n") : TEXT("");
	for (size_t m = 0; !report->too_few && m < definition->measure_count; m++)
		text = arena_format(arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(definition->measures[m].label),
			TEXT_ARGS(dossier_report_cell_text(arena, &definition->measures[m], &report->total.cells[m])));
	for (size_t t = 0; !report->too_few && t < definition->by_count + definition->list_count; t++) {
		const bool list = t >= definition->by_count;
		const struct dossier_report_table *table = list ? &report->lists[t - definition->by_count] : &report->tables[t];
		if (table->too_few)
			text = arena_format(arena, "%.*s%.*s : trop peu\n", TEXT_ARGS(text), TEXT_ARGS(table->title));
		for (size_t g = 0; g < table->count; g++) {
			const struct dossier_report_group *group = &table->groups[g];
			if (list)
				text = arena_format(arena, "%.*s%.*s = %.*s : %lld\n", TEXT_ARGS(text), TEXT_ARGS(table->title),
					TEXT_ARGS(group->name), (long long)group->dossiers);
			for (size_t m = 0; !list && m < definition->measure_count; m++)
				text = arena_format(arena, "%.*s%.*s = %.*s, %.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(table->title),
					TEXT_ARGS(group->name), TEXT_ARGS(definition->measures[m].label),
					TEXT_ARGS(dossier_report_cell_text(arena, &definition->measures[m], &group->cells[m])));
		}
	}
	return text;
}

static void
expect_reports(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		struct dossier_report report;
		struct guichet_error error = { 0 };
		if (!count_report(playing, node->items[i].key->scalar, &report, &error)) {
			essai_check(playing, node->items[i].key, false, "le rapport « %.*s » : %s",
				TEXT_ARGS(node->items[i].key->scalar), error.message);
			continue;
		}
		const struct text text = report_text(playing, &report);
		const bool both = expected->kind == YAML_MAPPING;
		check_parts(playing, expected, "le rapport", text, both ? yaml_get(expected, "contient") : expected, true);
		if (both)
			check_parts(playing, expected, "le rapport", text, yaml_get(expected, "sans"), false);
	}
}

static void
expect_list(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	const struct world_dossier *dossier = happening->dossier;
	for (size_t i = 0; dossier && i < dossier->columns.cell_count; i++)
		names_add(&names, dossier->columns.cells[i]);
	check_names(happening->playing, node, "colonnes de la liste", &names);
}

static void
expect_waiting(struct happening *happening, const struct yaml_node *node)
{
	const struct world_dossier *dossier = happening->dossier;
	const struct procedure *procedure = happening->playing->procedure;
	const int role = dossier ? dossier->columns.waiting : PROCEDURE_NONE;
	const struct text name = role >= 0 ? procedure->roles[role].name : TEXT("rien");
	if (node->kind != YAML_SEQUENCE) {
		essai_check(happening->playing, node, text_equal(name, yaml_scalar(node)), "attend : %.*s", TEXT_ARGS(name));
		return;
	}
	struct names names = { 0 };
	for (size_t i = 0; dossier && i < procedure->role_count; i++)
		if (dossier->columns.awaited & DOSSIER_ROLE(i))
			names_add(&names, procedure->roles[i].name);
	check_names(happening->playing, node, "attend", &names);
}

/* A day of a week: "mardi", "mardi matin"; then why it is not as usual, or that everybody should be there. */
static void
add_week_day(struct happening *happening, struct names *names, size_t rank, const struct dossier_week_day *day)
{
	static const char *const names_of[DOSSIER_WEEK_DAYS] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi" };
	struct arena *arena = happening->playing->arena;
	const bool morning = day->halves[0] != DOSSIER_HERE, afternoon = day->halves[1] != DOSSIER_HERE;
	if (morning || afternoon)
		names_add(names, arena_format(arena, "%s%s", names_of[rank], morning && afternoon ? "" : morning ? " matin"
			: " après-midi"));
	if (day->broken)
		names_add(names, arena_format(arena, "présence le %s", names_of[rank]));
	if (day->note.length > 0)
		names_add(names, arena_format(arena, "%s : " TEXT_FORMAT, names_of[rank], TEXT_ARGS(day->note)));
}

/* Days in the service's week: granted ("autorisés"), only asked for ("demandés"), or none. */
static void
expect_week_of(struct happening *happening, const struct yaml_node *node, struct date monday)
{
	struct names names = { 0 };
	struct dossier_week week;
	struct guichet_error error = { 0 };
	if (!happening->dossier || dossier_week(&happening->facts, monday, happening->playing->arena, &week, &error) != GUICHET_OK)
		week = (struct dossier_week){ 0 };
	if (week.counts)
		names_add(&names, procedure_list_has(happening->playing->procedure->week.steps, happening->dossier->state.step)
			? TEXT("autorisés") : TEXT("demandés"));
	for (size_t rank = 0; week.counts && rank < DOSSIER_WEEK_DAYS; rank++)
		add_week_day(happening, &names, rank, &week.days[rank]);
	check_names(happening->playing, node, "semaine", &names);
}

static void
expect_week(struct happening *happening, const struct yaml_node *node)
{
	expect_week_of(happening, node, (struct date){ 0 });
}

/* `semaines: {2023-07-03: [autorisés, lundi]}`: weeks by their Monday. */
static void
expect_weeks(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
		struct date monday;
		if (!date_read(node->items[i].key->scalar, &monday) || date_weekday(monday) != 1)
			essai_check(happening->playing, node, false, "une semaine commence un lundi : « %.*s »",
				TEXT_ARGS(node->items[i].key->scalar));
		else
			expect_week_of(happening, node->items[i].value, monday);
	}
}

/* A value of a field: as people read it where a literal would be long. */
static struct text
changed_text(struct playing *playing, struct text name, struct feel_value value)
{
	const int field = procedure_field_find(playing->procedure, name);
	return field >= 0 && value.kind != FEEL_NULL && playing->procedure->fields[field].type >= PROCEDURE_FIELD_TIME
		? procedure_field_text(playing->arena, &playing->procedure->fields[field], value)
		: essai_value_text(playing, value);
}

static void
expect_changes(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct names names = { 0 };
	const struct dossier_viewer nobody = { 0 };
	const struct dossier_moment *moments = NULL;
	size_t count = 0;
	struct guichet_error error = { 0 };
	if (happening->dossier)
		(void)!dossier_timeline(&happening->facts, &nobody, happening->dossier->events, happening->dossier->event_count,
			playing->arena, &moments, &count, &error);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < moments[i].change_count; j++) {
			const struct dossier_change *change = &moments[i].changes[j];
			names_add(&names, arena_format(playing->arena, "%.*s : %.*s → %.*s, par %.*s, motif : %.*s",
				TEXT_ARGS(change->field), TEXT_ARGS(changed_text(playing, change->field, change->before)),
				TEXT_ARGS(changed_text(playing, change->field, change->after)), TEXT_ARGS(change->by), TEXT_ARGS(change->reason)));
		}
	}
	check_names(playing, node, "changements", &names);
}

static const struct {
	const char *key;
	void (*expect)(struct happening *, const struct yaml_node *);
} expectations[] = {
#define EXPECTATION(key, expect, forms, holder, about) { key, expect },
#include "essais/expectations.def"
#undef EXPECTATION
};

void
essai_expect(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; node && i < node->count && !essai_must_stop(happening->playing); i++) {
		const struct text key = node->items[i].key->scalar;
		size_t known = 0;
		while (known < sizeof expectations / sizeof *expectations
		       && !text_equal(key, text_of_string(expectations[known].key)))
			known++;
		if (known == sizeof expectations / sizeof *expectations)
			essai_check(happening->playing, node->items[i].key, false, "« %.*s » n’est pas une attente connue", TEXT_ARGS(key));
		else
			expectations[known].expect(happening, node->items[i].value);
	}
}
