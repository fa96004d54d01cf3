/* A table beside the formula that it was printed from: see table_check.h. */
#include "feel/number.h"
#include "feel/table_told.h"

#include "base/banned.h"

enum { MOST_COMPARE_SCRATCH = 128 << 20, MOST_SAMPLES = 8, MOST_POINTS = 64, MOST_PATH = 8,
	MOST_POINT_STEPS = 200000 };

/* Where the value of a column comes from. */
struct origin {
	bool known;
	bool used;      /* by the formula */
	uint32_t slot;
	struct text path[MOST_PATH]; /* entries followed from the name */
	uint32_t length;
};

struct compare {
	struct telling telling;
	struct space space;
	const struct table *table;
	const struct feel_table_formula *formula;
	struct arena *scratch;
	struct arena *points;      /* of one evaluation */
	struct origin *origins;    /* by column */
	struct feel_value *values; /* by slot */
	uint32_t slot_count;
};

/* ---- origins ---- */

static struct origin
origin_of(const struct node *node)
{
	struct text entries[MOST_PATH];
	struct origin origin = { 0 };
	uint32_t count = 0;
	while (node->kind == NODE_COERCE || (node->kind == NODE_ENTRY && count < MOST_PATH)) {
		if (node->kind == NODE_ENTRY)
			entries[count++] = node->name;
		node = node->left;
	}
	if (node->kind != NODE_INPUT)
		return origin;
	origin = (struct origin){ .known = true, .slot = node->local, .length = count };
	for (uint32_t i = 0; i < count; i++)
		origin.path[i] = entries[count - 1 - i];
	return origin;
}

/* What the formula reads is what the column gives, or a part of it. */
static bool
gives(const struct origin *origin, const struct feel_use *use)
{
	if (!origin->known || origin->slot != use->slot)
		return false;
	struct text path = use->path; /* of which the entries are taken off, the last one first */
	for (uint32_t i = origin->length; i-- > 0;) {
		const struct text entry = origin->path[i];
		if (!text_ends(path, entry) || path.length == entry.length
			|| path.at[path.length - entry.length - 1] != '.')
			return false;
		path.length -= entry.length + 1;
	}
	return true;
}

static void
tell_unread(struct compare *compare, const struct feel_use *use)
{
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 12);
	buffer_format(&message, "la table n’est pas comparée à sa formule, qui lit « " TEXT_FORMAT " »",
		TEXT_ARGS(use->path));
	tell(&compare->telling, (struct feel_table_finding){ .problem = FEEL_TABLE_UNVERIFIED,
		.rule = FEEL_NOWHERE, .other = FEEL_NOWHERE, .column = FEEL_NOWHERE },
		message.failed ? (struct text){ 0 } : buffer_text(&message),
		TEXT("ne prenez dans la formule que des entrées de la table"));
}

/* False when the formula reads what the columns do not give. */
static bool
gather_origins(struct compare *compare)
{
	size_t count;
	const struct feel_use *uses = feel_reads(compare->formula->feel, &count);
	const uint32_t columns = compare->table->input_count;
	compare->origins = arena_array_of(compare->scratch, struct origin, columns);
	if (!compare->origins) {
		compare->space.broken = true;
		return false;
	}
	for (uint32_t i = 0; i < columns; i++) {
		compare->origins[i] = origin_of(compare->table->inputs[i].expression);
		if (compare->origins[i].known && compare->origins[i].slot >= compare->slot_count)
			compare->slot_count = compare->origins[i].slot + 1;
	}
	for (size_t use = 0; use < count; use++) {
		bool given = false;
		if (uses[use].slot >= compare->slot_count)
			compare->slot_count = uses[use].slot + 1;
		for (uint32_t i = 0; i < columns; i++) {
			if (!gives(&compare->origins[i], &uses[use]))
				continue;
			compare->origins[i].used = true;
			given = true;
		}
		if (!given) {
			tell_unread(compare, &uses[use]);
			return false;
		}
	}
	/* results may read other names, which are then without value */
	const struct feel_use *read = feel_reads(compare->telling.feel, &count);
	for (size_t i = 0; i < count; i++)
		if (read[i].slot >= compare->slot_count)
			compare->slot_count = read[i].slot + 1;
	compare->values = arena_array_of(compare->scratch, struct feel_value, compare->slot_count);
	compare->space.broken = compare->space.broken || !compare->values;
	return compare->values != NULL;
}

