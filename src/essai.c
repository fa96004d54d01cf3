/* See essai.h: reads the tests, plays them in a world (essai_world.h), and checks what is expected. */
#include "essai_world.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

#include "base/banned.h"

enum { SCENARIO_ARENA_LIMIT = 256 << 20, MOST_TEST_FILES = 200, MOST_RAWS = 1000 };

/* One test being run. */
struct playing {
	const struct essais *essais;
	const struct procedure *procedure;
	struct essai_report *report;
	const struct yaml_node *shared; /* essais/annuaire.yaml: directory and models, or NULL */
	const struct yaml_node *file;   /* the root of the file */
	struct text title;
	struct world *world;
	struct arena *arena;
	struct guichet_error *error;
};

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

[[gnu::format(printf, 4, 5)]] static void
check(struct playing *playing, const struct yaml_node *node, bool passed, const char *format, ...)
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

static bool
must_stop(const struct playing *playing)
{
	return playing->report->first_only && playing->report->failed > 0;
}

/* ---- small readings ---- */

/* One node, or each item of a list. */
static size_t
item_count(const struct yaml_node *node)
{
	return !node ? 0 : node->kind == YAML_SEQUENCE ? node->count : 1;
}

static const struct yaml_node *
item_at(const struct yaml_node *node, size_t index)
{
	return node->kind == YAML_SEQUENCE ? node->items[index].value : node;
}

static bool
is_no(const struct yaml_node *node)
{
	return text_equal(yaml_scalar(node), TEXT("non"));
}

static bool
contains(struct text whole, struct text part)
{
	return part.length == 0 || text_find(whole, part) != SIZE_MAX;
}

static bool
read_instant(struct playing *playing, const struct yaml_node *node, instant *ret_at)
{
	if (instant_read(yaml_scalar(node), ret_at))
		return true;
	check(playing, node, false, "« %.*s » n’est pas un instant : écrivez 2023-06-16T10:00",
		TEXT_ARGS(yaml_scalar(node)));
	return false;
}

/* A text as typed; `{répète: a, fois: 2001}` for long ones. */
static struct text
raw_of(struct playing *playing, const struct yaml_node *node)
{
	const struct text part = yaml_scalar(yaml_get(node, "répète"));
	int64_t times;
	if (node->kind != YAML_MAPPING || part.length == 0
	    || !text_to_integer(yaml_scalar(yaml_get(node, "fois")), 0, 100000, &times))
		return yaml_scalar(node);
	char *at = arena_alloc(playing->arena, part.length * (size_t)times + 1);
	for (int64_t i = 0; at && i < times; i++)
		memcpy(at + (size_t)i * part.length, part.at, part.length);
	return at ? (struct text){ at, part.length * (size_t)times } : TEXT("");
}

/* What a model (`comme`) and `avec` give together: a plain empty value takes a field away. */
static size_t
collect_raws(struct playing *playing, const struct yaml_node *step, struct dossier_raw *raws)
{
	const struct yaml_node *with = yaml_get(step, "avec");
	const struct text model_name = yaml_scalar(yaml_get(step, "comme"));
	const struct yaml_node *model = yaml_get_named(yaml_get(playing->file, "modèles"), model_name);
	if (!model)
		model = yaml_get_named(yaml_get(playing->shared, "modèles"), model_name);
	if (model_name.length > 0 && !model)
		check(playing, step, false, "modèle inconnu : « %.*s »", TEXT_ARGS(model_name));
	const struct yaml_node *maps[] = { model, with };
	size_t count = 0;
	for (size_t m = 0; m < 2; m++) {
		for (size_t i = 0; maps[m] && i < maps[m]->count; i++) {
			const struct text field = maps[m]->items[i].key->scalar;
			const struct yaml_node *value = maps[m]->items[i].value;
			if (m == 0 && yaml_get_named(with, field))
				continue;
			if (value->kind == YAML_SCALAR && value->plain && value->scalar.length == 0)
				continue;
			if (procedure_field_find(playing->procedure, field) < 0 && !playing->report->first_only)
				check(playing, value, false, "champ inconnu : « %.*s »", TEXT_ARGS(field));
			for (size_t j = 0; j < item_count(value) && count < MOST_RAWS; j++)
				raws[count++] = (struct dossier_raw){ field, raw_of(playing, item_at(value, j)) };
		}
	}
	return count;
}

static size_t
collect_pieces(struct playing *playing, const struct yaml_node *node, struct dossier_piece *pieces)
{
	size_t count = 0;
	for (size_t i = 0; node && i < node->count && count < DOSSIER_PIECES_LIMIT; i++) {
		const struct text file = yaml_scalar(node->items[i].value);
		const struct digest digest = digest_of(file);
		pieces[count++] = (struct dossier_piece){
			.name = node->items[i].key->scalar,
			.file = file,
			.digest = digest_hex(playing->arena, &digest),
			.kind = text_ends(file, TEXT(".pdf")) ? TEXT("PDF") : text_ends(file, TEXT(".jpg")) ? TEXT("JPEG")
				: text_ends(file, TEXT(".png")) ? TEXT("PNG") : TEXT(""),
			.size = 1000,
		};
	}
	return count;
}

/* ---- values ---- */

