/* See table_check.h: what the space of the inputs shows, told in French. */
#include "feel/table_told.h"

#include "base/banned.h"

enum { MOST_SCRATCH = 256 << 20, MOST_CELLS_TOLD = 3, MOST_RULES_TOLD = 5, MOST_TESTS_TOLD = 12 };

struct check {
	struct telling telling;
	struct space space;
	const struct table *table;
	struct arena *scratch;
	uint64_t *meetings;            /* by rule */
	uint8_t *dead;                 /* by rule: it never applies */
	struct feel_value *results;    /* by rule and output, where they are constants */
	uint8_t *known;                /* whether they are */
	bool holes_unsure, meetings_unsure; /* because of cells that are not judged */
};

static struct feel_table_finding
finding_of(enum feel_table_problem problem)
{
	return (struct feel_table_finding){ .problem = problem, .rule = FEEL_NOWHERE, .other = FEEL_NOWHERE,
		.column = FEEL_NOWHERE };
}

static void
tell_too_large(struct check *check)
{
	if (check->space.broken)
		return; /* told in the end */
	if (check->telling.counts[FEEL_TABLE_TOO_LARGE] == 0)
		tell(&check->telling, finding_of(FEEL_TABLE_TOO_LARGE),
			TEXT("cette table a trop de combinaisons pour être vérifiée"),
			TEXT("découpez-la en plusieurs tables"));
}

/* ---- regions in words ---- */

static void
write_point(struct buffer *out, struct check *check, const struct column *column, const struct point *point)
{
	const struct text literal = feel_value_to_literal(check->telling.arena,
		point_value(column->axis, *point));
	if (literal.at)
		buffer_add(out, literal);
	else
		out->failed = true;
}

/* The only point between two cuts, such as a day between two others. */
static bool
only_point(const struct space_column *column, uint32_t region, struct point *ret_point)
{
	const struct column *of = &column->column;
	const struct point *low = region ? &of->cuts[region / 2 - 1] : NULL;
	const struct point *high = region / 2 < of->cut_count ? &of->cuts[region / 2] : NULL;
	struct point other;
	return point_between(of->axis, low, high, column->whole, ret_point)
		&& !point_between(of->axis, low, ret_point, column->whole, &other)
		&& !point_between(of->axis, ret_point, high, column->whole, &other);
}

/* From one region to another, as a unary test. */
static void
write_run(struct buffer *out, struct check *check, const struct space_column *of, uint32_t first,
	uint32_t last)
{
	const struct column *column = &of->column;
	const bool low = first > 0, high = last < 2 * column->cut_count;
	struct point only;
	if (first == last && (first & 1)) {
		write_point(out, check, column, &column->cuts[first / 2]);
	} else if (first == last && only_point(of, first, &only)) {
		write_point(out, check, column, &only);
	} else if (low && high) {
		buffer_add(out, first & 1 ? TEXT("[") : TEXT("]"));
		write_point(out, check, column, &column->cuts[first & 1 ? first / 2 : first / 2 - 1]);
		buffer_add(out, TEXT(".."));
		write_point(out, check, column, &column->cuts[last / 2]);
		buffer_add(out, last & 1 ? TEXT("]") : TEXT("["));
	} else if (low) {
		buffer_add(out, first & 1 ? TEXT(">= ") : TEXT("> "));
		write_point(out, check, column, &column->cuts[first & 1 ? first / 2 : first / 2 - 1]);
	} else if (high) {
		buffer_add(out, last & 1 ? TEXT("<= ") : TEXT("< "));
		write_point(out, check, column, &column->cuts[last / 2]);
	} else {
		buffer_add(out, TEXT("-"));
	}
}

static bool
is_possible(const struct space_column *column, uint32_t region)
{
	return column->possible[region];
}

/* Texts: those that are named, or all but those that are. */
static void
write_texts(struct buffer *out, struct check *check, const struct space_column *column,
	const uint32_t *regions, uint32_t count)
{
	const bool others = count && regions[0] == 0;
	unsigned told = 0;
	if (others)
		buffer_add(out, TEXT("not("));
	for (uint32_t cut = 0, i = 0; cut < column->column.cut_count; cut++) {
		while (i < count && regions[i] < 2 * cut + 1)
			i++;
		const bool named = i < count && regions[i] == 2 * cut + 1;
		if (named == others || !is_possible(column, 2 * cut + 1))
			continue;
		if (told)
			buffer_add(out, TEXT(", "));
		if (told++ == MOST_TESTS_TOLD) {
			buffer_add(out, TEXT("…"));
			break;
		}
		write_point(out, check, &column->column, &column->column.cuts[cut]);
	}
	if (others)
		buffer_add(out, TEXT(")"));
}

