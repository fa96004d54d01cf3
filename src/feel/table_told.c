/* See table_told.h. */
#include "feel/table_told.h"

#include "base/banned.h"

enum { MOST_EXCERPT = 60 };

const struct table *
table_of(const struct feel *feel)
{
	const struct node *node = feel->root;
	while (node && (node->kind == NODE_COERCE || node->kind == NODE_FUNCTION))
		node = node->left;
	return node && node->kind == NODE_TABLE ? node->table : NULL;
}

/* ---- keeping ---- */

bool
tells_more(const struct telling *telling, enum feel_table_problem problem)
{
	return telling->counts[problem] < FEEL_MOST_TABLE_FINDINGS;
}

static const void *
place_of(const struct telling *telling, const struct feel_table_finding *finding)
{
	const struct feel_table *source = telling->source;
	if (source && finding->rule == FEEL_NOWHERE && finding->column != FEEL_NOWHERE)
		return source->inputs[finding->column].expression.place;
	if (!source || finding->rule == FEEL_NOWHERE)
		return NULL;
	const struct feel_table_rule *rule = &source->rules[finding->rule];
	if (finding->problem == FEEL_TABLE_DIFFERS && finding->column != FEEL_NOWHERE)
		return rule->results[finding->column].place;
	if (source->input_count)
		return rule->tests[finding->column == FEEL_NOWHERE ? 0 : finding->column].place;
	return rule->results[0].place;
}

static void
keep(struct telling *telling, struct feel_table_finding finding, struct text message, struct text remedy)
{
	struct feel_table_findings *findings = telling->findings;
	finding.place = place_of(telling, &finding);
	finding.message = arena_text(telling->arena, message);
	finding.remedy = arena_text(telling->arena, remedy);
	if (!message.at || !remedy.at || !finding.message.at || !finding.remedy.at)
		findings->broken = true;
	else if (findings->count < sizeof findings->at / sizeof *findings->at)
		findings->at[findings->count++] = finding;
}

/* The inputs outlive the search. */
static bool
copy_inputs(const struct telling *telling, const struct feel_value **inputs)
{
	const uint32_t count = telling->table->input_count;
	struct feel_value *copies = arena_array_of(telling->arena, struct feel_value, count);
	for (uint32_t i = 0; copies && i < count; i++)
		if (!feel_value_copy(telling->arena, (*inputs)[i], &copies[i]))
			return false;
	*inputs = copies;
	return copies != NULL;
}

void
tell(struct telling *telling, struct feel_table_finding finding, struct text message, struct text remedy)
{
	const bool listed = tells_more(telling, finding.problem);
	telling->counts[finding.problem]++;
	if (!listed)
		return;
	if (finding.inputs && !copy_inputs(telling, &finding.inputs))
		telling->findings->broken = true;
	else
		keep(telling, finding, message, remedy);
}

void
tell_rest(struct telling *telling)
{
	static const char *const more[FEEL_TABLE_PROBLEM_COUNT] = {
		[FEEL_TABLE_GAP] = "et %lu autres cas qu’aucune règle ne prévoit",
		[FEEL_TABLE_OVERLAP] = "et %lu autres couples de règles qui s’appliquent ensemble",
		[FEEL_TABLE_UNREACHABLE] = "et %lu autres règles qui ne s’appliquent jamais",
		[FEEL_TABLE_MASKED] = "et %lu autres règles que d’autres cachent",
		[FEEL_TABLE_UNVERIFIED] = "et %lu autres points non vérifiés",
		[FEEL_TABLE_TOO_LARGE] = "et %lu autres points non vérifiés",
		[FEEL_TABLE_DIFFERS] = "et %lu autres écarts avec la formule",
	};
	static const char *const one_more[FEEL_TABLE_PROBLEM_COUNT] = {
		[FEEL_TABLE_GAP] = "et un autre cas qu’aucune règle ne prévoit",
		[FEEL_TABLE_OVERLAP] = "et un autre couple de règles qui s’appliquent ensemble",
		[FEEL_TABLE_UNREACHABLE] = "et une autre règle qui ne s’applique jamais",
		[FEEL_TABLE_MASKED] = "et une autre règle que d’autres cachent",
		[FEEL_TABLE_UNVERIFIED] = "et un autre point non vérifié",
		[FEEL_TABLE_TOO_LARGE] = "et un autre point non vérifié",
		[FEEL_TABLE_DIFFERS] = "et un autre écart avec la formule",
	};
	for (size_t i = 0; i < FEEL_TABLE_PROBLEM_COUNT; i++) {
		if (telling->counts[i] <= FEEL_MOST_TABLE_FINDINGS)
			continue;
		CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 12);
		const struct feel_table_finding finding = { .problem = (enum feel_table_problem)i,
			.rule = FEEL_NOWHERE, .other = FEEL_NOWHERE, .column = FEEL_NOWHERE,
			.more = telling->counts[i] - FEEL_MOST_TABLE_FINDINGS };
		if (finding.more == 1)
			buffer_add(&out, text_of_string(one_more[i]));
		else
			buffer_format(&out, more[i], finding.more);
		keep(telling, finding, buffer_text(&out), TEXT(""));
	}
}