/* Is this value what the text says: as a literal, as people read it, or "rien" for null? */
static bool
value_is(struct playing *playing, struct feel_value value, const struct yaml_node *expected)
{
	if (expected->kind == YAML_SEQUENCE) {
		if (value.kind != FEEL_LIST || value.list.count != expected->count)
			return false;
		for (size_t i = 0; i < expected->count; i++) {
			if (!value_is(playing, value.list.at[i], expected->items[i].value))
				return false;
		}
		return true;
	}
	const struct text text = yaml_scalar(expected);
	if (value.kind == FEEL_NULL)
		return text_equal(text, TEXT("rien"));
	if (value.kind == FEEL_STRING)
		return text_equal(value.string, text);
	return text_equal(feel_value_to_bare_literal(playing->arena, value), text)
		|| text_equal(feel_value_to_french(playing->arena, value), text);
}

static struct text
value_text(struct playing *playing, struct feel_value value)
{
	return value.kind == FEEL_NULL ? TEXT("rien") : feel_value_to_bare_literal(playing->arena, value);
}

static void
check_values(struct playing *playing, const struct dossier_facts *facts, const struct yaml_node *node)
{
	for (size_t i = 0; node && i < node->count; i++) {
		const struct text source = node->items[i].key->scalar;
		const struct yaml_node *expected = node->items[i].value;
		struct feel_findings findings = { 0 };
		struct feel_value value;
		struct guichet_error error = { 0 };
		const struct feel *feel = feel_read(playing->arena, playing->procedure->case_scope, source, &findings);
		if (!feel) {
			check(playing, expected, false, "« %.*s » : %.*s", TEXT_ARGS(source),
				TEXT_ARGS(findings.count > 0 ? findings.at[0].message : TEXT("illisible")));
			continue;
		}
		if (dossier_evaluate(facts, feel, playing->arena, &value, &error) != GUICHET_OK) {
			check(playing, expected, false, "« %.*s » : %s", TEXT_ARGS(source), error.message);
			continue;
		}
		check(playing, expected, value_is(playing, value, expected), "« %.*s » vaut %.*s, pas %.*s",
			TEXT_ARGS(source), TEXT_ARGS(value_text(playing, value)), TEXT_ARGS(yaml_scalar(expected)));
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
	const size_t count = none ? 0 : item_count(node);
	bool same = count == got->count;
	bool used[200] = { false };
	for (size_t i = 0; same && i < count; i++) {
		size_t j = 0;
		while (j < got->count && (used[j] || !text_equal(got->at[j], yaml_scalar(item_at(node, i)))))
			j++;
		same = j < got->count;
		if (same)
			used[j] = true;
	}
	check(playing, node, same, "%s : %.*s", what, TEXT_ARGS(names_text(playing, got)));
}

/* ---- what a step may expect ---- */

/* What happened in a step. */
struct happening {
	struct playing *playing;
	struct world_dossier *dossier;         /* NULL before any filing */
	const struct dossier_outcome *outcome; /* NULL: nothing was done */
	struct dossier_facts facts;            /* of the dossier, now */
};

static void
expect_state(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct text got = happening->dossier
		? playing->procedure->steps[happening->dossier->state.step].name : TEXT("aucun dossier");
	check(playing, node, text_equal(got, yaml_scalar(node)), "l’état est « %.*s »", TEXT_ARGS(got));
}

static void
expect_refusal(struct happening *happening, const struct yaml_node *node)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const bool refused = outcome && outcome->kind == DOSSIER_REFUSED_OUTCOME;
	check(happening->playing, node, refused && contains(outcome->message, yaml_scalar(node)), "%s%.*s",
		refused ? "refus : " : "il n’y a pas eu de refus", TEXT_ARGS(refused ? outcome->message : TEXT("")));
}

static void
check_mistakes(struct playing *playing, const struct yaml_node *node, const struct dossier_form *form,
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
		check(playing, node, yaml_get_named(node, names.at[i]) != NULL, "erreur inattendue sur « %.*s » : %.*s",
			TEXT_ARGS(names.at[i]), TEXT_ARGS(texts.at[i]));
	for (size_t i = 0; i < node->count; i++) {
		const struct text field = node->items[i].key->scalar, message = yaml_scalar(node->items[i].value);
		size_t j = 0;
		while (j < names.count && !text_equal(names.at[j], field))
			j++;
		check(playing, node->items[i].value, j < names.count && contains(texts.at[j], message),
			"« %.*s » : %.*s", TEXT_ARGS(field), TEXT_ARGS(j < names.count ? texts.at[j] : TEXT("aucune erreur")));
	}
}

static void
expect_mistakes(struct happening *happening, const struct yaml_node *node)
{
	static const struct dossier_form none;
	const struct dossier_outcome *outcome = happening->outcome;
	check_mistakes(happening->playing, node, outcome ? &outcome->form : &none, outcome ? outcome->piece_mistakes : NULL);
}

static bool
texts_contain(struct text whole, const struct yaml_node *parts, struct text *ret_missing)
{
	for (size_t i = 0; i < item_count(parts); i++) {
		*ret_missing = yaml_scalar(item_at(parts, i));
		if (!contains(whole, *ret_missing))
			return false;
	}
	return true;
}