static void
write_regions(struct buffer *out, struct check *check, uint32_t input, const uint32_t *regions,
	uint32_t count)
{
	const struct space_column *column = &check->space.columns[input];
	const uint32_t null = column_regions(&column->column) - 1;
	const bool has_null = count && regions[count - 1] == null;
	unsigned told = 0;
	count -= has_null;
	if (column->column.axis.form == AXIS_TEXT) {
		write_texts(out, check, column, regions, count);
	} else {
		for (uint32_t i = 0; i < count;) {
			const uint32_t first = regions[i];
			uint32_t last = first;
			/* what no input can be does not end a run */
			for (uint32_t next = first + 1; next < null && (!is_possible(column, next)
				|| (i + 1 < count && regions[i + 1] == next)); next++)
				if (is_possible(column, next))
					last = next, i++;
			if (told)
				buffer_add(out, TEXT(", "));
			if (told++ == MOST_TESTS_TOLD) {
				buffer_add(out, TEXT("…"));
				break;
			}
			write_run(out, check, column, first, last);
			i++;
		}
	}
	if (has_null)
		buffer_add(out, count ? TEXT(", null") : TEXT("null"));
}

/* ---- gaps ---- */

/* Policies that need a rule for each input. */
static bool
must_cover(const struct table *table)
{
	static const bool must[FEEL_HIT_COUNT] = { [FEEL_UNIQUE] = true, [FEEL_ANY_RULE] = true,
		[FEEL_PRIORITY] = true, [FEEL_FIRST] = true, [FEEL_COLLECT_SUM] = true, [FEEL_COLLECT_MIN] = true,
		[FEEL_COLLECT_MAX] = true };
	for (uint32_t i = 0; i < table->output_count; i++)
		if (table->outputs[i].otherwise)
			return false;
	return must[table->hit];
}

static bool
first_possible(const struct space_column *column, uint32_t *ret_region)
{
	for (uint32_t region = 0; region < column_regions(&column->column); region++) {
		if (!is_possible(column, region))
			continue;
		*ret_region = region;
		return true;
	}
	return false;
}

static void
tell_hole(struct check *check, const struct hole *hole)
{
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16), remedy = buffer_new(1 << 16);
	struct feel_value *inputs = arena_array_of(check->scratch, struct feel_value, check->table->input_count);
	struct feel_table_finding finding = finding_of(FEEL_TABLE_GAP);
	bool first = true;
	for (uint32_t i = 0; inputs && i < check->table->input_count; i++) {
		uint32_t region;
		if (hole->regions[i])
			region = hole->regions[i][0];
		else if (!first_possible(&check->space.columns[i], &region))
			return;
		if (!space_sample(&check->space, i, region, &inputs[i]))
			inputs[i] = feel_null(TEXT(""));
		inputs[i] = inputs[check->space.columns[i].same_as];
		if (!hole->regions[i])
			continue;
		buffer_format(&remedy, "%s" TEXT_FORMAT " : ", first ? "ajoutez une règle pour " : " ; ",
			TEXT_ARGS(column_name(&check->telling, i)));
		write_regions(&remedy, check, i, hole->regions[i], hole->counts[i]);
		finding.column = first ? (long)i : FEEL_NOWHERE;
		first = false;
	}
	if (!inputs) {
		check->space.broken = true;
		return;
	}
	if (first)
		buffer_add(&remedy, TEXT("ajoutez une règle"));
	buffer_add(&remedy, TEXT(", ou une valeur pour les autres cas"));
	buffer_add(&message, TEXT("aucune règle ne s’applique, par exemple pour "));
	write_inputs(&message, &check->telling, inputs);
	finding.inputs = inputs;
	tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		remedy.failed ? (struct text){ 0 } : buffer_text(&remedy));
}

