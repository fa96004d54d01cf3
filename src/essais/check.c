/* See check.h. */
#include "essais/play.h"

#include "base/french.h"

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

void
essai_names_add(struct essai_names *names, struct text name)
{
	if (names->count < sizeof names->at / sizeof *names->at)
		names->at[names->count++] = name;
}

struct text
essai_names_text(struct playing *playing, const struct essai_names *names)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < names->count; i++)
		text = arena_format(playing->arena, "%.*s%s%.*s", TEXT_ARGS(text), i > 0 ? ", " : "",
			TEXT_ARGS(names->at[i]));
	return text.length > 0 ? text : TEXT("rien");
}

void
essai_check_names(struct playing *playing, const struct yaml_node *node, const char *what, const struct essai_names *got)
{
	const bool none = text_equal(yaml_scalar(node), TEXT("rien"));
	const size_t count = none ? 0 : essai_item_count(node);
	bool same = count == got->count;
	bool used[sizeof got->at / sizeof *got->at] = { false };
	for (size_t i = 0; same && i < count; i++) {
		size_t j = 0;
		while (j < got->count && (used[j] || !french_equal(got->at[j], yaml_scalar(essai_item_at(node, i)))))
			j++;
		same = j < got->count;
		if (same)
			used[j] = true;
	}
	essai_check(playing, node, same, "%s : %.*s", what, TEXT_ARGS(essai_names_text(playing, got)));
}

/* ---- parts of a text ---- */

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

void
essai_check_parts(struct playing *playing, const struct yaml_node *node, const char *what, struct text whole,
	const struct yaml_node *parts, bool within)
{
	struct text part = TEXT("");
	const bool passed = within ? texts_contain(whole, parts, &part) : texts_avoid(whole, parts, &part);
	essai_check(playing, node, passed, "%s %s « %.*s » :\n%.*s", what, within ? "ne contient pas" : "contient",
		TEXT_ARGS(part), TEXT_ARGS(whole));
}