static bool
texts_avoid(struct text whole, const struct yaml_node *parts, struct text *ret_found)
{
	for (size_t i = 0; i < item_count(parts); i++) {
		*ret_found = yaml_scalar(item_at(parts, i));
		if (contains(whole, *ret_found))
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
	check(playing, node, passed, "%s %s « %.*s » :\n%.*s", what, within ? "ne contient pas" : "contient",
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
	for (size_t i = 0; i < world->mail_count && !found; i++) {
		struct world_mail *mail = &world->mails[i];
		if (!mail->seen && text_equal(mail->to, to) && text_equal(mail->mail->name, name))
			found = mail;
	}
	check(playing, node, found != NULL, "le courrier « %.*s » n’est pas parti à %.*s", TEXT_ARGS(name), TEXT_ARGS(to));
	if (!found)
		return;
	found->seen = true;
	if (subject.length > 0)
		check(playing, node, contains(found->subject, subject), "l’objet est « %.*s »", TEXT_ARGS(found->subject));
	if (yaml_get(node, "contient"))
		check_parts(playing, node, "le courrier", found->body, yaml_get(node, "contient"), true);
	if (yaml_get(node, "sans"))
		check_parts(playing, node, "le courrier", found->body, yaml_get(node, "sans"), false);
	if (yaml_get(node, "lien"))
		check(playing, node, found->link != is_no(yaml_get(node, "lien")), "le lien de réponse %s",
			found->link ? "est là" : "manque");
}

static void
expect_mails(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct world *world = playing->world;
	if (!text_equal(yaml_scalar(node), TEXT("rien"))) {
		for (size_t i = 0; i < item_count(node); i++)
			expect_mail(happening, item_at(node, i));
	}
	struct names unexpected = { 0 };
	for (size_t i = 0; i < world->mail_count; i++) {
		if (!world->mails[i].seen)
			names_add(&unexpected, arena_format(playing->arena, "%.*s à %.*s",
				TEXT_ARGS(world->mails[i].mail->name), TEXT_ARGS(world->mails[i].to)));
	}
	check(playing, node, unexpected.count == 0, "courriers inattendus : %.*s",
		TEXT_ARGS(names_text(playing, &unexpected)));
}

static void
list_acts(struct happening *happening, bool cancelled, struct names *names)
{
	const struct dossier_outcome *outcome = happening->outcome;
	const size_t count = !outcome ? 0 : cancelled ? outcome->cancelled_count : outcome->composed_count;
	for (size_t i = 0; i < count; i++) {
		const int act = cancelled ? outcome->cancelled[i] : outcome->composed[i];
		names_add(names, happening->playing->procedure->letters[outcome->state.acts[act].letter].name);
	}
}

/* The living letters of the dossier, whenever they were produced. */
static void
expect_documents(struct happening *happening, const struct yaml_node *node)
{
	struct names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->act_count; i++) {
		if (state->acts[i].status != DOSSIER_CANCELLED)
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
list_options(struct happening *happening, struct text person, bool allowed, struct names *names)
{
	const struct dossier_viewer viewer = { person, world_roles(&happening->facts, person) };
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
		const struct dossier_viewer viewer = { person, world_roles(&happening->facts, person) };
		const struct text label = dossier_label(&happening->facts, &viewer);
		check(happening->playing, node->items[i].value, text_equal(label, yaml_scalar(node->items[i].value)),
			"%.*s voit « %.*s »", TEXT_ARGS(person), TEXT_ARGS(label));
	}
}

static void
expect_values(struct happening *happening, const struct yaml_node *node)
{
	check_values(happening->playing, &happening->facts, node);
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
	check(playing, node, names.count == node->count, "échéances : %.*s", TEXT_ARGS(names_text(playing, &names)));
	for (size_t i = 0; i < node->count; i++) {
		const struct text effect = node->items[i].key->scalar;
		instant at, got = INSTANT_NEVER;
		if (!read_instant(playing, node->items[i].value, &at))
			continue;
		for (size_t j = 0; dossier && j < dossier->due_count; j++) {
			if (text_equal(dossier->dues[j].effect, effect))
				got = dossier->dues[j].at;
		}
		check(playing, node->items[i].value, got == at, "l’échéance « %.*s » : %.*s", TEXT_ARGS(effect),
			TEXT_ARGS(got == INSTANT_NEVER ? TEXT("aucune") : instant_french(playing->arena, got)));
	}
}

/* Titles of a person's timeline, one per line: "+ " past, "= " now, "> " next. */
static struct text
timeline_text(struct happening *happening, struct text person)
{
	const struct dossier_viewer viewer = { person, world_roles(&happening->facts, person) };
	const struct dossier_moment *moments;
	size_t count;
	struct guichet_error error = { 0 };
	if (!happening->dossier || dossier_timeline(&happening->facts, &viewer, happening->playing->arena, &moments,
		&count, &error) != GUICHET_OK)
		return TEXT("");
	struct text text = TEXT("");
	for (size_t i = 0; i < count; i++) {
		static const char *const marks[] = { "+", "=", ">" };
		text = arena_format(happening->playing->arena, "%.*s%s %.*s%s%.*s%s\n", TEXT_ARGS(text), marks[moments[i].kind],
			TEXT_ARGS(moments[i].title), moments[i].by.length > 0 ? ", par " : "", TEXT_ARGS(moments[i].by),
			moments[i].change_count > 0 ? ", avec changements" : "");
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
		const struct dossier_viewer viewer = { person, world_roles(&happening->facts, person) };
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
		check_parts(happening->playing, expected, "ce qui est lu", text, with, true);
		if (expected->kind == YAML_MAPPING && yaml_get(expected, "sans"))
			check_parts(happening->playing, expected, "ce qui est lu", text, yaml_get(expected, "sans"), false);
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
			check(playing, expected, false, "puis-je : %s", error.message);
			continue;
		}
		if (answer)
			check(playing, answer, can.may != is_no(answer), "la réponse est %s : %.*s", can.may ? "oui" : "non",
				TEXT_ARGS(can.message));
		if (message)
			check(playing, message, contains(can.message, yaml_scalar(message)), "le message est : %.*s",
				TEXT_ARGS(can.message));
		if (after)
			check(playing, after, contains(can.after, yaml_scalar(after)), "la suite est : %.*s", TEXT_ARGS(can.after));
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
			within |= found->steps.at[j] == happening->dossier->state.step;
		struct text text = TEXT("");
		struct names cells = { 0 };
		if (within)
			columns_text(happening, found->columns, found->column_count, &cells);
		for (size_t j = 0; j < cells.count; j++)
			text = arena_format(playing->arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(found->columns[j].title),
				TEXT_ARGS(cells.at[j]));
		if (text_equal(yaml_scalar(expected), TEXT("rien")))
			check(playing, expected, found && !within, "l’export contient ce dossier");
		else
			check_parts(playing, expected, "l’export", text, expected, true);
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
	const int role = dossier ? dossier->columns.waiting : PROCEDURE_NONE;
	const struct text name = role >= 0 ? happening->playing->procedure->roles[role].name : TEXT("rien");
	check(happening->playing, node, text_equal(name, yaml_scalar(node)), "attend : %.*s", TEXT_ARGS(name));
}

/* Days in the service's week: granted ("autorisés"), only asked for ("demandés"), or none. */
static void
expect_week(struct happening *happening, const struct yaml_node *node)
{
	const struct procedure *procedure = happening->playing->procedure;
	struct names names = { 0 };
	struct feel_value value = feel_null(TEXT(""));
	struct guichet_error error = { 0 };
	const int step = happening->dossier ? happening->dossier->state.step : 0;
	const char *kind = NULL;
	for (size_t i = 0; i < procedure->week_steps.count; i++)
		kind = procedure->week_steps.at[i] == step ? "autorisés" : kind;
	for (size_t i = 0; i < procedure->week_asked.count; i++)
		kind = procedure->week_asked.at[i] == step ? "demandés" : kind;
	if (kind && procedure->week_days)
		(void)!dossier_evaluate(&happening->facts, procedure->week_days, happening->playing->arena, &value, &error);
	if (value.kind == FEEL_LIST) {
		names_add(&names, text_of_string(kind));
		for (size_t i = 0; i < value.list.count; i++)
			names_add(&names, value.list.at[i].string);
	}
	check_names(happening->playing, node, "semaine", &names);
}

static void
expect_changes(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	struct names names = { 0 };
	const struct dossier *state = happening->dossier ? &happening->dossier->state : NULL;
	for (size_t i = 0; state && i < state->change_count; i++) {
		const struct dossier_change *change = &state->changes[i];
		names_add(&names, arena_format(playing->arena, "%.*s : %.*s → %.*s, par %.*s, motif : %.*s",
			TEXT_ARGS(change->field), TEXT_ARGS(value_text(playing, change->before)),
			TEXT_ARGS(value_text(playing, change->after)), TEXT_ARGS(change->by), TEXT_ARGS(change->reason)));
	}
	check_names(playing, node, "changements", &names);
}

static const struct {
	const char *key;
	void (*expect)(struct happening *, const struct yaml_node *);
} expectations[] = {
	{ "état", expect_state },
	{ "refus", expect_refusal },
	{ "erreurs", expect_mistakes },
	{ "mails", expect_mails },
	{ "documents", expect_documents },
	{ "produit", expect_produced },
	{ "annule", expect_cancelled },
	{ "textes", expect_texts },
	{ "signatures", expect_signatures },
	{ "actions", expect_options },
	{ "empêchées", expect_not_yet },
	{ "libellés", expect_labels },
	{ "valeurs", expect_values },
	{ "échéances", expect_dues },
	{ "frise", expect_timeline },
	{ "lit", expect_reading },
	{ "rôles", expect_holders },
	{ "puis-je", expect_can },
	{ "alertes", expect_alert },
	{ "indicateurs", expect_measures },
	{ "exports", expect_exports },
	{ "liste", expect_list },
	{ "attend", expect_waiting },
	{ "semaine", expect_week },
	{ "changements", expect_changes },
};

static void
expect_all(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; node && i < node->count && !must_stop(happening->playing); i++) {
		const struct text key = node->items[i].key->scalar;
		size_t known = 0;
		while (known < sizeof expectations / sizeof *expectations
		       && !text_equal(key, text_of_string(expectations[known].key)))
			known++;
		if (known == sizeof expectations / sizeof *expectations)
			check(happening->playing, node->items[i].key, false, "« %.*s » n’est pas une attente connue", TEXT_ARGS(key));
		else
			expectations[known].expect(happening, node->items[i].value);
	}
}

/* ---- a step ---- */

static bool
keys_are_known(struct playing *playing, const struct yaml_node *node, const char *const *keys)
{
	bool all = true;
	for (size_t i = 0; i < node->count; i++) {
		bool known = false;
		for (const char *const *key = keys; *key && !known; key++)
			known = text_equal(node->items[i].key->scalar, text_of_string(*key));
		if (!known)
			check(playing, node->items[i].key, false, "clé inconnue : « %.*s »", TEXT_ARGS(node->items[i].key->scalar));
		all &= known;
	}
	return all;
}

/* `dérogation: {de: dpae, fenêtre: dépôt, jusquau: 2023-06-20, motif: …}` for the person of the step. */
static void
grant(struct playing *playing, const struct yaml_node *node, struct text person, struct dossier_outcome *outcome)
{
	struct world *world = playing->world;
	const struct text by = yaml_scalar(yaml_get(node, "de")), reason = yaml_scalar(yaml_get(node, "motif"));
	const int window = procedure_window_find(playing->procedure, yaml_scalar(yaml_get(node, "fenêtre")));
	struct date last = { 0 };
	struct dossier_facts facts;
	struct guichet_error error = { 0 };
	instant until;
	if (window < 0 || !date_read(yaml_scalar(yaml_get(node, "jusquau")), &last)
	    || world->exception_count == WORLD_MOST_DOSSIERS
	    || world_facts(world, person, NULL, world->now, &facts, &error) != GUICHET_OK) {
		check(playing, node, false, "dérogation illisible");
		return;
	}
	const struct dossier_actor actor = { world_person_of(world, by), world_roles(&facts, by) };
	if (dossier_exception_check(&facts, &actor, window, last, reason, &until, &error) != GUICHET_OK) {
		outcome->kind = DOSSIER_REFUSED_OUTCOME;
		outcome->message = arena_text(playing->arena, text_of_string(error.message));
		return;
	}
	world->exception_of[world->exception_count] = person;
	world->exceptions[world->exception_count++] = (struct dossier_exception){ window, until, by, reason, world->now };
}

static enum guichet_status
act(struct playing *playing, const struct yaml_node *step, struct world_dossier **dossier, struct text key,
	struct text person, struct dossier_outcome *outcome)
{
	struct dossier_raw raws[MOST_RAWS];
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	const struct yaml_node *version = yaml_get(step, "version"), *channel = yaml_get(step, "canal"),
		*read = yaml_get(step, "texte");
	struct dossier_command command = {
		.action = yaml_scalar(yaml_get(step, "fait")),
		.raws = { raws, collect_raws(playing, step, raws) },
		.pieces = pieces,
		.confirmed = !is_no(yaml_get(step, "confirme")),
		.channel = channel ? yaml_scalar(channel) : TEXT("application"),
	};
	command.piece_count = collect_pieces(playing, yaml_get(step, "pièces"), pieces);
	int64_t expected = 0;
	if (version && text_to_integer(yaml_scalar(version), 0, DOSSIER_EVENTS_LIMIT, &expected))
		command.expected = (unsigned)expected;
	const int action = *dossier ? procedure_action_find(playing->procedure, (*dossier)->state.step, command.action)
		: PROCEDURE_NONE;
	if (action >= 0 && playing->procedure->actions[action].signs >= 0) {
		const struct dossier_act *shown = dossier_act_find(&(*dossier)->state, playing->procedure->actions[action].signs);
		command.text_hash = read ? yaml_scalar(read) : shown ? shown->text_hash : TEXT("");
	}
	/* Filing, unless a dossier of that name still counts and the action is one of its later steps. */
	const bool filing = !*dossier || (procedure_action_find(playing->procedure, 0, command.action) >= 0
		&& procedure_action_find(playing->procedure, (*dossier)->state.step, command.action) < 0
		&& text_equal((*dossier)->person, person));
	const enum guichet_status status = world_act(playing->world, filing ? NULL : *dossier, key, person, &command,
		outcome, playing->error);
	*dossier = world_dossier_find(playing->world, key);
	return status;
}

static enum guichet_status
play_step(struct playing *playing, const struct yaml_node *step, struct text *last_key)
{
	static const char *const keys[] = { "à", "en tant que", "dossier", "fait", "comme", "avec", "pièces", "confirme",
		"canal", "version", "texte", "dérogation", "compose", "attend", "cite", "note", NULL };
	struct world *world = playing->world;
	struct dossier_outcome outcome = { 0 };
	struct happening happening = { .playing = playing };
	const struct text person = yaml_scalar(yaml_get(step, "en tant que")), wanted = yaml_scalar(yaml_get(step, "dossier"));
	const struct yaml_node *exception = yaml_get(step, "dérogation"), *expected = yaml_get(step, "attend");
	instant at = world->now;
	if (!keys_are_known(playing, step, keys))
		return GUICHET_OK;
	if (yaml_get(step, "à") && !read_instant(playing, yaml_get(step, "à"), &at))
		return GUICHET_OK;
	if (at < world->now)
		check(playing, step, false, "le temps recule");
	world->compose = !is_no(yaml_get(step, "compose"));
	world->trouble = TEXT("");
	world->alerts = (struct procedure_list){ 0 };
	enum guichet_status status = world_advance(world, at, playing->error);
	if (status != GUICHET_OK)
		return status;
	if (person.length > 0 && !world_person(world, person)) {
		check(playing, step, false, "personne inconnue de l’annuaire : « %.*s »", TEXT_ARGS(person));
		return GUICHET_OK;
	}
	const bool files = procedure_action_find(playing->procedure, 0, yaml_scalar(yaml_get(step, "fait"))) >= 0;
	const struct text key = wanted.length > 0 ? wanted : files || last_key->length == 0 ? person : *last_key;
	happening.dossier = world_dossier_find(world, key);
	if (exception) {
		happening.outcome = &outcome;
		grant(playing, exception, person, &outcome);
	} else if (yaml_get(step, "fait")) {
		happening.outcome = &outcome;
		status = act(playing, step, &happening.dossier, key, person, &outcome);
		if (status != GUICHET_OK)
			return status;
	}
	if (happening.dossier)
		*last_key = key;
	if (happening.outcome && !yaml_get(expected, "refus") && !yaml_get(expected, "erreurs"))
		check(playing, step, outcome.kind == DOSSIER_HAPPENED, "refusé : %.*s", TEXT_ARGS(outcome.message));
	/* What follows at the same instant. */
	status = world_advance(world, world->now, playing->error);
	if (status != GUICHET_OK)
		return status;
	check(playing, step, world->trouble.length == 0, "%.*s", TEXT_ARGS(world->trouble));
	const struct text subject = happening.dossier ? happening.dossier->person : person;
	status = world_facts(world, subject, happening.dossier ? &happening.dossier->state : NULL, world->now,
		&happening.facts, playing->error);
	if (status != GUICHET_OK)
		return status;
	expect_all(&happening, expected);
	world->mail_count = 0;
	return GUICHET_OK;
}

/* ---- the whole record of each dossier ---- */

/* Its chain holds, folding its events gives its state, and each replays to the same bytes. */
static void
check_record(struct playing *playing, const struct yaml_node *node)
{
	for (size_t i = 0; i < playing->world->dossier_count; i++) {
		const struct world_dossier *dossier = &playing->world->dossiers[i];
		struct guichet_error error = { 0 };
		struct dossier state = { 0 };
		enum guichet_status status = dossier_chain_verify(dossier->events, dossier->event_count, &dossier->state.head,
			&error);
		for (size_t j = 0; j < dossier->event_count && status == GUICHET_OK; j++) {
			status = dossier_replay(playing->arena, playing->procedure, &state, &dossier->events[j], &error);
			if (status == GUICHET_OK)
				status = dossier_fold(playing->arena, playing->procedure, &state, &dossier->events[j], &error);
		}
		check(playing, node, status == GUICHET_OK, "le dossier de %.*s : %s", TEXT_ARGS(dossier->key), error.message);
		if (status != GUICHET_OK)
			continue;
		const struct text folded = dossier_to_json(playing->arena, playing->procedure, &state),
			stored = dossier_to_json(playing->arena, playing->procedure, &dossier->state);
		struct dossier read = { 0 };
		status = dossier_of_json(playing->arena, playing->procedure, stored, &read, &error);
		const struct text again = status == GUICHET_OK ? dossier_to_json(playing->arena, playing->procedure, &read)
			: TEXT("");
		check(playing, node, text_equal(folded, stored) && text_equal(again, stored),
			"le dossier de %.*s : ses événements ne redonnent pas son état", TEXT_ARGS(dossier->key));
	}
}

/* ---- examples ---- */

/* Values given by text to a state: those of fields as people type them, posed ones as literals. */
static bool
set_given(struct playing *playing, const struct dossier_facts *facts, const struct yaml_node *given,
	struct dossier *dossier)
{
	struct dossier_value *values = arena_array_of(playing->arena, struct dossier_value, given->count + 1);
	size_t count = 0;
	for (size_t i = 0; values && i < given->count; i++) {
		struct feel_findings findings = { 0 };
		struct guichet_error error = { 0 };
		const struct text name = given->items[i].key->scalar;
		const struct yaml_node *node = given->items[i].value;
		struct text source = yaml_scalar(node);
		struct date date;
		if (date_read(source, &date))
			source = arena_format(playing->arena, "date(\"%.*s\")", TEXT_ARGS(source));
		const struct feel *feel = feel_read(playing->arena, playing->procedure->case_scope, source, &findings);
		values[count].name = name;
		if (!feel || (procedure_field_find(playing->procedure, name) < 0
		    && procedure_posed_find(playing->procedure, name) < 0)
		    || dossier_evaluate(facts, feel, playing->arena, &values[count].value, &error) != GUICHET_OK) {
			check(playing, node, playing->report->first_only, "« %.*s » n’est pas une donnée lisible", TEXT_ARGS(name));
			continue;
		}
		count++;
	}
	dossier->values = values;
	dossier->value_count = values ? count : 0;
	return values != NULL;
}

/* `campagne lue: |` and the text of a campaign's file: is it accepted? */
static void
play_campaign(struct playing *playing, const struct yaml_node *node, const struct yaml_node *expected)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	const struct text refusal = yaml_scalar(yaml_get(expected, "refus"));
	const struct campaign *campaign = campaign_read(playing->arena, playing->procedure, TEXT("campagne"),
		yaml_scalar(node), &findings, &error);
	if (text_equal(refusal, TEXT("rien"))) {
		check(playing, node, campaign != NULL, "la campagne est refusée : %s", error.message);
		return;
	}
	bool found = false;
	for (size_t i = 0; i < findings.count; i++)
		found |= contains(findings.at[i].sentence, refusal);
	check(playing, node, !campaign && found, "la campagne est %s%s", campaign ? "acceptée" : "refusée : ", error.message);
}