static void
check_gaps(struct check *check)
{
	struct hole holes[FEEL_MOST_TABLE_FINDINGS];
	uint32_t kept;
	uint64_t count, strictly;
	const bool all = space_holes(&check->space, false, FEEL_MOST_TABLE_FINDINGS, holes, &kept, &count);
	for (uint32_t i = 0; i < kept; i++)
		tell_hole(check, &holes[i]);
	check->telling.counts[FEEL_TABLE_GAP] += count - kept;
	if (!all)
		tell_too_large(check);
	if (!all || !check->space.has_unjudged)
		return;
	if (!space_holes(&check->space, true, 0, NULL, &kept, &strictly))
		tell_too_large(check);
	else
		check->holes_unsure = strictly > 0 && count == 0;
}

/* ---- rules that never apply ---- */

/* A value that the cell lets through, whatever the domain. */
static bool
passing_value(struct check *check, const struct cell *cell, uint32_t input, struct feel_value *ret_value)
{
	const struct column *column = &check->space.columns[input].column;
	for (uint32_t region = 0; region <= 2 * cell->cut_count; region++)
		if (cell->passes[region] && region_sample(check->scratch, column->axis, cell->cuts, cell->cut_count,
			region, false, ret_value))
			return true;
	*ret_value = feel_null(TEXT(""));
	return cell->null_passes;
}

static void
tell_unreachable(struct check *check, uint32_t rule, uint32_t input)
{
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16);
	const struct cell *cell = &check->space.columns[input].cells[rule];
	struct feel_table_finding finding = finding_of(FEEL_TABLE_UNREACHABLE);
	struct feel_value value;
	finding.rule = rule;
	finding.column = input;
	buffer_format(&message, "la règle %lu ne s’applique jamais : ", (unsigned long)rule + 1);
	write_cell(&message, &check->telling, rule, input);
	if (passing_value(check, cell, input, &value)) {
		buffer_add(&message, TEXT(" n’attend que des valeurs qui ne viennent pas, comme "));
		write_value(&message, check->scratch, value);
	} else {
		buffer_add(&message, TEXT(" n’accepte aucune valeur"));
	}
	tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		TEXT("corrigez la cellule, ou retirez la règle"));
}

static void
check_cells(struct check *check)
{
	for (uint32_t rule = 0; rule < check->table->rule_count; rule++) {
		for (uint32_t input = 0; input < check->table->input_count && !check->dead[rule]; input++) {
			const struct cell *cell = &check->space.columns[input].cells[rule];
			if (cell->any || cell->obstacle || set_has(check->space.columns[input].somewhere, rule))
				continue;
			check->dead[rule] = true;
			tell_unreachable(check, rule, input);
		}
	}
}

/* ---- rules that meet ---- */

/* Inputs that both rules let through. */
static struct feel_value *
common_inputs(struct check *check, uint32_t rule, uint32_t other)
{
	struct feel_value *inputs = arena_array_of(check->scratch, struct feel_value, check->table->input_count);
	if (!inputs)
		check->space.broken = true;
	for (uint32_t i = 0; inputs && i < check->table->input_count; i++) {
		uint32_t region;
		if (!space_common_region(&check->space, i, rule, other, &region)
			|| !space_sample(&check->space, i, region, &inputs[i]))
			return NULL;
		inputs[i] = inputs[check->space.columns[i].same_as];
	}
	return inputs;
}

/* The results that are constants, once for all. */
static bool
gather_results(struct check *check)
{
	const struct table *table = check->table;
	const size_t count = (size_t)table->rule_count * table->output_count;
	check->results = arena_array_of(check->scratch, struct feel_value, count);
	check->known = arena_array_of(check->scratch, uint8_t, count);
	if (!check->results || !check->known) {
		check->space.broken = true;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		check->known[i] = judge_constant(&check->space.judge,
			table->rules[i / table->output_count].results[i % table->output_count], &check->results[i]);
	return true;
}

static bool
same_source(const struct check *check, const struct node *a, const struct node *b)
{
	const struct text source = check->telling.feel->source;
	return text_equal(text_trim(text_part(source, a->offset, a->length)),
		text_trim(text_part(source, b->offset, b->length)));
}

/* Whether two rules give the same. */
static enum space_answer
same_results(const struct check *check, uint32_t rule, uint32_t other)
{
	const struct table *table = check->table;
	enum space_answer all = SPACE_YES;
	for (uint32_t i = 0; i < table->output_count; i++) {
		const size_t a = (size_t)rule * table->output_count + i, b = (size_t)other * table->output_count + i;
		if (check->known[a] && check->known[b]) {
			if (!feel_is_true(feel_equal(check->results[a], check->results[b])))
				return SPACE_NO;
		} else if (!same_source(check, table->rules[rule].results[i], table->rules[other].results[i])) {
			all = SPACE_UNKNOWN;
		}
	}
	return all;
}

static void
tell_meeting(struct check *check, uint32_t rule, uint32_t other, enum space_answer same)
{
	const bool unique = check->table->hit == FEEL_UNIQUE;
	struct feel_table_finding finding = finding_of(same == SPACE_UNKNOWN && !unique ? FEEL_TABLE_UNVERIFIED
		: FEEL_TABLE_OVERLAP);
	if (!tells_more(&check->telling, finding.problem)) {
		check->telling.counts[finding.problem]++;
		return;
	}
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16);
	finding.rule = rule;
	finding.other = other;
	finding.inputs = common_inputs(check, rule, other);
	if (!finding.inputs)
		return;
	buffer_format(&message, "les règles %lu et %lu s’appliquent ensemble%s, par exemple pour ",
		(unsigned long)rule + 1, (unsigned long)other + 1,
		unique ? "" : same == SPACE_NO ? " et ne disent pas la même chose"
		: " et calculent chacune leur résultat");
	write_inputs(&message, &check->telling, finding.inputs);
	tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		unique ? TEXT("resserrez l’une des deux, ou changez la façon dont la table choisit")
		: TEXT("faites-leur dire la même chose, ou resserrez l’une des deux"));
}