/* Puts a value at the end of a path, in contexts made for it. */
static bool
put(struct arena *arena, struct feel_value *into, const struct text *path, uint32_t length,
	struct feel_value value)
{
	if (length == 0) {
		*into = value;
		return true;
	}
	const size_t count = into->kind == FEEL_CONTEXT ? into->context.count : 0;
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, count + 1);
	size_t at = 0;
	if (!entries)
		return false;
	if (count)
		memcpy(entries, into->context.at, count * sizeof *entries);
	while (at < count && !text_equal(entries[at].name, path[0]))
		at++;
	entries[at].name = path[0];
	*into = feel_context(entries, at == count ? count + 1 : count);
	return put(arena, &entries[at].value, path + 1, length - 1, value);
}

/* ---- samples ---- */

/* Regions of a column to try for a rule: the ends of what its cell lets through. */
static uint32_t
samples_of(const struct compare *compare, uint32_t input, uint32_t rule, uint32_t samples[MOST_SAMPLES])
{
	const struct space_column *column = &compare->space.columns[input];
	const uint32_t null = column_regions(&column->column) - 1;
	const uint32_t most = compare->origins[input].used ? MOST_SAMPLES : 1;
	uint32_t count = 0, last = UINT32_MAX; /* the last region of the run under way */
	for (uint32_t region = 0; region < null && count < most; region++) {
		if (!column->possible[region])
			continue;
		if (set_has(column_set(&column->column, region), rule)) {
			if (last == UINT32_MAX)
				samples[count++] = region;
			last = region;
		} else if (last != UINT32_MAX) {
			if (last != samples[count - 1])
				samples[count++] = last;
			last = UINT32_MAX;
		}
	}
	if (last != UINT32_MAX && count && count < most && last != samples[count - 1])
		samples[count++] = last;
	return count;
}

/* ---- comparison ---- */

static struct feel_value
rounded(const struct feel_table_formula *formula, struct feel_value value)
{
	static const enum number_rounding roundings[] = { [FEEL_HALF_UP] = ROUND_HALF_UP,
		[FEEL_HALF_EVEN] = ROUND_HALF_EVEN, [FEEL_HALF_DOWN] = ROUND_HALF_DOWN, [FEEL_ROUND_UP] = ROUND_UP,
		[FEEL_ROUND_DOWN] = ROUND_DOWN };
	struct feel_number number;
	if (value.kind == FEEL_NUMBER
		&& number_round(value.number, formula->decimals, roundings[formula->rounding], &number))
		value.number = number;
	return value;
}

/* With all its decimals, as printed: 85,70. */
static void
write_printed(struct buffer *out, const struct compare *compare, struct feel_value value)
{
	const size_t start = out->length;
	write_value(out, compare->scratch, value);
	if (value.kind != FEEL_NUMBER || out->failed || compare->formula->decimals <= 0)
		return;
	const struct text written = text_part(buffer_text(out), start, out->length);
	const size_t comma = text_find(written, TEXT(","));
	size_t decimals = comma == SIZE_MAX ? 0 : written.length - comma - 1;
	if (comma == SIZE_MAX)
		buffer_add(out, TEXT(","));
	for (; decimals < (size_t)compare->formula->decimals; decimals++)
		buffer_add(out, TEXT("0"));
}

static void
tell_difference(struct compare *compare, uint32_t rule, const struct feel_value *inputs,
	struct feel_value printed, struct feel_value computed)
{
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16);
	struct feel_table_finding finding = { .problem = FEEL_TABLE_DIFFERS, .rule = rule, .other = FEEL_NOWHERE,
		.column = (long)compare->formula->output, .inputs = inputs };
	if (!feel_value_copy(compare->telling.arena, printed, &finding.printed)
		|| !feel_value_copy(compare->telling.arena, computed, &finding.computed)) {
		compare->space.broken = true;
		return;
	}
	buffer_format(&message, "règle %lu : la table dit ", (unsigned long)rule + 1);
	write_printed(&message, compare, printed);
	if (computed.kind == FEEL_NULL) {
		buffer_add(&message, TEXT(", la formule ne donne rien"));
	} else {
		buffer_add(&message, TEXT(", la formule donne "));
		write_printed(&message, compare, computed);
	}
	buffer_add(&message, TEXT(" pour "));
	write_inputs(&message, &compare->telling, inputs);
	tell(&compare->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		TEXT("la table l’emporte : vérifiez que c’est bien elle qui a raison"));
}