static enum guichet_status
play_example(struct playing *playing, const struct yaml_node *node)
{
	static const char *const keys[] = { "titre", "cite", "à", "agent", "comme", "avec", "données", "état",
		"campagne lue", "attend", NULL };
	struct world *world = playing->world;
	const struct yaml_node *expected = yaml_get(node, "attend"), *given = yaml_get(node, "données");
	const struct text agent = yaml_scalar(yaml_get(node, "agent"));
	struct dossier_facts facts;
	if (!keys_are_known(playing, node, keys))
		return GUICHET_OK;
	if (yaml_get(node, "à") && !read_instant(playing, yaml_get(node, "à"), &world->now))
		return GUICHET_OK;
	if (yaml_get(node, "campagne lue")) {
		play_campaign(playing, yaml_get(node, "campagne lue"), expected);
		return GUICHET_OK;
	}
	enum guichet_status status = world_facts(world, agent, NULL, world->now, &facts, playing->error);
	if (status != GUICHET_OK)
		return status;
	if (given) {
		const int step = procedure_step_find(playing->procedure, yaml_scalar(yaml_get(node, "état")));
		struct dossier dossier = {
			.id = TEXT("exemple"), .number = TEXT("EXEMPLE"), .subject = agent, .agent = facts.agent,
			.step = step < 0 ? 0 : step, .version = 1, .filed_at = world->now, .last_at = world->now,
		};
		if (!set_given(playing, &facts, given, &dossier))
			return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
		facts.dossier = &dossier;
		check_values(playing, &facts, yaml_get(expected, "valeurs"));
		return GUICHET_OK;
	}
	struct dossier_raw raws[MOST_RAWS];
	const struct dossier_raws all = { raws, collect_raws(playing, node, raws) };
	struct dossier_form form;
	status = dossier_form_read(playing->arena, &facts, DOSSIER_FORM_FILING, PROCEDURE_NONE, all, false, &form,
		playing->error);
	if (status != GUICHET_OK)
		return status;
	if (yaml_get(expected, "erreurs"))
		check_mistakes(playing, yaml_get(expected, "erreurs"), &form, NULL);
	const struct yaml_node *values = yaml_get(expected, "réponses");
	for (size_t i = 0; values && i < values->count; i++) {
		const struct dossier_answer *answer = dossier_answer_find(&form, values->items[i].key->scalar);
		check(playing, values->items[i].value, answer && value_is(playing, answer->value, values->items[i].value),
			"« %.*s » est lu %.*s", TEXT_ARGS(values->items[i].key->scalar),
			TEXT_ARGS(answer ? value_text(playing, answer->value) : TEXT("rien")));
	}
	return GUICHET_OK;
}