static void
check_meeting(struct check *check, uint32_t rule, uint32_t other)
{
	const enum space_answer same = check->table->hit == FEEL_ANY_RULE ? same_results(check, rule, other)
		: SPACE_UNKNOWN;
	if (same == SPACE_YES)
		return;
	if (set_has(check->space.unjudged, rule) || set_has(check->space.unjudged, other))
		check->meetings_unsure = true;
	else
		tell_meeting(check, rule, other, same);
}

static void
check_meetings(struct check *check)
{
	const uint32_t words = check->space.words;
	space_rest(&check->space);
	for (uint32_t rule = 0; rule < check->table->rule_count; rule++) {
		const uint64_t *met = check->meetings + (size_t)rule * words;
		for (uint32_t word = rule / COLUMN_BITS; word < words; word++) {
			for (uint64_t left = met[word]; left; left &= left - 1) {
				const uint32_t other = word * COLUMN_BITS + (uint32_t)__builtin_ctzll(left);
				if (other <= rule)
					continue;
				if (!space_spend(&check->space, 1)) {
					tell_too_large(check);
					return;
				}
				check_meeting(check, rule, other);
			}
		}
	}
}

/* ---- rules that others hide ---- */

/* True when the values of an output read nothing but the result: there are no inputs here. */
static bool
are_judged_alone(struct check *check, const struct table_output *output, uint32_t place)
{
	struct judge *judge = &check->space.judge;
	bool alone = true;
	for (uint32_t i = 0; i < output->value_count && alone; i++) {
		const size_t constants = judge->constant_count;
		alone = judge_survey(judge, output->values[i], place) == CELL_CLEAR;
		judge->constant_count = constants;
	}
	return alone;
}

/* Ranks of the results of a rule, among the values of the outputs; false when they are computed. */
static bool
ranks_of(struct check *check, uint32_t rule, uint32_t *ranks)
{
	const struct table *table = check->table;
	for (uint32_t i = 0; i < table->output_count; i++) {
		const struct table_output *output = &table->outputs[i];
		const size_t at = (size_t)rule * table->output_count + i;
		const uint32_t place = table->local + table->input_count + i;
		if (!check->known[at])
			return false;
		if (!are_judged_alone(check, output, place))
			return false;
		ranks[i] = 0;
		check->space.evaluation.locals[place] = check->results[at];
		check->space.run.stop = FEEL_COMPLETE;
		check->space.evaluation.steps_left = 100000;
		while (ranks[i] < output->value_count
			&& !feel_is_true(evaluate_node(&check->space.evaluation, output->values[ranks[i]])))
			ranks[i]++;
	}
	return true;
}

static void
write_rules(struct buffer *out, const struct check *check, const uint64_t *rules)
{
	unsigned count = 0, told = 0;
	for (uint32_t i = 0; i < check->table->rule_count; i++)
		count += set_has(rules, i);
	buffer_add(out, count > 1 ? TEXT("les règles ") : TEXT("la règle "));
	for (uint32_t i = 0; i < check->table->rule_count && told < MOST_RULES_TOLD; i++) {
		if (!set_has(rules, i))
			continue;
		buffer_format(out, "%s%lu", told == 0 ? "" : told + 1 == count ? " et " : ", ", (unsigned long)i + 1);
		told++;
	}
	if (count > told)
		buffer_add(out, TEXT("…"));
	buffer_add(out, count > 1 ? TEXT(" passent toujours avant") : TEXT(" passe toujours avant"));
}