/* ---- telling ---- */

void
write_value(struct buffer *out, struct arena *arena, struct feel_value value)
{
	if (value.kind == FEEL_NULL) {
		buffer_add(out, TEXT("(sans valeur)"));
	} else if (value.kind == FEEL_STRING) {
		buffer_format(out, "« " TEXT_FORMAT " »", TEXT_ARGS(value.string));
	} else {
		const struct text text = feel_value_to_french(arena, value);
		if (text.at)
			buffer_add(out, text);
		else
			out->failed = true;
	}
}

/* On one line and cut short; *ret_cut when it is. */
static struct text
shortened(struct text text, bool *ret_cut)
{
	text = text_trim(text);
	const char *end = text.length ? memchr(text.at, '\n', text.length) : NULL;
	const struct text line = end ? text_part(text, 0, (size_t)(end - text.at)) : text;
	size_t shown = 0;
	for (size_t count = 0; shown < line.length && count < MOST_EXCERPT; count++)
		text_next(line, &shown);
	*ret_cut = shown < text.length;
	return text_part(line, 0, shown);
}

static struct text
source_of(const struct telling *telling, const struct node *node)
{
	return node ? text_part(telling->feel->source, node->offset, node->length) : TEXT("-");
}

struct text
column_name(const struct telling *telling, uint32_t input)
{
	bool cut;
	return shortened(telling->source ? telling->source->inputs[input].expression.text
		: source_of(telling, telling->table->inputs[input].expression), &cut);
}

/* The first column of the same expression. */
static uint32_t
first_named(const struct telling *telling, uint32_t input)
{
	uint32_t first = 0;
	while (!text_equal(column_name(telling, first), column_name(telling, input)))
		first++;
	return first;
}

void
write_inputs(struct buffer *out, const struct telling *telling, const struct feel_value *inputs)
{
	bool first = true;
	for (uint32_t i = 0; i < telling->table->input_count; i++) {
		if (inputs[i].kind == FEEL_CONTEXT || first_named(telling, i) != i)
			continue; /* any value, of which nothing was asked; or told already */
		const struct text name = column_name(telling, i);
		buffer_format(out, "%s" TEXT_FORMAT " = ", first ? "" : ", ", TEXT_ARGS(name));
		write_value(out, telling->arena, inputs[i]);
		first = false;
	}
	if (first)
		buffer_add(out, TEXT("n’importe quelle valeur"));
}

static void
write_excerpt(struct buffer *out, const struct telling *telling, uint32_t rule, uint32_t input)
{
	bool cut;
	const struct text shown = shortened(telling->source ? telling->source->rules[rule].tests[input].text
		: source_of(telling, telling->table->rules[rule].tests[input]), &cut);
	buffer_format(out, "« " TEXT_FORMAT "%s »", TEXT_ARGS(shown), cut ? "…" : "");
}

void
write_cell(struct buffer *out, const struct telling *telling, uint32_t rule, uint32_t input)
{
	const struct text column = column_name(telling, input);
	write_excerpt(out, telling, rule, input);
	for (uint32_t i = input + 1; i < telling->table->input_count; i++) {
		if (first_named(telling, i) != input || !telling->table->rules[rule].tests[i])
			continue;
		buffer_add(out, TEXT(" et "));
		write_excerpt(out, telling, rule, i);
	}
	buffer_format(out, " (règle %lu, colonne « " TEXT_FORMAT " »)", (unsigned long)rule + 1, TEXT_ARGS(column));
}