/* ---- a file ---- */

static const struct campaign *
read_campaign(struct playing *playing, const struct yaml_node *node, struct text name)
{
	for (size_t i = 0; i < playing->essais->campaign_count; i++) {
		const struct procedure_file *file = &playing->essais->campaigns[i];
		if (!text_equal(file->name, name))
			continue;
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct guichet_error error = { 0 };
		const struct campaign *campaign = campaign_read(playing->arena, playing->procedure, file->name, file->bytes,
			&findings, &error);
		check(playing, node, campaign != NULL, "la campagne « %.*s » ne se lit pas : %s", TEXT_ARGS(name),
			error.message);
		return campaign;
	}
	check(playing, node, false, "campagne inconnue : « %.*s »", TEXT_ARGS(name));
	return NULL;
}

static enum guichet_status
play_test(struct playing *playing, const struct yaml_node *node, bool example)
{
	static const char *const keys[] = { "titre", "cite", "campagne", "étapes", NULL };
	arena_clear(playing->arena);
	struct text last_key = TEXT("");
	struct world *world = arena_new_of(playing->arena, struct world);
	if (!world)
		return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
	playing->world = world;
	playing->title = yaml_scalar(yaml_get(node, "titre"));
	world->arena = playing->arena;
	world->procedure = playing->procedure;
	world->now = INSTANT_SECOND;
	world->compose = true;
	world->directory = yaml_get(playing->file, "annuaire");
	if (!world->directory)
		world->directory = yaml_get(playing->shared, "annuaire");
	struct text campaign = yaml_scalar(yaml_get(node, "campagne"));
	if (campaign.length == 0)
		campaign = yaml_scalar(yaml_get(playing->file, "campagne"));
	if (!example && !keys_are_known(playing, node, keys))
		return GUICHET_OK;
	world->campaign = read_campaign(playing, node, campaign);
	if (!world->campaign)
		return GUICHET_OK;
	enum guichet_status status = campaign_moments(playing->procedure, world->campaign, playing->arena, &world->moments,
		&world->moment_count, playing->error);
	if (status == GUICHET_OK && example)
		return play_example(playing, node);
	const struct yaml_node *steps = yaml_get(node, "étapes");
	for (size_t i = 0; status == GUICHET_OK && steps && i < steps->count && !must_stop(playing); i++)
		status = play_step(playing, steps->items[i].value, &last_key);
	if (status == GUICHET_OK && !playing->report->first_only)
		check_record(playing, node);
	return status;
}