static void
tell_masked(struct check *check, uint32_t rule, uint64_t *hiding)
{
	if (!tells_more(&check->telling, FEEL_TABLE_MASKED)) {
		check->telling.counts[FEEL_TABLE_MASKED]++;
		return;
	}
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16);
	struct feel_table_finding finding = finding_of(FEEL_TABLE_MASKED);
	uint64_t *alone = arena_array_of(check->scratch, uint64_t, check->space.words);
	uint32_t first = UINT32_MAX;
	if (!alone) {
		check->space.broken = true;
		return;
	}
	/* one that is enough says more than all of them */
	for (uint32_t i = 0; i < check->table->rule_count; i++) {
		if (!set_has(hiding, i))
			continue;
		first = first == UINT32_MAX ? i : first;
		memset(alone, 0, check->space.words * sizeof *alone);
		set_add(alone, i);
		if (space_covers(&check->space, alone, rule) != SPACE_YES)
			continue;
		hiding = alone;
		first = i;
		break;
	}
	finding.rule = rule;
	finding.other = first;
	finding.inputs = common_inputs(check, rule, first);
	buffer_format(&message, "la règle %lu ne décide jamais : ", (unsigned long)rule + 1);
	write_rules(&message, check, hiding);
	if (finding.inputs) {
		buffer_add(&message, TEXT(", par exemple pour "));
		write_inputs(&message, &check->telling, finding.inputs);
	}
	tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		TEXT("mettez-la plus haut, resserrez les autres, ou retirez-la"));
}

/* Rules that win over one when both apply. */
static bool
winning_rules(struct check *check, uint32_t rule, const uint32_t *ranks, const uint8_t *ranked,
	uint64_t *ret_rules)
{
	const struct table *table = check->table;
	const uint64_t *met = check->meetings + (size_t)rule * check->space.words;
	bool some = false;
	memset(ret_rules, 0, check->space.words * sizeof *ret_rules);
	for (uint32_t i = 0; i < table->rule_count; i++) {
		bool wins = table->hit == FEEL_FIRST && i < rule;
		if (i == rule || !set_has(met, i) || set_has(check->space.unjudged, i))
			continue;
		if (table->hit == FEEL_PRIORITY && ranked[i] && ranked[rule]) {
			const uint32_t *a = ranks + (size_t)i * table->output_count;
			const uint32_t *b = ranks + (size_t)rule * table->output_count;
			uint32_t output = 0;
			while (output < table->output_count && a[output] == b[output])
				output++;
			wins = output < table->output_count && a[output] < b[output];
		}
		if (wins)
			set_add(ret_rules, i);
		some = some || wins;
	}
	return some;
}

static void
check_masks(struct check *check)
{
	const struct table *table = check->table;
	uint32_t *ranks = arena_array_of(check->scratch, uint32_t, (size_t)table->rule_count * table->output_count);
	uint8_t *ranked = arena_array_of(check->scratch, uint8_t, table->rule_count);
	uint64_t *winning = arena_array_of(check->scratch, uint64_t, check->space.words);
	if (!ranks || !ranked || !winning) {
		check->space.broken = true;
		return;
	}
	for (uint32_t i = 0; i < table->rule_count; i++)
		ranked[i] = ranks_of(check, i, ranks + (size_t)i * table->output_count);
	space_rest(&check->space);
	for (uint32_t i = 0; i < table->rule_count; i++) {
		if (check->dead[i] || !winning_rules(check, i, ranks, ranked, winning))
			continue;
		const enum space_answer answer = space_covers(&check->space, winning, i);
		if (answer == SPACE_YES)
			tell_masked(check, i, winning);
		else if (answer == SPACE_UNKNOWN)
			tell_too_large(check);
		if (answer == SPACE_UNKNOWN)
			return;
	}
}

/* ---- what is not verified ---- */