/* The rule on these inputs beside the formula; true when they differ. */
static bool
differs(struct compare *compare, uint32_t rule, const struct feel_value *inputs)
{
	const struct feel_table_formula *formula = compare->formula;
	memset(compare->values, 0, compare->slot_count * sizeof *compare->values);
	for (uint32_t i = 0; i < compare->table->input_count; i++) {
		const struct origin *origin = &compare->origins[i];
		if (origin->known && !put(compare->points, &compare->values[origin->slot], origin->path,
			origin->length, inputs[i])) {
			compare->space.broken = true;
			return true;
		}
	}
	struct feel_run run = { .arena = compare->points, .inputs = compare->values,
		.most_steps = MOST_POINT_STEPS };
	const struct feel_value exact = feel_evaluate(formula->feel, &run), computed = rounded(formula, exact);
	const struct node *result = compare->table->rules[rule].results[formula->output];
	struct feel_run own = { .arena = compare->points };
	struct evaluation evaluation = compare->space.evaluation;
	evaluation.run = &own;
	evaluation.inputs = compare->values;
	evaluation.arena = compare->points;
	evaluation.steps_left = MOST_POINT_STEPS;
	struct feel_value printed = evaluate_node(&evaluation, result);
	if (run.stop != FEEL_COMPLETE || own.stop != FEEL_COMPLETE) {
		compare->space.broken = compare->space.broken || run.stop == FEEL_NO_MEMORY
			|| own.stop == FEEL_NO_MEMORY;
		return false;
	}
	if (!node_is_constant(result))
		printed = rounded(formula, printed); /* computed as the formula is, not printed */
	if (feel_is_true(feel_equal(printed, computed)) || feel_is_true(feel_equal(printed, exact)))
		return false;
	tell_difference(compare, rule, inputs, printed, computed);
	return true;
}

/* Tries the corners of a rule until one differs. */
static void
compare_rule(struct compare *compare, uint32_t rule)
{
	const uint32_t columns = compare->table->input_count;
	uint32_t (*samples)[MOST_SAMPLES] = arena_alloc(compare->points, columns * sizeof *samples);
	uint32_t *counts = arena_array_of(compare->points, uint32_t, columns);
	uint32_t *at = arena_array_of(compare->points, uint32_t, columns), input = 0;
	struct feel_value *inputs = arena_array_of(compare->points, struct feel_value, columns);
	if (!samples || !counts || !at || !inputs) {
		compare->space.broken = true;
		return;
	}
	for (uint32_t i = 0; i < columns; i++)
		if ((counts[i] = samples_of(compare, i, rule, samples[i])) == 0)
			return; /* it never applies, or to null alone */
	for (unsigned points = 0; points < MOST_POINTS && input < columns + !columns; points++) {
		for (uint32_t i = 0; i < columns; i++)
			if (!space_sample(&compare->space, i, samples[i][at[i]], &inputs[i]))
				return;
		for (uint32_t i = 0; i < columns; i++)
			inputs[i] = inputs[compare->space.columns[i].same_as];
		if (differs(compare, rule, inputs))
			return;
		for (input = 0; input < columns && ++at[input] == counts[input]; input++)
			at[input] = 0;
		if (input == columns)
			return;
	}
}

static void
tell_too_large(struct compare *compare)
{
	if (!compare->space.broken)
		tell(&compare->telling, (struct feel_table_finding){ .problem = FEEL_TABLE_TOO_LARGE,
			.rule = FEEL_NOWHERE, .other = FEEL_NOWHERE, .column = FEEL_NOWHERE },
			TEXT("cette table est trop grande pour être comparée à sa formule"), TEXT(""));
}

static void
compare_table(struct compare *compare)
{
	if (!space_build(&compare->space, compare->scratch, compare->table, compare->telling.feel->locals)) {
		tell_too_large(compare);
		return;
	}
	if (!gather_origins(compare))
		return;
	for (uint32_t rule = 0; rule < compare->table->rule_count && !compare->space.broken; rule++) {
		if (set_has(compare->space.unjudged, rule))
			continue;
		arena_clear(compare->points);
		compare_rule(compare, rule);
	}
}

void
feel_table_compare(struct arena *arena, const struct feel *feel, const struct feel_table *source,
	const struct feel_table_formula *formula, struct feel_table_findings *findings)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_COMPARE_SCRATCH);
	CLEANUP(arena_free) struct arena *points = arena_new(MOST_COMPARE_SCRATCH);
	const struct table *table = table_of(feel);
	struct compare *compare = scratch ? arena_new_of(scratch, struct compare) : NULL;
	if (!compare || !points)
		findings->broken = true;
	if (!compare || !points || !table || formula->output >= table->output_count)
		return;
	*compare = (struct compare){ .table = table, .formula = formula, .scratch = scratch, .points = points,
		.telling = { .arena = arena, .feel = feel, .table = table, .source = source, .findings = findings } };
	compare_table(compare);
	if (space_asks_too_much(&compare->space, MOST_COMPARE_SCRATCH))
		tell_too_large(compare);
	tell_rest(&compare->telling);
	findings->broken |= compare->space.broken || compare->space.judge.no_memory;
}