enum guichet_status
essais_run(const struct essais *essais, const struct procedure *procedure, struct essai_report *report,
	struct guichet_error *error)
{
	static const char *const keys[] = { "titre", "cite", "campagne", "annuaire", "modèles", "exemples", "scénarios", NULL };
	CLEANUP(arena_free) struct arena *arena = arena_new(SCENARIO_ARENA_LIMIT);
	struct playing playing = { .essais = essais, .procedure = procedure, .report = report, .arena = arena, .error = error };
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < essais->count; i++) {
		if (text_equal(essais->sources[i].name, TEXT("essais/annuaire.yaml")))
			playing.shared = essais->roots[i];
	}
	for (size_t i = 0; i < essais->count; i++) {
		playing.file = essais->roots[i];
		playing.title = essais->sources[i].name;
		if (!keys_are_known(&playing, playing.file, keys))
			continue;
		const struct yaml_node *lists[] = { yaml_get(playing.file, "exemples"), yaml_get(playing.file, "scénarios") };
		for (size_t l = 0; l < 2; l++) {
			for (size_t j = 0; lists[l] && j < lists[l]->count && !must_stop(&playing); j++) {
				struct guichet_error own = { 0 };
				playing.error = &own;
				const enum guichet_status status = play_test(&playing, lists[l]->items[j].value, l == 0);
				/* The engine could not go on: the test fails, the next ones run. */
				if (status != GUICHET_OK)
					check(&playing, lists[l]->items[j].value, false, "%s", own.message);
			}
		}
	}
	return GUICHET_OK;
}