static void
check_unsure(struct check *check)
{
	static const char *const why[] = {
		[CELL_CLEAR] = "", [CELL_READS_NAMES] = " dépend d’autres noms",
		[CELL_COMPUTES] = " calcule sur la valeur", [CELL_ORDERS_TEXT] = " range des textes par ordre",
		[CELL_MIXES_KINDS] = " compare des valeurs de natures différentes",
		[CELL_TOO_LARGE] = " est trop longue à juger",
	};
	if (!check->holes_unsure && !check->meetings_unsure)
		return;
	CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 16);
	struct feel_table_finding finding = finding_of(FEEL_TABLE_UNVERIFIED);
	unsigned long count = 0;
	buffer_add(&message, !check->meetings_unsure ? TEXT("que tous les cas soient prévus n’est pas vérifié : ")
		: !check->holes_unsure ? TEXT("que les règles ne se chevauchent pas n’est pas vérifié : ")
		: TEXT("que tous les cas soient prévus une seule fois n’est pas vérifié : "));
	for (uint32_t rule = 0; rule < check->table->rule_count; rule++) {
		for (uint32_t input = 0; input < check->table->input_count; input++) {
			const enum cell_obstacle obstacle = check->space.columns[input].cells[rule].obstacle;
			if (obstacle == CELL_CLEAR)
				continue;
			if (count++ == 0)
				finding.rule = rule, finding.column = input;
			if (count > MOST_CELLS_TOLD)
				continue;
			buffer_add(&message, count > 1 ? TEXT(", ") : TEXT(""));
			write_cell(&message, &check->telling, rule, input);
			buffer_add(&message, text_of_string(why[obstacle]));
		}
	}
	if (count > MOST_CELLS_TOLD)
		buffer_format(&message, " et %lu autre%s cellule%s", count - MOST_CELLS_TOLD,
			count > MOST_CELLS_TOLD + 1 ? "s" : "", count > MOST_CELLS_TOLD + 1 ? "s" : "");
	tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
		TEXT("comparez la valeur à des constantes"));
}

/* What is expected in a column must be known before anything is said missing. */
static bool
domains_are_known(struct check *check)
{
	for (uint32_t i = 0; i < check->table->input_count; i++) {
		if (!check->space.columns[i].vague)
			continue;
		CLEANUP(buffer_release) struct buffer message = buffer_new(1 << 12);
		struct feel_table_finding finding = finding_of(FEEL_TABLE_UNVERIFIED);
		finding.column = i;
		buffer_format(&message, "table non vérifiée : les valeurs prévues de « " TEXT_FORMAT " » ne sont pas des "
			"constantes", TEXT_ARGS(column_name(&check->telling, i)));
		tell(&check->telling, finding, message.failed ? (struct text){ 0 } : buffer_text(&message),
			TEXT("écrivez-les avec des constantes"));
		return false;
	}
	return true;
}

/* ---- the door ---- */

static void
check_table(struct check *check)
{
	const struct table *table = check->table;
	if (!space_build(&check->space, check->scratch, table, check->telling.feel->locals)) {
		tell_too_large(check);
		return;
	}
	check->dead = arena_array_of(check->scratch, uint8_t, table->rule_count);
	if (!check->dead || !gather_results(check)) {
		check->space.broken = true;
		return;
	}
	if (!domains_are_known(check))
		return;
	if (must_cover(table))
		check_gaps(check);
	check_cells(check);
	const bool alone = table->hit == FEEL_UNIQUE || table->hit == FEEL_ANY_RULE;
	const bool ordered = table->hit == FEEL_FIRST || table->hit == FEEL_PRIORITY;
	check->meetings = alone || ordered ? space_meetings(&check->space) : NULL;
	if (check->meetings && alone)
		check_meetings(check);
	else if (check->meetings)
		check_masks(check);
	else if (alone || ordered)
		tell_too_large(check);
	check_unsure(check);
}

void
feel_table_check(struct arena *arena, const struct feel *feel, const struct feel_table *source,
	struct feel_table_findings *findings)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_SCRATCH);
	const struct table *table = table_of(feel);
	struct check *check = scratch ? arena_new_of(scratch, struct check) : NULL;
	if (!check)
		findings->broken = true;
	if (!check || !table)
		return;
	*check = (struct check){ .table = table, .scratch = scratch,
		.telling = { .arena = arena, .feel = feel, .table = table, .source = source, .findings = findings } };
	check_table(check);
	if (space_asks_too_much(&check->space, MOST_SCRATCH))
		tell_too_large(check);
	tell_rest(&check->telling);
	findings->broken |= check->space.broken || check->space.judge.no_memory;
}