/* ---- loading ---- */

static int
is_yaml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(text_of_string(entry->d_name), TEXT(".yaml"));
}

static enum guichet_status
read_file(struct arena *arena, const char *path, struct text *ret_bytes, struct guichet_error *error)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return guichet_fail(error, GUICHET_REFUSED, "%s : %s.", path, strerror(errno));
	char *bytes = arena_alloc(arena, PROCEDURE_FILE_LIMIT + 1);
	const size_t length = bytes ? fread(bytes, 1, PROCEDURE_FILE_LIMIT + 1, file) : 0;
	const bool failed = ferror(file);
	(void)fclose(file);
	if (!bytes)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	if (failed || length > PROCEDURE_FILE_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "%s ne peut pas être lu, ou dépasse %d Ko.", path,
			PROCEDURE_FILE_LIMIT >> 10);
	*ret_bytes = (struct text){ bytes, length };
	return GUICHET_OK;
}

/* The YAML files of a folder inside the procedure's, sorted; none is not an error. */
static enum guichet_status
read_folder(struct arena *arena, const char *folder, const char *inside, struct procedure_file **ret_files,
	size_t *ret_count, struct guichet_error *error)
{
	const struct text path = arena_format(arena, "%s/%s", folder, inside);
	struct dirent **entries = NULL;
	enum guichet_status status = GUICHET_OK;
	const int found = path.at ? scandir(path.at, &entries, is_yaml, alphasort) : -1;
	const size_t count = found < 0 ? 0 : found > MOST_TEST_FILES ? MOST_TEST_FILES : (size_t)found;
	struct procedure_file *files = arena_array_of(arena, struct procedure_file, count + 1);
	for (size_t i = 0; i < count && status == GUICHET_OK; i++) {
		const struct text name = arena_format(arena, "%s/%s", inside, entries[i]->d_name),
			full = arena_format(arena, "%s/%s", folder, name.at);
		if (!files || !full.at)
			status = guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
		else
			status = read_file(arena, full.at, &files[i].bytes, error);
		if (status == GUICHET_OK)
			files[i].name = name;
	}
	for (int i = 0; i < found; i++)
		free(entries[i]);
	free(entries);
	*ret_files = files;
	*ret_count = count;
	return status;
}

enum guichet_status
essais_load(struct arena *arena, const char *folder, struct essais *ret_essais, struct procedure_findings *findings,
	struct guichet_error *error)
{
	struct essais essais = { .arena = arena, .folder = folder };
	struct procedure_file *files;
	enum guichet_status status = read_folder(arena, folder, "essais", &files, &essais.count, error);
	if (status == GUICHET_OK)
		status = read_folder(arena, folder, "campagnes", &essais.campaigns, &essais.campaign_count, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < essais.campaign_count; i++) {
		struct text *name = &essais.campaigns[i].name;
		*name = text_part(*name, sizeof "campagnes/" - 1, name->length - sizeof "campagnes/.yaml" + 1);
	}
	essais.sources = arena_array_of(arena, struct source, essais.count + 1);
	essais.roots = arena_array_of(arena, struct yaml_node *, essais.count + 1);
	if (!essais.sources || !essais.roots)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < essais.count; i++) {
		essais.sources[i] = (struct source){ files[i].name, files[i].bytes };
		essais.roots[i] = yaml_read(arena, &essais.sources[i], findings);
		if (!essais.roots[i])
			return findings_fail(findings, error);
	}
	*ret_essais = essais;
	return GUICHET_OK;
}
